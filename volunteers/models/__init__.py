"""People who serve: the register of volunteers, and what they do."""

from volunteers.models.activities import Activity, Series, Shift, SignUp
from volunteers.models.certificates import Certificate
from volunteers.models.records import Merit, RecordCheck, ServiceRecord
from volunteers.models.teams import Interest, Team, TeamMember
from volunteers.models.volunteers import Volunteer

__all__ = [
    "Activity",
    "Certificate",
    "Interest",
    "Merit",
    "RecordCheck",
    "Series",
    "ServiceRecord",
    "Shift",
    "SignUp",
    "Team",
    "TeamMember",
    "Volunteer",
]
