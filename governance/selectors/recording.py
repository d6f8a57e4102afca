"""Where somebody may record a request for a resident, or a matter."""

from collections.abc import Collection

from django.db.models import Q

from governance.actors import RECORDERS
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Area
from neighborhoods.querysets import AreaQuerySet
from neighborhoods.selectors.areas import areas_within

FOUND_SHOWN = 12


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
    found = record_areas(actor, roles).select_related("compound", "parent__parent__parent")
    for word in words.split()[:4]:
        found = found.filter(
            Q(name__icontains=word)
            | Q(compound__name__icontains=word)
            | Q(pinyin__istartswith=word)
            | Q(compound__pinyin__istartswith=word)
        )
    return list(found.order_by("level", "code")[:FOUND_SHOWN]) if words.strip() else []


def place_label(area: Area) -> str:
    """The area as a clerk reads it out: community, compound, name."""
    community = area
    while community.level > Level.COMMUNITY and community.parent is not None:
        community = community.parent
    parts = [community.name] if area.level > Level.COMMUNITY else []
    if area.level == Level.BUILDING and area.compound:
        parts.append(area.compound.name)
    return " ".join([*parts, area.name])
