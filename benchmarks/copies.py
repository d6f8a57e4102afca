"""Meetings, whistles and matters of many years: those of the demo district, copied with all that belongs to them."""

from graphlib import TopologicalSorter
from typing import Any

from django.apps import apps
from django.db import connection, models

from governance.lifecycle.meetings import MeetingKind
from governance.models import Matter, Meeting, Task, Topic, Whistle

ROOTS: list[type[models.Model]] = [Topic, Meeting, Whistle, Task, Matter]
# Copies keep this distance from each other, in ids and in days.
IDS, DAYS = 10_000_000, 3
# So many copies are as they stand today; of the older ones only what is over.
FRESH = 4


def multiply(meetings: int, whistles: int, matters: int) -> None:
    """So many times each, the first included; the small database gets no more than `FRESH`."""
    family = _family()
    times: dict[Any, int] = {Topic: meetings, Meeting: meetings, Whistle: whistles, Matter: matters}
    with connection.cursor() as cursor:
        for copy in range(1, max(times.values())):
            for model in family:
                condition = _condition(model, copy, times.get(model, copy + 1))
                cursor.execute(_statement(model, family, copy, condition))
        cursor.execute("VACUUM ANALYZE")


def _condition(model: type[models.Model], copy: int, times: int) -> str:
    """Which rows: those over when the copy is old, none after so many times, except the meetings of whistles."""
    if copy >= times:
        return f"kind = '{MeetingKind.ON_SITE}'" if model is Meeting else "false"
    has_end = any(field.name == "closed_at" for field in model._meta.fields)
    return "closed_at IS NOT NULL" if has_end and copy >= FRESH else "true"


def _parents(model: type[models.Model], known: Any) -> dict[str, type[models.Model]]:
    """The columns that lead to a record that is copied too."""
    pairs = [(f.column, f.related_model) for f in model._meta.fields if isinstance(f, models.ForeignKey)]
    return {column: other for column, other in pairs if other in known}


def _family() -> list[type[models.Model]]:
    """The roots and everything that hangs on them, parents first."""
    found: set[type[models.Model]] = set(ROOTS)
    while more := {m for m in apps.get_app_config("governance").get_models() if _parents(m, found)} - found:
        found |= more
    return list(TopologicalSorter({m: set(_parents(m, found).values()) - {m} for m in found}).static_order())


def _copied(field: Any, copy: int) -> str:
    """What stands in this column of a copy: unique values made new, days moved back, the rest as it is."""
    column = f'"{field.column}"'
    if field.primary_key:
        return f"{column} + {copy * IDS}"
    if isinstance(field, models.UUIDField):
        return "gen_random_uuid()"
    if field.column.endswith("digest"):
        return f"CASE WHEN {column} = '' THEN '' ELSE md5({column} || '{copy}') || md5('{copy}' || {column}) END"
    if field.unique and isinstance(field, models.CharField):
        return f"{column} || '-{copy}'"
    if isinstance(field, models.DateTimeField):
        return f"{column} - interval '{copy * DAYS} days'"
    return f"{column} - {copy * DAYS}" if isinstance(field, models.DateField) else column


def _statement(model: type[models.Model], family: list[type[models.Model]], copy: int, condition: str) -> str:
    """One copy of the original rows whose parents were copied as well."""
    values: dict[str, str] = {}
    conditions = [condition, f"id < {IDS}"]
    for field in model._meta.concrete_fields:
        if not field.generated:
            values[f'"{field.column}"'] = _copied(field, copy)
    for name, other in _parents(model, family).items():
        column = f'"{name}"'
        if other is model:
            values[column] = "NULL"  # its copy is of the same statement, which does not see it
            continue
        values[column] = f"{column} + {copy * IDS}"
        there = f"SELECT 1 FROM {other._meta.db_table} p WHERE p.id = {values[column]}"  # noqa: S608 - our names
        conditions.append(f"({column} IS NULL OR EXISTS ({there}))")
    table, where = model._meta.db_table, " AND ".join(conditions)
    return f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} FROM {table} WHERE {where}"  # noqa: S608 - our names
