"""Events of matters: which tells whom, how soon, in which words."""

from governance.lifecycle.matters import (
    MATTER_CLOSED,
    MATTER_COLLECTED,
    MATTER_DISPATCHED,
    MATTER_ESCALATED,
    MATTER_EVENTS,
    MATTER_FILED,
    MATTER_NOT_FILED,
    MATTER_REDISPATCHED,
    MATTER_REPORTED,
    MATTER_SENT_BACK,
    MatterState,
)
from notifications.models import Urgency as Speed
from notifications.routing.issues import climbed, is_told
from notifications.selectors.recipients import (
    Happening,
    collector,
    dispatch_desk,
    holders,
    owners,
    target_of_escalation,
)
from notifications.services.rules import Route, Routes, Rule


def _waits(on: Happening) -> bool:
    """Not when whoever collected it has filed it and begun at once."""
    return bool(on.about.state == MatterState.COLLECTED)


def _waits_for_a_hand(on: Happening) -> bool:
    return bool(on.about.state == MatterState.FILED)


ROUTES: Routes = {
    MATTER_COLLECTED: Route(staff=(Rule(holders, "matter_new", when=_waits),)),
    MATTER_FILED: Route(staff=(Rule(dispatch_desk, "matter_filed", Speed.DIGEST, when=_waits_for_a_hand),)),
    MATTER_NOT_FILED: Route(staff=(Rule(collector, "matter_not_filed"),)),
    MATTER_DISPATCHED: Route(staff=(Rule(owners, "matter_given"),)),
    MATTER_REDISPATCHED: Route(staff=(Rule(owners, "matter_given"),)),
    MATTER_REPORTED: Route(staff=(Rule(dispatch_desk, "matter_check", Speed.DIGEST),)),
    MATTER_SENT_BACK: Route(staff=(Rule(owners, "matter_sent_back"),)),
    MATTER_CLOSED: Route(staff=(Rule(collector, "matter_closed", Speed.DIGEST),)),
    MATTER_ESCALATED: Route(
        staff=(
            Rule(target_of_escalation, "duty_escalated", when=climbed, is_loud=True, in_chat=True),
            Rule(target_of_escalation, "duty_escalated", when=is_told),
        )
    ),
}
SILENT = MATTER_EVENTS - set(ROUTES)  # who helped, which requests: read on the matter
