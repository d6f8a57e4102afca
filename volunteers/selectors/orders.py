"""Orders of households as somebody may see them."""

from typing import Any

from django.db.models import Q, QuerySet

from neighborhoods.actors import Actor
from neighborhoods.querysets import scope
from volunteers.actors import VIEWERS
from volunteers.lifecycle.orders import ORDER_FINAL
from volunteers.lifecycle.representatives import IN_TERM, RepresentativeState
from volunteers.models import HelpOrder, HouseholdCard

RELATED = ("household", "area__compound", "representative__resident")


def orders_visible_to(actor: Actor) -> Any:
    """Orders of the actor's area, and those that lie with them as a representative who serves.

    Of a term that rests only what they took themselves and have not brought to an end; of one that ended nothing.
    """
    condition = scope(actor.grants_of(VIEWERS))
    if actor.user_id is not None:
        serving = Q(representative__state=RepresentativeState.ACTIVE)
        taken = Q(representative__state__in=IN_TERM, taken_by_id=actor.user_id, closed_at=None)
        condition |= Q(serving | taken, representative__resident__user=actor.user_id)
    return HelpOrder.objects.filter(condition).select_related(*RELATED)


def open_orders(actor: Actor) -> Any:
    """Those that still wait for somebody here, the oldest first."""
    return orders_visible_to(actor).exclude(state__in=ORDER_FINAL).order_by("due_at", "pk")


def orders_of_card(card: HouseholdCard) -> QuerySet[HelpOrder]:
    """What a household reads on its page: after another card was made only what is open, and what came since.

    A card is made anew because it was lost, or because other people live there now.
    """
    orders = HelpOrder.objects.filter(household=card.household_id)
    if card.version > 1:
        orders = orders.filter(Q(closed_at=None) | Q(placed_at__gte=card.issued_at))
    return orders.order_by("-placed_at", "-pk")
