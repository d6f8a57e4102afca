"""What waits for somebody of people who serve: entries to verify, check-ins to answer, orders to take or to finish.

One statement for all three, put together once for each combination of posts, of the parts they could have something in.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import CharField, F, QuerySet, TextChoices, TextField, Value

from core.looks import Look
from core.masking import mask_name
from core.statements import Statement, compiled
from governance.models.issues import first_clause
from governance.selectors.waiting import SHOWN, WaitingLine
from neighborhoods.actors import Actor, Grant, Role
from neighborhoods.models import Resident
from volunteers.actors import GRID_TAKERS
from volunteers.lifecycle.checkins import CHECKIN_LOOKS, CheckInState
from volunteers.lifecycle.orders import ORDER_LOOKS, OrderState
from volunteers.lifecycle.volunteers import VOLUNTEER_LOOKS, VolunteerState
from volunteers.policies.checkins import can_read_checkins
from volunteers.policies.volunteers import can_register
from volunteers.selectors.checkins import waiting_checkins
from volunteers.selectors.orders import waiting_orders
from volunteers.selectors.volunteers import waiting_volunteers

# By the section of Today they are shown in: the record, its page, its states, and how they look.
KINDS: dict[str, tuple[str, type[TextChoices], Mapping[Any, Look]]] = {
    "checkins": ("volunteers:checkin-detail", CheckInState, CHECKIN_LOOKS),
    "volunteers": ("volunteers:volunteer-detail", VolunteerState, VOLUNTEER_LOOKS),
    "orders": ("volunteers:order-detail", OrderState, ORDER_LOOKS),
}


class _Waiting(NamedTuple):
    kind: str
    number: str
    name: str | None  # of whoever waits, as it is stored
    words: str
    state: str
    due: datetime | None
    place: str
    compound: str | None


def people_lines(actor: Actor) -> dict[str, list[WaitingLine]]:
    """The first of each kind by their limits (docs/checkins.md, docs/lifecycle.md "Orders of households")."""
    found: dict[str, list[WaitingLine]] = {kind: [] for kind in KINDS}
    for columns in _statement(actor.user_id, actor.grants).rows({}):
        waiting = _Waiting(*columns)
        found[waiting.kind].append(_line(waiting))
    return found


@lru_cache(maxsize=500)
def _statement(user_id: int | None, grants: frozenset[Grant]) -> Statement:
    actor = Actor(user_id=user_id, label="", grants=grants)
    parts = []
    if can_read_checkins(actor):
        parts.append(_part("checkins", waiting_checkins(actor), "due_at"))
    if can_register(actor):
        parts.append(_part("volunteers", waiting_volunteers(actor), "verify_due_at"))
    if actor.roles & (GRID_TAKERS | {Role.REPRESENTATIVE}):
        parts.append(_part("orders", waiting_orders(actor), "next_due"))
    return compiled(parts[0].union(*parts[1:], all=True)) if parts else Statement("", ())


def _part(kind: str, rows: QuerySet, due: str) -> QuerySet:
    """A person is known by the name, an order by its words."""
    nothing = Value("", output_field=TextField())
    name, words = (nothing, F("text")) if kind == "orders" else (F("resident__name"), nothing)
    columns = {
        "line_kind": Value(kind, output_field=CharField()),
        "line_number": F("number"),
        "line_name": name,
        "line_words": words,
        "line_state": F("state"),
        "line_due": F(due),
        "line_place": F("area__name"),
        "line_compound": F("area__compound__name"),
    }
    return rows.order_by(due, "pk").annotate(**columns).values_list(*columns)[:SHOWN]


def _line(waiting: _Waiting) -> WaitingLine:
    page, states, looks = KINDS[waiting.kind]
    state = states(waiting.state)
    look = looks[state]
    return WaitingLine(
        page,
        waiting.number,
        first_clause(waiting.words) or _masked(waiting.name),
        f"{waiting.compound or ''} {waiting.place}".strip(),
        waiting.due,
        str(state.label),
        look.tone,
        look.icon,
    )


def _masked(stored: str | None) -> str:
    """The name as everybody at the desk reads it; a dash when it was erased."""
    name = _NAME.from_db_value(stored, None, connection) if stored else ""
    return mask_name(name or "") or "—"


_NAME: Any = Resident._meta.get_field("name")
