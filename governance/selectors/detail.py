"""One issue as staff read it: history, contacts, photos, who saw the contact, other voices, clocks, look-alikes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import OuterRef, Subquery

from governance.lifecycle import CLOSED, Channel, ClockState, Step, Urgency
from governance.models import (
    Category,
    Clock,
    ContactLog,
    Disclosure,
    Issue,
    IssuePhoto,
    Reply,
    TimelineEntry,
)
from governance.querysets import IssueQuerySet
from governance.selectors.counting import Count as Capped
from governance.selectors.counting import capped_counts
from governance.selectors.history import newest_first, staff_lines
from governance.selectors.issues import issues_visible_to
from governance.selectors.rows import with_page_columns
from neighborhoods.actors import Actor
from neighborhoods.models import Area, PartnerUnit

TABS = ("history", "contacts", "photos", "seen", "voices")
HISTORY_SHOWN = 200
UNITS_SHOWN = 500


def desk_issue(actor: Actor) -> IssueQuerySet:
    """Visible issues with what the detail page and the policies ask of one."""
    return with_page_columns(issues_visible_to(actor))


class TabNumbers(NamedTuple):
    """How many rows stand behind each tab."""

    history: int
    contacts: int
    photos: int
    seen: int
    voices: int


_COUNTED = (TimelineEntry, ContactLog, IssuePhoto, Disclosure)
_NUMBERS = ", ".join(f"(SELECT count(*) FROM {model._meta.db_table} WHERE issue_id = %s)" for model in _COUNTED)  # noqa: S608 - names of our tables


def tab_numbers(issue: Issue) -> TabNumbers:
    """The numbers on the tabs, in one statement that is written once."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_NUMBERS}", [issue.pk] * len(_COUNTED))
        return TabNumbers(*cursor.fetchone(), issue.voices)


def tab_rows(issue: Issue, tab: str) -> list[Any]:
    """The rows of the chosen tab, the newest first; the other tabs are not read."""
    if tab == "contacts":
        return list(issue.contact_logs.order_by("-at", "-pk"))
    if tab == "photos":
        return list(issue.photos.select_related("attachment").order_by("pk"))
    if tab == "seen":
        return list(issue.disclosures.order_by("-at", "-pk"))
    if tab == "voices":
        return list(issue.merged.select_related("contact").order_by("submitted_at", "pk"))
    return staff_lines(newest_first(issue.timeline.all(), HISTORY_SHOWN))


STEP_ORDER = {step: place for place, step in enumerate(Step)}


class ClockLine(NamedTuple):
    """The last clock of a step."""

    step: Step
    due_at: datetime
    ended_at: datetime | None
    is_running: bool


def clock_lines(issue: Issue) -> tuple[ClockLine, ...]:
    """The newest clock of each step that was ever started, in the order of the work."""
    latest: dict[str, Clock] = {}
    for clock in sorted(issue.clocks.exclude(state=ClockState.VOID), key=lambda clock: clock.pk):
        latest[clock.step] = clock
    return tuple(_clock_line(latest[step]) for step in STEP_ORDER if step in latest)


def _clock_line(clock: Clock) -> ClockLine:
    is_running = clock.state in {ClockState.RUNNING, ClockState.PAUSED}
    return ClockLine(Step(clock.step), clock.due_at, clock.ended_at, is_running)


@dataclass(frozen=True)
class LookAlikes:
    """What else happened at the same place in the same category."""

    count: Capped
    area_id: int
    days: int
    solved: list[Issue]


def look_alikes(actor: Actor, issue: Issue, at: datetime) -> LookAlikes:
    """Of what the actor may see: how many of the last days (as the linked list shows), and how old ones were solved."""
    days = settings.SIMILAR_DAYS
    same = _same_place(issues_visible_to(actor), issue)
    recent = same.filter(submitted_at__gte=at - timedelta(days=days))
    solved = same.filter(state__in=sorted(CLOSED), submitted_at__gte=at - timedelta(days=365)).exclude(pk=issue.pk)
    last_reply = Reply.objects.filter(issue=OuterRef("pk")).order_by("-at", "-pk").values("text")[:1]
    return LookAlikes(
        count=capped_counts({"recent": recent}, cap=99)["recent"],
        area_id=issue.building_id or issue.area_id,
        days=days,
        solved=list(
            solved.only("number", "text", "submitted_at")
            .annotate(last_reply=Subquery(last_reply))
            .order_by("-submitted_at", "-pk")[:3]
        ),
    )


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
    voices: int
    reopened_count: int
    handled_with: str
    is_public: bool
    is_published: bool
    alike: Capped
    alike_area_id: int
    alike_days: int


def facts_of(issue: Issue, alike: LookAlikes) -> Facts:
    """The facts of a loaded case and of its look-alikes."""
    contact = issue.contact
    return Facts(
        number=issue.number,
        category=issue.category.name,
        category_code=issue.category.code,
        urgency=Urgency(issue.urgency),
        holder=issue.holder_name,
        is_hidden=issue.hide_requester,
        asked_by="" if contact is None or issue.hide_requester else f"{contact.masked_name or '—'} {contact.masked_phone}",
        channel=Channel(issue.channel),
        external_number=issue.external_number,
        voices=issue.voices,
        reopened_count=issue.reopened_count,
        handled_with=issue.parent.number if issue.parent else "",
        is_public=issue.is_public,
        is_published=issue.published_at is not None,
        alike=alike.count,
        alike_area_id=alike.area_id,
        alike_days=alike.days,
    )


def _same_place(visible: IssueQuerySet, issue: Issue) -> IssueQuerySet:
    if issue.building_id:
        return visible.filter(building_id=issue.building_id, category=issue.category_id)
    return visible.filter(area=issue.area_id, category=issue.category_id)


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
    here = {*path, issue.building_id}
    near = [unit for unit in units if unit.body is None or unit.body.area_id in here]
    words = [word for word in category.usual_lead_zh.replace("或", "、").split("、") if word]
    suggested = [unit for unit in near if any(word in unit.name for word in words)][:4]
    return Goals(areas, suggested, [unit for unit in near if unit not in suggested])


def all_units() -> list[PartnerUnit]:
    """Units that take cases."""
    return list(PartnerUnit.objects.filter(is_active=True).select_related("body")[:UNITS_SHOWN])
