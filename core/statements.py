"""Statements that Django compiles once and that run often with other values (docs/performance.md).

Putting a query together costs more than running it where an actor's posts make a long condition. The condition depends
on the posts only; what changes with every question (the time, the place) stands in the compiled statement as a mark.
PostgreSQL keeps them too: planning a case with all that its page shows takes ten times as long as reading it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.subqueries import UpdateQuery
from psycopg.sql import Literal


def keeping_cursor() -> CursorWrapper:
    """As `connection.cursor()` gives it, with its errors, wrappers and log, but the database binds the values.

    So psycopg can have it keep what runs often (`prepare_threshold` in the settings).
    """
    connection.ensure_connection()
    cursor = ServerBindingCursor(connection.connection)  # type: ignore[call-arg] # psycopg's, which stubs do not know
    return cast("CursorWrapper", connection._prepare_cursor(cursor))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Statement:
    """SQL as Django compiled it, with marks among its parameters. Without SQL it finds nothing, whatever is asked."""

    sql: str
    params: tuple[Any, ...]
    _settled: dict[frozenset[Any], tuple[str, list[Any]]] = field(default_factory=dict, compare=False, repr=False)

    def rows(self, marks: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
        """Run it with values in the place of the marks: days, moments, numbers and words that no record has."""
        if not self.sql:
            return []
        with keeping_cursor() as cursor:
            cursor.execute(*self._bound(marks))
            return cursor.fetchall()

    def run(self, marks: Mapping[Any, Any]) -> None:
        """The same of a statement that changes something and asks for nothing."""
        if self.sql:
            with keeping_cursor() as cursor:
                cursor.execute(*self._bound(marks))

    def _bound(self, marks: Mapping[Any, Any]) -> tuple[str, list[Any]]:
        """What never changes is written into the SQL: only then can one plan know the partial indexes."""
        names = frozenset(marks)
        if names not in self._settled:
            self._settled[names] = _settle(self.sql, self.params, names)
        sql, places = self._settled[names]
        return sql, [marks[mark] for mark in places]


_PLACE = re.compile("%%|%s")


def _settle(sql: str, params: tuple[Any, ...], marks: frozenset[Any]) -> tuple[str, list[Any]]:
    """The SQL with all parameters that are no marks written into it, and the marks that are left, in their order."""
    values, places = iter(params), []

    def written(place: re.Match[str]) -> str:
        if place.group() == "%%":
            return "%%"
        value = next(values)
        if isinstance(value, int | date | str) and value in marks:
            places.append(value)
            return "%s"
        return Literal(value).as_string(connection.connection).replace("%", "%%")

    return _PLACE.sub(written, sql), places


M = TypeVar("M", bound=Model)


class Records(Generic[M]):
    """The statement of a query set that makes records, with those joined by `select_related` and its annotations.

    What Django does with the rows of a query set (`ModelIterable`), without putting it together again.
    """

    def __init__(self, rows: QuerySet[M]) -> None:
        self._compiler: SQLCompiler = rows.query.get_compiler(connection=connection)
        try:
            sql, params = self._compiler.as_sql()
        except EmptyResultSet:
            self._statement = Statement("", ())
            return
        self._statement = Statement(sql, tuple(params))
        made, columns = cast("dict[str, Any]", self._compiler.klass_info), self._compiler.select
        fields = made["select_fields"]
        self._model: type[M] = made["model"]
        self._own = slice(fields[0], fields[-1] + 1)
        self._names = [column[0].target.attname for column in columns[self._own]]
        self._joined = get_related_populators(made, columns, connection.alias)  # type: ignore[call-arg] # stubs are of a later Django
        self._annotated = tuple(self._compiler.annotation_col_map.items())

    def load(self, marks: Mapping[Any, Any]) -> list[M]:
        """The records, in the order of the query set."""
        found = self._statement.rows(marks)
        return [self._record(row) for row in self._compiler.results_iter([[*found]])] if found else []

    def _record(self, row: Any) -> M:
        record = self._model.from_db(connection.alias, self._names, row[self._own])
        for joined in self._joined:
            joined.populate(row, record)
        for name, place in self._annotated:
            setattr(record, name, row[place])
        return record


def compiled(rows: QuerySet) -> Statement:
    """The statement of a query set that asks for values."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return Statement("", ())
    return Statement(sql, tuple(params))


def updating(rows: QuerySet, **values: Any) -> Statement:
    """The statement that gives every row of a query set these values."""
    query = cast("UpdateQuery", rows.query.chain(UpdateQuery))
    query.add_update_values(values)
    try:
        sql, params = query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return Statement("", ())
    return Statement(sql, tuple(params))


def counted(rows: QuerySet) -> Statement:
    """The statement that says how many rows such a query set finds."""
    found = compiled(rows)
    sql = f"SELECT count(*) FROM ({found.sql}) found"  # noqa: S608 - as Django compiled it
    return Statement(sql, found.params) if found.sql else Statement("SELECT 0", ())
