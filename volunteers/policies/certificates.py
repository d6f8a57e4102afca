"""Who certifies. Pure: a certificate comes with volunteer, resident and guardian."""

from neighborhoods.actors import Actor, Role
from volunteers.actors import REGISTRARS, VIEWERS
from volunteers.lifecycle.certificates import CERTIFICATE_FITS
from volunteers.models import Certificate, Volunteer
from volunteers.policies.volunteers import can_revise, is_own

ISSUERS = frozenset({Role.COMMUNITY_LEAD})  # the responsible person


def can_ask_certificate(actor: Actor, volunteer: Volunteer) -> bool:
    """The volunteer, or the desk for them; free of charge and without a reason."""
    return can_revise(actor, volunteer)


def can_read_certificate(actor: Actor, certificate: Certificate) -> bool:
    """The volunteer, and who sees volunteers of the place."""
    return is_own(actor, certificate.volunteer) or actor.holds(VIEWERS, certificate)


def can_check_certificate(actor: Actor, certificate: Certificate) -> bool:
    """The handler compares it with the records; never the volunteer."""
    fits = certificate.state in CERTIFICATE_FITS["check"]
    return fits and actor.holds(REGISTRARS, certificate) and not is_own(actor, certificate.volunteer)


def can_issue_certificate(actor: Actor, certificate: Certificate) -> bool:
    """The responsible person, another one than the handler, never the volunteer."""
    fits = certificate.state in CERTIFICATE_FITS["issue"] and actor.user_id != certificate.checked_by_id
    return fits and actor.holds(ISSUERS, certificate) and not is_own(actor, certificate.volunteer)


def can_refuse_certificate(actor: Actor, certificate: Certificate) -> bool:
    """Say why it is not issued."""
    fits = certificate.state in CERTIFICATE_FITS["refuse"]
    return fits and actor.holds(REGISTRARS, certificate) and not is_own(actor, certificate.volunteer)


def can_revoke_certificate(actor: Actor, certificate: Certificate) -> bool:
    """The responsible person takes it back, with a reason."""
    return certificate.state in CERTIFICATE_FITS["revoke"] and actor.holds(ISSUERS, certificate)
