"""Back office of people who serve: looked at by those who watch over the portal, changed at the desk by its rules.

Nothing here confirms hours, moves points or takes anybody in: a rule has one home, for the administration too.
"""

from volunteers.admin import checkins
from volunteers.admin.aid import NeedAdmin, OfferAdmin, PhoneCallAdmin
from volunteers.admin.base import WatchedAdmin
from volunteers.admin.points import PointsEntryAdmin, PointsRuleAdmin
from volunteers.admin.register import RecordAdmin, VolunteerAdmin
from volunteers.admin.representatives import RepresentativeAdmin

__all__ = [
    "NeedAdmin",
    "OfferAdmin",
    "PhoneCallAdmin",
    "PointsEntryAdmin",
    "PointsRuleAdmin",
    "RecordAdmin",
    "RepresentativeAdmin",
    "VolunteerAdmin",
    "WatchedAdmin",
    "checkins",
]
