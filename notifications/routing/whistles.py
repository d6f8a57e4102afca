"""Events of whistles: which tells whom, how soon, in which words."""

from governance.lifecycle.whistles import (
    WHISTLE_CHECKED,
    WHISTLE_CLAIMED,
    WHISTLE_DISPUTED,
    WHISTLE_DRAFTED,
    WHISTLE_ESCALATED,
    WHISTLE_EVENTS,
    WHISTLE_INSTRUCTED,
    WHISTLE_ISSUED,
    WHISTLE_MEETING_MOVED,
    WHISTLE_NOT_DONE,
    WHISTLE_NUDGED,
    WHISTLE_RAISED,
    WHISTLE_RULED,
    WHISTLE_SENT_BACK,
    WHISTLE_UNIT_ADDED,
)
from notifications.models import Urgency as Speed
from notifications.routing.issues import climbed, is_told
from notifications.selectors.recipients import dispatch_desk
from notifications.selectors.whistle_recipients import (
    called_unit,
    called_units,
    district_duty,
    leading_unit,
    principal,
    target_of_whistle,
)
from notifications.services.rules import Route, Routes, Rule

ROUTES: Routes = {
    WHISTLE_DRAFTED: Route(staff=(Rule(principal, "whistle_review"),)),
    WHISTLE_SENT_BACK: Route(staff=(Rule(dispatch_desk, "whistle_rewrite"),)),
    WHISTLE_ISSUED: Route(staff=(Rule(called_units, "whistle_called", is_loud=True),)),
    WHISTLE_UNIT_ADDED: Route(staff=(Rule(called_unit, "whistle_called", is_loud=True),)),
    WHISTLE_NUDGED: Route(staff=(Rule(called_units, "whistle_called", is_loud=True),)),
    WHISTLE_MEETING_MOVED: Route(staff=(Rule(called_units, "whistle_moved"),)),
    WHISTLE_DISPUTED: Route(staff=(Rule(principal, "whistle_rule"),)),
    WHISTLE_RULED: Route(staff=(Rule(called_unit, "whistle_ruled"),)),
    WHISTLE_CLAIMED: Route(staff=(Rule(dispatch_desk, "whistle_check"),)),
    WHISTLE_NOT_DONE: Route(staff=(Rule(leading_unit, "whistle_not_done"),)),
    WHISTLE_CHECKED: Route(staff=(Rule(dispatch_desk, "whistle_rate", Speed.DIGEST),)),
    WHISTLE_RAISED: Route(staff=(Rule(district_duty, "whistle_raised"),)),
    WHISTLE_INSTRUCTED: Route(staff=(Rule(principal, "whistle_instructed"), Rule(dispatch_desk, "whistle_instructed"))),
    WHISTLE_ESCALATED: Route(
        staff=(
            Rule(target_of_whistle, "duty_escalated", when=climbed, is_loud=True, in_chat=True),
            Rule(target_of_whistle, "duty_escalated", when=is_told),
        )
    ),
}
SILENT = WHISTLE_EVENTS - set(ROUTES)  # the next step is told, or whoever needs it reads it on the whistle
