"""One issue as staff read it: history, contacts, photos, who saw the contact, other voices, clocks, look-alikes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from core.statements import Records, Statement, compiled
from governance.lifecycle import CLOSED, FINAL, Channel, ClockState, Step, Urgency, in_whose_hands
from governance.lifecycle.asking import DECIDES, Asked
from governance.models import (
    Callback,
    Category,
    Clock,
    ContactLog,
    Disclosure,
    Issue,
    IssuePhoto,
    Reply,
    TimelineEntry,
    Whistle,
)
from governance.models.issues import Audience, first_clause
from governance.querysets import IssueQuerySet
from governance.selectors.asked import asked_words
from governance.selectors.counting import Count as Capped
from governance.selectors.history import newest_first, newest_of, staff_lines
from governance.selectors.issues import WHOLE, Sight, issues_visible_to, photos_in_sight
from governance.selectors.joint import with_joint_columns
from governance.selectors.matters import with_matters
from governance.selectors.reference import known_category
from governance.selectors.rows import with_page_columns
from neighborhoods.actors import Actor, Grant, UnitGrant
from neighborhoods.models import Area, PartnerUnit

TABS = ("history", "contacts", "photos", "seen", "voices")
HISTORY_SHOWN = 200
UNITS_SHOWN = 500
# Marks in the compiled statements.
_PLACE, _CATEGORY, _ITSELF, _NUMBER = -1, -2, -3, "(number)"
_RECENTLY, _LATELY = datetime(1, 1, 2, tzinfo=UTC), datetime(1, 1, 3, tzinfo=UTC)


def desk_issue(actor: Actor) -> IssueQuerySet:
    """Visible issues with what the detail page and the policies ask, matters, and the number of an open whistle."""
    whistle = Whistle.objects.open().filter(links__issue=OuterRef("pk")).order_by("-pk").values("number")[:1]
    issues = with_matters(with_joint_columns(with_page_columns(issues_visible_to(actor))))
    return issues.annotate(open_whistle=Subquery(whistle))


def desk_issue_numbered(actor: Actor, number: str) -> Issue | None:
    """The issue with this number as `desk_issue` finds it: every page of a case asks, so it is put together once."""
    statement = _numbered_statement(actor.user_id, actor.grants, actor.units)
    return next(iter(statement.load({_NUMBER: number})), None)


@lru_cache(maxsize=500)
def _numbered_statement(user_id: int | None, grants: frozenset[Grant], units: frozenset[UnitGrant]) -> Records[Issue]:
    actor = Actor(user_id=user_id, label="", grants=grants, units=units)
    return Records(desk_issue(actor).filter(number=_NUMBER))


class TabNumbers(NamedTuple):
    """How many rows stand behind each tab."""

    history: int
    contacts: int
    photos: int
    seen: int
    resident_photos: int  # of those, what came with the words and not with a reply
    voices: int


_COUNTED = (TimelineEntry, ContactLog, IssuePhoto, Disclosure)
_NUMBERS = ", ".join(f"(SELECT count(*) FROM {model._meta.db_table} WHERE issue_id = %s)" for model in _COUNTED)  # noqa: S608 - names of our tables
_NUMBERS += f", (SELECT count(*) FROM {IssuePhoto._meta.db_table} WHERE issue_id = %s AND from_resident)"  # noqa: S608


def tab_numbers(issue: Issue, sight: Sight = WHOLE) -> TabNumbers:
    """The numbers on the tabs, in one statement that is written once; what is only partly seen is counted in turn."""
    if not sight.is_whole:
        seen = {tab: _rows_of(issue, tab, sight).count() for tab in TABS}
        return TabNumbers(**seen, resident_photos=photos_in_sight(issue, sight).filter(from_resident=True).count())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_NUMBERS}", [issue.pk] * (len(_COUNTED) + 1))
        return TabNumbers._make([*cursor.fetchone(), issue.voices])


_ROWS = {"history": "timeline", "contacts": "contact_logs", "seen": "disclosures"}


def _rows_of(issue: Issue, tab: str, sight: Sight) -> QuerySet[Any]:
    """What stands behind a tab, as far as it is seen."""
    if tab == "voices":
        return issue.merged.all() if sight.is_whole else issue.merged.none()
    if tab == "photos":
        return photos_in_sight(issue, sight)
    rows: QuerySet[Any] = getattr(issue, _ROWS[tab]).all()
    if sight.until:
        return rows.filter(at__lte=sight.until)
    if sight.as_resident:
        return rows.filter(audience__gte=Audience.REQUESTER) if tab == "history" else rows.none()
    return rows


def tab_rows(issue: Issue, tab: str, sight: Sight = WHOLE) -> list[Any]:
    """The rows of the chosen tab, the newest first; the other tabs are not read."""
    if tab == "history" and sight.is_whole:
        return staff_lines(newest_of(issue, HISTORY_SHOWN))
    rows = _rows_of(issue, tab, sight)
    if tab == "photos":
        return list(rows.select_related("attachment").order_by("pk"))
    if tab == "voices":
        return _with_answers(rows.select_related("contact").order_by("submitted_at", "pk"))
    if tab == "history":
        return staff_lines(newest_first(rows, HISTORY_SHOWN))
    return list(rows.order_by("-at", "-pk"))


def _with_answers(voices: QuerySet[Issue]) -> list[Issue]:
    """Those who joined, each with what they said last to the answer (`said`, in words)."""
    last = Callback.objects.filter(issue=OuterRef("pk")).order_by("-at", "-pk").values("outcome")[:1]
    found: list[Any] = list(voices.annotate(outcome=Subquery(last)))
    for voice in found:
        voice.said = str(Callback.Outcome(voice.outcome).label) if voice.outcome else ""
    return found


STEP_ORDER = {step: place for place, step in enumerate(Step)}


class ClockLine(NamedTuple):
    """The last clock of a step."""

    step: Step
    due_at: datetime
    ended_at: datetime | None

    @property
    def is_running(self) -> bool:
        """Not ended; a paused one too."""
        return self.ended_at is None


def clock_lines(issue: Issue) -> tuple[ClockLine, ...]:
    """The newest clock of each step that was ever started, in the order of the work."""
    latest = {step: ClockLine(Step(step), *rest) for step, *rest in _clocks_statement().rows({_ITSELF: issue.pk})}
    return tuple(latest[step] for step in STEP_ORDER if step in latest)


@cache
def _clocks_statement() -> Statement:
    clocks = Clock.objects.filter(issue=_ITSELF).exclude(state=ClockState.VOID).order_by("pk")
    return compiled(clocks.values_list("step", "due_at", "ended_at"))


class Solved(NamedTuple):
    """An older case that was settled here, and what was replied last."""

    number: str
    text: str
    submitted_at: datetime
    last_reply: str | None

    @property
    def summary(self) -> str:
        """The first clause of the text."""
        return first_clause(self.text)


_ALIKE_CAP = 99


@dataclass(frozen=True)
class LookAlikes:
    """What else happened at the same place in the same category."""

    count: Capped
    area_id: int
    days: int
    solved: list[Solved]


def look_alikes(actor: Actor, issue: Issue, at: datetime) -> LookAlikes:
    """Of what the actor may see: how many of the last days (as the linked list shows), and how old ones were solved."""
    days, place_id = known_category(issue.category_id).similar_days, issue.building_id or issue.area_id
    column = "building_id" if issue.building_id else "area"
    recent, solved = _alike_statements(actor.user_id, actor.grants, actor.units, column)
    marks: dict[Any, Any] = {
        _PLACE: place_id,
        _CATEGORY: issue.category_id,
        _ITSELF: issue.pk,
        _RECENTLY: at - timedelta(days=days),
        _LATELY: at - timedelta(days=365),
    }
    return LookAlikes(
        count=Capped(len(recent.rows(marks)), _ALIKE_CAP),
        area_id=place_id,
        days=days,
        solved=[Solved(*columns) for columns in solved.rows(marks)],
    )


@lru_cache(maxsize=500)
def _alike_statements(
    user_id: int | None, grants: frozenset[Grant], units: frozenset[UnitGrant], column: str
) -> tuple[Statement, Statement]:
    """Recent and solved cases of a place and category among what these posts open."""
    actor = Actor(user_id=user_id, label="", grants=grants, units=units)
    same = issues_visible_to(actor).filter(**{column: _PLACE, "category": _CATEGORY})
    recent = same.filter(submitted_at__gte=_RECENTLY, part_of=None).order_by()
    solved = same.filter(state__in=sorted(CLOSED), submitted_at__gte=_LATELY).exclude(pk=_ITSELF)
    last_reply = Reply.objects.filter(issue=OuterRef("pk")).order_by("-at", "-pk").values("text")[:1]
    newest = solved.order_by("-submitted_at", "-pk").values_list("number", "text", "submitted_at", Subquery(last_reply))
    return compiled(recent.values_list("pk")[: _ALIKE_CAP + 1]), compiled(newest[:3])


class Facts(NamedTuple):
    """What stands at the side of a case. Who asked is masked already."""

    number: str
    category: str
    category_code: str
    urgency: Urgency
    holder: str
    is_hidden: bool
    asked_by: str
    channel: Channel
    external_number: str
    external_channel: str
    received_at: datetime | None
    voices: int
    reopened_count: int
    handled_with: str
    is_public: bool
    is_published: bool
    alike: Capped
    alike_area_id: int
    alike_days: int
    is_part: bool


def _asked_by(issue: Issue, sight: Sight) -> str:
    contact = issue.contact
    if contact is None or issue.hide_requester or sight.until:
        return ""
    return f"{contact.masked_name or '—'} {contact.masked_phone}"


def facts_of(issue: Issue, alike: LookAlikes, sight: Sight = WHOLE) -> Facts:
    """The facts of a loaded case and of its look-alikes. Who no longer works on it is not told who asked."""
    return Facts(
        number=issue.number,
        category=issue.category.name,
        category_code=issue.category.code,
        urgency=Urgency(issue.urgency),
        holder=in_whose_hands(issue.state, issue.holder_name, issue.asked),
        is_hidden=issue.hide_requester or sight.until is not None,
        asked_by=_asked_by(issue, sight),
        channel=Channel(issue.channel),
        external_number=issue.external_number,
        external_channel=str(issue.get_external_channel_display()) if issue.external_channel else "",
        received_at=issue.received_at,
        voices=issue.voices,
        reopened_count=issue.reopened_count,
        handled_with=issue.parent.number if issue.parent else "",
        is_public=issue.is_public,
        is_published=issue.published_at is not None and issue.state not in FINAL - CLOSED,
        alike=alike.count,
        alike_area_id=alike.area_id,
        alike_days=alike.days,
        is_part=issue.part_of_id is not None,
    )


class Said(NamedTuple):
    """What somebody said that the next step decides about."""

    who: str
    text: str


def said_before(issue: Issue, verb: str) -> list[Said]:
    """The reply that is checked or asked about; what somebody asks for; the refusals before a ruling or dispatch.

    Of an order: what was ordered before a report, the report before somebody says that it is enough.
    """
    if verb in DECIDES:
        return [Said(*said) for said in asked_words(issue, DECIDES[verb])]
    if verb in {"check", "callback", "explain", "reopen", "park"}:
        asked = asked_words(issue, Asked.REOPEN) if issue.asked == Asked.REOPEN else []
        replied = [Said(reply.by_label, reply.text) for reply in issue.replies.order_by("-at", "-pk")[:1]]
        return [*replied, *(Said(*said) for said in asked)]
    if verb in {"order-report", "order-end"} and (order := getattr(issue, "joint_order", None)):
        ordered, reported = (order["given_by_label"], order["reason"]), (order["reported_by_label"], order["report"])
        return [Said(*ordered), Said(*reported)] if verb == "order-end" else [Said(*ordered)]
    if verb in {"rule", "dispatch", "ask-ruling"}:
        sent_back = issue.dispatches.filter(returned_at__isnull=False).select_related("unit", "area").order_by("-at")
        return [
            Said(given.unit.name if given.unit else given.area.name, f"{given.return_reason}（{given.return_basis}）")
            for given in sent_back
        ]
    return []


@dataclass(frozen=True)
class Goals:
    """To whom a case can be dispatched."""

    areas: list[Area]
    suggested: list[PartnerUnit]
    units: list[PartnerUnit]


def goals_of(issue: Issue, category: Category) -> Goals:
    """The areas on its path, the units that usually lead its category, and all other units that take cases."""
    path = [issue.street_id, issue.community_id, issue.grid_id, issue.branch_id]
    areas = list(Area.objects.filter(pk__in=[pk for pk in path if pk], closed_on=None).order_by("-level"))
    units = all_units()
    near = units_near(issue, units)
    suggested = usual_leads(category, near)[:4]
    return Goals(areas, suggested, [unit for unit in near if unit not in suggested])


def units_near(issue: Issue, units: list[PartnerUnit]) -> list[PartnerUnit]:
    """Units of the district, and the bodies of the place."""
    here = {issue.street_id, issue.community_id, issue.grid_id, issue.branch_id, issue.building_id}
    return [unit for unit in units if unit.body is None or unit.body.area_id in here]


def usual_leads(category: Category, units: list[PartnerUnit]) -> list[PartnerUnit]:
    """Those of these units that usually lead the category, by their names."""
    words = [word for word in category.usual_lead_zh.replace("或", "、").split("、") if word]
    return [unit for unit in units if any(word in unit.name for word in words)]


def all_units() -> list[PartnerUnit]:
    """Units that take cases."""
    return list(PartnerUnit.objects.filter(is_active=True).select_related("body")[:UNITS_SHOWN])
