"""Thousands of rows at once: keys and numbers from the sequences the services use, rows with COPY."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from core.database import copy_rows

# What stands in a record as it goes into the database. All others prepare their values: encrypted, lists, JSON.
AS_IT_IS = {
    *(models.BigAutoField, models.ForeignKey, models.OneToOneField, models.UUIDField, models.BooleanField),
    *(models.CharField, models.TextField, models.DateField, models.DateTimeField),
    *(models.BigIntegerField, models.IntegerField, models.PositiveIntegerField),
    *(models.SmallIntegerField, models.PositiveSmallIntegerField),
}


def store(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """What `bulk_create` does with records that have no key yet, in a fifth of its time."""
    real = connections[DEFAULT_DB_ALIAS]  # asking the proxy for every value takes longer than the value
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    for row, pk in zip(rows, ids_for(model, len(rows)), strict=True):
        row.pk = pk
        row._prepare_related_fields_for_save(operation_name="bulk_create")  # type: ignore[attr-defined]
    plain = attrgetter(*(field.attname for field in fields))
    special = [(place, field) for place, field in enumerate(fields) if not _is_plain(field)]

    def values(row: models.Model) -> list[Any]:
        found = list(plain(row))
        for place, field in special:
            found[place] = field.get_db_prep_save(field.pre_save(row, add=True), real)
        return found

    copy_rows(model, [str(field.column) for field in fields], map(values, rows))
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _is_plain(field: models.Field) -> bool:
    return (
        type(field) in AS_IT_IS and not getattr(field, "auto_now", False) and not getattr(field, "auto_now_add", False)
    )


def ids_for(model: type[models.Model], count: int) -> list[int]:
    """Keys of rows that are copied, from the sequence of their table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def numbers_for(kind: str, letter: str, years: Sequence[int]) -> list[str]:
    """Numbers of records of these years, in their order; one statement a year."""
    waiting: dict[int, Iterator[int]] = {}
    with connection.cursor() as cursor:
        for year in sorted(set(years)):
            cursor.execute(
                "SELECT mulin_next_number(%s, %s) FROM generate_series(1, %s)", [kind, year, years.count(year)]
            )
            waiting[year] = iter([number for (number,) in cursor.fetchall()])
    return [f"{settings.NUMBER_PREFIX}{letter}-{year}-{next(waiting[year]):06d}" for year in years]
