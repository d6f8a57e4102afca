"""Who may do what to an entry of the register. Pure: a volunteer comes with the resident and the guardian."""

from datetime import date

from django.utils import timezone

from neighborhoods.actors import Actor, Stamped
from neighborhoods.models import Resident
from volunteers.actors import REGISTRARS, VIEWERS
from volunteers.lifecycle.volunteers import VOLUNTEER_FITS
from volunteers.models import Volunteer


def speaks_for(actor: Actor, resident: Resident) -> bool:
    """The person, signed in; of somebody under eighteen also the parent or guardian."""
    return actor.user_id is not None and actor.user_id in accounts_of(resident)


def accounts_of(resident: Resident, on: date | None = None) -> frozenset[int]:
    """The accounts that act for a person, today or on another day."""
    own = {resident.user_id} if resident.user_id else set()
    guardian = resident.guardian if resident.guardian_id else None
    if guardian and guardian.user_id and resident.is_minor(on or timezone.localdate()):
        own.add(guardian.user_id)
    return frozenset(own)


def is_own(actor: Actor, volunteer: Volunteer) -> bool:
    """The volunteer, signed in, or who speaks for a minor."""
    return speaks_for(actor, volunteer.resident)


def can_read_register(actor: Actor) -> bool:
    """Open the list of volunteers at the desk."""
    return bool(actor.grants_of(VIEWERS))


def can_register(actor: Actor) -> bool:
    """Write people into the register somewhere."""
    return bool(actor.grants_of(REGISTRARS))


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


def can_keep_record(actor: Actor, volunteer: Volunteer) -> bool:
    """Insurance, trainings and commendations: the desk, and nobody for themselves."""
    return can_register_for(actor, volunteer) and not is_own(actor, volunteer)
