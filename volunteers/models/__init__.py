"""People who serve: the register of volunteers, what they do, points that come of it, and representatives."""

from volunteers.models.activities import Activity, Series, Shift, SignUp
from volunteers.models.aid import AidLine, AidNeed, AidOffer, PhoneCall
from volunteers.models.certificates import Certificate
from volunteers.models.checkins import CheckIn, CheckInLine, DutyPost, DutyTaking
from volunteers.models.feedback import EmployerFeedback
from volunteers.models.incentives import Incentive, IncentiveRule
from volunteers.models.links import HouseholdCard, HouseholdLink, Visit
from volunteers.models.orders import HelpOrder, HelpOrderLine
from volunteers.models.pledges import Pledge
from volunteers.models.points import Account, Lot, LotUse, PointsEntry, PointsLine, PointsRule, Reconciliation
from volunteers.models.records import Merit, RecordCheck, ServiceRecord
from volunteers.models.representatives import Consent, Objection, Representative, RepresentativeLine, Training
from volunteers.models.rewards import Gift, Redemption, Reward
from volunteers.models.teams import Interest, Team, TeamMember
from volunteers.models.volunteers import Volunteer

__all__ = [
    "Account",
    "Activity",
    "AidLine",
    "AidNeed",
    "AidOffer",
    "Certificate",
    "CheckIn",
    "CheckInLine",
    "Consent",
    "DutyPost",
    "DutyTaking",
    "EmployerFeedback",
    "Gift",
    "HelpOrder",
    "HelpOrderLine",
    "HouseholdCard",
    "HouseholdLink",
    "Incentive",
    "IncentiveRule",
    "Interest",
    "Lot",
    "LotUse",
    "Merit",
    "Objection",
    "PhoneCall",
    "Pledge",
    "PointsEntry",
    "PointsLine",
    "PointsRule",
    "Reconciliation",
    "RecordCheck",
    "Redemption",
    "Representative",
    "RepresentativeLine",
    "Reward",
    "Series",
    "ServiceRecord",
    "Shift",
    "SignUp",
    "Team",
    "TeamMember",
    "Training",
    "Visit",
    "Volunteer",
]
