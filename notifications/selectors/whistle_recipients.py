"""Who is told about a whistle: the units it calls, the principal who signs, the desk that called."""

from accounts.models import User
from governance.actors import UNIT_ROLES
from governance.lifecycle import Target
from governance.lifecycle.duties import DutyStep
from governance.models import Call
from neighborhoods.actors import Level, Role
from notifications.selectors.recipients import Happening, dispatch_desk, street_desk, upwards


def _people_of(on: Happening, unit_ids: list[int]) -> list[User]:
    return [user for unit_id in unit_ids for user in on.directory.in_unit(UNIT_ROLES, unit_id)]


def called_unit(on: Happening) -> list[User]:
    """The unit the event is about."""
    unit_id = on.payload.get("unit_id")
    return _people_of(on, [unit_id]) if isinstance(unit_id, int) else []


def called_units(on: Happening) -> list[User]:
    """Every unit that has to come; after a reminder, only those that have not answered."""
    slow = on.payload.get("unit_ids")
    if isinstance(slow, list):
        return _people_of(on, slow)
    calls = Call.objects.filter(whistle=on.about, released_at=None).order_by("pk")
    return _people_of(on, list(calls.values_list("unit_id", flat=True)))


def leading_unit(on: Happening) -> list[User]:
    """The unit that leads."""
    calls = Call.objects.filter(whistle=on.about, is_lead=True, released_at=None)
    return _people_of(on, list(calls.values_list("unit_id", flat=True)))


def principal(on: Happening) -> list[User]:
    """Who signs for the street."""
    return on.directory.at_level({Role.STREET_LEAD}, Level.STREET, on.about)


def district_duty(on: Happening) -> list[User]:
    """Who answers for the district."""
    return upwards(on, Level.DISTRICT)


def target_of_whistle(on: Happening) -> list[User]:
    """Whom the rung of the ladder names: the unit that is late, its lead, or whoever stands above."""
    target, unit_id = on.payload.get("target"), on.payload.get("unit_id")
    if target == Target.DISTRICT:
        return district_duty(on)
    if target in {Target.STREET, Target.LEVEL_UP} or on.payload.get("step") == DutyStep.REVIEW:
        return street_desk(on)
    if not isinstance(unit_id, int):
        return dispatch_desk(on)
    roles = UNIT_ROLES if target == Target.HANDLER else {Role.UNIT_LEAD, *UNIT_ROLES}
    return on.directory.in_unit(roles, unit_id)
