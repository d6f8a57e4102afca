"""The neighbourhoods a topic may be about."""

from core.reference import remembered
from neighborhoods.actors import Level
from neighborhoods.models import Area


@remembered(30)
def neighbourhoods() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Codes and names of communities and branches, grouped by community, for a choice; half a minute old at most."""
    rows = Area.objects.open().filter(level__in=[int(Level.COMMUNITY), int(Level.BRANCH)]).order_by("code")
    groups: dict[str, list[tuple[str, str]]] = {}
    names: dict[str, str] = {}
    for area in rows.only("code", "name", "level"):
        community = area.code[:12]
        if area.level == Level.COMMUNITY:
            names[community] = area.name
        groups.setdefault(community, []).append((area.code, area.name))
    return tuple((names.get(code, code), tuple(choices)) for code, choices in groups.items())
