"""What belongs to a case besides itself: its parts, the order it stands under, what was last said of a parked one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext as _

from core.masking import mask_text
from governance.actors import DISPATCHERS, VIEWERS
from governance.lifecycle import (
    ISSUE_PARK_NOTED,
    ISSUE_PARK_REVIEWED,
    ISSUE_PARKED,
    NOT_ENDED,
    PARTS_DONE,
    InState,
    State,
    Step,
    in_whose_hands,
)
from governance.models import Clock, Issue, Question, SupervisionOrder, TimelineEntry
from governance.models.issues import Audience, first_clause
from governance.querysets import IssueQuerySet
from governance.selectors.public import Row, public_place_of
from neighborhoods.actors import Actor, Role
from neighborhoods.querysets import scope

_PARKED_KINDS = (ISSUE_PARKED, ISSUE_PARK_NOTED, ISSUE_PARK_REVIEWED)
SHOWN = 100


class OrderLine(NamedTuple):
    """An order as the case shows it: who, why, until when, and what was reported."""

    by: str
    reason: str
    due_at: datetime
    report: str
    reported_at: datetime | None
    reported_by: str
    note: str


class _PartColumns(NamedTuple):
    number: str
    summary: str
    holder: str
    state: str
    due_at: datetime | None


class PartRow(InState, _PartColumns):
    """A part in the list of its whole."""


class Joint(NamedTuple):
    """What stands above the history of a hard case."""

    whole: str  # number of the case this one is a part of
    opens_whole: bool  # whoever has a part only does not see the whole
    parts: tuple[PartRow, ...]
    order: OrderLine | None


def joint_of(issue: Issue, actor: Actor) -> Joint | None:
    """Of a case that came with its joint columns: no statement of its own. A part stands where its whole does."""
    if not (issue.part_of_id or issue.is_split or issue.ordered_level is not None):
        return None
    parts: list[dict[str, Any]] = issue.joint_parts  # type: ignore[attr-defined]
    order: dict[str, Any] | None = issue.joint_order  # type: ignore[attr-defined]
    return Joint(
        whole=issue.part_of.number if issue.part_of else "",
        opens_whole=actor.holds(VIEWERS, issue),
        parts=tuple(_part_row(part) for part in parts),
        order=_order_line(order) if order else None,
    )


_PART = ("number", "text", "state", "due_at", "holder_area__name", "holder_unit__short_name")


def with_joint_columns(issues: IssueQuerySet) -> IssueQuerySet:
    """The parts in the order they were given, and the order that stands, read with the case itself.

    And what rules out a step: the one question of this handling, a part's whole that is closed.
    """
    parts = Issue.objects.filter(part_of=OuterRef("pk")).order_by("pk")
    orders = SupervisionOrder.objects.filter(issue=OuterRef("pk"), ended_at=None)
    since = Coalesce(OuterRef("dispatched_at"), OuterRef("submitted_at"))
    asked = Question.objects.filter(issue=OuterRef("pk"), asked_at__gte=since)
    return issues.annotate(
        joint_parts=ArraySubquery(parts.values(json=JSONObject(**{name: name for name in _PART}))),
        joint_order=Subquery(orders.values(json=JSONObject(**{name: name for name in _ORDER}))[:1]),
        was_asked=Exists(asked),
        whole_closed_at=F("part_of__closed_at"),
    )


def ruled_out(issue: Issue) -> set[str]:
    """Verbs the services would refuse, of a case that came with its joint columns; else nothing is known."""
    parts: list[dict[str, Any]] = getattr(issue, "joint_parts", None) or []
    reasons = {
        "reply": any(part["state"] not in PARTS_DONE for part in parts),  # the one answer waits for them
        "ask": getattr(issue, "was_asked", False),  # once a handling
        "reopen": getattr(issue, "whole_closed_at", None) is not None,  # the whole first
    }
    return {verb for verb, is_out in reasons.items() if is_out}


def _part_row(part: dict[str, Any]) -> PartRow:
    holder = in_whose_hands(part["state"], part["holder_unit__short_name"] or part["holder_area__name"])
    return PartRow(part["number"], first_clause(part["text"]), holder, part["state"], _moment(part["due_at"]))


_ORDER = ("given_by_label", "reason", "due_at", "report", "reported_at", "reported_by_label", "note")


def _order_line(order: dict[str, Any]) -> OrderLine:
    read = {**order, "due_at": _moment(order["due_at"]), "reported_at": _moment(order["reported_at"])}
    return OrderLine(*(read[name] for name in _ORDER))


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


class PartLine(NamedTuple):
    """A part as whoever asked reads it: who, what, until when, and whether it is done."""

    what: str
    who: str
    due_at: datetime | None
    word: str
    tone: str
    icon: str


def parts_for_resident(whole: Issue) -> list[PartLine]:
    """In the order they were given. A part that has replied is done; they are asked about the whole."""
    parts = Issue.objects.filter(part_of=whole).select_related("holder_area", "holder_unit").order_by("pk")
    return [_part_line(part) for part in parts]


def _part_line(part: Issue) -> PartLine:
    if part.state in PARTS_DONE:
        return PartLine(part.summary, part.holder_name, None, _("done"), "done", "done")
    return PartLine(part.summary, part.holder_name, part.due_at, part.state_label, part.look.tone, part.look.icon)


# ---- orders as a list and in numbers ----
class OrderNumbers(NamedTuple):
    """Of one year: how many were given, and how they were answered."""

    given: int
    in_time: int
    late: int
    waiting: int


def orders_visible_to(actor: Actor) -> QuerySet[SupervisionOrder]:
    """Orders about cases of the actor's area."""
    grants = actor.grants_of({*DISPATCHERS, Role.DISTRICT_DUTY})
    if not grants:
        return SupervisionOrder.objects.none()
    return SupervisionOrder.objects.filter(scope(grants, prefix="issue__"))


def order_numbers(orders: QuerySet[SupervisionOrder], since: datetime, at: datetime) -> OrderNumbers:
    """In one statement. Late is what was reported after its day, or not yet although the day is over."""
    in_time = Q(reported_at__lte=F("due_at"))
    late = Q(reported_at__gt=F("due_at")) | Q(reported_at=None, due_at__lt=at)
    counted = orders.filter(given_at__gte=since).aggregate(
        given=Count("pk"),
        in_time=Count("pk", filter=in_time),
        late=Count("pk", filter=late),
        waiting=Count("pk", filter=Q(reported_at=None, due_at__gte=at)),
    )
    return OrderNumbers(**counted)


def listed_orders(orders: QuerySet[SupervisionOrder]) -> list[SupervisionOrder]:
    """Those that have not ended first, by their day; then the newest."""
    with_case = orders.select_related("issue__category", "issue__holder_area", "issue__holder_unit")
    return list(with_case.order_by(F("ended_at").desc(nulls_first=True), "due_at", "pk")[:SHOWN])


# ---- parked cases in public ----
@dataclass(frozen=True)
class ParkedRow(Row):
    """A parked case everybody may read, with what was last said about it."""

    note: str
    noted_at: datetime | None
    next_at: datetime | None


def _masked(issue: Issue, entry: TimelineEntry | None) -> str:
    """What was said last, with everything struck out that neighbours do not read."""
    buildings = issue.category.is_sensitive
    return mask_text(entry.text, for_neighbours=True, buildings=buildings) if entry else ""


def parked_in_public() -> tuple[list[ParkedRow], int]:
    """Those whose requesters agreed, the longest waiting first; and how many there are altogether."""
    parked = Issue.objects.unresolved().in_states([State.PARKED])
    shown = parked.public().select_related("category", "area__compound", "contact")
    issues = list(shown.order_by("submitted_at", "pk")[:SHOWN])
    ids = [issue.pk for issue in issues]
    said = TimelineEntry.objects.filter(issue__in=ids, kind__in=_PARKED_KINDS, audience=Audience.EVERYBODY)
    last = {entry.issue_id: entry for entry in said.order_by("at", "pk")}
    clocks = Clock.objects.filter(issue__in=ids, step=Step.NOTE, state__in=NOT_ENDED)
    dues = dict(clocks.values_list("issue_id", "due_at"))
    rows = [
        ParkedRow(
            issue,
            issue.public_summary,
            public_place_of(issue),
            _masked(issue, last.get(issue.pk)),
            last[issue.pk].at if issue.pk in last else None,
            dues.get(issue.pk),
        )
        for issue in issues
    ]
    return rows, parked.count()
