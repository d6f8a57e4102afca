"""Who gets a new issue: the first matching rule, else the lowest area on the path where somebody serves."""

from dataclasses import dataclass

from governance.actors import HANDLER_ROLES, RECEIVER_ROLES, UNIT_ROLES
from governance.models import Category, RoutingRule
from governance.selectors.reference import routing_rules
from neighborhoods.actors import Level
from neighborhoods.models import PartnerUnit
from neighborhoods.selectors.posts import lowest_staffed, users_in_unit
from neighborhoods.services.stamps import Stamp


@dataclass(frozen=True)
class Holder:
    """Where an issue goes. A unit's case stays in an area too: the one that dispatched it."""

    area_id: int
    unit: PartnerUnit | None = None


def choose_holder(category: Category, stamp: Stamp) -> Holder:
    """Whom the rules name. Without any live post on the path the street itself holds it."""
    return ruled_holder(category, stamp) or Holder(lowest_staffed(stamp, RECEIVER_ROLES) or stamp.street_id or 0)


def ruled_holder(category: Category, stamp: Stamp) -> Holder | None:
    """First match wins, if somebody serves there."""
    path = set(stamp.as_fields().values())
    for rule in routing_rules():
        if rule.category_id not in {None, category.pk} or (rule.within_id and rule.within_id not in path):
            continue
        holder = _holder_by(rule, stamp)
        if holder:
            return holder
    return None


def _holder_by(rule: RoutingRule, stamp: Stamp) -> Holder | None:
    """Whom a rule names: a unit with somebody in it, or the level, or the nearest staffed one above a vacancy."""
    if rule.to_unit:
        is_staffed = rule.to_unit.is_active and users_in_unit(UNIT_ROLES, rule.to_unit.pk)
        return Holder(stamp.community_id or stamp.street_id or 0, rule.to_unit) if is_staffed else None
    if rule.to_level is None or rule.to_level < Level.STREET:
        return None
    goal = Level(rule.to_level)
    upwards = {level: roles for level, roles in HANDLER_ROLES.items() if level == goal or level in RECEIVER_ROLES}
    area_id = lowest_staffed(stamp, {level: roles for level, roles in upwards.items() if level <= goal})
    return Holder(area_id) if area_id else None
