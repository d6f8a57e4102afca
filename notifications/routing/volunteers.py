"""Events of people who serve: told only where somebody must act or was promised an answer."""

from notifications.models import Urgency as Speed
from notifications.routing import aid, checkins, incentives, representatives
from notifications.selectors.volunteer_people import community_lead, own, person, registrars, team_lead, who_confirms
from notifications.services.rules import PhoneRule, Route, Routes, Rule
from volunteers.lifecycle import activities, certificates, records, teams, volunteers
from volunteers.lifecycle.names import EVENT_NAMES

ROUTES: Routes = {
    volunteers.VOLUNTEER_APPLIED: Route(staff=(Rule(registrars, "volunteer_applied", Speed.DIGEST),)),
    volunteers.VOLUNTEER_WAITING: Route(staff=(Rule(community_lead, "volunteer_waiting"),)),
    volunteers.VOLUNTEER_VERIFIED: Route(
        staff=(Rule(own, "volunteer_verified"),), by_phone=PhoneRule(person, "volunteer_verified")
    ),
    volunteers.VOLUNTEER_REFUSED: Route(
        staff=(Rule(own, "volunteer_refused"),), by_phone=PhoneRule(person, "volunteer_refused")
    ),
    teams.TEAM_ASKED: Route(staff=(Rule(team_lead, "volunteer_asked", Speed.DIGEST),)),
    activities.SEAT_MOVED_UP: Route(
        staff=(Rule(own, "volunteer_moved_up"),), by_phone=PhoneRule(person, "volunteer_moved_up")
    ),
    activities.SEAT_LOST: Route(staff=(Rule(own, "volunteer_lost"),), by_phone=PhoneRule(person, "volunteer_lost")),
    records.RECORD_REMINDED: Route(staff=(Rule(who_confirms, "volunteer_unconfirmed", Speed.DIGEST),)),
    records.RECORD_SECONDED: Route(staff=(Rule(registrars, "volunteer_second", Speed.DIGEST),)),
    records.RECORD_REJECTED: Route(staff=(Rule(own, "volunteer_rejected"),)),
    certificates.CERTIFICATE_ASKED: Route(staff=(Rule(registrars, "volunteer_certify", Speed.DIGEST),)),
    certificates.CERTIFICATE_CHECKED: Route(staff=(Rule(community_lead, "volunteer_issue", Speed.DIGEST),)),
    certificates.CERTIFICATE_ISSUED: Route(staff=(Rule(own, "volunteer_issued"),)),
    certificates.CERTIFICATE_REFUSED: Route(staff=(Rule(own, "volunteer_not_issued"),)),
    records.RECORD_DOUBTED: Route(staff=(Rule(community_lead, "volunteer_doubted"),)),
}
_ELSEWHERE = (aid, checkins, incentives, representatives)
SILENT = EVENT_NAMES - set(ROUTES)
SILENT -= frozenset().union(*({*kind.ROUTES, *kind.SILENT} for kind in _ELSEWHERE))
