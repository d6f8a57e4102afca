"""Who decides about what keeps coming back."""

from governance.actors import DISPATCHERS
from governance.models import Recurrence
from neighborhoods.actors import Actor


def can_decide_recurrence(actor: Actor, found: Recurrence) -> bool:
    """Give a task or say why not now: the community, or its street; once."""
    return found.decided_at is None and actor.holds(DISPATCHERS, found)


def can_read_recurrences(actor: Actor) -> bool:
    """See what keeps coming back in one's own area."""
    return bool(actor.grants_of(DISPATCHERS))
