"""Orders of households as somebody may see them."""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from neighborhoods.actors import Actor
from neighborhoods.querysets import scope
from volunteers.actors import GRID_TAKERS, VIEWERS
from volunteers.lifecycle.orders import ORDER_FINAL, OrderState
from volunteers.lifecycle.representatives import IN_TERM, RepresentativeState
from volunteers.models import HelpOrder, HouseholdCard

# Taken on within a day, done or passed up within three days of that.
NEXT_DUE = Case(When(state=OrderState.TAKEN, then=F("finish_due_at")), default=F("due_at"))
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
    """Those that still wait for somebody here, by what ends first; what waits for the household's word stands last."""
    said = Case(When(state=OrderState.DONE, then=Value(1)), default=Value(0))
    return orders_visible_to(actor).exclude(state__in=ORDER_FINAL).order_by(said, NEXT_DUE, "pk")


def waiting_orders(actor: Actor) -> Any:
    """What this person is to take or to finish now, by what ends first (docs/lifecycle.md, "Orders of households")."""
    mine = Q(representative__resident__user=actor.user_id, representative__state=RepresentativeState.ACTIVE)
    grids = Q(grid_since__isnull=False) & scope(actor.grants_of(GRID_TAKERS))
    to_take = Q(state=OrderState.PLACED) & (mine | grids)
    to_finish = Q(state=OrderState.TAKEN, taken_by_id=actor.user_id)
    rows = orders_visible_to(actor).filter(to_take | to_finish).annotate(next_due=NEXT_DUE)
    return rows.order_by("next_due", "pk")


def orders_of_card(card: HouseholdCard) -> QuerySet[HelpOrder]:
    """What a household reads on its page: after another card was made only what is open, and what came since.

    A card is made anew because it was lost, or because other people live there now.
    """
    orders = HelpOrder.objects.filter(household=card.household_id)
    if card.version > 1:
        orders = orders.filter(Q(closed_at=None) | Q(placed_at__gte=card.issued_at))
    return orders.order_by("-placed_at", "-pk")
