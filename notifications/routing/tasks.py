"""Events of tasks: which tells whom, how soon, in which words."""

from governance.lifecycle.tasks import (
    TASK_CANCELLED,
    TASK_CHECKED,
    TASK_CLAIMED,
    TASK_ESCALATED,
    TASK_GIVEN,
    TASK_MOVED,
    TASK_NOTED,
    TASK_SENT_BACK,
    TASK_STARTED,
)
from notifications.models import Urgency as Speed
from notifications.routing.issues import climbed, is_told
from notifications.selectors.recipients import dispatch_desk, giver, owners, target_of_escalation
from notifications.services.rules import Route, Routes, Rule

ROUTES: Routes = {
    TASK_GIVEN: Route(staff=(Rule(owners, "task_given"),)),
    TASK_CLAIMED: Route(staff=(Rule(giver, "task_claimed"), Rule(dispatch_desk, "task_claimed", Speed.DIGEST))),
    TASK_SENT_BACK: Route(staff=(Rule(owners, "task_sent_back"),)),
    TASK_MOVED: Route(staff=(Rule(owners, "task_moved"),)),
    TASK_CHECKED: Route(staff=(Rule(owners, "task_over", Speed.DIGEST), Rule(giver, "task_over", Speed.DIGEST))),
    TASK_CANCELLED: Route(staff=(Rule(owners, "task_cancelled"),)),
    TASK_ESCALATED: Route(
        staff=(
            Rule(target_of_escalation, "duty_escalated", when=climbed, is_loud=True, in_chat=True),
            Rule(target_of_escalation, "duty_escalated", when=is_told),
        )
    ),
}
SILENT = frozenset({TASK_STARTED, TASK_NOTED})
