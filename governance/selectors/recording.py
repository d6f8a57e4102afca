"""Where somebody may record a request for a resident, or a matter."""

from collections.abc import Collection

from governance.actors import RECORDERS
from neighborhoods.actors import Actor
from neighborhoods.models import Area
from neighborhoods.querysets import AreaQuerySet
from neighborhoods.selectors.areas import areas_within
from neighborhoods.selectors.finding import FOUND_SHOWN, areas_named


def record_areas(actor: Actor, roles: Collection[str] = RECORDERS) -> AreaQuerySet:
    """Open areas inside the actor's recording posts."""
    return areas_within(actor.grants_of(roles)).open()


def own_places(actor: Actor, roles: Collection[str]) -> list[Area]:
    """The areas the posts stand in: where somebody on their round most often is."""
    ids = sorted({grant.area_id for grant in actor.grants_of(roles)})
    areas = Area.objects.filter(pk__in=ids).open().select_related("compound", "parent__parent__parent")
    return list(areas.order_by("level", "code")[:FOUND_SHOWN])


def find_places(actor: Actor, words: str, roles: Collection[str] = RECORDERS) -> list[Area]:
    """Areas whose name, or whose compound's or parent's name, contains every word; buildings first come last."""
    return areas_named(record_areas(actor, roles), words)
