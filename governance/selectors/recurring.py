"""What keeps coming back, as far as somebody may see it."""

from django.db.models import F, QuerySet

from governance.actors import DISPATCHERS
from governance.models import Recurrence
from neighborhoods.actors import Actor
from neighborhoods.querysets import scope

SHOWN = 100


def recurrences_visible_to(actor: Actor) -> QuerySet[Recurrence]:
    """Those of the actor's community or street, with what a list shows."""
    grants = actor.grants_of(DISPATCHERS)
    return Recurrence.objects.filter(scope(grants)).select_related("category", "task")


def listed_recurrences(actor: Actor) -> list[Recurrence]:
    """Those to be decided first, the most frequent on top."""
    rows = recurrences_visible_to(actor)
    return list(rows.order_by(F("decided_at").desc(nulls_first=True), "-cases", "-pk")[:SHOWN])
