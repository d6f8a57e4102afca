"""Events of rewards: told to whoever's turn it is, and at the end to who proposed it."""

from accounts.models import User
from neighborhoods.actors import Level
from notifications.models import Urgency as Speed
from notifications.selectors.recipients import Happening, upwards
from notifications.selectors.volunteer_people import registrars
from notifications.services.rules import Route, Routes, Rule
from volunteers.actors import CHECKERS
from volunteers.lifecycle import incentives as life


def street(on: Happening) -> list[User]:
    """Who looks at it for the street."""
    return on.directory.at_level(CHECKERS, Level.STREET, on.about)


def others_of_community(on: Happening) -> list[User]:
    """Who may hang it out: the community, without whoever proposed it."""
    return [user for user in registrars(on) if user.pk != on.about.proposed_by_id]


def district(on: Happening) -> list[User]:
    """Who grants it."""
    return upwards(on, Level.DISTRICT)


def proposer(on: Happening) -> list[User]:
    """Who wrote the proposal and waits for the answer."""
    return on.directory.person(on.about.proposed_by_id) if on.about.proposed_by_id else []


ROUTES: Routes = {
    life.INCENTIVE_PROPOSED: Route(staff=(Rule(street, "incentive_proposed", Speed.DIGEST),)),
    life.INCENTIVE_CHECKED: Route(staff=(Rule(others_of_community, "incentive_checked", Speed.DIGEST),)),
    life.INCENTIVE_NOTICE_OVER: Route(staff=(Rule(district, "incentive_notice_over", Speed.DIGEST),)),
    life.INCENTIVE_GRANTED: Route(staff=(Rule(proposer, "incentive_decided", Speed.DIGEST),)),
    life.INCENTIVE_REFUSED: Route(staff=(Rule(proposer, "incentive_decided", Speed.DIGEST),)),
}
SILENT = life.INCENTIVE_EVENTS - set(ROUTES)
