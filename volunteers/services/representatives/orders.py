"""A household orders, a neighbour takes it; what is too much becomes a case with the same history (点单/接单).

Cases belong to an app above this one. It hands its function down when it is ready (`register_case_opener`), and the
order becomes a case in the same transaction.
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from core.looks import Look
from core.numbers import next_number
from neighborhoods.actors import NOBODY, Actor
from neighborhoods.models import Household
from volunteers.lifecycle import orders as life
from volunteers.lifecycle.links import LINK_LIVE
from volunteers.lifecycle.orders import FINISH_DAYS, ORDER_FITS, UNTAKEN_HOURS, OrderChannel, OrderState
from volunteers.lifecycle.representatives import RepresentativeState
from volunteers.models import HelpOrder, HelpOrderLine, HouseholdLink, Representative
from volunteers.policies import orders as policies
from volunteers.services.registration import stamps_of
from volunteers.services.representatives.moves import locked_representative

LETTER = "O"
TEXT_LIMIT = 500
S = OrderState


# ---- what an app above hands down ----
@dataclass(frozen=True)
class CaseView:
    """How the case of an order stands now, in words for the household."""

    number: str
    state: str
    look: Look
    answer: str = ""


@dataclass(frozen=True)
class CaseDesk:
    """What opens a case of an order and returns its number; the kinds to choose from; how a case stands now."""

    open_case: Callable[[Actor, HelpOrder, str], str]
    kinds: Callable[[], list[tuple[str, str | Promise]]]
    seen: Callable[[Iterable[str]], dict[str, CaseView]]


_desk: list[CaseDesk] = []


def register_case_opener(desk: CaseDesk) -> None:
    """Called once by the app that owns cases, when it is ready."""
    _desk[:] = [desk]


def case_kinds() -> list[tuple[str, str | Promise]]:
    """Codes and names of what a case can be about."""
    return _desk[0].kinds() if _desk else []


def cases_of(orders: Iterable[HelpOrder]) -> dict[str, CaseView]:
    """Of those that were passed up: the case by its number, as it stands now."""
    numbers = [order.issue_number for order in orders if order.issue_number]
    return _desk[0].seen(numbers) if _desk and numbers else {}


# ---- placing ----
def place_order(
    *, actor: Actor, household_id: int, text: str, channel: OrderChannel, key: uuid.UUID | None = None
) -> HelpOrder:
    """By the household on its page (`NOBODY`), by staff who were called, or by its representative. The key once."""
    key = key or uuid.uuid4()
    known = HelpOrder.objects.filter(client_key=key, household=household_id)
    try:
        return known.first() or _insert(actor, household_id, text, channel, key)
    except IntegrityError:  # the same form twice at once; a key of another door is a wrong one
        twin = known.first()
        if twin is None:
            raise RuleError(_("Please send it once more.")) from None
        return twin


@transaction.atomic
def _insert(actor: Actor, household_id: int, text: str, channel: OrderChannel, key: uuid.UUID) -> HelpOrder:
    expected = _serving(household_id)
    if expected is not None:  # the term before the door, as everybody locks them: it may end at this moment
        locked_representative(expected.pk)
    household = Household.objects.select_for_update(of=("self",), no_key=True).get(pk=household_id, closed_on=None)
    representative = _serving(household_id)
    if representative not in {expected, None}:
        raise RuleError(_("Somebody changed this at the same moment. Please look again."))
    if channel == OrderChannel.VISIT:
        require(representative is not None and actor.user_id == representative.resident.user_id is not None)
    elif channel == OrderChannel.PHONE:
        require(policies.can_place_for(actor, household))
    words = text.strip()
    if not words:
        raise RuleError(_("Write what is needed."), field="text")
    if len(words) > TEXT_LIMIT:
        raise RuleError(_("At most %(limit)d characters.") % {"limit": TEXT_LIMIT}, field="text")
    at = timezone.now()
    order = HelpOrder.objects.create(
        number=next_number("help_order", timezone.localdate(at).year, LETTER),
        **stamps_of(household),
        household=household,
        representative=representative,
        channel=channel,
        text=words,
        client_key=key,
        placed_at=at,
        placed_by_label=actor.label if actor.user_id else "",
        due_at=at + timedelta(hours=UNTAKEN_HOURS),
        grid_since=None if representative else at,  # nobody looks after this door: the grid at once
    )
    _write(order, life.ORDER_PLACED, actor, text=words)
    return order


def _serving(household_id: int) -> Representative | None:
    """Who looks after the door now; a suspended one does not."""
    links = HouseholdLink.objects.select_related("representative__resident")
    link = links.filter(household=household_id, state__in=LINK_LIVE).first()
    serves = link is not None and link.representative.state == RepresentativeState.ACTIVE
    return link.representative if link and serves else None


# ---- steps ----
@transaction.atomic
def take(*, order_id: int, actor: Actor) -> HelpOrder:
    """Take it on (接单)."""
    order = locked_order(order_id)
    _require_fit(order, "take")
    require(policies.can_take(actor, order))
    order.state, order.taken_at = S.TAKEN, timezone.now()
    _start_finishing(order)
    order.taken_by_id, order.taken_by_label = actor.user_id, actor.label
    _save(order, life.ORDER_TAKEN, actor)
    return order


def _start_finishing(order: HelpOrder) -> None:
    """Three days from now; whoever has it is reminded once when they are over."""
    order.finish_due_at, order.told_open_at = timezone.now() + timedelta(days=FINISH_DAYS), None


@transaction.atomic
def finish(*, order_id: int, actor: Actor, result: str) -> HelpOrder:
    """Say what was done; the household confirms."""
    order = locked_order(order_id)
    _require_fit(order, "finish")
    require(policies.can_finish(actor, order))
    if not result.strip():
        raise RuleError(_("Write what was done."), field="result")
    order.state, order.done_at, order.done_by_id = S.DONE, timezone.now(), actor.user_id
    order.result = result.strip()[:TEXT_LIMIT]
    _save(order, life.ORDER_DONE, actor, text=order.result)
    return order


@transaction.atomic
def confirm_for(*, order_id: int, actor: Actor, is_done: bool) -> HelpOrder:
    """What the household said on the phone, written down by somebody who did not do it."""
    order = locked_order(order_id)
    _require_fit(order, "confirm")
    require(policies.can_confirm_for(actor, order))
    return _confirmed(order, actor, is_done=is_done)


@transaction.atomic
def confirm_by_card(*, order_id: int, household_id: int, is_done: bool) -> HelpOrder:
    """What the household says on its own page."""
    order = locked_order(order_id)
    require(order.household_id == household_id)
    _require_fit(order, "confirm")
    return _confirmed(order, NOBODY, is_done=is_done)


def _confirmed(order: HelpOrder, actor: Actor, *, is_done: bool) -> HelpOrder:
    order.state = S.CONFIRMED if is_done else S.TAKEN
    if not is_done:
        order.done_at = order.done_by_id = None
        _start_finishing(order)
    if not is_done and order.taken_by_id is None:  # whoever took it is gone
        order.state, order.taken_at, order.taken_by_label = S.PLACED, None, ""
        order.finish_due_at = None
    _save(order, life.ORDER_CONFIRMED if is_done else life.ORDER_AGAIN, actor)
    return order


@transaction.atomic
def withdraw_by_card(*, order_id: int, household_id: int) -> HelpOrder:
    """The household does not need it any more."""
    order = locked_order(order_id)
    require(order.household_id == household_id)
    _require_fit(order, "withdraw")
    order.state = S.WITHDRAWN
    _save(order, life.ORDER_WITHDRAWN, NOBODY)
    return order


@transaction.atomic
def withdraw_for(*, order_id: int, actor: Actor) -> HelpOrder:
    """The same, said to whoever has it."""
    order = locked_order(order_id)
    _require_fit(order, "withdraw")
    require(policies.can_withdraw_for(actor, order))
    order.state = S.WITHDRAWN
    _save(order, life.ORDER_WITHDRAWN, actor)
    return order


@transaction.atomic
def pass_up(*, order_id: int, actor: Actor, kind: str, words: str = "") -> HelpOrder:
    """Make a case of it: the grid, the community or a department can do more. Costs nobody anything."""
    order = locked_order(order_id)
    _require_fit(order, "pass-up")
    require(policies.can_pass_up(actor, order))
    if not _desk:
        raise RuleError(_("Cases cannot be opened from here."))
    if kind not in {code for code, _name in case_kinds()}:
        raise RuleError(_("Choose what it is about."), field="kind")
    _line(order, life.ORDER_PASSED_UP, actor, words.strip())
    order.issue_number = _desk[0].open_case(actor, order, kind)
    order.state, order.closed_at = S.PASSED_UP, timezone.now()
    order.save()
    _tell(order, life.ORDER_PASSED_UP, actor, issue_number=order.issue_number)
    return order


# ---- what every verb does ----
def locked_order(order_id: int) -> HelpOrder:
    """The order, locked until the transaction ends, with what policies ask of it."""
    rows = HelpOrder.objects.select_for_update(of=("self",))
    return rows.select_related("representative__resident", "household", "area").get(pk=order_id)


def _require_fit(order: HelpOrder, verb: str) -> None:
    if order.state not in ORDER_FITS[verb]:
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": order.number, "state": order.get_state_display()}
        )


def _save(order: HelpOrder, kind: str, actor: Actor, *, text: str = "") -> None:
    order.closed_at = timezone.now() if order.state in life.ORDER_FINAL else None
    order.save()
    _write(order, kind, actor, text=text)


def _write(order: HelpOrder, kind: str, actor: Actor, *, text: str = "") -> None:
    _line(order, kind, actor, text)
    _tell(order, kind, actor)


def _line(order: HelpOrder, kind: str, actor: Actor, text: str) -> None:
    HelpOrderLine.objects.create(
        order=order, kind=kind, at=timezone.now(), actor_id=actor.user_id, actor_label=actor.label, text=text[:500]
    )


def _tell(order: HelpOrder, kind: str, actor: Actor, **payload: str) -> None:
    events.record(kind, actor=actor, subject=order, help_order_id=order.pk, number=order.number, **payload)
