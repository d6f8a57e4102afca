"""Holding trees still while one of them is written (docs/tree.md, "Locks")."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from core.database import LOCK_TREE, LOCK_TREE_ROOTS, lock_for_transaction
from core.errors import RuleError
from neighborhoods.models import Area

TRIES = 5


class _StaleLocks(Exception):  # noqa: N818 - a signal to try again, not an error
    """An area left its tree between looking and locking."""


def lock_roots() -> None:
    """Streets race for the next tree id, so a new one waits for every other new one."""
    lock_for_transaction(LOCK_TREE_ROOTS)


def lock_tree_ids(tree_ids: Collection[int]) -> None:
    """Lock trees in id order, so that two writers never wait for each other in a circle."""
    for tree_id in sorted(set(tree_ids)):
        lock_for_transaction(LOCK_TREE, tree_id)


def lock_trees_of(area_ids: Collection[int]) -> None:
    """Lock the trees of these areas; whoever calls this reads only afterwards.

    1. Look up the trees. 2. Lock them in id order. 3. Look again: while we waited, an area may have moved to another
    tree. Then give the locks back (they end with the savepoint) and start over, because locking one more tree out of
    order could close a circle.
    """
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                before = _trees(area_ids)
                lock_tree_ids(before)
                if _trees(area_ids) != before:
                    raise _StaleLocks
                return
        except _StaleLocks:
            continue
    raise RuleError(_("Others are changing these areas right now. Try again in a moment."))


def _trees(area_ids: Collection[int]) -> set[int]:
    return set(Area.objects.filter(pk__in=area_ids).order_by().values_list("tree_id", flat=True))
