"""Counts that cost the same in a village and in a province: nobody counts further than the cap."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

CAP = 1000


@dataclass(frozen=True)
class Count:
    """A number of rows, or "more than the cap"."""

    number: int
    cap: int = CAP

    @property
    def is_capped(self) -> bool:
        """More than was counted."""
        return self.number > self.cap

    def __str__(self) -> str:
        return f"{self.cap}+" if self.is_capped else str(self.number)

    def __bool__(self) -> bool:
        return self.number > 0


def capped_counts(querysets: Mapping[str, QuerySet], cap: int = CAP) -> dict[str, Count]:
    """The size of each query set, never looking at more than `cap` + 1 rows of it; one statement for all of them."""
    parts: list[str] = []
    params: list[Any] = []
    keys: list[str] = []
    for key, rows in querysets.items():
        try:
            sql, values = rows.order_by().values("pk")[: cap + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        keys.append(key)
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 - see below
        params += values
    numbers: list[int] = []
    if parts:
        with connection.cursor() as cursor:
            # only SQL that Django compiled itself is put together here; every value stays a parameter
            cursor.execute(f"SELECT {', '.join(parts)}", params)
            numbers = list(cursor.fetchone())
    found = dict(zip(keys, numbers, strict=True))
    return {key: Count(found.get(key, 0), cap) for key in querysets}
