"""Who gets a new issue: the first matching rule, else the lowest area on the path where somebody serves."""

from dataclasses import dataclass

from governance.actors import RECEIVER_ROLES
from governance.models import Category
from governance.selectors.reference import routing_rules
from neighborhoods.actors import STAMP_COLUMN, Level
from neighborhoods.models import PartnerUnit
from neighborhoods.selectors.posts import lowest_staffed
from neighborhoods.services.stamps import Stamp


@dataclass(frozen=True)
class Holder:
    """Where an issue goes. A unit's case stays in an area too: the one that dispatched it."""

    area_id: int
    unit: PartnerUnit | None = None


def choose_holder(category: Category, stamp: Stamp) -> Holder:
    """First match wins. Without any live post on the path the street itself holds it."""
    path = set(stamp.as_fields().values())
    for rule in routing_rules():
        if rule.category_id not in {None, category.pk} or (rule.within_id and rule.within_id not in path):
            continue
        area_id = _area_at(stamp, rule.to_level)
        if rule.to_unit and rule.to_unit.is_active:
            return Holder(stamp.community_id or stamp.street_id or 0, rule.to_unit)
        if area_id:
            return Holder(area_id)
    return Holder(lowest_staffed(stamp, RECEIVER_ROLES) or stamp.street_id or 0)


def _area_at(stamp: Stamp, level: int | None) -> int | None:
    return getattr(stamp, STAMP_COLUMN[Level(level)]) if level is not None and level >= 0 else None
