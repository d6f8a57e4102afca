"""Events of issues: which tells whom, how soon, in which words."""

from governance.lifecycle import (
    CONTACT_ERASED,
    CONTACT_REVEALED,
    FILTER_REMOVED,
    FILTER_SAVED,
    ISSUE_ACCEPTED,
    ISSUE_ANSWERED,
    ISSUE_APPEAL_UPHELD,
    ISSUE_APPEALED,
    ISSUE_CALLED_BACK,
    ISSUE_CHECKED,
    ISSUE_CLOSED,
    ISSUE_CONTACTED,
    ISSUE_DISCUSSED,
    ISSUE_DISMISSAL_ASKED,
    ISSUE_DISMISSAL_REFUSED,
    ISSUE_DISMISSED,
    ISSUE_DISPATCHED,
    ISSUE_ESCALATED,
    ISSUE_EXPORTED,
    ISSUE_EXTENDED,
    ISSUE_EXTENSION_ASKED,
    ISSUE_EXTENSION_REFUSED,
    ISSUE_HIDDEN,
    ISSUE_LEFT,
    ISSUE_MERGED,
    ISSUE_NOT_ACCEPTED,
    ISSUE_NOTED,
    ISSUE_ON_AGENDA,
    ISSUE_ORDER_ENDED,
    ISSUE_ORDER_REPORTED,
    ISSUE_ORDERED,
    ISSUE_PARK_NOTED,
    ISSUE_PARK_REVIEWED,
    ISSUE_PARKED,
    ISSUE_PAUSE_ASKED,
    ISSUE_PAUSE_REFUSED,
    ISSUE_PAUSED,
    ISSUE_PUBLISHED,
    ISSUE_QUESTION_ANSWERED,
    ISSUE_QUESTION_ASKED,
    ISSUE_QUESTION_OVER,
    ISSUE_REFUSED,
    ISSUE_REOPENED,
    ISSUE_REPLIED,
    ISSUE_RESUMED,
    ISSUE_RETURNED,
    ISSUE_RULED,
    ISSUE_RULING_ASKED,
    ISSUE_SIGNED,
    ISSUE_SPLIT,
    ISSUE_SPLIT_OFF,
    ISSUE_SUBMITTED,
    ISSUE_SUPPLEMENTED,
    ISSUE_UNIT_CAME,
    ISSUE_URGED,
    ISSUE_URGENCY_CHANGED,
    ISSUE_WHISTLE_ENDED,
    ISSUE_WHISTLED,
    ISSUE_WITHDRAWN,
    URGES_MANY,
    State,
    Target,
    Urgency,
)
from neighborhoods.lifecycle import EVENT_NAMES as AREA_EVENTS
from notifications.models import Urgency as Speed
from notifications.selectors.recipients import (
    Happening,
    above_holder,
    callback_agents,
    dispatch_desk,
    holders,
    recorder,
    street_desk,
    supervisors,
    target_of_escalation,
    whoever_ordered,
)
from notifications.services.rules import Route, Routes, Rule

_CALLED_UP = {Target.LEVEL_UP, Target.STREET, Target.DISTRICT}


def _is_new(on: Happening) -> bool:
    return on.issue.state == State.SUBMITTED


def _is_new_danger(on: Happening) -> bool:
    return _is_new(on) and on.issue.urgency == Urgency.CRITICAL


def _was_dispatched_by_rule(on: Happening) -> bool:
    """A routing rule named the unit, in the moment of submission; no dispatcher's event will follow."""
    return on.issue.state == State.DISPATCHED and on.issue.dispatched_at == on.issue.submitted_at


def _needs_ruling(on: Happening) -> bool:
    return bool(on.payload.get("ruling"))


def _needs_dispatch(on: Happening) -> bool:
    return not _needs_ruling(on)


def is_told(on: Happening) -> bool:
    """Not when a higher rung, reached at the same time after an outage, tells the same people."""
    return not on.payload.get("late")


def climbed(on: Happening) -> bool:
    return is_told(on) and on.payload.get("target") in _CALLED_UP


def _call_is_due(on: Happening) -> bool:
    return on.payload.get("outcome") == "started"


def _is_urged_often(on: Happening) -> bool:
    """The third time, and no more: the case stays on their list until there is a reply."""
    return on.payload.get("times") == URGES_MANY


def _said_not_solved(on: Happening) -> bool:
    return on.payload.get("outcome") == "not_solved"


def _goes_on(on: Happening) -> bool:
    return not on.payload.get("enough")


ROUTES: Routes = {
    ISSUE_SUBMITTED: Route(
        staff=(
            Rule(holders, "new_critical", when=_is_new_danger, is_loud=True, in_chat=True),
            Rule(holders, "new", when=_is_new),
            Rule(holders, "dispatched", when=_was_dispatched_by_rule),
        ),
        resident="resident_submitted",
    ),
    ISSUE_DISPATCHED: Route(staff=(Rule(holders, "dispatched"),), resident="resident_dispatched"),
    ISSUE_RULED: Route(staff=(Rule(holders, "ruled"),)),
    ISSUE_RETURNED: Route(
        staff=(
            Rule(street_desk, "ruling", when=_needs_ruling),
            Rule(dispatch_desk, "returned", when=_needs_dispatch),
        )
    ),
    ISSUE_RULING_ASKED: Route(staff=(Rule(street_desk, "ruling"),)),
    ISSUE_NOT_ACCEPTED: Route(staff=(Rule(recorder, "recorded_not_accepted"),), resident="resident_not_accepted"),
    ISSUE_REPLIED: Route(
        staff=(Rule(recorder, "recorded_replied", Speed.DIGEST), Rule(dispatch_desk, "check", Speed.DIGEST)),
        resident="resident_replied",
    ),
    ISSUE_CHECKED: Route(staff=(Rule(callback_agents, "callback", Speed.DIGEST),)),
    ISSUE_CALLED_BACK: Route(
        staff=(
            Rule(callback_agents, "callback", Speed.DIGEST, when=_call_is_due),
            Rule(dispatch_desk, "not_solved", when=_said_not_solved),
        )
    ),
    # solved is told by the closing that follows
    ISSUE_ANSWERED: Route(staff=(Rule(dispatch_desk, "not_solved", when=_said_not_solved),)),
    ISSUE_DISMISSAL_ASKED: Route(staff=(Rule(street_desk, "dismissal_asked"),)),
    ISSUE_DISMISSAL_REFUSED: Route(staff=(Rule(holders, "dismissal_refused"),)),
    ISSUE_DISMISSED: Route(staff=(Rule(recorder, "recorded_dismissed"),), resident="resident_dismissed"),
    ISSUE_REFUSED: Route(
        staff=(Rule(holders, "closed", Speed.DIGEST), Rule(recorder, "recorded_dismissed")), resident="resident_refused"
    ),
    ISSUE_APPEALED: Route(staff=(Rule(street_desk, "appealed"),)),
    ISSUE_APPEAL_UPHELD: Route(staff=(Rule(recorder, "recorded_dismissed"),), resident="resident_appeal_upheld"),
    ISSUE_CLOSED: Route(
        staff=(Rule(holders, "closed", Speed.DIGEST), Rule(recorder, "closed", Speed.DIGEST)),
        resident="resident_closed",
    ),
    ISSUE_REOPENED: Route(staff=(Rule(holders, "again"),), resident="resident_reopened"),
    ISSUE_URGED: Route(staff=(Rule(holders, "urged"), Rule(supervisors, "urged_often", when=_is_urged_often))),
    ISSUE_SUPPLEMENTED: Route(staff=(Rule(holders, "supplemented"),)),
    ISSUE_URGENCY_CHANGED: Route(staff=(Rule(holders, "urgency"),)),
    ISSUE_WITHDRAWN: Route(staff=(Rule(holders, "withdrawn"),)),
    ISSUE_ESCALATED: Route(
        staff=(
            Rule(target_of_escalation, "escalated", when=climbed, is_loud=True, in_chat=True),
            Rule(target_of_escalation, "escalated", when=is_told),
        )
    ),
    ISSUE_MERGED: Route(resident="resident_merged"),  # by staff; who joins by themselves reads it on the receipt
    ISSUE_SPLIT_OFF: Route(staff=(Rule(holders, "new", when=_is_new),), resident="resident_split_off"),
    ISSUE_SPLIT: Route(resident="resident_split"),  # each part tells its own holder
    ISSUE_ORDERED: Route(staff=(Rule(holders, "ordered"), Rule(dispatch_desk, "ordered"))),
    ISSUE_ORDER_REPORTED: Route(staff=(Rule(whoever_ordered, "order_reported"),)),
    ISSUE_ORDER_ENDED: Route(
        staff=(Rule(holders, "order_goes_on", when=_goes_on), Rule(dispatch_desk, "order_goes_on", when=_goes_on))
    ),
    ISSUE_PARK_NOTED: Route(resident="resident_parked_news"),
    ISSUE_PARK_REVIEWED: Route(resident="resident_parked_news"),
    ISSUE_PAUSE_ASKED: Route(staff=(Rule(dispatch_desk, "pause_asked"),)),
    ISSUE_WHISTLED: Route(resident="resident_whistled"),
    ISSUE_WHISTLE_ENDED: Route(resident="resident_whistle_ended"),
    ISSUE_EXTENSION_ASKED: Route(staff=(Rule(above_holder, "extension_asked"),)),
    ISSUE_EXTENSION_REFUSED: Route(staff=(Rule(holders, "extension_refused"),)),
    ISSUE_EXTENDED: Route(staff=(Rule(holders, "extended"),), resident="resident_extended"),
    ISSUE_QUESTION_ASKED: Route(staff=(Rule(recorder, "recorded_question"),), resident="resident_question"),
    ISSUE_QUESTION_ANSWERED: Route(staff=(Rule(holders, "question_answered"),)),
    ISSUE_QUESTION_OVER: Route(staff=(Rule(holders, "question_over"),)),
    ISSUE_ON_AGENDA: Route(resident="resident_on_agenda"),
    ISSUE_DISCUSSED: Route(staff=(Rule(holders, "discussed", Speed.DIGEST),), resident="resident_discussed"),
}

SILENT = AREA_EVENTS | frozenset(  # about places and posts: no case, so nothing to tell; the trail keeps them
    {
        ISSUE_ACCEPTED,  # the same hand goes on with it
        ISSUE_SIGNED,
        ISSUE_CONTACTED,  # the resident was in the talk
        ISSUE_NOTED,
        ISSUE_HIDDEN,
        ISSUE_LEFT,  # it goes on for the others
        ISSUE_PUBLISHED,
        ISSUE_PAUSED,  # whoever holds it reads it on the case
        ISSUE_PAUSE_REFUSED,
        ISSUE_RESUMED,
        ISSUE_PARKED,  # the resident, asked before, reads it on the follow page
        CONTACT_REVEALED,  # the resident reads it on the follow page
        CONTACT_ERASED,
        ISSUE_EXPORTED,  # read in the audit search
        FILTER_SAVED,
        FILTER_REMOVED,
        ISSUE_UNIT_CAME,  # residents read it on the follow page
    }
)
