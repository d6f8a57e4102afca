"""Events of people who serve."""

from notifications.services.rules import Routes
from volunteers.lifecycle.activities import ACTIVITY_EVENTS, SEAT_EVENTS
from volunteers.lifecycle.points import POINTS_EVENTS
from volunteers.lifecycle.records import RECORD_EVENTS
from volunteers.lifecycle.teams import TEAM_EVENTS
from volunteers.lifecycle.volunteers import VOLUNTEER_EVENTS

ROUTES: Routes = {}
SILENT = (VOLUNTEER_EVENTS | TEAM_EVENTS | ACTIVITY_EVENTS | SEAT_EVENTS | RECORD_EVENTS | POINTS_EVENTS) - set(ROUTES)
