"""What a household asked for goes along when its representative changes, so that no order lies with somebody gone."""

from collections.abc import Collection

from django.utils import timezone

from core import events
from neighborhoods.actors import Actor
from volunteers.lifecycle.orders import ORDER_CARRIED, ORDER_FINAL, OrderState
from volunteers.models import HelpOrder, HelpOrderLine, Representative


def carry_orders(
    former: Representative, household_ids: Collection[int], actor: Actor, to: Representative | None = None
) -> None:
    """Open orders of these doors go to whoever follows, or to the grid. In the transaction that ends the links.

    What the former one had taken but not done is there to be taken again, at once or when the household says that it
    is not done; whatever somebody else took stays theirs.
    """
    rows = HelpOrder.objects.select_for_update(of=("self",)).filter(representative=former, household__in=household_ids)
    at, mine = timezone.now(), former.resident.user_id
    for order in rows.exclude(state__in=ORDER_FINAL).order_by("pk"):
        if order.state == OrderState.TAKEN and order.taken_by_id in {None, mine}:
            order.state, order.taken_at, order.taken_by_id, order.taken_by_label = OrderState.PLACED, None, None, ""
            order.finish_due_at = order.told_open_at = None
        if order.state == OrderState.DONE and order.taken_by_id in {None, mine}:
            order.taken_by_id = None  # not done after all, it waits for somebody again
        order.representative = to
        order.grid_since = order.grid_since or (None if to else at)
        order.save()
        text = to.number if to else ""
        HelpOrderLine.objects.create(
            order=order, kind=ORDER_CARRIED, at=at, actor_id=actor.user_id, actor_label=actor.label, text=text
        )
        events.record(ORDER_CARRIED, actor=actor, subject=order, help_order_id=order.pk, number=order.number)
