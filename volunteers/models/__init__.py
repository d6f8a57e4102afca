"""People who serve: the register of volunteers, and what they do."""

from volunteers.models.incentives import Incentive
from volunteers.models.links import HouseholdCard, HouseholdLink, Visit
from volunteers.models.orders import HelpOrder, HelpOrderLine
from volunteers.models.representatives import Consent, Objection, Representative, RepresentativeLine, Training
from volunteers.models.volunteers import Volunteer

__all__ = [
    "Consent",
    "HelpOrder",
    "HelpOrderLine",
    "HouseholdCard",
    "HouseholdLink",
    "Incentive",
    "Objection",
    "Representative",
    "RepresentativeLine",
    "Training",
    "Visit",
    "Volunteer",
]
