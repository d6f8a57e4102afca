"""Teams are put together, led, joined, rest and close; somebody would like to hear of a kind of service."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods.actors import Actor
from neighborhoods.models import Area
from neighborhoods.services.stamps import stamp_for_new
from volunteers.lifecycle import teams as life
from volunteers.lifecycle.teams import TEAM_FITS, MemberState, TeamKind, TeamState
from volunteers.lifecycle.volunteers import VolunteerState
from volunteers.models import Interest, Team, TeamMember, Volunteer
from volunteers.policies import teams as policies
from volunteers.policies.volunteers import can_revise, is_own
from volunteers.services.registration import locked_volunteer

NAME_LIMIT = 60


@dataclass(frozen=True)
class TeamFacts:
    """What the desk says of a team."""

    name: str
    kind: TeamKind
    about: str = ""
    needs_insurance: bool = False


def locked_team(team_id: int) -> Team:
    """The team with its lead, locked until the transaction ends."""
    rows = Team.objects.select_for_update(of=("self",)).select_related("lead__resident__guardian")
    return rows.get(pk=team_id)


def _require_fit(team: Team, verb: str) -> None:
    if team.state not in TEAM_FITS[verb]:
        raise RuleError(_("This team is “%(state)s” now.") % {"state": team.get_state_display()})


def _require_name(name: str, area_id: int, but: int | None = None) -> str:
    plain = name.strip()[:NAME_LIMIT]
    if not plain:
        raise RuleError(_("Give the team a name."), field="name")
    if Team.objects.filter(area=area_id, name=plain, closed_at=None).exclude(pk=but or 0).exists():
        raise RuleError(_("There is a team of this name here already."), field="name")
    return plain


@transaction.atomic
def form_team(*, actor: Actor, area: Area | int, facts: TeamFacts) -> Team:
    """A new team of a place; it becomes active when it has a lead."""
    place, stamp = stamp_for_new(area)
    require(policies.can_organise(actor, stamp))
    team = Team.objects.create(
        area_id=place.pk,
        **stamp.as_fields(),
        name=_require_name(facts.name, place.pk),
        kind=facts.kind,
        about=facts.about.strip()[:300],
        needs_insurance=facts.needs_insurance,
        formed_at=timezone.now(),
        formed_by_id=actor.user_id,
    )
    events.record(life.TEAM_FORMED, actor=actor, subject=team, team_id=team.pk)
    return team


@transaction.atomic
def revise_team(*, team_id: int, actor: Actor, facts: TeamFacts) -> Team:
    """Another name, kind or description."""
    team = locked_team(team_id)
    require(policies.can_organise(actor, team))
    _require_fit(team, "edit")
    team.name, team.kind = _require_name(facts.name, team.area_id, team.pk), facts.kind
    team.about, team.needs_insurance = facts.about.strip()[:300], facts.needs_insurance
    team.save(update_fields=["name", "kind", "about", "needs_insurance"])
    events.record(life.TEAM_REVISED, actor=actor, subject=team, team_id=team.pk)
    return team


@transaction.atomic
def name_lead(*, team_id: int, actor: Actor, volunteer_id: int) -> Team:
    """Somebody registered leads it; they are a member from then on."""
    volunteer = locked_volunteer(volunteer_id)
    team = locked_team(team_id)
    require(policies.can_organise(actor, team))
    _require_fit(team, "lead")
    _require_registered(volunteer)
    team.lead = volunteer
    team.save(update_fields=["lead"])
    _join(team, volunteer)
    events.record(life.TEAM_REVISED, actor=actor, subject=team, team_id=team.pk, lead_id=volunteer.pk)
    return team


def activate_team(*, team_id: int, actor: Actor) -> Team:
    """It works from now on, or works again."""
    return _move(team_id, actor, "activate", TeamState.ACTIVE)


def rest_team(*, team_id: int, actor: Actor) -> Team:
    """It takes a break; nobody new joins."""
    return _move(team_id, actor, "rest", TeamState.RESTING)


def close_team(*, team_id: int, actor: Actor) -> Team:
    """For good; what it did stays."""
    return _move(team_id, actor, "close", TeamState.CLOSED)


@transaction.atomic
def _move(team_id: int, actor: Actor, verb: str, state: TeamState) -> Team:
    team = locked_team(team_id)
    require(policies.can_organise(actor, team))
    _require_fit(team, verb)
    if state == TeamState.ACTIVE and team.lead is None:
        raise RuleError(_("Name a lead first."))
    if state == TeamState.CLOSED and team.activities.filter(closed_at=None).exists():
        raise RuleError(_("The team has activities that are not over. Close them first."))
    team.state, team.closed_at = state, timezone.now() if state == TeamState.CLOSED else None
    team.save(update_fields=["state", "closed_at"])
    events.record(life.TEAM_MOVED, actor=actor, subject=team, team_id=team.pk, state=state.value)
    return team


# ---- members ----
def _require_registered(volunteer: Volunteer) -> None:
    if volunteer.state != VolunteerState.VERIFIED:
        raise RuleError(_("Only registered volunteers who do not take a break."))


@transaction.atomic
def ask_to_join(*, team_id: int, volunteer_id: int, actor: Actor) -> TeamMember:
    """The volunteer asks; when the desk or the lead adds somebody, they are in at once."""
    volunteer = locked_volunteer(volunteer_id)
    team = locked_team(team_id)
    takes_in = policies.can_take_in(actor, team)
    require(is_own(actor, volunteer) or takes_in)
    _require_fit(team, "join")
    _require_registered(volunteer)
    member = team.members.filter(volunteer=volunteer).first()
    if member and member.state != MemberState.LEFT and not (takes_in and member.state == MemberState.ASKED):
        return member
    if takes_in:
        member = _join(team, volunteer)
        events.record(life.TEAM_JOINED, actor=actor, subject=team, team_id=team.pk, volunteer_id=volunteer.pk)
        return member
    member = member or TeamMember(team=team, volunteer=volunteer)
    member.state, member.asked_at, member.left_at = MemberState.ASKED, timezone.now(), None
    member.save()
    events.record(life.TEAM_ASKED, actor=actor, subject=team, team_id=team.pk, volunteer_id=volunteer.pk)
    return member


def _join(team: Team, volunteer: Volunteer) -> TeamMember:
    at = timezone.now()
    member = team.members.filter(volunteer=volunteer).first() or TeamMember(team=team, volunteer=volunteer, asked_at=at)
    if member.state != MemberState.JOINED:
        member.state, member.joined_at, member.left_at = MemberState.JOINED, at, None
        member.save()
    return member


@transaction.atomic
def leave_team(*, team_id: int, volunteer_id: int, actor: Actor) -> None:
    """Whenever they like; the lead or the desk may also say no to who has asked, or take somebody off the list."""
    volunteer = locked_volunteer(volunteer_id)
    team = locked_team(team_id)
    require(is_own(actor, volunteer) or policies.can_take_in(actor, team))
    member = team.members.filter(volunteer=volunteer).exclude(state=MemberState.LEFT).first()
    if member is None:
        return
    if team.lead_id == volunteer.pk:
        raise RuleError(_("Whoever leads the team hands it over first."))
    member.state, member.left_at = MemberState.LEFT, timezone.now()
    member.save(update_fields=["state", "left_at"])
    events.record(life.TEAM_LEFT, actor=actor, subject=team, team_id=team.pk, volunteer_id=volunteer.pk)


@transaction.atomic
def set_interests(*, volunteer_id: int, actor: Actor, kinds: Iterable[str]) -> None:
    """What somebody would like to hear of; a whole list replaces the one before."""
    volunteer = locked_volunteer(volunteer_id)
    require(can_revise(actor, volunteer))
    wanted, at = {TeamKind(kind) for kind in kinds}, timezone.now()
    had = set(volunteer.interests.values_list("kind", flat=True))
    if had == wanted:
        return
    volunteer.interests.exclude(kind__in=wanted).delete()
    Interest.objects.bulk_create([Interest(volunteer=volunteer, kind=kind, at=at) for kind in sorted(wanted - had)])
    events.record(life.INTEREST_CHANGED, actor=actor, subject=volunteer, volunteer_id=volunteer.pk)
