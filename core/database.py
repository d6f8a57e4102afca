"""Small pieces of SQL that more than one app needs."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)

# Classes of advisory locks. The second key is the id of what is locked.
LOCK_TREE = 7001
LOCK_TREE_ROOTS = 7002
LOCK_SEAL = 7003
# 7004 is taken in the database, by mulin_next_number
LOCK_SETUP = 7005
LOCK_PAIR = 7006  # two neighbours whose hours are summed up


def lock_for_transaction(kind: int, key: int = 0) -> None:
    """Wait for an advisory lock that ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [kind, key])


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Load many rows with COPY, inside the transaction that is open. Columns left out take the database's default."""
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(row)


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Keys for rows that are copied, from the sequence of their table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [pk for (pk,) in cursor.fetchall()]


def get_locked(rows: models.QuerySet[M], pk: int) -> M:
    """One row of a `select_for_update` with what belongs to it.

    While it waits for the lock, somebody may join two records of one person and hang the row on the other one.
    PostgreSQL then finds that the row and what was read beside it do not fit, and drops both; a second look sees them.
    """
    return rows.filter(pk=pk).first() or rows.get(pk=pk)
