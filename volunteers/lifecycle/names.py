"""Every event of people who serve, so that none is forgotten when it is decided who is told of it."""

from volunteers.lifecycle.activities import ACTIVITY_EVENTS, SEAT_EVENTS
from volunteers.lifecycle.aid import AID_EVENTS
from volunteers.lifecycle.certificates import CERTIFICATE_EVENTS
from volunteers.lifecycle.checkins import CHECKIN_EVENTS
from volunteers.lifecycle.feedback import FEEDBACK_EVENTS
from volunteers.lifecycle.incentives import INCENTIVE_EVENTS
from volunteers.lifecycle.links import LINK_EVENTS
from volunteers.lifecycle.orders import ORDER_EVENTS
from volunteers.lifecycle.pledges import PLEDGE_EVENTS
from volunteers.lifecycle.points import POINTS_EVENTS
from volunteers.lifecycle.records import RECORD_EVENTS
from volunteers.lifecycle.representatives import REPRESENTATIVE_EVENTS
from volunteers.lifecycle.teams import TEAM_EVENTS
from volunteers.lifecycle.volunteers import VOLUNTEER_EVENTS

EVENT_NAMES: frozenset[str] = frozenset(
    {
        *(*VOLUNTEER_EVENTS, *TEAM_EVENTS, *ACTIVITY_EVENTS, *SEAT_EVENTS, *RECORD_EVENTS, *CERTIFICATE_EVENTS),
        *(*POINTS_EVENTS, *REPRESENTATIVE_EVENTS, *LINK_EVENTS, *ORDER_EVENTS, *INCENTIVE_EVENTS),
        *AID_EVENTS,
        *(*CHECKIN_EVENTS, *PLEDGE_EVENTS, *FEEDBACK_EVENTS),
    }
)
