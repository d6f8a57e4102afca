"""Whether the portal can do its work. Apps register what they lean on: `register_check("relay", relay_finding)`."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

STARTED = time.monotonic()
GRACE_SECONDS = 120  # a worker and a beat may take so long to show up after a start


class State(StrEnum):
    """How a part of the portal is. Starting is not an alarm for the first `GRACE_SECONDS`."""

    OK = "ok"
    STARTING = "starting"
    FAILING = "failing"


@dataclass(frozen=True)
class Finding:
    """The answer of one check. The detail is public: counts and ages, never addresses or secrets."""

    state: State
    detail: str = ""


Check = Callable[[], Finding]
_checks: dict[str, Check] = {}
_DATABASE = "database"
_independent = {_DATABASE}


def register_check(name: str, check: Check, *, needs_database: bool = True) -> None:
    """Called from AppConfig.ready; a second registration under a name replaces the first."""
    _checks[name] = check
    if not needs_database:
        _independent.add(name)


def findings() -> dict[str, Finding]:
    """Every check, in order of registration. A check that breaks counts as failing, and the others still run.

    Not so those that read the database when it is away: each would wait for it, and whoever asks would not.
    """
    found: dict[str, Finding] = {}
    for name, check in _checks.items():
        is_away = found.get(_DATABASE, Finding(State.OK)).state == State.FAILING
        found[name] = Finding(State.FAILING, "no database") if is_away and name not in _independent else _asked(check)
    return found


def _asked(check: Check) -> Finding:
    try:
        return check()
    except Exception as error:  # the whole point is to answer when something is broken
        return Finding(State.FAILING, type(error).__name__)


def is_starting() -> bool:
    """Whether this process started so recently that others may still be on their way."""
    return time.monotonic() - STARTED < GRACE_SECONDS


def heartbeat_finding(last: datetime | None, *, late_after: timedelta) -> Finding:
    """For something that ticks: fresh, missing because everything just started, or late."""
    if last is not None:
        age = timezone.now() - last
        if age <= late_after:
            return Finding(State.OK)
        detail = f"last seen {int(age.total_seconds())} s ago"
    else:
        detail = "never seen"
    return Finding(State.STARTING if is_starting() else State.FAILING, detail)


# ---- what the portal itself leans on ----
def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(State.OK)


def _redis() -> Finding:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=None)
    try:
        client.ping()
    finally:
        client.close()
    return Finding(State.OK)


class _Migrations:
    """Once everything is applied it stays so for the life of the process: the plan is not worked out again."""

    def __init__(self) -> None:
        self._applied = False

    def __call__(self) -> Finding:
        if not self._applied:
            executor = MigrationExecutor(connection)
            waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
            if waiting:
                return Finding(State.FAILING, f"{waiting} not applied")
            self._applied = True
        return Finding(State.OK)


register_check(_DATABASE, _database, needs_database=False)
register_check("redis", _redis, needs_database=False)
register_check("migrations", _Migrations())
