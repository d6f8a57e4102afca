"""Who may do what in hard cases: joined, split, supervised and parked ones. Pure, as those of `policies.issues`."""

from governance.actors import COMMUNITY_ROLES, DISPATCHERS, STREET_ROLES
from governance.lifecycle import FITS
from governance.models import Issue
from governance.policies.issues import asked_it, can_call_back_issue, hands_in, is_dispatcher, is_holder
from neighborhoods.actors import Actor, Level, Role


def can_merge_issue(actor: Actor, issue: Issue) -> bool:
    """Join it to another one. Neither a part nor a case that has parts."""
    is_plain = not issue.is_split and issue.part_of_id is None
    return issue.state in FITS["merge"] and is_plain and is_dispatcher(actor, issue)


def can_split_off_issue(actor: Actor, issue: Issue) -> bool:
    """Take it out of the case it was joined to."""
    return issue.state in FITS["split-off"] and is_dispatcher(actor, issue)


def can_call_voice(actor: Actor, issue: Issue) -> bool:
    """Ask somebody who joined a case, by the rules of the case they joined; it comes loaded."""
    return issue.state in FITS["voice"] and issue.parent is not None and can_call_back_issue(actor, issue.parent)


def can_split_issue(actor: Actor, issue: Issue) -> bool:
    """Give parts of it to several units. A ruling named one holder, and a part has no parts."""
    is_plain = not issue.is_binding and issue.part_of_id is None
    return issue.state in FITS["split"] and is_plain and is_dispatcher(actor, issue)


def can_order_issue(actor: Actor, issue: Issue) -> bool:
    """Order that it is seen to by a day: the street or the district, one order at a time."""
    may = actor.holds({*STREET_ROLES, Role.DISTRICT_DUTY}, issue)
    return issue.state in FITS["order"] and issue.ordered_level is None and may


def can_report_order(actor: Actor, issue: Issue) -> bool:
    """Report to whoever ordered: the holder, and those between them."""
    if issue.state not in FITS["order-report"] or issue.ordered_level is None or issue.is_reported:
        return False
    between = COMMUNITY_ROLES if issue.ordered_level == Level.STREET else COMMUNITY_ROLES | STREET_ROLES
    return is_holder(actor, issue) or actor.holds(between, issue)


def can_end_order(actor: Actor, issue: Issue) -> bool:
    """Say whether the report is enough: the level that ordered (the service knows who reported)."""
    if issue.state not in FITS["order-end"] or issue.ordered_level is None or not issue.is_reported:
        return False
    return actor.holds(STREET_ROLES if issue.ordered_level == Level.STREET else Role.DISTRICT_DUTY, issue)


def can_read_orders(actor: Actor) -> bool:
    """See how orders were answered in one's own area."""
    return bool(actor.grants_of({*DISPATCHERS, Role.DISTRICT_DUTY}))


def can_read_dismissals(actor: Actor) -> bool:
    """See what was dismissed in one's own area, by whom and why: the community, the street and the district."""
    return bool(actor.grants_of({*DISPATCHERS, Role.DISTRICT_DUTY}))


def can_note_parked(actor: Actor, issue: Issue) -> bool:
    """Write every month how a parked case stands."""
    return issue.state in FITS["park-note"] and is_dispatcher(actor, issue)


def can_review_parked(actor: Actor, issue: Issue) -> bool:
    """Look every quarter whether it must stay parked: the street."""
    return issue.state in FITS["park-review"] and actor.holds(STREET_ROLES, issue)


def can_dismiss_issue(actor: Actor, issue: Issue) -> bool:
    """Propose that it is unreasonable: whoever holds it, and the community. A second person decides."""
    is_plain = not issue.is_split and issue.part_of_id is None
    may = is_holder(actor, issue) or actor.holds(COMMUNITY_ROLES, issue)
    return issue.state in FITS["dismiss"] and is_plain and may


def can_decide_dismissal(actor: Actor, issue: Issue) -> bool:
    """Agree that it is unreasonable, or not: the street, never whoever proposed it, nor anybody of its unit."""
    own = asked_it(actor, issue) or actor.in_unit(issue.holder_unit_id)
    return issue.state in FITS["decide-dismissal"] and actor.holds(STREET_ROLES, issue) and not own


def can_decide_appeal(actor: Actor, issue: Issue) -> bool:
    """Say whether a decision stands: the street or the district, never whoever made it or had a hand in the case.

    Nor anybody of the unit it lay with, whatever other post they hold.
    """
    had_a_hand = actor.user_id in {issue.refused_by_id, *hands_in(issue)} or actor.in_unit(issue.holder_unit_id)
    if issue.state not in FITS["decide-appeal"] or had_a_hand:
        return False
    return actor.holds({*STREET_ROLES, Role.DISTRICT_DUTY}, issue)
