"""Who is told about people who serve: whoever acts for the volunteer, who leads, who keeps the register."""

from accounts.models import User
from neighborhoods.actors import Level, Role
from neighborhoods.models import Resident
from notifications.selectors.recipients import Happening
from volunteers.actors import REGISTRARS
from volunteers.models import Volunteer
from volunteers.policies.volunteers import accounts_of


def _accounts(on: Happening, volunteer: Volunteer | None) -> list[User]:
    ids = sorted(accounts_of(volunteer.resident)) if volunteer else []
    return [user for pk in ids for user in on.directory.person(pk)]


def own(on: Happening) -> list[User]:
    """Whoever signs in for the volunteer it is about; nobody when they have no account."""
    about = on.about
    return _accounts(on, about if isinstance(about, Volunteer) else about.volunteer)


def person(on: Happening) -> list[Resident]:
    """The volunteer it is about, for a text message when nobody signs in for them."""
    about = on.about
    volunteer = about if isinstance(about, Volunteer) else about.volunteer
    return [volunteer.resident] if volunteer else []


def registrars(on: Happening) -> list[User]:
    """Who keeps the register of the community."""
    return on.directory.at_level(REGISTRARS, Level.COMMUNITY, on.about)


def community_lead(on: Happening) -> list[User]:
    """Who answers for the community; the street where there is none."""
    lead = on.directory.at_level({Role.COMMUNITY_LEAD}, Level.COMMUNITY, on.about)
    return lead or on.directory.at_level({Role.STREET_DISPATCHER}, Level.STREET, on.about)


def team_lead(on: Happening) -> list[User]:
    """Who leads the team; the register's keepers while nobody does or the lead has no account."""
    return _accounts(on, on.about.lead) or registrars(on)


def who_confirms(on: Happening) -> list[User]:
    """Who leads the activity, and who keeps the register: never the volunteer."""
    activity = on.about.activity
    leads = _accounts(on, activity.lead) if activity and activity.lead_id else []
    mine = {user.pk for user in own(on)}
    return [user for user in [*leads, *registrars(on)] if user.pk not in mine]
