"""One issue as staff read it: history, contacts, photos, who saw the contact, other voices, clocks, look-alikes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from governance.lifecycle import CLOSED, ClockState, Step
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
from governance.selectors.history import staff_lines
from governance.selectors.issues import issues_visible_to
from governance.selectors.rows import with_page_columns
from neighborhoods.actors import Actor
from neighborhoods.models import Area, PartnerUnit

TABS = ("history", "contacts", "photos", "seen", "voices")
HISTORY_SHOWN = 200
UNITS_SHOWN = 500


def _number_of(model: Any, **conditions: Any) -> Coalesce:
    rows = model.objects.filter(issue=OuterRef("pk"), **conditions).order_by().values("issue")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def desk_issue(actor: Actor) -> IssueQuerySet:
    """Visible issues with what the detail page and the policies ask of one, and the numbers on the tabs."""
    return issues_visible_to(actor).select_related(
        "category", "area__compound", "holder_area", "holder_unit", "contact", "parent"
    )


def with_tab_numbers(issues: IssueQuerySet) -> IssueQuerySet:
    """The numbers on the tabs, in the same statement as the issue."""
    return with_page_columns(issues).annotate(
        history_number=_number_of(TimelineEntry),
        contact_number=_number_of(ContactLog),
        photo_number=_number_of(IssuePhoto),
        seen_number=_number_of(Disclosure),
    )


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
    return staff_lines(list(issue.timeline.select_related("area", "unit").order_by("-at", "-pk")[:HISTORY_SHOWN]))


STEP_ORDER = {step: place for place, step in enumerate(Step)}


@dataclass(frozen=True)
class ClockLine:
    """The last clock of a step."""

    clock: Clock

    @property
    def step_name(self) -> str:
        return self.clock.get_step_display()

    @property
    def is_running(self) -> bool:
        return self.clock.state in {ClockState.RUNNING, ClockState.PAUSED}


def clock_lines(issue: Issue) -> list[ClockLine]:
    """The newest clock of each step that was ever started, in the order of the work."""
    latest: dict[str, Clock] = {}
    for clock in issue.clocks.exclude(state=ClockState.VOID).order_by("pk"):
        latest[clock.step] = clock
    return [ClockLine(latest[step]) for step in STEP_ORDER if step in latest]


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
        solved=list(solved.annotate(last_reply=Subquery(last_reply)).order_by("-submitted_at", "-pk")[:3]),
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
