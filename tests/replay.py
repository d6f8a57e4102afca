"""Rows that most tests need: made once by the factories, then written again in one statement."""

import json
import pickle
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate

from tests import factories

# Codes of areas repeat after a hundred: what is replayed has numbers that the factories never give again.
RESERVED = range(1, factories.FIRST_SERIAL)


class Replay:
    """A builder whose rows are kept. The second call writes them with the same ids: sequences never go back."""

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build
        self.statement, self.made = "", b""
        self.rows: list[str] = []
        # a test that commits is followed by a flush, which gives the reference data new ids
        post_migrate.connect(self._forget, weak=False)

    def __call__(self, *args: Any) -> Any:
        """What the builder gives, with its rows in the database of this test."""
        if not self.made:
            self._record(args)
        else:
            with connection.cursor() as cursor:
                cursor.execute(self.statement, self.rows)
        return pickle.loads(self.made)  # noqa: S301 - our own

    def _forget(self, **_signal: Any) -> None:
        self.made = b""

    def _record(self, args: tuple[Any, ...]) -> None:
        before = {model: _keys(model) for model in _models()}
        with factories.numbered(iter(RESERVED)):
            made = self.build(*args)
        found = {model: _rows(model, known) for model, known in before.items()}
        kept = {model: rows for model, rows in found.items() if rows}
        steps = ", ".join(f"part_{place} AS ({_insert(model)})" for place, model in enumerate(kept))
        self.rows = [json.dumps(rows) for rows in kept.values()]
        self.statement, self.made = f"WITH {steps} SELECT 1", pickle.dumps(made)


def _models() -> list[Any]:
    return [m for m in apps.get_models() if m._meta.managed and not m._meta.proxy]


def _keys(model: Any) -> set[Any]:
    return set(model._base_manager.values_list("pk", flat=True))


def _insert(model: Any) -> str:
    table = model._meta.db_table
    columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if not field.generated)
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s)"  # noqa: S608 - our names


def _rows(model: Any, known: set[Any]) -> list[Any]:
    key = model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{key}"::text, row_to_json(t)::text FROM {model._meta.db_table} t ORDER BY "{key}"')  # noqa: S608 - our names
        found = cursor.fetchall()
    old = {str(pk) for pk in known}
    return [json.loads(row) for pk, row in found if pk not in old]
