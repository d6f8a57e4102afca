"""Events of mutual aid: told to who waits for a neighbour, who helps, and the community where it has to decide."""

from accounts.models import User
from neighborhoods.actors import Level
from neighborhoods.models import Resident
from notifications.models import Urgency as Speed
from notifications.selectors.recipients import Happening, upwards
from notifications.selectors.volunteer_people import registrars
from notifications.services.rules import PhoneRule, Route, Routes, Rule
from volunteers.lifecycle import aid
from volunteers.lifecycle.aid import AID_EVENTS
from volunteers.policies.volunteers import accounts_of


def grid(on: Happening) -> list[User]:
    """The grid, else whoever answers above it."""
    return upwards(on, Level.GRID)


def _accounts(on: Happening, people: list[Resident]) -> list[User]:
    ids = sorted({pk for one in people for pk in accounts_of(one)})
    return [user for pk in ids for user in on.directory.person(pk)]


def the_helped(on: Happening) -> list[Resident]:
    """Who needs the hand."""
    return [on.about.resident]


def the_helper(on: Happening) -> list[Resident]:
    """Who helps, as long as somebody does."""
    return [on.about.helper.resident] if on.about.helper else []


def both(on: Happening) -> list[Resident]:
    """The two."""
    return [*the_helped(on), *the_helper(on)]


def helped(on: Happening) -> list[User]:
    """Whoever signs in for who needs the hand."""
    return _accounts(on, the_helped(on))


def helper(on: Happening) -> list[User]:
    """Whoever signs in for who helps."""
    return _accounts(on, the_helper(on))


def pair(on: Happening) -> list[User]:
    """Whoever signs in for one of the two."""
    return _accounts(on, both(on))


ROUTES: Routes = {
    aid.AID_TAKEN: Route(staff=(Rule(helped, "aid_taken"),), by_phone=PhoneRule(the_helped, "aid_taken")),
    aid.AID_MATCHED: Route(
        staff=(Rule(helped, "aid_taken"), Rule(helper, "aid_matched")), by_phone=PhoneRule(the_helped, "aid_taken")
    ),
    aid.AID_GIVEN_BACK: Route(
        staff=(Rule(helped, "aid_given_back"),), by_phone=PhoneRule(the_helped, "aid_given_back")
    ),
    aid.AID_CANCELLED: Route(staff=(Rule(helper, "aid_called_off"),), by_phone=PhoneRule(the_helper, "aid_called_off")),
    aid.AID_DONE: Route(staff=(Rule(helped, "aid_done"),)),
    aid.AID_NUDGED: Route(staff=(Rule(helped, "aid_nudged"),)),
    aid.AID_REMINDED: Route(staff=(Rule(helper, "aid_reminded"),), by_phone=PhoneRule(the_helper, "aid_reminded")),
    aid.AID_UNTAKEN: Route(staff=(Rule(grid, "aid_untaken"),)),
    aid.AID_HELD: Route(staff=(Rule(registrars, "aid_held", Speed.DIGEST),)),
    aid.AID_DISPUTED: Route(staff=(Rule(registrars, "aid_disputed"),)),
    aid.AID_DECIDED: Route(staff=(Rule(pair, "aid_decided"),), by_phone=PhoneRule(both, "aid_decided")),
    aid.AID_REFUSED: Route(staff=(Rule(pair, "aid_refused"),), by_phone=PhoneRule(both, "aid_refused")),
}
SILENT = AID_EVENTS - set(ROUTES)
