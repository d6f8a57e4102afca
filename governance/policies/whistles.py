"""Who may do what to a whistle. Pure: calls come with their whistle and unit loaded."""

from collections.abc import Iterable

from governance.actors import DISPATCHERS, STREET_ROLES, UNIT_ROLES, VIEWERS
from governance.lifecycle.whistles import WHISTLED_FROM
from governance.models import Call, Issue, Whistle
from neighborhoods.actors import Actor, Role, Stamped


def blows(actor: Actor, place: Stamped) -> bool:
    """The side that calls: community or street staff responsible for the place."""
    return actor.holds(DISPATCHERS, place)


def can_whistle(actor: Actor, issue: Issue) -> bool:
    """Write one for this case."""
    return issue.state in WHISTLED_FROM and blows(actor, issue)


def can_draft_whistle(actor: Actor, place: Stamped) -> bool:
    """Write one."""
    return blows(actor, place)


def can_see_whistle(actor: Actor, whistle: Whistle, calls: Iterable[Call]) -> bool:
    """Mirror of selectors.whistles.whistles_visible_to for one row: the area's staff, and the units once called."""
    if actor.holds(VIEWERS, whistle):
        return True
    return whistle.issued_at is not None and any(actor.in_unit(call.unit_id) for call in calls)


def can_edit_whistle(actor: Actor, whistle: Whistle) -> bool:
    """Change the draft."""
    return whistle.fits("edit") and blows(actor, whistle)


def is_principal(actor: Actor, whistle: Whistle) -> bool:
    """The street's principal, whose signature it needs."""
    return actor.holds(Role.STREET_LEAD, whistle)


def can_review_whistle(actor: Actor, whistle: Whistle) -> bool:
    """Agree to a draft. Not to one's own, unless there is danger."""
    own = actor.user_id is not None and actor.user_id == whistle.drafted_by_id
    return whistle.fits("review") and is_principal(actor, whistle) and (whistle.is_emergency or not own)


def can_send_back_whistle(actor: Actor, whistle: Whistle) -> bool:
    """Give a reviewed one back to be written anew."""
    return whistle.fits("send-back") and is_principal(actor, whistle)


def can_issue_whistle(actor: Actor, whistle: Whistle) -> bool:
    """Sign it and blow it."""
    return whistle.fits("issue") and is_principal(actor, whistle)


def can_cancel_whistle(actor: Actor, whistle: Whistle) -> bool:
    """Call it off before it is blown."""
    return whistle.fits("cancel") and blows(actor, whistle)


def can_run_whistle(actor: Actor, whistle: Whistle, verb: str) -> bool:
    """What the side that called does on the way: remind, add a unit, hold the meeting, give tasks, write up."""
    return whistle.fits(verb) and blows(actor, whistle)


def can_raise_whistle(actor: Actor, whistle: Whistle) -> bool:
    """Put it before the district, once."""
    return whistle.fits("raise") and whistle.raised_at is None and actor.holds(STREET_ROLES, whistle)


def can_instruct_whistle(actor: Actor, whistle: Whistle) -> bool:
    """Say what the district does about one that was put before it."""
    return whistle.fits("instruct") and whistle.raised_at is not None and actor.holds(Role.DISTRICT_DUTY, whistle)


def can_look_at_whistle(actor: Actor, whistle: Whistle) -> bool:
    """The monthly review of a key problem: the street's own."""
    return whistle.fits("look") and actor.holds(STREET_ROLES, whistle)


def is_answering(actor: Actor, call: Call) -> bool:
    """Somebody of the unit that was called, as long as it has to come."""
    return call.is_live and actor.in_unit(call.unit_id, UNIT_ROLES)


def can_answer_call(actor: Actor, call: Call, verb: str) -> bool:
    """Sign for it, say that one has talked, come, report what was done. Each only by the unit itself."""
    if not (call.whistle.fits(verb) and is_answering(actor, call)):
        return False
    if verb == "sign":
        return call.signed_at is None
    if verb == "contact":
        return call.contact_at is None
    if verb == "arrive":
        return call.arrived_at is None
    if verb == "report":
        return call.arrived_at is not None
    return verb == "dispute" and call.disputed_at is None and call.arrived_at is None


def can_rule_call(actor: Actor, call: Call) -> bool:
    """Decide whether a unit has to come, once and for all. Nobody of the unit itself."""
    rules = is_principal(actor, call.whistle) or actor.holds(Role.DISTRICT_DUTY, call.whistle)
    return call.whistle.fits("rule") and call.is_disputed and rules and not actor.in_unit(call.unit_id)


def can_mark_absent(actor: Actor, call: Call) -> bool:
    """Say that a unit did not come, so that the others go on."""
    waits = call.is_live and call.arrived_at is None and call.absent_at is None
    return call.whistle.fits("absent") and waits and blows(actor, call.whistle) and not actor.in_unit(call.unit_id)


def can_claim_whistle(actor: Actor, whistle: Whistle, lead: Call) -> bool:
    """Say that it is done: the unit that leads."""
    return whistle.fits("claim") and is_answering(actor, lead)


def can_check_whistle(actor: Actor, whistle: Whistle, calls: Iterable[Call]) -> bool:
    """Look whether it is. Never whoever says so, nor anybody of a unit that was called."""
    if not whistle.fits("check") or actor.user_id is None or actor.user_id == whistle.claimed_by_id:
        return False
    return blows(actor, whistle) and not any(actor.in_unit(call.unit_id) for call in calls)


def can_rate_call(actor: Actor, call: Call) -> bool:
    """Rate a unit: only the side that called, once."""
    if not call.whistle.fits("rate") or call.is_rated or not call.is_live:
        return False
    return blows(actor, call.whistle) and not actor.in_unit(call.unit_id)


def can_close_whistle(actor: Actor, whistle: Whistle) -> bool:
    """Reply to the residents and close."""
    return whistle.fits("close") and blows(actor, whistle)


def can_give_link(actor: Actor, call: Call) -> bool:
    """Make a link with which a unit without accounts answers."""
    return call.is_live and call.whistle.is_open and blows(actor, call.whistle)
