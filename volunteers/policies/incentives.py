"""Who proposes a reward, who of the street looks, who grants it. Pure: it comes with the term and its resident."""

from neighborhoods.actors import Actor
from volunteers.actors import CHECKERS, REGISTRARS
from volunteers.lifecycle.incentives import INCENTIVE_FITS
from volunteers.lifecycle.representatives import IN_TERM
from volunteers.models import Incentive, Representative
from volunteers.policies.representatives import is_self


def can_propose(actor: Actor, representative: Representative) -> bool:
    """The community, for somebody in term; nobody for themselves."""
    keeps = actor.holds(REGISTRARS, representative) and not is_self(actor, representative)
    return representative.state in IN_TERM and keeps


def _of_street(actor: Actor, incentive: Incentive) -> bool:
    """The street, somebody other than who proposed it and who gets it."""
    is_third = actor.user_id != incentive.proposed_by_id and not is_self(actor, incentive.representative)
    return actor.holds(CHECKERS, incentive) and is_third


def can_step(actor: Actor, incentive: Incentive, verb: str) -> bool:
    """Look at it, hang it out, grant or refuse it."""
    return incentive.state in INCENTIVE_FITS[verb] and _of_street(actor, incentive)
