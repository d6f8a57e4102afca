"""Who may do what about members checking in. Pure: a check-in comes with its resident.

An employer has no role here, whatever post its people hold in a unit: no policy of this file asks for a unit.
"""

from neighborhoods.actors import Actor, Stamped
from neighborhoods.models import Resident
from volunteers.actors import CHECKIN_KEEPERS, REGISTRARS
from volunteers.lifecycle.checkins import CHECKIN_FITS
from volunteers.lifecycle.feedback import FEEDBACK_FITS
from volunteers.lifecycle.pledges import PLEDGE_FITS
from volunteers.models import CheckIn, EmployerFeedback, Pledge


def is_person(actor: Actor, resident: Resident) -> bool:
    """The member, signed in."""
    return actor.user_id is not None and actor.user_id == resident.user_id


def is_self(actor: Actor, checkin: CheckIn) -> bool:
    """Whose check-in it is."""
    return is_person(actor, checkin.resident)


def can_read_checkins(actor: Actor) -> bool:
    """Open the list: the branch and its community; which rows, selectors say."""
    return bool(actor.grants_of(CHECKIN_KEEPERS))


def can_keep_for(actor: Actor, place: Stamped) -> bool:
    """The branch's people, at the place: type for somebody, open duty posts."""
    return actor.is_system or actor.holds(CHECKIN_KEEPERS, place)


def can_read_checkin(actor: Actor, checkin: CheckIn) -> bool:
    """Mirror of selectors.checkins.checkins_visible_to for one row."""
    return is_self(actor, checkin) or can_keep_for(actor, checkin)


def can_apply(actor: Actor, resident: Resident) -> bool:
    """Check in: oneself, or the desk for somebody who asked."""
    return is_person(actor, resident) or can_keep_for(actor, resident)


def _keeps(actor: Actor, checkin: CheckIn) -> bool:
    return can_keep_for(actor, checkin) and not is_self(actor, checkin)


def can_accept(actor: Actor, checkin: CheckIn) -> bool:
    """Answer for the branch, yes or no; nobody answers themselves."""
    return checkin.state in CHECKIN_FITS["accept"] and _keeps(actor, checkin)


def can_revise(actor: Actor, checkin: CheckIn) -> bool:
    """Employer, skills, times: the member, or the desk for them."""
    return checkin.state in CHECKIN_FITS["revise"] and (is_self(actor, checkin) or _keeps(actor, checkin))


def can_leave(actor: Actor, checkin: CheckIn) -> bool:
    """End it: the member whenever they like, the desk when they said so."""
    return checkin.state in CHECKIN_FITS["leave"] and (is_self(actor, checkin) or _keeps(actor, checkin))


def can_take_post(actor: Actor, checkin: CheckIn) -> bool:
    """Take or leave a duty post: the member, or the desk for them."""
    return checkin.state in CHECKIN_FITS["post"] and (is_self(actor, checkin) or _keeps(actor, checkin))


# ---- pledges ----
def can_offer_pledge(actor: Actor, checkin: CheckIn) -> bool:
    """Write a promise down: the member, or the branch as a proposal to them."""
    return checkin.state in CHECKIN_FITS["pledge"] and (is_self(actor, checkin) or _keeps(actor, checkin))


def can_consent(actor: Actor, pledge: Pledge) -> bool:
    """Agree to be shown: the member; the desk writes it down only of somebody who has no account."""
    checkin = pledge.checkin
    for_them = checkin.resident.user_id is None and _keeps(actor, checkin)
    return pledge.state in PLEDGE_FITS["consent"] and (is_self(actor, checkin) or for_them)


def can_show(actor: Actor, pledge: Pledge) -> bool:
    """Put it on the page: the branch, after the consent."""
    return pledge.state in PLEDGE_FITS["show"] and _keeps(actor, pledge.checkin)


def can_fulfil(actor: Actor, pledge: Pledge) -> bool:
    """Say that it was kept: the branch, never the member alone."""
    fits = pledge.state in PLEDGE_FITS["fulfil"] and pledge.fulfilled_at is None
    return fits and _keeps(actor, pledge.checkin)


def can_withdraw(actor: Actor, pledge: Pledge) -> bool:
    """Off the page: the member in one tap; the desk when they said so."""
    checkin = pledge.checkin
    return pledge.state in PLEDGE_FITS["withdraw"] and (is_self(actor, checkin) or _keeps(actor, checkin))


# ---- the year's page ----
def can_draft(actor: Actor, checkin: CheckIn) -> bool:
    """Have the year's page drawn up: the member, or the community."""
    fits = checkin.state in CHECKIN_FITS["feedback"]
    return fits and (is_self(actor, checkin) or actor.is_system or _issues(actor, checkin))


def _issues(actor: Actor, checkin: CheckIn) -> bool:
    return actor.holds(REGISTRARS, checkin) and not is_self(actor, checkin)


def can_read_feedback(actor: Actor, feedback: EmployerFeedback) -> bool:
    """The member, and the community that issues it."""
    return is_person(actor, feedback.resident) or actor.holds(REGISTRARS, feedback)


def _answers(actor: Actor, feedback: EmployerFeedback) -> bool:
    for_them = feedback.resident.user_id is None and actor.holds(REGISTRARS, feedback)
    return is_person(actor, feedback.resident) or for_them


def can_agree(actor: Actor, feedback: EmployerFeedback) -> bool:
    """Say yes to what it says: the member; the desk only for somebody who has no account and read it on paper."""
    return feedback.state in FEEDBACK_FITS["agree"] and _answers(actor, feedback)


def can_withhold(actor: Actor, feedback: EmployerFeedback) -> bool:
    """Keep it back, or take it back: the member, also after it was issued."""
    return feedback.state in FEEDBACK_FITS["withhold"] and _answers(actor, feedback)


def can_redraft(actor: Actor, feedback: EmployerFeedback) -> bool:
    """Draw it up again, because records changed; the member reads it first again."""
    own = is_person(actor, feedback.resident)
    return feedback.state in FEEDBACK_FITS["redraft"] and (own or actor.holds(REGISTRARS, feedback))


def can_issue(actor: Actor, feedback: EmployerFeedback) -> bool:
    """Seal it and make the link: the community, never the member."""
    own = is_person(actor, feedback.resident)
    return feedback.state in FEEDBACK_FITS["issue"] and actor.holds(REGISTRARS, feedback) and not own
