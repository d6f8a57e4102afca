"""Databases of a run: one with the demo district, and copies of it with more and more cases."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from core.reference import forget_all
from demo.committees import load_committees
from demo.district import load_district
from demo.matters import load_matters
from demo.meetings import load_meetings
from demo.plan import plan_district
from demo.whistles import load_whistles

_TO_CONNECT = ("dbname", "user", "password", "host", "port")
_ORIGIN = settings.DATABASES["default"]["NAME"]


def name_of(kind: str) -> str:
    """The database of a kind; it belongs to the benchmark alone."""
    return f"{_ORIGIN}_bench_{kind}"


def _run(statement: str) -> None:
    use(None)
    known = connection.get_connection_params()
    with psycopg.connect(**{key: known[key] for key in _TO_CONNECT if key in known}) as link:
        link.autocommit = True
        link.execute(statement)


def use(kind: str | None) -> None:
    """From here on this process works with that database."""
    connections.close_all()
    connection.close_pool()  # type: ignore[attr-defined] # PostgreSQL's
    name = name_of(kind) if kind else _ORIGIN
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    forget_all()


def create_base() -> None:
    """A district without cases, with the matters, meetings, whistles and committees of the demo."""
    from benchmarks import bare  # noqa: PLC0415 - brings a model, so only after Django is set up

    drop("base")
    _run(f'CREATE DATABASE "{name_of("base")}"')
    use("base")
    call_command("migrate", verbosity=0)
    plan = plan_district(Random(7))
    cast, now = load_district(plan), timezone.now()
    load_matters(plan, cast, now, now)
    load_meetings(plan, cast, now, now)
    load_whistles(cast, Random(7), now, now)
    load_committees(cast, now)
    with connection.cursor() as cursor:
        cursor.execute(bare.TABLE)


def create(kind: str) -> None:
    """A copy of the district."""
    drop(kind)
    _run(f'CREATE DATABASE "{name_of(kind)}" TEMPLATE "{name_of("base")}"')
    use(kind)


def drop(kind: str) -> None:
    """The throw-away database of this kind, if there is one."""
    _run(f'DROP DATABASE IF EXISTS "{name_of(kind)}" WITH (FORCE)')


@contextmanager
def cleaned(kinds: list[str]) -> Iterator[None]:
    """Nothing of a run is left behind."""
    try:
        yield
    finally:
        for kind in kinds:
            drop(kind)
        use(None)
