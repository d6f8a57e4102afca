"""Events of enlarged committees: what units promised is told, the rest is read on the committee."""

from governance.lifecycle.committees import (
    COMMITTEE_EVENTS,
    PROMISE_DELIVERED,
    PROMISE_KEPT,
    PROMISE_LATE,
    PROMISE_MADE,
    PROMISE_SENT_BACK,
)
from notifications.models import Urgency as Speed
from notifications.selectors.recipients import dispatch_desk, holders, street_desk
from notifications.services.rules import Route, Routes, Rule

ROUTES: Routes = {
    PROMISE_MADE: Route(staff=(Rule(holders, "promise_made"),)),
    PROMISE_DELIVERED: Route(staff=(Rule(dispatch_desk, "promise_check", Speed.DIGEST),)),
    PROMISE_SENT_BACK: Route(staff=(Rule(holders, "promise_sent_back"),)),
    PROMISE_KEPT: Route(staff=(Rule(holders, "promise_kept", Speed.DIGEST),)),
    PROMISE_LATE: Route(staff=(Rule(street_desk, "promise_late"), Rule(holders, "promise_late"))),
}
SILENT = COMMITTEE_EVENTS - set(ROUTES)
