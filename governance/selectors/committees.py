"""Enlarged committees as staff, units and everybody may see them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from core.looks import Look
from core.masking import mask_text
from governance.actors import DISPATCHERS, VIEWERS
from governance.lifecycle import committees as life
from governance.lifecycle.committees import SEATED, MemberState, PromiseState
from governance.lifecycle.meetings import NOT_HELD, Presence
from governance.models import Attendance, Committee, CommitteeLine, Meeting, PartTimeMember, Promise
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Area, PartnerUnit
from neighborhoods.querysets import AreaScopedQuerySet, scope
from neighborhoods.selectors.areas import areas_within

LATE_DAYS, HISTORY_SHOWN, MEETINGS_SHOWN = 15, 60, 8
KINDS: dict[str, tuple[str, Lazy]] = {
    life.COMMITTEE_OPENED: ("flag", _("Committee set up")),
    life.COMMITTEE_SEATS: ("people", _("Seats changed")),
    life.COMMITTEE_MET: ("calendar", _("Meeting linked")),
    life.COMMITTEE_UNMET: ("split", _("Meeting no longer linked")),
    life.MEMBER_RECOMMENDED: ("person", _("Member recommended")),
    life.MEMBER_APPROVED: ("check", _("Member approved by the street")),
    life.MEMBER_BEGUN: ("done", _("Member appointed")),
    life.MEMBER_DUTIES: ("list", _("Duty list changed")),
    life.MEMBER_ENDED: ("x", _("Membership ended")),
    life.PROMISE_MADE: ("hand", _("Promise made")),
    life.PROMISE_DELIVERED: ("message", _("Said to be delivered")),
    life.PROMISE_KEPT: ("done", _("Promise kept")),
    life.PROMISE_SENT_BACK: ("again", _("Something is missing")),
    life.PROMISE_WITHDRAWN: ("x", _("Promise withdrawn")),
    life.PROMISE_LATE: ("late", _("Overdue for 15 days: the street is told")),
}


# ---- what is seen ----
def committees_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Those of the actor's area and of areas below it; units see those they belong to or promised something."""
    condition = scope(actor.grants_of(VIEWERS))
    if actor.unit_ids:
        units = sorted(actor.unit_ids)
        member = PartTimeMember.objects.filter(committee=OuterRef("pk"), unit_id__in=units)
        promised = Promise.objects.filter(committee=OuterRef("pk"), holder_unit_id__in=units)
        condition |= Q(Exists(member)) | Q(Exists(promised))
    return Committee.objects.filter(condition)


def listed_committees(actor: Actor) -> QuerySet[Committee]:
    """In the order of the tree, each with what its row counts."""
    today = timezone.localdate()
    rows: QuerySet[Committee] = committees_visible_to(actor).select_related("area")
    return rows.annotate(
        taken=Count("members", filter=Q(members__state__in=sorted(SEATED)), distinct=True),
        open_promises=Count("promises", filter=Q(promises__closed_at=None), distinct=True),
        late=Count(
            "promises", filter=Q(promises__state=PromiseState.PROMISED, promises__due_on__lt=today), distinct=True
        ),
    ).order_by("area__tree_id", "area__lft")


def areas_without(actor: Actor) -> list[Area]:
    """Streets and communities of the actor that have none yet."""
    areas = areas_within(actor.grants_of(DISPATCHERS)).open().filter(level__lte=int(Level.COMMUNITY))
    return list(areas.filter(~Exists(Committee.objects.filter(area=OuterRef("pk")))))


# ---- promises ----
def long_overdue(today: date) -> AreaScopedQuerySet:
    """Nothing delivered 15 days after the day that was promised (docs/lifecycle.md, "Enlarged committee")."""
    return Promise.objects.filter(state=PromiseState.PROMISED, due_on__lte=today - timedelta(days=LATE_DAYS))


def late_for(actor: Actor) -> list[Promise]:
    """The street's own list; a community sees its own."""
    rows = long_overdue(timezone.localdate()).within(actor.grants_of(DISPATCHERS))
    return list(rows.select_related("holder_unit", "area").order_by("due_on", "pk")[:50])


def promises_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Those of committees the actor sees."""
    return Promise.objects.filter(committee__in=committees_visible_to(actor))


def promises_of(committee: Committee) -> list[Promise]:
    """Open ones by their day, then the others, the newest first."""
    rows = list(committee.promises.select_related("holder_unit").order_by("due_on", "pk"))
    for promise in rows:
        promise.committee = committee
    return [p for p in rows if p.is_open] + [p for p in reversed(rows) if not p.is_open]


# ---- members ----
def members_of(committee: Committee) -> list[PartTimeMember]:
    """Those who sit first, then the recommended, then those who left."""
    order = {M: place for place, M in enumerate((MemberState.ACTIVE, MemberState.APPROVED, MemberState.RECOMMENDED))}
    rows = list(committee.members.select_related("unit").order_by("unit__level", "unit__pinyin", "pk"))
    for member in rows:
        member.committee = committee
    return sorted(rows, key=lambda member: order.get(MemberState(member.state), len(order)))


def units_seated(committee: Committee) -> list[PartnerUnit]:
    """Units with an appointed member whose term is not over: only they can promise (docs/lifecycle.md)."""
    seated = public_members(committee)
    return list({member.unit_id: member.unit for member in seated}.values())


# ---- meetings ----
class MeetingLine(NamedTuple):
    """A meeting of the committee, and who of it came, as the roll says."""

    meeting: Meeting
    present: int
    came: list[str]


def meetings_of(committee: Committee, members: list[PartTimeMember]) -> list[MeetingLine]:
    """The newest first. Members are found on the roll by their name; nothing is typed twice."""
    meetings = list(
        Meeting.objects.filter(committee_links__committee=committee).order_by("-starts_at", "-pk")[:MEETINGS_SHOWN]
    )
    present: dict[int, list[str]] = {meeting.pk: [] for meeting in meetings}
    roll = Attendance.objects.filter(meeting__in=meetings, presence=Presence.PRESENT)
    for line in roll.only("meeting_id", "name"):
        present[line.meeting_id].append(line.name or "")
    return [
        MeetingLine(m, len(present[m.pk]), [one.unit.short_name for one in members if one.name in present[m.pk]])
        for m in meetings
    ]


def met_this_quarter(lines: list[MeetingLine], today: date) -> bool:
    """Whether the meeting of the quarter is announced or held; one that was called off is neither."""
    stands = (line.meeting for line in lines if line.meeting.state not in NOT_HELD)
    return any(_quarter(timezone.localdate(meeting.starts_at)) == _quarter(today) for meeting in stands)


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def linkable_meetings(committee: Committee) -> list[Meeting]:
    """Recent meetings of the same area that are not linked yet."""
    rows = Meeting.objects.filter(area=committee.area_id, is_micro=False).exclude(committee_links__committee=committee)
    return list(rows.order_by("-starts_at", "-pk")[:40])


# ---- history ----
class CommitteeLineView(NamedTuple):
    """A line as the desk shows it."""

    icon: str
    title: str
    line: CommitteeLine


def history_of(committee: Committee) -> list[CommitteeLineView]:
    """The newest first."""
    lines = committee.lines.order_by("-at", "-pk")[:HISTORY_SHOWN]
    return [CommitteeLineView(KINDS[line.kind][0], str(KINDS[line.kind][1]), line) for line in lines]


# ---- in public ----
@dataclass(frozen=True)
class PublicPromise:
    """A promise as everybody reads it."""

    title: str
    unit: str
    due_on: date
    state_label: str
    look: Look
    is_overdue: bool


def public_committees() -> QuerySet[Committee]:
    """Those with somebody on them, in the order of the tree."""
    seated = PartTimeMember.objects.filter(committee=OuterRef("pk"), state=MemberState.ACTIVE)
    rows = Committee.objects.filter(Exists(seated)).select_related("area")
    return rows.order_by("area__tree_id", "area__lft")


def public_members(committee: Committee) -> list[PartTimeMember]:
    """Appointed ones; a page shows the unit and the masked name."""
    today = timezone.localdate()
    rows = committee.members.filter(state=MemberState.ACTIVE, ends_on__gte=today).select_related("unit")
    return list(rows.order_by("unit__level", "unit__pinyin", "pk"))


def public_promises(committee: Committee) -> list[PublicPromise]:
    """Open, kept and withdrawn ones, with their day; who wrote what is not shown."""
    rows = committee.promises.select_related("holder_unit").order_by(F("closed_at").desc(nulls_first=True), "due_on")
    today = timezone.localdate()
    return [
        PublicPromise(mask_text(p.title), p.holder_unit.name, p.due_on, p.state_label, p.look, p.is_overdue(today))
        for p in rows[:60]
    ]
