"""Who may do what to an enlarged committee, its members and its promises. Pure: rows come with what they belong to."""

from governance.actors import DISPATCHERS, STREET_ROLES, UNIT_ROLES, VIEWERS
from governance.lifecycle.committees import MEMBER_FITS, PROMISE_FITS
from governance.models import Committee, PartTimeMember, Promise
from neighborhoods.actors import Actor, Level, Stamped


def can_read_committees(actor: Actor) -> bool:
    """Open the list: units, and staff of a community or above. Committees stand there; a grid sees none of them."""
    return bool(actor.units) or any(grant.level <= Level.COMMUNITY for grant in actor.grants_of(VIEWERS))


def can_open_committee(actor: Actor, place: Stamped) -> bool:
    """Set one up: the community or the street itself."""
    return actor.holds(DISPATCHERS, place)


def can_keep_committee(actor: Actor, committee: Committee) -> bool:
    """Recommend members, write down promises, link meetings, change the seats."""
    return actor.holds(DISPATCHERS, committee)


def can_approve_member(actor: Actor, member: PartTimeMember) -> bool:
    """The street agrees, never whoever recommended."""
    own = actor.user_id is None or actor.user_id == member.recommended_by_id
    return member.state in MEMBER_FITS["approve"] and actor.holds(STREET_ROLES, member.committee) and not own


def can_keep_member(actor: Actor, member: PartTimeMember, verb: str) -> bool:
    """Appoint, change the duty list, end."""
    return member.state in MEMBER_FITS[verb] and can_keep_committee(actor, member.committee)


def is_of_unit(actor: Actor, promise: Promise) -> bool:
    """Somebody of the unit that promised."""
    return actor.in_unit(promise.holder_unit_id, UNIT_ROLES)


def can_deliver_promise(actor: Actor, promise: Promise) -> bool:
    """Say what was delivered: the unit, or the committee's side for a unit without accounts."""
    side = is_of_unit(actor, promise) or can_keep_committee(actor, promise.committee)
    return promise.state in PROMISE_FITS["deliver"] and side


def can_confirm_promise(actor: Actor, promise: Promise) -> bool:
    """Look whether it is so: the committee's side, never who said so, nor anybody of the unit."""
    own = actor.user_id is None or actor.user_id == promise.delivered_by_id or actor.in_unit(promise.holder_unit_id)
    return promise.state in PROMISE_FITS["confirm"] and can_keep_committee(actor, promise.committee) and not own


def can_withdraw_promise(actor: Actor, promise: Promise) -> bool:
    """Take it back, with a reason everybody reads."""
    return promise.state in PROMISE_FITS["withdraw"] and can_keep_committee(actor, promise.committee)
