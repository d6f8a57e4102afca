"""Events of people who serve."""

from notifications.services.rules import Routes
from volunteers.lifecycle.volunteers import VOLUNTEER_EVENTS

ROUTES: Routes = {}
SILENT = VOLUNTEER_EVENTS - set(ROUTES)
