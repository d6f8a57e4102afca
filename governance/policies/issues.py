"""Who may do what to an issue. Pure: the issue comes with its holder's area loaded."""

from datetime import datetime, timedelta

from django.conf import settings

from governance.actors import DISPATCHERS, HANDLER_ROLES, RECORDERS, STREET_ROLES, UNIT_ROLES, VIEWERS
from governance.lifecycle import FITS, GIVEN_BACK
from governance.lifecycle.asking import Asked
from governance.models import Issue
from neighborhoods.actors import Actor, Level, Role


def is_holder(actor: Actor, issue: Issue) -> bool:
    """Whether the issue lies on the actor's own desk. Whoever sent it back has it no more."""
    if issue.state in GIVEN_BACK:
        return False
    if issue.holder_unit_id:
        return actor.in_unit(issue.holder_unit_id, UNIT_ROLES)
    roles = HANDLER_ROLES.get(Level(issue.holder_area.level), frozenset())
    return any(g.role in roles and g.area_id == issue.holder_area_id for g in actor.grants)


def is_dispatcher(actor: Actor, issue: Issue) -> bool:
    """Community or street staff responsible for the place."""
    return actor.is_system or actor.holds(DISPATCHERS, issue)


def can_accept_issue(actor: Actor, issue: Issue) -> bool:
    """Take it on, hand it on, or turn it down with a reason."""
    return issue.state in FITS["take"] and (is_holder(actor, issue) or is_dispatcher(actor, issue))


def can_take_issue(actor: Actor, issue: Issue) -> bool:
    """Accept it and handle it oneself, in one step."""
    return issue.state in FITS["take"] and is_holder(actor, issue)


def can_dispatch_issue(actor: Actor, issue: Issue) -> bool:
    """Give it to an area or a unit."""
    if issue.state in FITS["rule"]:
        return can_rule_issue(actor, issue)
    return issue.state in FITS["dispatch"] and is_dispatcher(actor, issue)


def can_redispatch_issue(actor: Actor, issue: Issue) -> bool:
    """Recall it from whoever has not replied and give it to somebody else."""
    return (
        issue.state in FITS["redispatch"] and is_dispatcher(actor, issue) and not (issue.is_binding or issue.is_split)
    )


def can_refuse_issue(actor: Actor, issue: Issue) -> bool:
    """Not accept it, with a reason and where to turn instead."""
    return issue.state in FITS["refuse"] and is_dispatcher(actor, issue)


def can_sign_issue(actor: Actor, issue: Issue) -> bool:
    """Confirm that it has arrived on one's desk."""
    return issue.state in FITS["sign"] and is_holder(actor, issue)


def can_contact_issue(actor: Actor, issue: Issue) -> bool:
    """Note a talk with the resident, or a failed attempt."""
    return issue.state in FITS["contact"] and is_holder(actor, issue)


def can_reply_issue(actor: Actor, issue: Issue) -> bool:
    """Say what was done; a claim until somebody confirms it."""
    return issue.state in FITS["reply"] and is_holder(actor, issue)


def can_return_issue(actor: Actor, issue: Issue) -> bool:
    """Send it back, once; a ruling binds."""
    return issue.state in FITS["return"] and is_holder(actor, issue) and not (issue.is_binding or issue.is_split)


def can_ask_ruling(actor: Actor, issue: Issue) -> bool:
    """Have the street decide who takes a case that came back."""
    return issue.state in FITS["ask-ruling"] and is_dispatcher(actor, issue)


def can_rule_issue(actor: Actor, issue: Issue) -> bool:
    """Decide a disputed case, bindingly: the street, or the district above it."""
    return issue.state in FITS["rule"] and (actor.holds(STREET_ROLES, issue) or actor.holds(Role.DISTRICT_DUTY, issue))


def can_check_issue(actor: Actor, issue: Issue) -> bool:
    """Look whether what was replied is so. Never whoever replied."""
    return issue.state in FITS["check"] and is_dispatcher(actor, issue) and actor.user_id != issue.replied_by_id


def can_call_back_issue(actor: Actor, issue: Issue) -> bool:
    """Ask the resident. Neither whoever replied nor whoever checked, nor the unit that handled it."""
    if issue.state not in FITS["callback"] or issue.part_of_id:  # the resident is asked about the whole
        return False
    if actor.user_id in {issue.replied_by_id, issue.checked_by_id} or actor.in_unit(issue.holder_unit_id):
        return False
    return actor.holds({*DISPATCHERS, Role.CALLBACK_AGENT}, issue)


def can_explain_issue(actor: Actor, issue: Issue) -> bool:
    """Close with an explanation after a call-back that did not end in "solved", or when a parked case is given up."""
    if issue.part_of_id or issue.state not in FITS["explain"] or actor.user_id == issue.replied_by_id:
        return False
    return is_dispatcher(actor, issue) and not _is_in_the_way(actor, issue)


def can_park_issue(actor: Actor, issue: Issue) -> bool:
    """Set a hard case aside, with a public note every month."""
    if issue.part_of_id or issue.state not in FITS["park"] or actor.user_id == issue.replied_by_id:
        return False
    return is_dispatcher(actor, issue) and not _is_in_the_way(actor, issue)


def can_ask_pause(actor: Actor, issue: Issue) -> bool:
    """Ask that some days do not count."""
    return issue.state in FITS["pause"] and is_holder(actor, issue)


def can_decide_pause(actor: Actor, issue: Issue) -> bool:
    """Agree or refuse; never whoever asked, nor anybody of the unit that did."""
    own = asked_it(actor, issue) or actor.in_unit(issue.holder_unit_id)
    return issue.state in FITS["decide-pause"] and is_dispatcher(actor, issue) and not own


def asked_it(actor: Actor, issue: Issue) -> bool:
    """Whether they asked for what waits for a decision."""
    return actor.user_id is not None and actor.user_id == issue.asked_by_id


def can_ask_extension(actor: Actor, issue: Issue) -> bool:
    """Ask for more time; only for the urgencies that the district allows it for."""
    return issue.state in FITS["extend"] and issue.urgency in settings.EXTENSION_DAYS and is_holder(actor, issue)


def can_decide_extension(actor: Actor, issue: Issue) -> bool:
    """Give more time or not: a level above the holder, and never whoever asked. A unit answers to the street.

    Nor anybody of the unit that asked, whatever other post they hold.
    """
    own = asked_it(actor, issue) or actor.in_unit(issue.holder_unit_id)
    if issue.state not in FITS["decide-extension"] or own:
        return False
    if issue.holder_unit_id or issue.holder_area.level == Level.COMMUNITY:
        return actor.holds(STREET_ROLES, issue)
    if issue.holder_area.level == Level.STREET:
        return actor.holds(Role.DISTRICT_DUTY, issue)
    return is_dispatcher(actor, issue)


def can_ask_resident(actor: Actor, issue: Issue) -> bool:
    """Ask whoever reported it what is missing; the clock rests meanwhile. Not about a part: nobody follows a part."""
    return issue.state in FITS["ask"] and issue.part_of_id is None and is_holder(actor, issue)


def can_resume_clock(actor: Actor, issue: Issue) -> bool:
    """Let a paused clock go on."""
    return issue.closed_at is None and (is_holder(actor, issue) or is_dispatcher(actor, issue))


def can_reopen_issue(actor: Actor, issue: Issue) -> bool:
    """Send it back to work because an answer proved wrong."""
    return issue.state in FITS["reopen"] and is_dispatcher(actor, issue) and not _is_in_the_way(actor, issue)


def _is_in_the_way(actor: Actor, issue: Issue) -> bool:
    """What follows a "not solved" is decided by somebody who neither replied, checked nor called."""
    return issue.asked == Asked.REOPEN and actor.user_id in hands_in(issue) | {issue.asked_by_id}


def hands_in(issue: Issue) -> set[int | None]:
    """Whoever replied, checked or called.

    Whoever noted a "not solved" on the phone called that voice: of a neighbour who joined, not of whoever asked first.
    """
    return {issue.replied_by_id, issue.checked_by_id, issue.called_back_by_id}


def can_note_issue(actor: Actor, issue: Issue) -> bool:
    """Leave a note that only staff see."""
    return is_holder(actor, issue) or actor.holds(VIEWERS, issue)


def can_change_urgency(actor: Actor, issue: Issue) -> bool:
    """Have other time limits hold for it from now on."""
    return issue.closed_at is None and is_dispatcher(actor, issue)


def can_reveal_contact(actor: Actor, issue: Issue) -> bool:
    """See name and phone in clear, with a reason. Whoever is complained about never does."""
    if not issue.contact_id:
        return False
    if issue.hide_requester:
        return actor.holds({Role.COMMUNITY_LEAD, *STREET_ROLES}, issue) and not actor.in_unit(issue.holder_unit_id)
    may_call_back = actor.holds(Role.CALLBACK_AGENT, issue) and issue.state in FITS["callback"]
    return is_holder(actor, issue) or is_dispatcher(actor, issue) or may_call_back


def can_publish_issue(actor: Actor, issue: Issue) -> bool:
    """Show or withhold the masked text and covered photos."""
    return actor.holds(DISPATCHERS, issue)


def can_record_issue(actor: Actor) -> bool:
    """Type a request for somebody else: phone, counter, paper, visit."""
    return any(g.role in RECORDERS for g in actor.grants)


def is_recorder(actor: Actor, issue: Issue) -> bool:
    """Whoever typed the case for a resident, as long as they hold a post that does."""
    return can_record_issue(actor) and actor.user_id is not None and actor.user_id == issue.recorded_by_id


def can_nudge_issue(actor: Actor, issue: Issue) -> bool:
    """Remind whoever holds it: those responsible for the place, and the district; never oneself."""
    return (
        issue.state in FITS["nudge"]
        and not is_holder(actor, issue)
        and actor.holds({*DISPATCHERS, Role.DISTRICT_DUTY}, issue)
    )


def hands_out_link(actor: Actor, issue: Issue, at: datetime) -> bool:
    """Print the private link, which speaks for the resident: only who typed the case, while they stand there."""
    return is_recorder(actor, issue) and issue.replied_at is None and at - issue.submitted_at < timedelta(hours=12)


def is_at_work_on(actor: Actor, issue: Issue) -> bool:
    """Whoever has a hand in a case does not say in the resident's place whether it is solved."""
    had_a_hand = actor.user_id is not None and actor.user_id in hands_in(issue)
    return had_a_hand or is_holder(actor, issue) or is_dispatcher(actor, issue)


def sees_masked_contact(actor: Actor, issue: Issue) -> bool:
    """Read 张*明 138****5678; not even that of somebody who wants to stay hidden, except who typed it."""
    return not issue.hide_requester or is_recorder(actor, issue) or can_reveal_contact(actor, issue)


def can_print_slip(actor: Actor, issue: Issue) -> bool:
    """Print the resident's slip again: who typed it, and the dispatchers (without the link). Never of a part."""
    return issue.part_of_id is None and (is_recorder(actor, issue) or is_dispatcher(actor, issue))


def can_export_issues(actor: Actor) -> bool:
    """Take a list away as a file. Grid workers and neighbours read it on the screen."""
    return bool(actor.grants_of({*DISPATCHERS, Role.DISTRICT_DUTY}) or actor.units)


def can_call_back(actor: Actor) -> bool:
    """Work through the list of calls; which of them, asks `can_call_back_issue`."""
    return bool(actor.grants_of({*DISPATCHERS, Role.CALLBACK_AGENT}))


def can_act_on_many(actor: Actor) -> bool:
    """Dispatch, remind or raise the urgency of several issues at once."""
    return bool(actor.grants_of(DISPATCHERS))
