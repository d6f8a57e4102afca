"""Who may do what to a household's order. Pure: an order comes with its representative and their resident.

The household itself acts through its private page: a service that serves it is given no actor's grants to ask.
"""

from neighborhoods.actors import Actor, Role, Stamped
from volunteers.actors import GRID_TAKERS, REGISTRARS, VIEWERS
from volunteers.lifecycle.orders import ORDER_FITS
from volunteers.models import HelpOrder
from volunteers.policies.representatives import is_self, serves


def is_mine(actor: Actor, order: HelpOrder) -> bool:
    """It lies with the actor, as the household's representative who serves now."""
    return order.representative is not None and serves(actor, order.representative)


def has_taken(actor: Actor, order: HelpOrder) -> bool:
    """Took it as the representative whose term rests now: to be brought to an end."""
    mine = order.representative is not None and is_self(actor, order.representative)
    return mine and order.closed_at is None and actor.user_id == order.taken_by_id


def can_see_orders(actor: Actor) -> bool:
    """Whether the list is for them at all; which rows, selectors say."""
    return bool(actor.roles & (VIEWERS | {Role.REPRESENTATIVE}))


def can_place_for(actor: Actor, household: Stamped) -> bool:
    """Type an order for a household that called."""
    return actor.is_system or actor.holds(GRID_TAKERS, household)


def can_see_order(actor: Actor, order: HelpOrder) -> bool:
    """Mirror of selectors.orders.orders_visible_to for one row."""
    return is_mine(actor, order) or has_taken(actor, order) or actor.holds(VIEWERS, order)


def is_grid_turn(actor: Actor, order: HelpOrder) -> bool:
    """Nobody took it for a day, or there is nobody: the grid and the community may."""
    return order.grid_since is not None and actor.holds(GRID_TAKERS, order)


def can_take(actor: Actor, order: HelpOrder) -> bool:
    """Take it on."""
    return order.state in ORDER_FITS["take"] and (is_mine(actor, order) or is_grid_turn(actor, order))


def _has_it(actor: Actor, order: HelpOrder) -> bool:
    """Whoever took it; before that whoever may; the community at any time."""
    took = actor.user_id is not None and actor.user_id == order.taken_by_id
    return took or is_mine(actor, order) or is_grid_turn(actor, order) or actor.holds(REGISTRARS, order)


def can_finish(actor: Actor, order: HelpOrder) -> bool:
    """Say that it is done: whoever took it."""
    took = actor.user_id is not None and actor.user_id == order.taken_by_id
    return order.state in ORDER_FITS["finish"] and (took or actor.holds(REGISTRARS, order))


def can_confirm_for(actor: Actor, order: HelpOrder) -> bool:
    """Write down what the household said on the phone: never whoever took it or says that it was done."""
    is_other = actor.user_id not in {order.taken_by_id, order.done_by_id}
    return order.state in ORDER_FITS["confirm"] and actor.holds(REGISTRARS, order) and is_other


def can_pass_up(actor: Actor, order: HelpOrder) -> bool:
    """Make a case of it, whenever one likes and without a reason one has to justify."""
    return order.state in ORDER_FITS["pass-up"] and _has_it(actor, order)


def can_withdraw_for(actor: Actor, order: HelpOrder) -> bool:
    """The household does not need it any more, and said so to whoever has it."""
    return order.state in ORDER_FITS["withdraw"] and _has_it(actor, order)
