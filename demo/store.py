"""Thousands of rows at once: keys from the sequences the services use, rows with COPY."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models

from core.database import copy_rows, reserve_ids

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
    for row, pk in zip(rows, reserve_ids(model, len(rows)), strict=True):
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
