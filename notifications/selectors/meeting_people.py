"""Who hears of a meeting or a topic."""

from accounts.models import User
from governance.actors import CONVENERS, DISPATCHERS
from governance.models import Attendance
from neighborhoods.actors import Level
from notifications.selectors.recipients import Happening


def on_the_roll(on: Happening) -> list[User]:
    """Its chair, its secretary, and whoever was invited by post."""
    meeting = on.about
    guests = Attendance.objects.filter(meeting=meeting.pk, user__isnull=False).values_list("user_id", flat=True)
    wanted = {*guests, meeting.chair_id, meeting.secretary_id} - {None}
    return list(User.objects.filter(pk__in=wanted, is_active=True).order_by("pk"))


def newly_invited(on: Happening) -> list[User]:
    """Those whom this invitation added."""
    return list(User.objects.filter(pk__in=on.payload.get("user_ids", []), is_active=True).order_by("pk"))


def chair(on: Happening) -> list[User]:
    """Whoever confirms the minutes."""
    return on.directory.person(on.about.chair_id) if on.about.chair_id else []


def organizer(on: Happening) -> list[User]:
    """Whoever called it and, without that account, whoever calls meetings there."""
    called = on.directory.person(on.about.opened_by_id) if on.about.opened_by_id else []
    return called or conveners(on)


def conveners(on: Happening) -> list[User]:
    """Whoever calls meetings nearest to the place: the branch secretary, else the community, else the street."""
    for level, roles in (
        (Level.BRANCH, CONVENERS),
        (Level.COMMUNITY, DISPATCHERS),
        (Level.STREET, DISPATCHERS),
    ):
        found = on.directory.at_level(roles, level, on.about)
        if found:
            return found
    return []
