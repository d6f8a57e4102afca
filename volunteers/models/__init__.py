"""People who serve: the register of volunteers, what they do, and the points that come of it."""

from volunteers.models.activities import Activity, Series, Shift, SignUp
from volunteers.models.points import Account, Lot, LotUse, PointsEntry, PointsLine, PointsRule, Reconciliation
from volunteers.models.records import Merit, RecordCheck, ServiceRecord
from volunteers.models.rewards import Gift, Redemption, Reward
from volunteers.models.teams import Interest, Team, TeamMember
from volunteers.models.volunteers import Volunteer

__all__ = [
    "Account",
    "Activity",
    "Gift",
    "Interest",
    "Lot",
    "LotUse",
    "Merit",
    "PointsEntry",
    "PointsLine",
    "PointsRule",
    "Reconciliation",
    "RecordCheck",
    "Redemption",
    "Reward",
    "Series",
    "ServiceRecord",
    "Shift",
    "SignUp",
    "Team",
    "TeamMember",
    "Volunteer",
]
