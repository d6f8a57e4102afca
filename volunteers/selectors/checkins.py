"""Members checked in as somebody may see them. Nothing here ranks persons or finds them by their employer."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar import CHINA
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Area, Resident
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.actors import CHECKIN_KEEPERS
from volunteers.lifecycle import checkins as life
from volunteers.lifecycle import feedback as feedback_life
from volunteers.lifecycle import pledges as pledge_life
from volunteers.lifecycle.checkins import CHECKIN_LIVE, HERE, CheckInState
from volunteers.lifecycle.pledges import PledgeState
from volunteers.lifecycle.records import RecordState
from volunteers.models import CheckIn, DutyPost, DutyTaking, Pledge, ServiceRecord

BRANCHES_SHOWN = 60


def checkins_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Those of the actor's branches and communities; of nobody's unit."""
    return CheckIn.objects.within(actor.grants_of(CHECKIN_KEEPERS))


def waiting_checkins(actor: Actor) -> AreaScopedQuerySet:
    """Those this person has to answer for the branch: nobody answers themselves."""
    rows = checkins_visible_to(actor).filter(state=CheckInState.APPLIED)
    return rows.exclude(resident__user=actor.user_id) if actor.user_id else rows


def checkin_of(user_id: int | None) -> CheckIn | None:
    """The latest check-in of a signed-in person: the live one, or the last that ended."""
    if user_id is None:
        return None
    rows = CheckIn.objects.filter(resident__user=user_id).select_related("resident", "area__compound")
    return rows.order_by(F("ended_at").desc(nulls_first=True), "-pk").first()


@dataclass(frozen=True)
class CheckInFilters:
    """What the list of the desk is narrowed by: a state of those who are here, a branch, a number."""

    state: str = ""
    branch: int = 0
    number: str = ""


# Who ended it is in no list: leaving carries nothing, and a list of it would.
LISTED = tuple(state for state in CheckInState if state in CHECKIN_LIVE)


def listed_checkins(actor: Actor, filters: CheckInFilters) -> AreaScopedQuerySet:
    """Who waits first, by the day of the answer; the rest by place. Those who left stand in no list."""
    rows = checkins_visible_to(actor).filter(ended_at=None).select_related("resident", "area__compound")
    if filters.state in LISTED:
        rows = rows.filter(state=filters.state)
    if filters.branch:
        rows = rows.filter(branch_id=filters.branch)
    if filters.number:
        rows = rows.filter(number__icontains=filters.number)
    waits = Case(When(state=CheckInState.APPLIED, then=F("due_at")))
    return rows.order_by(waits.asc(nulls_last=True), "branch_id", "pk")


def branches_to_choose(actor: Actor) -> list[Area]:
    """The branches of the actor's area, for the filter; none when there are too many to choose from."""
    grants = actor.grants_of(CHECKIN_KEEPERS)
    wanted = checkins_visible_to(actor).filter(ended_at=None).values("branch_id")
    return list(Area.objects.filter(pk__in=wanted).order_by("name")[:BRANCHES_SHOWN]) if grants else []


# ---- services: no second record; the register's own, by person and time (docs/adr/0011) ----
def _while_checked_in(person: str) -> Exists:
    stays = CheckIn.objects.filter(resident=OuterRef(person), accepted_at__lte=OuterRef("starts_at"))
    return Exists(stays.filter(Q(ended_at=None) | Q(ended_at__gt=OuterRef("starts_at"))))


def services_of(resident_id: int) -> QuerySet[ServiceRecord]:
    """Confirmed services of one member that began while they were checked in anywhere."""
    rows = ServiceRecord.objects.filter(volunteer__resident=resident_id, state=RecordState.CONFIRMED, reverses=None)
    return rows.filter(_while_checked_in("volunteer__resident"))


def member_services(on: date) -> QuerySet[ServiceRecord]:
    """Confirmed services of members while checked in, one per activity and person (docs/glossary.md, "Figures")."""
    rows = ServiceRecord.objects.filter(
        _while_checked_in("volunteer__resident"),
        state=RecordState.CONFIRMED,
        reverses=None,
        starts_at__lt=_end_of(on),
    )
    # help between neighbours belongs to no activity: each is one of its own
    each = rows.annotate(what=Coalesce(F("activity_id"), -F("pk")))
    return each.order_by("volunteer_id", "what").distinct("volunteer_id", "what")


def members_ever(on: date) -> QuerySet[Resident]:
    """Persons whose check-in was accepted by the end of a day, each once (docs/glossary.md, "Figures")."""
    accepted = CheckIn.objects.filter(resident=OuterRef("pk"), accepted_at__lt=_end_of(on))
    return Resident.objects.filter(Exists(accepted))


def members_here(on: date) -> QuerySet[CheckIn]:
    """Check-ins that were accepted and not over at the end of a day: shown beside the cumulative figure."""
    end = _end_of(on)
    return CheckIn.objects.filter(Q(ended_at=None) | Q(ended_at__gte=end), accepted_at__lt=end)


def _end_of(on: date) -> datetime:
    return datetime.combine(on + timedelta(days=1), time(), CHINA)


def due_for_a_page(year: int) -> QuerySet[CheckIn]:
    """Members with an account who served this year and whose page for the employer nobody has drawn up."""
    begin = datetime(year, 1, 1, tzinfo=CHINA)
    served = ServiceRecord.objects.filter(
        _while_checked_in("volunteer__resident"),
        volunteer__resident=OuterRef("resident"),
        state=RecordState.CONFIRMED,
        reverses=None,
        starts_at__gte=begin,
    )
    here = CheckIn.objects.filter(Exists(served), state__in=HERE, resident__user__isnull=False)
    return here.exclude(resident__feedbacks__year=year).order_by("pk")


# ---- duty posts ----
def posts_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Duty posts of the actor's branches."""
    return DutyPost.objects.within(actor.grants_of(CHECKIN_KEEPERS))


def with_taken(rows: Any) -> Any:
    """Each post with how many are on it now, as `taken`."""
    return rows.annotate(taken=Count("takings", filter=Q(takings__left_at=None)))


class Offered(NamedTuple):
    """A post as a member reads it: whether a place is free, whether it suits, whether it is theirs."""

    post: Any
    free: int
    suits_skills: list[str]
    suits_times: list[str]
    is_mine: bool


def offered_posts(checkin: CheckIn) -> list[Offered]:
    """Posts of the branch: mine, then those that fit skills or times, then the rest. Posts are sorted, not persons."""
    rows = with_taken(DutyPost.objects.filter(branch_id=checkin.branch_id, closed_at=None)).order_by("-pk")[:60]
    mine = set(checkin.takings.filter(left_at=None).values_list("post", flat=True))
    found = [_offered(post, checkin, is_mine=post.pk in mine) for post in rows]
    return sorted(found, key=lambda one: (not one.is_mine, not one.free, -len(one.suits_skills) - len(one.suits_times)))


def _offered(post: Any, checkin: CheckIn, *, is_mine: bool) -> Offered:
    skills = [str(life.Skill(code).label) for code in post.skills if code in checkin.skills]
    times = [str(life.FreeTime(code).label) for code in post.free_times if code in checkin.free_times]
    return Offered(post, max(0, post.places - post.taken), skills, times, is_mine)


def fitting_members(post: DutyPost) -> AreaScopedQuerySet:
    """Members of the branch whose skills or times fit and who are not on it; in the order they came, no other."""
    rows: AreaScopedQuerySet = CheckIn.objects.filter(branch_id=post.branch_id, state__in=HERE)
    if post.skills:
        rows = rows.filter(skills__overlap=post.skills)
    if post.free_times:
        rows = rows.filter(free_times__overlap=post.free_times)
    on_it = DutyTaking.objects.filter(post=post, left_at=None).values("checkin")
    return rows.exclude(pk__in=on_it).select_related("resident").order_by("pk")


# ---- what neighbours may read ----
def shown_pledges() -> QuerySet[Pledge]:
    """Pledges on public pages: with consent, not taken back, of somebody who is here. There is no other way."""
    return Pledge.objects.filter(
        state=PledgeState.SHOWN,
        consented_at__isnull=False,
        withdrawn_at=None,
        checkin__state__in=HERE,
        checkin__resident__erased_at=None,
    )


def shown_at_branch(branch_id: int) -> QuerySet[Pledge]:
    """Of one branch, in the order in which people agreed."""
    rows = shown_pledges().filter(checkin__branch_id=branch_id).select_related("checkin__resident", "post")
    return rows.order_by("consented_at", "pk")[:200]


def branches_with_pledges() -> QuerySet[Area]:
    """Branches where somebody is shown, by name."""
    branches = Area.objects.of_level(Level.BRANCH).open().select_related("parent__parent")
    return branches.filter(pk__in=shown_pledges().values("checkin__branch_id")).order_by("name")[:200]


# ---- history ----
class CheckInEntry(NamedTuple):
    """A line of the history in words."""

    at: datetime
    icon: str
    title: str
    text: str
    who: str


KINDS: dict[str, tuple[str, Promise]] = {
    life.CHECKIN_APPLIED: ("write", gettext_lazy("Checked in")),
    life.CHECKIN_ACCEPTED: ("check", gettext_lazy("The branch said yes")),
    life.CHECKIN_REFUSED: ("x", gettext_lazy("The branch said no")),
    life.CHECKIN_BEGAN: ("done", gettext_lazy("Takes part")),
    life.CHECKIN_REVISED: ("write", gettext_lazy("Employer, skills or times changed")),
    life.CHECKIN_MOVED: ("home", gettext_lazy("Moved to another branch")),
    life.CHECKIN_LEFT: ("x", gettext_lazy("Ended")),
    life.CHECKIN_INVITED: ("message", gettext_lazy("Invited after six quiet months")),
    life.POST_TAKEN: ("hand", gettext_lazy("Took a duty post")),
    life.POST_LEFT: ("return", gettext_lazy("Left a duty post")),
    pledge_life.PLEDGE_OFFERED: ("write", gettext_lazy("A pledge was written down")),
    pledge_life.PLEDGE_CONSENTED: ("check", gettext_lazy("Agreed to be shown")),
    pledge_life.PLEDGE_SHOWN: ("eye", gettext_lazy("Shown on the branch's page")),
    pledge_life.PLEDGE_FULFILLED: ("done", gettext_lazy("The pledge was kept")),
    pledge_life.PLEDGE_WITHDRAWN: ("lock", gettext_lazy("Not shown any more")),
    feedback_life.FEEDBACK_DRAFTED: ("doc", gettext_lazy("The year's page was drawn up")),
    feedback_life.FEEDBACK_AGREED: ("check", gettext_lazy("The member agreed to the year's page")),
    feedback_life.FEEDBACK_WITHHELD: ("lock", gettext_lazy("The year's page stays here")),
    feedback_life.FEEDBACK_ISSUED: ("go", gettext_lazy("The year's page was issued")),
}


def history_of(checkin: CheckIn) -> list[CheckInEntry]:
    """The newest first."""
    entries = []
    for line in checkin.lines.order_by("-at", "-pk")[:60]:
        icon, title = KINDS[line.kind]
        who = line.actor_label if line.actor_id else _("automatically")
        if line.actor_id and line.actor_id == checkin.resident.user_id:
            who = _("the member")  # names are masked at the desk
        entries.append(CheckInEntry(line.at, icon, str(title), line.text, who))
    return entries
