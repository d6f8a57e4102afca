"""Who proposes a reward, who looks, who hangs it out, who grants it. Pure: it comes with the term and its resident.

Nobody takes two of the four steps, whatever posts they hold (a check constraint holds to it); nobody for themselves.
"""

from neighborhoods.actors import Actor, Role
from volunteers.actors import CHECKERS, GRANTERS, HANGERS, REGISTRARS, REWARD_READERS, VIEWERS
from volunteers.lifecycle.incentives import INCENTIVE_FITS, IncentiveState
from volunteers.lifecycle.representatives import IN_TERM
from volunteers.models import Incentive, Representative
from volunteers.policies.representatives import is_self

STEP_ROLES: dict[str, frozenset[Role]] = {"check": CHECKERS, "notice": HANGERS, "grant": GRANTERS}


def can_read_incentives(actor: Actor) -> bool:
    """Whether the list is for them at all; which rows, selectors say."""
    return bool(actor.roles & REWARD_READERS)


def only_grants(actor: Actor) -> bool:
    """The district: it reads what is proposed for a reward, not the representatives."""
    return bool(actor.roles & GRANTERS) and not actor.roles & VIEWERS


def can_propose(actor: Actor, representative: Representative) -> bool:
    """The community, for somebody in term; nobody for themselves."""
    keeps = actor.holds(REGISTRARS, representative) and not is_self(actor, representative)
    return representative.state in IN_TERM and keeps


def _who(incentive: Incentive, verb: str) -> frozenset[Role]:
    """Whoever's turn it is may say no: the street before the notice, the district after it."""
    if verb == "refuse":
        return GRANTERS if incentive.state == IncentiveState.NOTICED else CHECKERS
    return STEP_ROLES[verb]


def _had_a_step(incentive: Incentive) -> set[int | None]:
    return {incentive.proposed_by_id, incentive.checked_by_id, incentive.noticed_by_id}


def can_step(actor: Actor, incentive: Incentive, verb: str) -> bool:
    """Look at it, hang it out, grant or refuse it: the post, and nobody who took a step of it before.

    Before the notice the street may take its own yes back: that refuses, it gives nothing.
    """
    fits = incentive.state in INCENTIVE_FITS[verb] and not is_self(actor, incentive.representative)
    before = _had_a_step(incentive)
    if verb == "refuse" and incentive.state == IncentiveState.CHECKED:
        before = {incentive.proposed_by_id}
    is_other = actor.user_id is not None and actor.user_id not in before
    return fits and is_other and actor.holds(_who(incentive, verb), incentive)
