"""Areas by the words people call them."""

from django.db.models import Q

from neighborhoods.actors import Level
from neighborhoods.models import Area
from neighborhoods.querysets import AreaQuerySet

FOUND_SHOWN = 12


def areas_named(areas: AreaQuerySet, words: str) -> list[Area]:
    """Those whose name, or whose compound's, contains every word; wider areas first."""
    found = areas.select_related("compound", "parent__parent__parent")
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
