"""Who may link households, write their answers down, visit them, and print their card. Pure."""

from neighborhoods.actors import Actor, Stamped
from volunteers.actors import REGISTRARS
from volunteers.lifecycle.links import LINK_FITS
from volunteers.lifecycle.representatives import REPRESENTATIVE_FITS
from volunteers.models import HouseholdLink, Representative
from volunteers.policies.representatives import is_self, serves


def can_link_at(actor: Actor, place: Stamped) -> bool:
    """Whether the actor assigns households of a place at all."""
    return actor.is_system or actor.holds(REGISTRARS, place)


def can_assign(actor: Actor, representative: Representative) -> bool:
    """Ask households whether this representative may look after them: the community, never oneself."""
    fits = representative.state in REPRESENTATIVE_FITS["assign"]
    return fits and can_link_at(actor, representative) and not is_self(actor, representative)


def can_hand_over(actor: Actor, representative: Representative) -> bool:
    """Give all links to another representative in one step."""
    fits = representative.state in REPRESENTATIVE_FITS["hand-over"]
    return fits and can_link_at(actor, representative) and not is_self(actor, representative)


def can_answer_for(actor: Actor, link: HouseholdLink) -> bool:
    """Write down what a household said: the representative at the door, or the community."""
    return link.state in LINK_FITS["decline"] and (
        can_link_at(actor, link.household) or serves(actor, link.representative)
    )


def can_end_link(actor: Actor, link: HouseholdLink) -> bool:
    """End it without a no of the household."""
    return link.state in LINK_FITS["end"] and can_link_at(actor, link.household)


def can_keep_card(actor: Actor, household: Stamped, link: HouseholdLink | None) -> bool:
    """Print a household's card or take it back: the community, and the representative of this very household."""
    return can_link_at(actor, household) or (link is not None and link.is_live and serves(actor, link.representative))


def can_visit(actor: Actor, representative: Representative) -> bool:
    """Write down a visit: the representative, in term."""
    return serves(actor, representative)
