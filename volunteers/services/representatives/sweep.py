"""What waited too long is told once. Each runs twice or in parallel without telling twice."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce

from core import events
from neighborhoods.actors import SYSTEM
from volunteers.lifecycle import representatives as life
from volunteers.lifecycle.incentives import INCENTIVE_NOTICE_OVER, IncentiveState
from volunteers.lifecycle.links import LINK_LIVE, LINK_ORPHANED, LinkState
from volunteers.lifecycle.orders import ORDER_STILL_OPEN, ORDER_UNTAKEN, OrderState
from volunteers.lifecycle.representatives import SEAT_DAYS
from volunteers.models import HelpOrder, HelpOrderLine, HouseholdCard, HouseholdLink, Incentive, Representative
from volunteers.services.representatives.links import payload_of

AT_ONCE = 1000


@transaction.atomic
def tell_terms(*, at: datetime) -> int:
    """Sixty days before a term ends."""
    rows = Representative.objects.select_for_update(skip_locked=True).filter(
        told_term_at=None, ended_at=None, remind_due_at__lt=at
    )
    return _tell_representatives(
        list(rows.order_by("pk")[:AT_ONCE]), life.REPRESENTATIVE_TERM_ENDING, at, "told_term_at"
    )


@transaction.atomic
def tell_seats(*, at: datetime) -> int:
    """Thirty days after a term ended, when nobody has taken the seat."""
    rows = Representative.objects.select_for_update(skip_locked=True).filter(told_seat_at=None, seat_due_at__lt=at)
    return _tell_representatives(
        list(rows.order_by("pk")[:AT_ONCE]), life.REPRESENTATIVE_SEAT_EMPTY, at, "told_seat_at"
    )


def _tell_representatives(late: list[Representative], kind: str, at: datetime, column: str) -> int:
    Representative.objects.filter(pk__in=[one.pk for one in late]).update(**{column: at})
    rows = [(one.pk, {"representative_id": one.pk}) for one in late]
    events.record_rows(kind, actor=SYSTEM, model=Representative, rows=rows)
    return len(late)


@transaction.atomic
def tell_orphans(*, at: datetime) -> int:
    """Households that have had nobody for thirty days and did not decline."""
    live = HouseholdLink.objects.filter(household=OuterRef("household"), state__in=LINK_LIVE)
    declined = HouseholdCard.objects.filter(household=OuterRef("household"), declined_at__isnull=False)
    rows = HouseholdLink.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        ~Exists(live),
        ~Exists(declined),
        state=LinkState.ENDED,
        ended_at__lt=at - timedelta(days=SEAT_DAYS),
        told_orphan_at=None,
        household__closed_on=None,
        household__is_occupied=True,
    )
    late = list(rows.order_by("ended_at", "pk")[:AT_ONCE])
    HouseholdLink.objects.filter(pk__in=[link.pk for link in late]).update(told_orphan_at=at)
    last = {link.household_id: link for link in late}  # an earlier link of the same door is no second message
    told = [(link.pk, payload_of(link)) for link in last.values()]
    events.record_rows(LINK_ORPHANED, actor=SYSTEM, model=HouseholdLink, rows=told)
    return len(told)


@transaction.atomic
def tell_untaken(*, at: datetime) -> int:
    """Orders that nobody took for a day: from now on the grid may take them too, and is told once."""
    rows = HelpOrder.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=OrderState.PLACED, told_late_at=None, due_at__lt=at
    )
    late = list(rows.order_by("due_at", "pk")[:AT_ONCE])
    HelpOrder.objects.filter(pk__in=[order.pk for order in late]).update(
        told_late_at=at, grid_since=Coalesce(F("grid_since"), at)
    )
    _write_orders(late, ORDER_UNTAKEN, at)
    return len(late)


@transaction.atomic
def tell_unfinished(*, at: datetime) -> int:
    """Orders that were taken three days ago and are neither done nor passed up: whoever has them is reminded once."""
    rows = HelpOrder.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=OrderState.TAKEN, told_open_at=None, finish_due_at__lt=at
    )
    late = list(rows.order_by("finish_due_at", "pk")[:AT_ONCE])
    HelpOrder.objects.filter(pk__in=[order.pk for order in late]).update(told_open_at=at)
    _write_orders(late, ORDER_STILL_OPEN, at)
    return len(late)


def _write_orders(orders: list[HelpOrder], kind: str, at: datetime) -> None:
    HelpOrderLine.objects.bulk_create(
        [HelpOrderLine(order=order, kind=kind, at=at, actor_label=SYSTEM.label) for order in orders]
    )
    told = [(order.pk, {"help_order_id": order.pk, "number": order.number}) for order in orders]
    events.record_rows(kind, actor=SYSTEM, model=HelpOrder, rows=told)


@transaction.atomic
def tell_notices_over(*, at: datetime) -> int:
    """Rewards that hung out long enough: the district may decide, and is told once."""
    rows = Incentive.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=IncentiveState.NOTICED, told_over_at=None, notice_until__lt=at
    )
    over = list(rows.order_by("notice_until", "pk")[:AT_ONCE])
    Incentive.objects.filter(pk__in=[row.pk for row in over]).update(told_over_at=at)
    told = [(row.pk, {"incentive_id": row.pk, "representative_id": row.representative_id}) for row in over]
    events.record_rows(INCENTIVE_NOTICE_OVER, actor=SYSTEM, model=Incentive, rows=told)
    return len(over)


def tell_all(*, at: datetime) -> None:
    """Everything of representatives that is looked at every few minutes."""
    tell_terms(at=at)
    tell_seats(at=at)
    tell_orphans(at=at)
    tell_untaken(at=at)
    tell_unfinished(at=at)
    tell_notices_over(at=at)
