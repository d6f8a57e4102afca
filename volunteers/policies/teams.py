"""Who puts teams together. Pure: a team comes with its lead's resident."""

from neighborhoods.actors import Actor, Stamped
from volunteers.actors import ORGANISERS, VIEWERS
from volunteers.models import Team, Volunteer
from volunteers.policies.volunteers import is_own


def can_organise(actor: Actor, place: Stamped) -> bool:
    """Put teams together and plan activities in a place."""
    return actor.is_system or actor.holds(ORGANISERS, place)


def can_organise_somewhere(actor: Actor) -> bool:
    """The same, anywhere."""
    return bool(actor.grants_of(ORGANISERS))


def can_read_teams(actor: Actor) -> bool:
    """Open the lists of teams and activities at the desk."""
    return bool(actor.grants_of(VIEWERS))


def leads(actor: Actor, lead: Volunteer | None) -> bool:
    """Who was named lead, signed in, as long as they are in the register."""
    return lead is not None and lead.left_at is None and is_own(actor, lead)


def leads_team(actor: Actor, team: Team) -> bool:
    """The lead of the team, signed in."""
    return leads(actor, team.lead)


def can_take_in(actor: Actor, team: Team) -> bool:
    """Say yes to who has asked to join: the lead or the desk."""
    return can_organise(actor, team) or leads_team(actor, team)
