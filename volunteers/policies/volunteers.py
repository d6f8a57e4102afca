"""Who may do what to an entry of the register. Pure: a volunteer comes with the resident."""

from neighborhoods.actors import Actor, Stamped
from volunteers.actors import REGISTRARS
from volunteers.lifecycle.volunteers import VOLUNTEER_FITS
from volunteers.models import Volunteer


def is_own(actor: Actor, volunteer: Volunteer) -> bool:
    """The volunteer, signed in."""
    return actor.user_id is not None and actor.user_id == volunteer.resident.user_id


def can_register_for(actor: Actor, place: Stamped) -> bool:
    """Write somebody down who came to the counter or called."""
    return actor.is_system or actor.holds(REGISTRARS, place)


def can_verify(actor: Actor, volunteer: Volunteer) -> bool:
    """Look at the entry and take it in or refuse it; nobody verifies themselves."""
    keeps = actor.is_system or actor.holds(REGISTRARS, volunteer)
    return volunteer.state in VOLUNTEER_FITS["verify"] and keeps and not is_own(actor, volunteer)


def can_revise(actor: Actor, volunteer: Volunteer) -> bool:
    """Skills, times, the list of honour, a break, leaving: the volunteer, or the desk for them."""
    return is_own(actor, volunteer) or can_register_for(actor, volunteer)
