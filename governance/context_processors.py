"""What every desk page shows: the side navigation."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from governance import policies
from governance.actors import RECORDERS, VIEWERS
from governance.policies.committees import can_read_committees
from governance.policies.hotline import can_import_hotline
from governance.policies.matters import can_read_matters
from governance.policies.recurring import can_read_recurrences
from governance.selectors.counting import Count, capped_counts
from governance.selectors.issues import desk_issues
from governance.selectors.kept_counts import Where, kept_counts
from governance.selectors.matters import waiting_matters
from governance.selectors.meetings.lists import coming_meetings, waiting_topics
from governance.selectors.tasks import to_check, to_do
from governance.selectors.today import today_total
from governance.selectors.whistles import desk_whistles
from neighborhoods.actors import POSTER_ROLES, Actor, Role
from neighborhoods.policies import can_load_district
from volunteers.policies import aid, checkins, incentives, orders, points, representatives, teams, volunteers
from volunteers.selectors.waiting import waiting_among_people

CAP = 99  # a number in the navigation says "some" or "many"


@dataclass(frozen=True)
class NavItem:
    """A line of the side navigation."""

    url: str
    icon: str
    label: str
    count: Count | None = None
    current: bool = False
    gap: bool = False  # a line stands above it


def desk(request: HttpRequest) -> dict[str, Any]:
    """The navigation of the desk, made only when a template asks for it; empty for everybody else."""
    return {"desk_nav": cache(lambda: _items(request))}


class Line(NamedTuple):
    """What the navigation can hold, and for whom."""

    name: str
    icon: str
    label: Promise
    may: Callable[[Actor], bool]
    counted: str = ""  # a key of the counts
    room: int = 0  # 0 what is to be done, 1 people who serve, 2 tools; lines of a room stand together


LINES = (
    Line("governance:desk-today", "flag", gettext_lazy("today"), lambda _actor: True, "today"),
    Line("governance:issue-list", "list", gettext_lazy("cases"), lambda _actor: True, "issues"),
    Line("governance:callback-list", "phone", gettext_lazy("call-backs"), policies.can_call_back),
    Line("governance:task-list", "done", gettext_lazy("tasks"), lambda _actor: True, "tasks"),
    Line("governance:matter-list", "hand", gettext_lazy("matters"), can_read_matters, "matters"),
    Line("governance:meeting-list", "people", gettext_lazy("meetings"), policies.can_record_issue, "meetings"),
    Line("governance:topic-list", "message", gettext_lazy("topics"), policies.can_record_issue, "topics"),
    Line(
        "governance:whistle-list",
        "whistle",
        gettext_lazy("whistles"),
        lambda actor: bool(actor.units or actor.grants_of(VIEWERS)),
        "whistles",
    ),
    Line("governance:committee-list", "boxes", gettext_lazy("enlarged committee"), can_read_committees),
    Line("governance:order-list", "flag", gettext_lazy("supervision"), policies.can_read_orders),
    Line("governance:recurrence-list", "again", gettext_lazy("what keeps coming back"), can_read_recurrences),
    Line(
        "volunteers:volunteer-list",
        "heart",
        gettext_lazy("volunteers"),
        volunteers.can_read_register,
        "volunteers",
        room=1,
    ),
    Line("volunteers:team-list", "people", gettext_lazy("teams"), teams.can_read_teams, room=1),
    Line("volunteers:activity-list", "calendar", gettext_lazy("activities"), teams.can_read_teams, room=1),
    Line(
        "volunteers:record-list",
        "clock",
        gettext_lazy("hours of service"),
        volunteers.can_read_register,
        "hours",
        room=1,
    ),
    Line("volunteers:certificate-list", "doc", gettext_lazy("certificates"), volunteers.can_read_register, room=1),
    Line("volunteers:aid-desk", "hand", gettext_lazy("mutual aid"), aid.can_see_aid, "aid", room=1),
    Line("volunteers:call-list", "phone", gettext_lazy("calls to make"), aid.can_see_calls, room=1),
    Line("volunteers:points-desk", "boxes", gettext_lazy("points"), points.can_see_points, room=1),
    Line(
        "volunteers:checkin-list",
        "home",
        gettext_lazy("members checking in"),
        checkins.can_read_checkins,
        "checkins",
        room=1,
    ),
    Line(
        "volunteers:representative-list",
        "people",
        gettext_lazy("representatives"),
        representatives.can_read_representatives,
        room=1,
    ),
    Line(
        "volunteers:incentive-list",
        "heart",
        pgettext_lazy("of representatives", "rewards"),
        incentives.only_grants,
        "rewards",
        room=1,
    ),
    Line(
        "volunteers:my-households",
        "home",
        gettext_lazy("my households"),
        lambda actor: Role.REPRESENTATIVE in actor.roles,
        room=1,
    ),
    Line(
        "volunteers:order-list", "hand", gettext_lazy("orders of households"), orders.can_see_orders, "orders", room=1
    ),
    Line("governance:issue-record", "write", gettext_lazy("record for a resident"), policies.can_record_issue, room=2),
    Line("governance:hotline-import", "upload", gettext_lazy("hotline slips"), can_import_hotline, room=2),
    Line("notifications:notice-list", "bell", gettext_lazy("notices"), lambda _actor: True, room=2),
    Line(
        "neighborhoods:compound-list",
        "print",
        gettext_lazy("posters for stairwells"),
        lambda actor: bool(actor.roles & POSTER_ROLES),
        room=2,
    ),
    Line("neighborhoods:district-import", "upload", gettext_lazy("load a district"), can_load_district, room=2),
)
ADMINISTRATION = Line("admin:index", "lock", gettext_lazy("administration"), lambda _actor: True)


def _items(request: HttpRequest) -> tuple[NavItem, ...]:
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not actor.is_somebody:
        return ()
    counts = kept_counts(actor, Where.NAVIGATION, lambda: _counts(actor))
    path = request.path
    items, room = [], 0
    for line in LINES:
        if line.may(actor):
            items.append(_item(path, line, counts.get(line.counted), gap=line.room != room))
            room = line.room
    if getattr(request.user, "is_staff", False):
        items.append(_item(path, ADMINISTRATION, gap=True))
    return tuple(item for item in items if item is not None)


def _counts(actor: Actor) -> dict[str, Count]:
    rows = {"today": today_total(actor, timezone.now()), "issues": desk_issues(actor).unresolved()}
    rows |= {"tasks": to_do(actor) | to_check(actor), "whistles": desk_whistles(actor).open()}
    if can_read_matters(actor):
        rows["matters"] = waiting_matters(actor)
    rows |= waiting_among_people(actor)
    if actor.grants_of(RECORDERS):
        rows |= {"meetings": coming_meetings(actor), "topics": waiting_topics(actor)}
    return capped_counts(rows, cap=CAP)


def _item(path: str, line: Line, count: Count | None = None, *, gap: bool) -> NavItem | None:
    url = _address(line.name)
    if not url:
        return None
    current = path == url if line.name == "governance:desk-today" else path.startswith(url)
    return NavItem(url, line.icon, str(line.label), count, current=current, gap=gap)


@cache
def _address(name: str) -> str:
    """Worked out once, as every page shows all of them; empty when the app that serves it is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
