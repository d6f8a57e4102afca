"""The desk's list of issues: tabs and filters. The list, its export and the board read the same rows."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.calendar import work_calendar
from core.reference import remembered
from governance.actors import VIEWERS
from governance.lifecycle import ASKED, State
from governance.models import Issue
from governance.querysets import IssueQuerySet
from governance.selectors.counting import Count, capped_counts
from governance.selectors.finding import mentioning
from governance.selectors.issues import desk_issues
from governance.selectors.kept_counts import Where, kept_counts
from governance.selectors.today import group_condition
from neighborhoods.actors import STAMP_COLUMN, Actor, Grant, Level, Role
from neighborhoods.models import Area
from neighborhoods.selectors.areas import areas_within

EXPORT_CAP = 20_000
AREA_CHOICES = 400


@dataclass(frozen=True)
class Filters:
    """What the address of the list says, cleaned."""

    tab: str = "open"
    words: str = ""
    state: str = ""
    category: str = ""
    area: int | None = None
    urgency: str = ""
    due: str = ""
    channel: str = ""
    days: int | None = None
    group: str = ""  # a group of Today


@dataclass(frozen=True)
class Tab:
    """A usual view of the list."""

    key: str
    title: Promise
    narrow: Callable[[IssueQuerySet, datetime], IssueQuerySet]
    newest_first: bool = False


TABS: dict[str, Tab] = {
    tab.key: tab
    for tab in (
        Tab("open", _("open"), lambda rows, _at: rows.unresolved()),
        Tab(
            "soon",
            _("due soon"),
            # what ends tonight or at the weekend has to be done before going home
            lambda rows, at: rows.unresolved().filter(due_at__gte=at, due_at__lt=work_calendar().back_after(at)),
        ),
        Tab("late", _("overdue"), lambda rows, at: rows.overdue(at=at)),
        Tab("ruling", _("waiting for a ruling"), lambda rows, _at: rows.unresolved().in_states([State.RULING])),
        Tab(
            "callback",
            _("waiting for a call-back"),
            lambda rows, _at: rows.unresolved().in_states(ASKED),
        ),
        Tab("parked", _("parked"), lambda rows, _at: rows.unresolved().in_states([State.PARKED])),
        Tab("ordered", _("under supervision"), lambda rows, _at: rows.unresolved().filter(ordered_level__isnull=False)),
        Tab("closed", _("closed"), lambda rows, _at: rows.filter(closed_at__isnull=False), newest_first=True),
        Tab("recorded", _("recorded by me"), lambda rows, _at: rows, newest_first=True),
        Tab("all", _("all"), lambda rows, _at: rows, newest_first=True),
    )
}


def _start(actor: Actor, tab: Tab) -> IssueQuerySet:
    if tab.key == "recorded":
        return Issue.objects.filter(recorded_by_id=actor.user_id) if actor.user_id else Issue.objects.none()
    return desk_issues(actor)


def listed_issues(actor: Actor, filters: Filters, at: datetime) -> IssueQuerySet:
    """The rows of the list in their order: open work by the clock, the rest by age. Callers choose the columns."""
    tab = TABS.get(filters.tab, TABS["open"])
    start = Issue.objects.filter(group_condition(actor, filters.group, at)) if filters.group else _start(actor, tab)
    rows = tab.narrow(start, at)
    rows = filtered(rows, filters, at)
    if tab.newest_first:
        return rows.order_by("-submitted_at", "-pk")
    return rows.order_by(F("due_at").asc(nulls_last=True), "pk")


def tab_counts(actor: Actor, at: datetime) -> dict[str, Count]:
    """How much stands behind each tab, without the other filters; one statement."""

    def count() -> dict[str, Count]:
        shown = [tab for tab in TABS.values() if tab.key != "all"]
        return capped_counts({tab.key: tab.narrow(_start(actor, tab), at) for tab in shown})

    return kept_counts(actor, Where.TABS, count)


def filtered(rows: IssueQuerySet, filters: Filters, at: datetime) -> IssueQuerySet:
    """Only the rows the filters ask for; the tab is not one of them."""
    rows = _by_column(rows, filters)
    if filters.area:
        column = _stamp_column(filters.area)
        rows = rows.filter(**{column: filters.area}) if column else rows.none()
    if filters.days:
        # what was reported in these days: the parts of a case are no reports of their own
        rows = rows.filter(submitted_at__gte=at - timedelta(days=filters.days), part_of=None)
    if filters.due:
        rows = _by_due(rows, filters.due, at)
    return _by_words(rows, filters.words)


def _by_column(rows: IssueQuerySet, filters: Filters) -> IssueQuerySet:
    exact = {
        "state": filters.state,
        "category__code": filters.category,
        "urgency": filters.urgency,
        "channel": filters.channel,
    }
    return rows.filter(**{column: value for column, value in exact.items() if value})


_NUMBER = re.compile(r"(?:(?P<prefix>[A-Z]{1,6})-)?(?:(?P<year>\d{4})-)?(?P<serial>\d{1,6})")


_THEIRS = re.compile(r"(?=.*\d)\S{4,40}")  # may be the number of a hotline


def _by_words(rows: IssueQuerySet, words: str) -> IssueQuerySet:
    """A number finds its issue, also without prefix, year or zeros; anything else is a word or a place."""
    plain = words.strip()
    numbers = _numbers(plain.upper())
    if numbers:
        return rows.filter(Q(number__in=numbers) | Q(external_number=plain))
    if _THEIRS.fullmatch(plain) and (theirs := rows.filter(external_number=plain)).exists():
        return theirs
    return mentioning(rows, words) if words else rows


def _numbers(words: str) -> list[str]:
    match = _NUMBER.fullmatch(words)
    if match is None:
        return []
    this_year = timezone.localdate().year
    years = [int(match["year"])] if match["year"] else range(this_year, this_year - 5, -1)
    return [f"{match['prefix'] or settings.NUMBER_PREFIX}-{year}-{int(match['serial']):06d}" for year in years]


def _by_due(rows: IssueQuerySet, due: str, at: datetime) -> IssueQuerySet:
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    if due == "late":
        return rows.overdue(at=at)
    if due == "today":
        return rows.unresolved().filter(due_at__gte=at, due_at__lt=midnight)
    if due == "week":
        return rows.unresolved().filter(due_at__gte=at, due_at__lt=midnight + timedelta(days=6))
    return rows.unresolved().filter(due_at=None)


def _stamp_column(area_id: int) -> str | None:
    level = Area.objects.filter(pk=area_id).values_list("level", flat=True).first()
    return None if level is None else STAMP_COLUMN[Level(level)]


def areas_of(actor: Actor) -> list[Area]:
    """Streets, communities and grids of the actor's scope, in tree order; the district gets no grids."""
    grants = _choosing(actor)
    return list(_areas_of(grants)) if grants else []


def area_choices(actor: Actor) -> tuple[tuple[int, str, int], ...]:
    """The same as id, name and level, for a filter; half a minute old at most."""
    grants = _choosing(actor)
    return _choices_of(grants) if grants else ()


def _choosing(actor: Actor) -> frozenset[Grant]:
    return actor.grants_of({*VIEWERS, Role.CALLBACK_AGENT})


def _areas_of(grants: frozenset[Grant]) -> QuerySet[Area]:
    deepest = Level.COMMUNITY if any(g.level == Level.DISTRICT for g in grants) else Level.GRID
    return areas_within(grants).open().filter(level__lte=int(deepest))[:AREA_CHOICES]


@remembered(30)
def _choices_of(grants: frozenset[Grant]) -> tuple[tuple[int, str, int], ...]:
    return tuple(_areas_of(grants).values_list("pk", "name", "level"))
