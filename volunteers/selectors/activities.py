"""Activities, shifts and teams as residents and the desk read them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, Count, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from neighborhoods.actors import Actor
from neighborhoods.querysets import AreaScopedQuerySet, scope
from volunteers.actors import ORGANISERS, VIEWERS
from volunteers.lifecycle.activities import ActivityState, SeatState
from volunteers.lifecycle.teams import MemberState, TeamState
from volunteers.models import Activity, Interest, Shift, SignUp, Team, TeamMember, Volunteer

LEADS = ("lead__resident__guardian", "team__lead__resident__guardian")
SHIFT_LEADS = (
    "lead__resident__guardian",
    "activity__lead__resident__guardian",
    "activity__team__lead__resident__guardian",
    "activity__area",
)


# ---- for everybody ----
def shown_shifts(at: datetime | None = None) -> QuerySet[Shift]:
    """Shifts to come of open activities."""
    rows = Shift.objects.filter(
        cancelled_at=None, starts_at__gt=at or timezone.now(), activity__state=ActivityState.OPEN
    )
    return rows.select_related("activity__area").order_by("starts_at", "pk")


def coming_shifts(limit: int, community_id: int | None = None) -> list[Shift]:
    """The next one of each activity: those of one's own community before all others, the nearest first."""
    nearest = shown_shifts().order_by("activity", "starts_at").distinct("activity")
    rows = shown_shifts().filter(pk__in=nearest.values("pk"))
    return list(rows.order_by(_away_from(community_id, "activity__community_id"), "starts_at", "pk")[:limit])


def open_teams(limit: int, community_id: int | None = None) -> list[Team]:
    """Teams one can join: those of one's own community before all others."""
    rows = Team.objects.filter(state__in=[TeamState.FORMING, TeamState.ACTIVE]).select_related("area")
    return list(rows.order_by(_away_from(community_id, "community_id"), "area__code", "name")[:limit])


def _away_from(community_id: int | None, field: str) -> Case:
    return Case(When(Q(**{field: community_id}), then=Value(0)), default=Value(1))


def public_activity(number: str) -> Activity | None:
    """What was opened, also when it is over; drafts do not exist."""
    rows = Activity.objects.exclude(state=ActivityState.DRAFT).select_related("area", "team", "lead__resident")
    return rows.filter(number=number, opened_at__isnull=False).prefetch_related("partners").first()


def seats_of(entries: list[Volunteer], shifts: list[Shift]) -> dict[int, SignUp]:
    """The live seat of one of the entries in each shift, by the shift."""
    rows = SignUp.objects.filter(volunteer__in=entries, shift__in=shifts).exclude(state=SeatState.CANCELLED)
    return {seat.shift_id: seat for seat in rows}


def next_seats(entries: list[Volunteer], at: datetime) -> list[SignUp]:
    """Seats and places on waiting lists that are not over, by their time."""
    rows = SignUp.objects.filter(volunteer__in=entries, ends_at__gt=at).exclude(state=SeatState.CANCELLED)
    return list(rows.select_related("shift__activity__area", "volunteer__resident").order_by("starts_at", "pk")[:30])


def shift_for_lead(shift_id: int) -> Shift | None:
    """A shift with everything its list shows and its policy asks."""
    return Shift.objects.select_related(*SHIFT_LEADS).filter(pk=shift_id).first()


def led_shifts(entries: list[Volunteer], at: datetime) -> list[Shift]:
    """Shifts somebody leads, from a week ago on."""
    led = Q(lead__in=entries) | Q(activity__lead__in=entries) | Q(activity__team__lead__in=entries)
    rows = Shift.objects.filter(led, cancelled_at=None, ends_at__gt=at - timedelta(days=7))
    return list(rows.select_related("activity").order_by("starts_at")[:20])


def list_of(shift: Shift) -> list[SignUp]:
    """Who has a seat, then who waits."""
    rows = shift.sign_ups.exclude(state=SeatState.CANCELLED).select_related(
        "volunteer__resident__guardian", "record__volunteer__resident__guardian"
    )
    return list(rows.order_by("state", "at", "pk"))


# ---- for the desk ----
def activities_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Those of the actor's area."""
    return Activity.objects.within(actor.grants_of(VIEWERS))


def teams_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Those of the actor's area: the list."""
    return Team.objects.within(actor.grants_of(VIEWERS))


def teams_open_to(actor: Actor) -> AreaScopedQuerySet:
    """What somebody may open by its address: teams of the actor's area, and those they lead."""
    condition = scope(actor.grants_of(VIEWERS))
    if actor.user_id is not None:
        condition |= Q(lead__resident__user=actor.user_id, lead__left_at=None)
    rows: AreaScopedQuerySet = Team.objects.filter(condition)
    return rows


@dataclass(frozen=True)
class Tab:
    """A list at the desk, by state."""

    key: str
    label: Promise
    states: tuple[str, ...]


ACTIVITY_TABS = {
    tab.key: tab
    for tab in (
        Tab("open", pgettext_lazy("activities", "open"), (ActivityState.OPEN,)),
        Tab("draft", _("drafts"), (ActivityState.DRAFT,)),
        Tab("over", _("over"), (ActivityState.CLOSED, ActivityState.CANCELLED)),
    )
}
TEAM_TABS = {
    tab.key: tab
    for tab in (
        Tab("now", _("at work"), (TeamState.FORMING, TeamState.ACTIVE)),
        Tab("rest", pgettext_lazy("teams", "resting or closed"), (TeamState.RESTING, TeamState.CLOSED)),
    )
}


def listed_activities(actor: Actor, tab: Tab) -> AreaScopedQuerySet:
    """Newest first, with how many shifts there are."""
    rows = activities_visible_to(actor).filter(state__in=tab.states).select_related("area", "team")
    return rows.annotate(shift_count=Count("shifts", filter=Q(shifts__cancelled_at=None))).order_by("-pk")


def listed_teams(actor: Actor, tab: Tab) -> AreaScopedQuerySet:
    """By place and name, with how many are in them and how many have asked."""
    rows = teams_visible_to(actor).filter(state__in=tab.states).select_related("area", "lead__resident")
    return rows.annotate(
        joined=Count("members", filter=Q(members__state=MemberState.JOINED)),
        asked=Count("members", filter=Q(members__state=MemberState.ASKED)),
    ).order_by("area__code", "name")


def shifts_of(activity: Activity) -> list[Shift]:
    """What is to come, the nearest first; then what is over, the latest first. Those called off are left out."""
    waiting = Count("sign_ups", filter=Q(sign_ups__state=SeatState.WAITING))
    rows = activity.shifts.filter(cancelled_at=None).annotate(waiting=waiting)
    at = timezone.now()
    coming = rows.filter(ends_at__gt=at).order_by("starts_at")[:60]
    return [*coming, *rows.filter(ends_at__lte=at).order_by("-starts_at")[:30]]


def members_of(team: Team) -> list[TeamMember]:
    """Who is in it and who has asked."""
    rows = team.members.exclude(state=MemberState.LEFT).select_related("volunteer__resident")
    return list(rows.order_by("state", "pk")[:200])


def interested(actor: Actor, team: Team) -> list[Volunteer]:
    """Registered volunteers of the actor's area who would like to hear of what the team does, and are not in it."""
    rows = Volunteer.objects.within(actor.grants_of(ORGANISERS)).filter(state="verified")
    wish = Interest.objects.filter(kind=team.kind)
    rows = rows.filter(pk__in=wish.values("volunteer")).exclude(pk__in=team.members.values("volunteer"))
    return list(rows.select_related("resident", "area").order_by("pk")[:50])


def teams_of_street(activity_street: int | None, actor: Actor) -> QuerySet[Team]:
    """Teams an activity of the actor may belong to."""
    rows = teams_visible_to(actor).filter(closed_at=None).order_by("name")
    return rows.filter(street_id=activity_street) if activity_street else rows


def with_series(activity_rows: AreaScopedQuerySet) -> AreaScopedQuerySet:
    """With the rules their shifts follow."""
    return activity_rows.prefetch_related(Prefetch("series"), "partners")
