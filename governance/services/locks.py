"""The one place that locks issues. A step locks every case it may touch at once, always in the order of their ids.

Two steps that lock cases one after the other wait for each other in a circle as soon as one of them goes the other
way round: answering for a neighbour (theirs, then the one they joined) and joining that one elsewhere. The tree
re-stamps in the same order (`neighborhoods.services.stamps`); sweeps skip what is locked and never wait.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from governance.models import Issue


@transaction.atomic
def lock_issues(ids: Iterable[int], *, joined_to: int | None = None) -> None:
    """Lock cases and what belongs to them: a part with its whole, a whole with its parts, a joined one with the first.

    `joined_to` locks whoever joined that case too. What belongs together is read before it is locked; if it is more
    once it is locked, all these locks are given back and it is locked anew. What a later call in the same transaction
    names belongs to what is locked already: nothing is locked on top.
    """
    wanted = set(ids)
    while True:
        together, point = _belonging(wanted, joined_to), transaction.savepoint()
        list(Issue.objects.select_for_update().filter(pk__in=together).order_by("pk").values_list("pk"))
        if _belonging(wanted, joined_to) <= together:
            transaction.savepoint_commit(point)
            return
        transaction.savepoint_rollback(point)  # lets go of the locks taken since


def _belonging(wanted: set[int], joined_to: int | None) -> set[int]:
    """Their ids, and those of what has to stay as it is while they are worked on."""
    which = Q(parent=joined_to) if joined_to else Q()
    known: set[int] = set()
    found = wanted
    while not found <= known:
        known = known | found
        rows = Issue.objects.filter(which | Q(pk__in=known) | Q(part_of__in=known)).order_by()
        found = {pk for row in rows.values_list("pk", "parent_id", "part_of_id") for pk in row if pk}
    return found
