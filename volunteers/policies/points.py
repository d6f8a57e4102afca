"""Who may do what with points. Pure: accounts come with their resident and the guardian."""

from neighborhoods.actors import Actor, Stamped
from volunteers.actors import REGISTRARS
from volunteers.lifecycle.points import GiftState, RedemptionState
from volunteers.models import Account, Gift, Redemption
from volunteers.policies.volunteers import speaks_for


def is_own_account(actor: Actor, account: Account) -> bool:
    """The neighbour whose points they are, signed in."""
    return actor.user_id is not None and account.resident is not None and account.resident.user_id == actor.user_id


def _is_of_own(actor: Actor, account: Account) -> bool:
    """One's own points, or those of a child one speaks for."""
    return account.resident is not None and speaks_for(actor, account.resident)


def can_see_points(actor: Actor) -> bool:
    """Open the desk of points: whoever keeps a register."""
    return bool(actor.grants_of(REGISTRARS))


def can_keep_rewards(actor: Actor, place: Stamped) -> bool:
    """Say what is offered, for how many points, and how many there are."""
    return actor.holds(REGISTRARS, place)


def can_redeem(actor: Actor, account: Account) -> bool:
    """Take a reward: the neighbour, or the desk for somebody who asks at the counter or by phone."""
    return is_own_account(actor, account) or (
        account.resident is not None and actor.holds(REGISTRARS, account.resident)
    )


def can_hand_out(actor: Actor, redemption: Redemption) -> bool:
    """Hand a reward over: the desk of its place, never to oneself or one's child."""
    own = _is_of_own(actor, redemption.account)
    return redemption.state == RedemptionState.RESERVED and actor.holds(REGISTRARS, redemption) and not own


def can_cancel_redemption(actor: Actor, redemption: Redemption) -> bool:
    """Not wanted any more: the neighbour, or the desk."""
    mine = is_own_account(actor, redemption.account) or actor.holds(REGISTRARS, redemption)
    return redemption.state == RedemptionState.RESERVED and mine


def can_decide_gift(actor: Actor, gift: Gift) -> bool:
    """Agree to a gift: the community of the giver, never whoever asked nor whoever gains by it."""
    own = _is_of_own(actor, gift.giver) or _is_of_own(actor, gift.receiver)
    asked = actor.user_id is not None and actor.user_id == gift.asked_by_id
    return gift.state == GiftState.ASKED and actor.holds(REGISTRARS, gift) and not own and not asked
