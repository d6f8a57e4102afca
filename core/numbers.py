"""Numbers people read out on the phone: ZY-2026-001234."""

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.db import connection

from core.statements import keeping_cursor


def next_number(kind: str, year: int, letter: str = "") -> str:
    """The next number of a kind in a year. One sequence each: nobody waits, gaps are allowed.

    Issues have the bare prefix of the district; what else is numbered adds a letter (`ZYT-2026-000012`, a task).
    """
    with keeping_cursor() as cursor:
        cursor.execute("SELECT mulin_next_number(%s, %s)", [kind, year])
        (value,) = cursor.fetchone()
    return _written(letter, year, value)


def next_numbers(kind: str, years: Sequence[int], letter: str = "") -> list[str]:
    """Numbers of many records of these years, in their order; one statement a year."""
    waiting: dict[int, Iterator[int]] = {}
    with connection.cursor() as cursor:
        for year in sorted(set(years)):
            cursor.execute(
                "SELECT mulin_next_number(%s, %s) FROM generate_series(1, %s)", [kind, year, years.count(year)]
            )
            waiting[year] = iter([number for (number,) in cursor.fetchall()])
    return [_written(letter, year, next(waiting[year])) for year in years]


def _written(letter: str, year: int, value: int) -> str:
    return f"{settings.NUMBER_PREFIX}{letter}-{year}-{value:06d}"
