"""An enlarged committee is set up; part-time members are recommended, approved, appointed, and go."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from governance.lifecycle import committees as life
from governance.lifecycle.committees import MEMBER_FITS, SEATED, MemberState
from governance.models import Committee, CommitteeLine, CommitteeMeeting, Meeting, PartTimeMember
from governance.policies import committees as policies
from governance.services.moves import person
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Area, PartnerUnit
from neighborhoods.services.stamps import stamp_for_new

SEATS = range(1, 40)
TERM_YEARS = 6


@dataclass(frozen=True)
class Recommendation:
    """Whom a unit sends, for how long, and what they are to do."""

    unit: PartnerUnit
    name: str
    starts_on: date
    ends_on: date
    position: str = ""
    duties: str = ""


# ---- what every verb does ----
def locked_committee(committee_id: int) -> Committee:
    """The committee, locked until the transaction ends: seats are counted under it."""
    Committee.objects.select_for_update().only("pk").get(pk=committee_id)
    return Committee.objects.select_related("area").get(pk=committee_id)


def write(kind: str, committee: Committee, actor: Actor, at: datetime, about: str = "", text: str = "") -> None:
    """A line of the history."""
    CommitteeLine.objects.create(
        committee=committee, kind=kind, at=at, actor_id=actor.user_id, actor_label=actor.label, about=about, text=text
    )


def _tell(kind: str, committee: Committee, actor: Actor, **payload: Any) -> None:
    events.record(kind, actor=actor, subject=committee, committee_id=committee.pk, **payload)


# ---- the committee ----
@transaction.atomic
def open_committee(*, actor: Actor, area: Area, seats: int) -> Committee:
    """One for each street and each community."""
    at = timezone.now()
    known, stamp = stamp_for_new(area)
    require(policies.can_open_committee(actor, stamp))
    if known.level > Level.COMMUNITY or known.closed_on:
        raise RuleError(_("Streets and communities have an enlarged committee."), field="area")
    Area.objects.select_for_update(no_key=True).only("pk").get(pk=known.pk)  # one at a time
    if Committee.objects.filter(area=known.pk).exists():
        raise RuleError(_("This area has one already."), field="area")
    _check_seats(seats)
    committee = Committee.objects.create(area=area, **stamp.as_fields(), seats=seats, opened_at=at)
    write(life.COMMITTEE_OPENED, committee, actor, at, text=str(seats))
    _tell(life.COMMITTEE_OPENED, committee, actor, seats=seats)
    return committee


def _check_seats(seats: int) -> None:
    if seats not in SEATS:
        raise RuleError(_("Between 1 and %(most)d seats.") % {"most": SEATS[-1]}, field="seats")


@transaction.atomic
def change_seats(*, committee_id: int, actor: Actor, seats: int) -> Committee:
    """Never fewer than are taken."""
    committee, at = locked_committee(committee_id), timezone.now()
    require(policies.can_keep_committee(actor, committee))
    _check_seats(seats)
    if seats < _taken(committee):
        raise RuleError(_("%(n)d seats are taken.") % {"n": _taken(committee)}, field="seats")
    committee.seats = seats
    committee.save(update_fields=["seats"])
    write(life.COMMITTEE_SEATS, committee, actor, at, text=str(seats))
    _tell(life.COMMITTEE_SEATS, committee, actor, seats=seats)
    return committee


def _taken(committee: Committee) -> int:
    return committee.members.filter(state__in=sorted(SEATED)).count()


# ---- members ----
@transaction.atomic
def recommend_member(*, committee_id: int, actor: Actor, whom: Recommendation) -> PartTimeMember:
    """A unit's person, for a term."""
    committee, at = locked_committee(committee_id), timezone.now()
    require(policies.can_keep_committee(actor, committee))
    if not whom.name.strip():
        raise RuleError(_("Type the name."), field="name")
    if whom.ends_on <= whom.starts_on:
        raise RuleError(_("The term ends after it begins."), field="ends_on")
    if (whom.ends_on.year - TERM_YEARS, whom.ends_on.month, whom.ends_on.day) > (
        whom.starts_on.year,
        whom.starts_on.month,
        whom.starts_on.day,
    ):
        raise RuleError(_("A term lasts %(n)d years at most.") % {"n": TERM_YEARS}, field="ends_on")
    same = committee.members.filter(unit=whom.unit, name=whom.name.strip()).exclude(state=MemberState.ENDED)
    if same.exists():
        raise RuleError(_("This person is a member already, or recommended."), field="name")
    member = PartTimeMember.objects.create(
        committee=committee,
        unit=whom.unit,
        name=whom.name.strip(),
        position=whom.position.strip(),
        duties=whom.duties.strip(),
        starts_on=whom.starts_on,
        ends_on=whom.ends_on,
        recommended_at=at,
        recommended_by_id=person(actor),
    )
    _written(member, life.MEMBER_RECOMMENDED, actor, at)
    return member


def _locked_member(member_id: int) -> PartTimeMember:
    """A member, the committee locked before it."""
    committee = locked_committee(PartTimeMember.objects.only("committee_id").get(pk=member_id).committee_id)
    member = PartTimeMember.objects.select_related("unit").get(pk=member_id)
    member.committee = committee
    return member


def _require_fit(member: PartTimeMember, verb: str) -> None:
    if member.state not in MEMBER_FITS[verb]:
        raise RuleError(
            _("%(who)s is already “%(state)s”.") % {"who": member.unit.short_name, "state": member.get_state_display()}
        )


def _written(member: PartTimeMember, kind: str, actor: Actor, at: datetime, text: str = "") -> None:
    """The history names the unit; the name of the person stands on the member alone."""
    write(kind, member.committee, actor, at, about=member.unit.short_name, text=text)
    _tell(kind, member.committee, actor, member_id=member.pk, unit_id=member.unit_id)


def _move(member: PartTimeMember, to: MemberState, kind: str, actor: Actor, at: datetime, text: str = "") -> None:
    if not member.can_move_to(to):
        raise RuleError(_("This step does not fit any more."))
    member.state = to
    member.save()
    _written(member, kind, actor, at, text)


@transaction.atomic
def approve_member(*, member_id: int, actor: Actor, note: str = "") -> PartTimeMember:
    """The street agrees; a second person, and only while a seat is free."""
    member, at = _locked_member(member_id), timezone.now()
    _require_fit(member, "approve")
    require(policies.can_approve_member(actor, member))
    if _taken(member.committee) >= member.committee.seats:
        raise RuleError(_("All seats are taken."))
    member.approved_by_id = person(actor)
    _move(member, MemberState.APPROVED, life.MEMBER_APPROVED, actor, at, note.strip())
    return member


@transaction.atomic
def begin_member(*, member_id: int, actor: Actor, note: str = "") -> PartTimeMember:
    """Appointed: from now on a member."""
    member, at = _locked_member(member_id), timezone.now()
    _require_fit(member, "begin")
    require(policies.can_keep_member(actor, member, "begin"))
    _move(member, MemberState.ACTIVE, life.MEMBER_BEGUN, actor, at, note.strip())
    return member


@transaction.atomic
def set_duties(*, member_id: int, actor: Actor, duties: str) -> PartTimeMember:
    """The duty list (职责清单), one duty a line."""
    member, at = _locked_member(member_id), timezone.now()
    _require_fit(member, "duties")
    require(policies.can_keep_member(actor, member, "duties"))
    if not duties.strip():
        raise RuleError(_("Write at least one duty."), field="duties")
    member.duties = duties.strip()
    member.save(update_fields=["duties"])
    _written(member, life.MEMBER_DUTIES, actor, at, member.duties)
    return member


@transaction.atomic
def end_member(*, member_id: int, actor: Actor, reason: str) -> PartTimeMember:
    """The term is over, the person moved on, or the street did not agree."""
    member, at = _locked_member(member_id), timezone.now()
    _require_fit(member, "end")
    require(policies.can_keep_member(actor, member, "end"))
    if not reason.strip():
        raise RuleError(_("Say why."), field="reason")
    _move(member, MemberState.ENDED, life.MEMBER_ENDED, actor, at, reason.strip()[:200])
    return member


# ---- meetings ----
@transaction.atomic
def link_meeting(*, committee_id: int, actor: Actor, meeting: Meeting) -> Committee:
    """A meeting of the committee is a meeting of the portal, with its own roll and minutes."""
    committee, at = locked_committee(committee_id), timezone.now()
    require(policies.can_keep_committee(actor, committee))
    require(policies.can_open_committee(actor, meeting))
    if meeting.area_id != committee.area_id or meeting.is_micro:
        raise RuleError(_("Link a meeting of the same area, not one of its compounds."), field="meeting")
    if committee.meeting_links.filter(meeting=meeting).exists():
        raise RuleError(_("%(number)s is linked already.") % {"number": meeting.number}, field="meeting")
    CommitteeMeeting.objects.create(committee=committee, meeting=meeting, added_at=at)
    write(life.COMMITTEE_MET, committee, actor, at, about=meeting.number)
    _tell(life.COMMITTEE_MET, committee, actor, meeting_id=meeting.pk)
    return committee


@transaction.atomic
def unlink_meeting(*, committee_id: int, actor: Actor, meeting_id: int) -> Committee:
    """It was not a meeting of the committee after all."""
    committee, at = locked_committee(committee_id), timezone.now()
    require(policies.can_keep_committee(actor, committee))
    link = committee.meeting_links.select_related("meeting").filter(meeting=meeting_id).first()
    if link is None:
        raise RuleError(_("This meeting is not linked any more."))
    link.delete()
    write(life.COMMITTEE_UNMET, committee, actor, at, about=link.meeting.number)
    _tell(life.COMMITTEE_UNMET, committee, actor, meeting_id=meeting_id)
    return committee
