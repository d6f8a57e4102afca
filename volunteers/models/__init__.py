"""People who serve: the register of volunteers, what they do, and the points that come of it."""

from volunteers.models.points import Account, Lot, LotUse, PointsEntry, PointsLine, PointsRule, Reconciliation
from volunteers.models.rewards import Gift, Redemption, Reward
from volunteers.models.volunteers import Volunteer

__all__ = [
    "Account",
    "Gift",
    "Lot",
    "LotUse",
    "PointsEntry",
    "PointsLine",
    "PointsRule",
    "Reconciliation",
    "Redemption",
    "Reward",
    "Volunteer",
]
