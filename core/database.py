"""Small pieces of SQL that more than one app needs."""

from django.db import connection

# Classes of advisory locks. The second key is the id of what is locked.
LOCK_TREE = 7001
LOCK_TREE_ROOTS = 7002
LOCK_SEAL = 7003


def lock_for_transaction(kind: int, key: int = 0) -> None:
    """Wait for an advisory lock that ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [kind, key])
