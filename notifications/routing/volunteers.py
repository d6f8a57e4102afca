"""Events of people who serve."""

from notifications.services.rules import Routes
from volunteers.lifecycle.points import POINTS_EVENTS
from volunteers.lifecycle.volunteers import VOLUNTEER_EVENTS

ROUTES: Routes = {}
SILENT = (VOLUNTEER_EVENTS | POINTS_EVENTS) - set(ROUTES)
