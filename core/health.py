"""Is everything there that the portal needs? Apps add their own checks when they are ready."""

import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

STARTED = time.monotonic()
STARTING_SECONDS = 120
Check = Callable[[], str]  # empty: all is well; otherwise what is wrong
_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """Add a check under a name."""
    _checks[name] = check


def is_starting() -> bool:
    """Whether this process is so young that a missing heartbeat means nothing yet."""
    return time.monotonic() - STARTED < STARTING_SECONDS


def run_checks() -> dict[str, str]:
    """All checks; a check that fails to run is a failed check."""
    results = {}
    for name, check in _checks.items():
        try:
            results[name] = check()
        except Exception as error:  # noqa: BLE001 - whatever goes wrong here is the answer
            results[name] = type(error).__name__
    return results


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _redis() -> str:
    redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()
    return ""


_migrated: list[bool] = []


def _migrations() -> str:
    """Asked until the answer is yes: a running process cannot lose migrations."""
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "not applied"
        _migrated.append(True)
    return ""


register_check("database", _database)
register_check("redis", _redis)
register_check("migrations", _migrations)
