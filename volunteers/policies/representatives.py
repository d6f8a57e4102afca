"""Who may do what to a representative's term. Pure: a term comes with the resident."""

from neighborhoods.actors import Actor, Stamped
from neighborhoods.models import Resident
from volunteers.actors import APPROVERS, NOMINATORS, REGISTRARS, VIEWERS
from volunteers.lifecycle.representatives import REPRESENTATIVE_FITS, RepresentativeState
from volunteers.models import Representative


def is_self(actor: Actor, representative: Representative) -> bool:
    """The representative, signed in."""
    return is_person(actor, representative.resident)


def is_person(actor: Actor, resident: Resident) -> bool:
    """The resident, signed in."""
    return actor.user_id is not None and actor.user_id == resident.user_id


def serves(actor: Actor, representative: Representative) -> bool:
    """The representative, signed in, while the term runs: one that rests or ended opens no door."""
    return representative.state == RepresentativeState.ACTIVE and is_self(actor, representative)


def can_read_representatives(actor: Actor) -> bool:
    """Whether the list is for them at all; which rows, selectors say."""
    return bool(actor.roles & VIEWERS)


def can_nominate_for(actor: Actor, place: Stamped) -> bool:
    """Write down whom residents or the branch put forward."""
    return actor.is_system or actor.holds(NOMINATORS, place)


def can_nominate(actor: Actor, resident: Resident) -> bool:
    """Put a name forward: one's own, or as an office for residents and branch."""
    return is_person(actor, resident) or can_nominate_for(actor, resident)


def _keeps(actor: Actor, representative: Representative) -> bool:
    return actor.is_system or (actor.holds(REGISTRARS, representative) and not is_self(actor, representative))


def can_approve(actor: Actor, representative: Representative) -> bool:
    """Say yes for the Party organisation: never the candidate, never whoever wrote the nomination."""
    fits = representative.state in REPRESENTATIVE_FITS["approve"] and representative.party_approved_at is None
    is_second = actor.user_id != representative.nominated_by_id and not is_self(actor, representative)
    return fits and (actor.is_system or (actor.holds(APPROVERS, representative) and is_second))


def can_agree(actor: Actor, representative: Representative) -> bool:
    """Write down that the residents agree: never the candidate."""
    fits = representative.state in REPRESENTATIVE_FITS["agree"] and representative.residents_agreed_at is None
    writes = can_nominate_for(actor, representative) and not is_self(actor, representative)
    return fits and writes


def can_notice(actor: Actor, representative: Representative) -> bool:
    """Hang the name out."""
    return representative.state in REPRESENTATIVE_FITS["notice"] and _keeps(actor, representative)


def can_settle(actor: Actor, representative: Representative) -> bool:
    """Answer an objection."""
    return representative.state in REPRESENTATIVE_FITS["settle"] and _keeps(actor, representative)


def can_activate(actor: Actor, representative: Representative) -> bool:
    """Begin the term after the notice."""
    return representative.state in REPRESENTATIVE_FITS["activate"] and _keeps(actor, representative)


def can_suspend(actor: Actor, representative: Representative) -> bool:
    """Let a term rest."""
    return representative.state in REPRESENTATIVE_FITS["suspend"] and _keeps(actor, representative)


def can_resume(actor: Actor, representative: Representative) -> bool:
    """Let it go on."""
    return representative.state in REPRESENTATIVE_FITS["resume"] and _keeps(actor, representative)


def can_end(actor: Actor, representative: Representative) -> bool:
    """End it: the community; the representative stops whenever they like."""
    fits = representative.state in REPRESENTATIVE_FITS["end"]
    return fits and (_keeps(actor, representative) or is_self(actor, representative))


def can_train(actor: Actor, representative: Representative) -> bool:
    """Write a training down."""
    return representative.state in REPRESENTATIVE_FITS["train"] and _keeps(actor, representative)


def can_set_reach(actor: Actor, representative: Representative) -> bool:
    """Say how neighbours may reach them: the representative; the desk types it for those without an account."""
    fits = representative.state in REPRESENTATIVE_FITS["reach"]
    return fits and (is_self(actor, representative) or _keeps(actor, representative))
