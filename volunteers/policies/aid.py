"""Who may do what when neighbours help each other. Pure: a need comes with both persons and their guardians.

Whoever helped never confirms it, by no path: not on the page, not at the desk, not as the second person.
"""

from neighborhoods.actors import Actor, Role, Stamped
from volunteers.actors import ORGANISERS, REGISTRARS, SECONDS, VIEWERS
from volunteers.lifecycle.aid import AID_FITS
from volunteers.models import AidNeed, AidOffer, HouseholdLink, PhoneCall, Volunteer
from volunteers.policies.representatives import serves
from volunteers.policies.volunteers import is_own, speaks_for


def can_see_aid(actor: Actor) -> bool:
    """Open the lists at the desk."""
    return bool(actor.grants_of(VIEWERS))


def can_record_somewhere(actor: Actor) -> bool:
    """Write needs down for people who call."""
    return bool(actor.grants_of(ORGANISERS))


def can_record_for(actor: Actor, place: Stamped) -> bool:
    """Write a need or an offer down for somebody of the place."""
    return actor.is_system or actor.holds(ORGANISERS, place)


def can_record_behind(actor: Actor, link: HouseholdLink) -> bool:
    """A representative writes down what somebody of a linked household needs."""
    return link.is_live and Role.REPRESENTATIVE in actor.roles and serves(actor, link.representative)


def is_helped(actor: Actor, need: AidNeed) -> bool:
    """Who needs the hand, or speaks for them."""
    return speaks_for(actor, need.resident)


def is_helper(actor: Actor, need: AidNeed) -> bool:
    """Who helps, or speaks for them."""
    return need.helper is not None and is_own(actor, need.helper)


def is_party(actor: Actor, need: AidNeed) -> bool:
    """One of the two."""
    return is_helped(actor, need) or is_helper(actor, need)


def _fits(need: AidNeed, verb: str) -> bool:
    return need.state in AID_FITS[verb]


def _serves(actor: Actor, need: AidNeed) -> bool:
    """Staff of the place, and neither of the two."""
    return (actor.is_system or actor.holds(ORGANISERS, need)) and not is_party(actor, need)


def can_take(actor: Actor, need: AidNeed, volunteer: Volunteer) -> bool:
    """Help: a volunteer for themselves. One's own need is nobody's service."""
    return _fits(need, "take") and is_own(actor, volunteer) and not is_helped(actor, need)


def can_match(actor: Actor, need: AidNeed) -> bool:
    """Bring two neighbours together, both of whom said yes."""
    return _fits(need, "match") and actor.holds(ORGANISERS, need)


def can_share(actor: Actor, need: AidNeed) -> bool:
    """Agree that the other one reads one's contact."""
    return _fits(need, "share") and is_party(actor, need)


def can_give_back(actor: Actor, need: AidNeed) -> bool:
    """The helper cannot come after all, or is not wanted: another one is looked for."""
    return _fits(need, "give-back") and (is_party(actor, need) or _serves(actor, need))


def can_finish(actor: Actor, need: AidNeed) -> bool:
    """Say what was done: who did it, or staff they told."""
    return _fits(need, "finish") and (is_helper(actor, need) or _serves(actor, need))


def can_confirm(actor: Actor, need: AidNeed) -> bool:
    """It was so: who was helped, never who helped."""
    return _fits(need, "confirm") and is_helped(actor, need) and not is_helper(actor, need)


def can_confirm_for(actor: Actor, need: AidNeed) -> bool:
    """Write down what the helped said on the phone or on paper: neither of the two, nor who wrote down the doing."""
    foreign = actor.user_id is not None and actor.user_id != need.done_by_id
    return _fits(need, "confirm") and foreign and _serves(actor, need)


def can_dispute(actor: Actor, need: AidNeed) -> bool:
    """It was not so, or nobody answers: one of the two, or staff who was told."""
    return _fits(need, "dispute") and (is_party(actor, need) or _serves(actor, need))


def can_decide(actor: Actor, need: AidNeed) -> bool:
    """Decide a dispute: the community, by somebody who is neither of the two and has not brought it up."""
    neither = actor.user_id is not None and actor.user_id not in {need.disputed_by_id, need.done_by_id}
    return _fits(need, "decide") and neither and actor.holds(REGISTRARS, need) and not is_party(actor, need)


def _is_second(actor: Actor, need: AidNeed) -> bool:
    foreign = actor.user_id is not None and actor.user_id != need.confirmed_by_id
    return foreign and actor.holds(SECONDS, need) and not is_party(actor, need)


def can_credit(actor: Actor, need: AidNeed) -> bool:
    """The second yes: neither of the two, nor who wrote down the first."""
    return _fits(need, "credit") and _is_second(actor, need)


def can_refuse(actor: Actor, need: AidNeed) -> bool:
    """The second person finds that it was not so."""
    return _fits(need, "refuse") and _is_second(actor, need)


def can_cancel(actor: Actor, need: AidNeed) -> bool:
    """It is no longer needed: who asked, or staff they told."""
    return _fits(need, "cancel") and (is_helped(actor, need) or _serves(actor, need))


def can_end_offer(actor: Actor, offer: AidOffer) -> bool:
    """Take an offer back: whoever made it, or the desk."""
    return offer.closed_at is None and (is_own(actor, offer.volunteer) or can_record_for(actor, offer))


def can_see_calls(actor: Actor) -> bool:
    """Open the list of calls."""
    return bool(actor.grants_of(ORGANISERS))


def can_call(actor: Actor, call: PhoneCall) -> bool:
    """Call somebody and write it down."""
    return call.done_at is None and actor.user_id is not None and actor.holds(ORGANISERS, call)


def can_see_share(actor: Actor) -> bool:
    """The share of who serves and is served, of a place."""
    return bool(actor.grants_of(SECONDS | REGISTRARS))
