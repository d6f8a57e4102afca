"""What waits for somebody of people who serve: entries to verify, check-ins to answer, orders to take or to finish.

A statement each, put together once for each combination of posts, and only for those who could have one.
"""

from datetime import datetime
from functools import lru_cache

from core.statements import Records, Statement, compiled
from governance.models.issues import first_clause
from governance.selectors.waiting import SHOWN, WaitingLine
from neighborhoods.actors import Actor, Grant, Role
from volunteers.actors import GRID_TAKERS
from volunteers.lifecycle.orders import ORDER_LOOKS, OrderState
from volunteers.models import CheckIn, Volunteer
from volunteers.policies.checkins import can_read_checkins
from volunteers.policies.volunteers import can_register
from volunteers.selectors.checkins import waiting_checkins
from volunteers.selectors.orders import waiting_orders
from volunteers.selectors.volunteers import waiting_volunteers


# ---- the register ----
def volunteer_lines(actor: Actor) -> list[WaitingLine]:
    """The first entries to verify, by their three working days."""
    if not can_register(actor):
        return []
    return [_volunteer_line(one) for one in _volunteers_statement(actor.user_id, actor.grants).load({})]


@lru_cache(maxsize=500)
def _volunteers_statement(user_id: int | None, grants: frozenset[Grant]) -> Records[Volunteer]:
    rows = waiting_volunteers(Actor(user_id=user_id, label="", grants=grants)).order_by("verify_due_at", "pk")
    return Records(rows.select_related("resident", "area__compound")[:SHOWN])


def _volunteer_line(volunteer: Volunteer) -> WaitingLine:
    return _of_person("volunteers:volunteer-detail", volunteer, volunteer.verify_due_at)


def _of_person(page: str, one: Volunteer | CheckIn, due_at: datetime | None) -> WaitingLine:
    compound = one.area.compound
    return WaitingLine(
        page,
        one.number,
        one.resident.masked_name,
        f"{compound.name if compound else ''} {one.area.name}".strip(),
        due_at,
        str(one.get_state_display()),
        one.look.tone,
        one.look.icon,
    )


# ---- members checking in ----
def checkin_lines(actor: Actor) -> list[WaitingLine]:
    """The first check-ins the branch has to answer, by their three working days (docs/checkins.md, "Answer")."""
    if not can_read_checkins(actor):
        return []
    return [_checkin_line(one) for one in _checkins_statement(actor.user_id, actor.grants).load({})]


@lru_cache(maxsize=500)
def _checkins_statement(user_id: int | None, grants: frozenset[Grant]) -> Records[CheckIn]:
    rows = waiting_checkins(Actor(user_id=user_id, label="", grants=grants)).order_by("due_at", "pk")
    return Records(rows.select_related("resident", "area__compound")[:SHOWN])


def _checkin_line(checkin: CheckIn) -> WaitingLine:
    return _of_person("volunteers:checkin-detail", checkin, checkin.due_at)


# ---- orders of households ----
def order_lines(actor: Actor) -> list[WaitingLine]:
    """The first orders to take on or to finish, by what ends first (docs/lifecycle.md, "Orders of households")."""
    if not actor.roles & (GRID_TAKERS | {Role.REPRESENTATIVE}):
        return []
    return [_order_line(*columns) for columns in _orders_statement(actor.user_id, actor.grants).rows({})]


@lru_cache(maxsize=500)
def _orders_statement(user_id: int | None, grants: frozenset[Grant]) -> Statement:
    rows = waiting_orders(Actor(user_id=user_id, label="", grants=grants))
    return compiled(
        rows.values_list("number", "text", "state", "next_due", "area__name", "area__compound__name")[:SHOWN]
    )


def _order_line(number: str, text: str, state: str, due_at: datetime, place: str, compound: str | None) -> WaitingLine:
    stands, look = OrderState(state), ORDER_LOOKS[OrderState(state)]
    return WaitingLine(
        "volunteers:order-detail",
        number,
        first_clause(text),
        f"{compound or ''} {place}".strip(),
        due_at,
        str(stands.label),
        look.tone,
        look.icon,
    )
