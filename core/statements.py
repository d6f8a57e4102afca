"""Statements that Django compiles once and that run often with other values (docs/performance.md).

Putting a query together costs more than running it where an actor's posts make a long condition. The condition depends
on the posts only; what changes with every question (the time, the place) stands in the compiled statement as a mark.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


@dataclass(frozen=True)
class Statement:
    """SQL as Django compiled it, with marks among its parameters. Without SQL it finds nothing, whatever is asked."""

    sql: str
    params: tuple[Any, ...]

    def rows(self, marks: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
        """Run it with values in the place of the marks: days, moments and numbers that no record has."""
        if not self.sql:
            return []
        values = [marks.get(value, value) if isinstance(value, int | date) else value for value in self.params]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            return cursor.fetchall()


def compiled(rows: QuerySet) -> Statement:
    """The statement of a query set that asks for values."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return Statement("", ())
    return Statement(sql, tuple(params))


def counted(rows: QuerySet) -> Statement:
    """The statement that says how many rows such a query set finds."""
    found = compiled(rows)
    sql = f"SELECT count(*) FROM ({found.sql}) found"  # noqa: S608 - as Django compiled it
    return Statement(sql, found.params) if found.sql else Statement("SELECT 0", ())
