"""What waits for somebody besides cases: whistles, calls of their units, tasks and matters, as lines of Today.

Four statements, put together once for each combination of posts.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.statements import Statement, compiled
from core.wording import comma
from governance.actors import DISPATCHERS
from governance.lifecycle import NOT_ENDED
from governance.lifecycle.matters import MATTER_LOOKS, MatterState
from governance.lifecycle.meetings import MeetingState
from governance.lifecycle.tasks import TASK_LOOKS, TaskState
from governance.lifecycle.whistles import CALLED, WHISTLE_LOOKS, WhistleState
from governance.models import Call, DutyClock, Whistle
from governance.models.issues import first_clause
from governance.selectors.matters import waiting_matters
from governance.selectors.reference import category_name
from governance.selectors.tasks import to_check, to_do
from governance.selectors.whistles import next_due, review_due
from neighborhoods.actors import Actor, Grant, Role, UnitGrant
from neighborhoods.querysets import scope

SHOWN = 5  # of each kind; the lists have them all
REVIEW_SHOWN = timedelta(days=3)  # before it is due
# Marks in the compiled statements.
_TODAY, _UNTIL, _NOW = date(1, 1, 2), datetime(1, 1, 3, tzinfo=UTC), datetime(1, 1, 4, tzinfo=UTC)


class WaitingLine(NamedTuple):
    """A line of Today: what it is, what is to be done or where, until when. Of values, so a page keeps how it looks.

    The number stands behind what is small, in one piece.
    """

    page: str  # name of the address behind it
    number: str
    title: str
    small: str
    due_at: datetime | None
    state_label: str
    tone: str
    icon: str


# ---- matters ----
def matter_lines(actor: Actor) -> list[WaitingLine]:
    """The first matters to file, handle or look at, by their clock."""
    statement = _matters_statement(actor.user_id, actor.grants, actor.units)
    return [_matter_line(_Matter(*columns)) for columns in statement.rows({_TODAY: timezone.localdate()})]


class _Matter(NamedTuple):
    number: str
    text: str
    state: str
    due_at: datetime | None
    category_id: int
    area__name: str
    area__compound__name: str | None


@lru_cache(maxsize=500)
def _matters_statement(user_id: int | None, grants: frozenset[Grant], units: frozenset[UnitGrant]) -> Statement:
    actor = Actor(user_id=user_id, label="", grants=grants, units=units)
    rows = waiting_matters(actor, _TODAY).order_by("due_at", "pk")
    return compiled(rows.values_list(*_Matter._fields)[:SHOWN])


def _matter_line(matter: _Matter) -> WaitingLine:
    state = MatterState(matter.state)
    place = f"{matter.area__compound__name or ''} {matter.area__name}".strip()
    small = comma().join((place, category_name(matter.category_id)))
    look = MATTER_LOOKS[state]
    return WaitingLine(
        "governance:matter-detail",
        matter.number,
        first_clause(matter.text),
        small,
        matter.due_at,
        str(state.label),
        look.tone,
        look.icon,
    )


# ---- tasks ----
def task_lines(actor: Actor) -> list[WaitingLine]:
    """The first tasks to do or to check, by their day."""
    rows = _tasks_statement(actor.user_id, actor.grants, actor.units).rows({_TODAY: timezone.localdate()})
    return [_task_line(*columns) for columns in rows]


@lru_cache(maxsize=500)
def _tasks_statement(user_id: int | None, grants: frozenset[Grant], units: frozenset[UnitGrant]) -> Statement:
    actor = Actor(user_id=user_id, label="", grants=grants, units=units)
    rows = (to_do(actor, _TODAY) | to_check(actor)).order_by("due_at", "pk")
    return compiled(
        rows.values_list("number", "title", "state", "due_at", "area__name", "area__compound__name")[:SHOWN]
    )


def _task_line(number: str, title: str, state: str, due_at: datetime, place: str, compound: str | None) -> WaitingLine:
    stands, look = TaskState(state), TASK_LOOKS[TaskState(state)]
    small = f"{compound or ''} {place}".strip()
    return WaitingLine("governance:task-detail", number, title, small, due_at, str(stands.label), look.tone, look.icon)


# ---- whistles ----
_FOR_THE_DESK: dict[str, Promise] = {
    WhistleState.ARRIVED: _("hold the meeting"),
    WhistleState.MEETING_HELD: _("give tasks"),
    WhistleState.CLAIMED_DONE: _("look whether it is done"),
    WhistleState.CHECKED: _("rate the units"),
    WhistleState.RATED: _("reply to the residents"),
}
_FOR_THE_PRINCIPAL: dict[str, Promise] = {
    WhistleState.DRAFT: _("review the draft"),
    WhistleState.REVIEWED: _("sign it"),
}


def whistle_lines(actor: Actor) -> list[WaitingLine]:
    """What waits for the side that calls, and then for the units that are called."""
    blows, signs = actor.grants_of(DISPATCHERS), actor.grants_of({Role.STREET_LEAD})
    lines: list[WaitingLine] = []
    if blows:
        at = timezone.now()
        rows = _whistles_statement(blows, signs).rows({_UNTIL: at + REVIEW_SHOWN, _NOW: at})
        lines += [_whistle_line(one, _what(one, may_review=bool(signs))) for one in map(_Whistle._make, rows)]
    if actor.unit_ids:
        calls = _calls_statement(tuple(sorted(actor.unit_ids))).rows({})
        lines += [_whistle_line(_of_call(call), _what_of(call)) for call in map(_Call._make, calls)]
    return lines


class _Whistle(NamedTuple):
    number: str
    title: str
    state: str
    next_due: datetime | None
    is_backfill_due: bool = False
    meeting__state: str | None = None
    is_review_due: bool = False
    is_missed: bool = False  # a unit whose time to come is over has not


@lru_cache(maxsize=500)
def _whistles_statement(blows: frozenset[Grant], signs: frozenset[Grant]) -> Statement:
    missing = Call.objects.filter(
        whistle=OuterRef("pk"), released_at=None, arrived_at=None, absent_at=None, arrive_due__lt=_NOW
    )
    late = Q(state__in=sorted(CALLED), is_missed=True)
    condition: Q = scope(blows) & (Q(state__in=sorted(_FOR_THE_DESK)) | Q(is_backfill_due=True) | late)
    if signs:
        disputed = Call.objects.filter(whistle=OuterRef("pk"), disputed_at__isnull=False, ruled_at=None)
        condition |= scope(signs) & (
            Q(state__in=sorted(_FOR_THE_PRINCIPAL))
            | Q(Exists(disputed))
            | Q(is_review_due=True)
            | Q(meeting__state=MeetingState.MINUTES_DRAFT)
        )
    found = (
        Whistle.objects.open()
        .annotate(is_review_due=review_due(_UNTIL), next_due=next_due(), is_missed=Exists(missing))
        .filter(condition)
    )
    # a draft has no limit yet, but everybody waits for its signature: it stands by the day it was written
    first = Coalesce(F("next_due"), F("drafted_at"))
    return compiled(found.order_by(first, "pk").values_list(*_Whistle._fields)[:SHOWN])


def _what(whistle: _Whistle, *, may_review: bool) -> Promise:
    if whistle.state in _FOR_THE_PRINCIPAL:
        return _FOR_THE_PRINCIPAL[whistle.state]
    if whistle.is_backfill_due and whistle.state not in _FOR_THE_DESK:
        return _("write up plan and meeting")
    if whistle.state not in _FOR_THE_DESK and may_review and whistle.is_review_due:
        return _("monthly review")
    if may_review and whistle.meeting__state == MeetingState.MINUTES_DRAFT:
        return _("confirm what was written of the meeting")
    if whistle.is_missed and whistle.state in CALLED:
        return _("a unit has not come")
    return _FOR_THE_DESK.get(whistle.state, _("rule on a dispute"))


class _Call(NamedTuple):
    whistle__number: str
    whistle__title: str
    whistle__state: str
    next_due: datetime | None
    signed_at: datetime | None
    arrived_at: datetime | None
    result_at: datetime | None


@lru_cache(maxsize=500)
def _calls_statement(unit_ids: tuple[int, ...]) -> Statement:
    mine = Call.objects.filter(unit_id__in=unit_ids, called_at__isnull=False, released_at=None)
    waits = (
        Q(arrived_at=None, whistle__state__in=sorted(CALLED))
        | Q(whistle__state=WhistleState.CARRYING_OUT, result_at=None)
        | Q(whistle__state=WhistleState.CARRYING_OUT, is_lead=True)
    )
    running = DutyClock.objects.filter(call=OuterRef("pk"), state__in=NOT_ENDED).order_by("due_at").values("due_at")
    first = Coalesce(Subquery(running[:1]), F("whistle__due_at"))  # signed and come: the limit is that of the whistle
    return compiled(
        mine.filter(waits).annotate(next_due=first).order_by("next_due", "pk").values_list(*_Call._fields)[:SHOWN]
    )


def _of_call(call: _Call) -> _Whistle:
    return _Whistle(call.whistle__number, call.whistle__title, call.whistle__state, call.next_due)


def _what_of(call: _Call) -> Promise:
    if call.signed_at is None:
        return _("sign for the call")
    if call.arrived_at is None:
        return _("come, and say so")
    return _("say what was done") if call.result_at is None else _("finish, and say so")


def _whistle_line(whistle: _Whistle, what: Any) -> WaitingLine:
    state = WhistleState(whistle.state)
    look = WHISTLE_LOOKS[state]
    return WaitingLine(
        "governance:whistle-detail",
        whistle.number,
        whistle.title,
        str(what),
        whistle.next_due,
        str(state.label),
        look.tone,
        look.icon,
    )
