"""Events of members checking in. What concerns one member is told to that member, and to no employer ever."""

from accounts.models import User
from neighborhoods.actors import Level, Role
from notifications.models import Urgency as Speed
from notifications.selectors.recipients import Happening
from notifications.selectors.volunteer_people import community_lead, registrars
from notifications.services.rules import Route, Routes, Rule
from volunteers.lifecycle import checkins, feedback, pledges


def member(on: Happening) -> list[User]:
    """Whose check-in it is; nobody when they have no account."""
    user_id = on.about.resident.user_id
    return on.directory.person(user_id) if user_id else []


def branch(on: Happening) -> list[User]:
    """Who answers for the branch; the community's people where the branch has nobody."""
    mine = {user.pk for user in member(on)}
    found = on.directory.at_level({Role.BRANCH_SECRETARY}, Level.BRANCH, on.about) or registrars(on)
    return [user for user in found if user.pk not in mine]


ROUTES: Routes = {
    checkins.CHECKIN_APPLIED: Route(staff=(Rule(branch, "checkin_applied", Speed.DIGEST),)),
    checkins.CHECKIN_LATE: Route(staff=(Rule(community_lead, "checkin_late"),)),
    checkins.CHECKIN_ACCEPTED: Route(staff=(Rule(member, "checkin_accepted"),)),
    checkins.CHECKIN_REFUSED: Route(staff=(Rule(member, "checkin_refused"),)),
    checkins.CHECKIN_INVITED: Route(staff=(Rule(member, "checkin_invited", Speed.DIGEST),)),
    pledges.PLEDGE_OFFERED: Route(staff=(Rule(member, "checkin_pledge_offered", Speed.DIGEST),)),
    pledges.PLEDGE_CONSENTED: Route(staff=(Rule(branch, "checkin_pledge_consented", Speed.DIGEST),)),
    pledges.PLEDGE_DUE: Route(staff=(Rule(member, "checkin_pledge_due", Speed.DIGEST),)),
    feedback.FEEDBACK_DRAFTED: Route(staff=(Rule(member, "feedback_drafted"),)),
    feedback.FEEDBACK_AGREED: Route(staff=(Rule(registrars, "feedback_agreed", Speed.DIGEST),)),
    feedback.FEEDBACK_ISSUED: Route(staff=(Rule(member, "feedback_issued"),)),
}
SILENT = (checkins.CHECKIN_EVENTS | pledges.PLEDGE_EVENTS | feedback.FEEDBACK_EVENTS) - set(ROUTES)
