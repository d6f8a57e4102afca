"""Areas and compounds as people may see them."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from core.reference import remembered
from core.statements import keeping_cursor
from neighborhoods.actors import Grant, Level
from neighborhoods.models import Area, Compound
from neighborhoods.querysets import AreaQuerySet


def areas_within(grants: Iterable[Grant]) -> AreaQuerySet:
    """The areas of the grants and everything below them, closed ones too, in tree order."""
    grants = list(grants)
    areas: AreaQuerySet = Area.objects.order_by("tree_id", "lft")
    if any(grant.level == Level.DISTRICT for grant in grants):
        return areas
    return areas.filter(_below(grant.area_id for grant in grants))


def _below(area_ids: Iterable[int], prefix: str = "") -> Q:
    """One interval for each area."""
    condition = Q(pk__in=[])
    roots = Area.objects.filter(pk__in=set(area_ids)).order_by()
    for tree_id, lft, rght in roots.values_list("tree_id", "lft", "rght"):
        condition |= Q(**{f"{prefix}tree_id": tree_id, f"{prefix}lft__gte": lft, f"{prefix}rght__lte": rght})
    return condition


# In SQL, because every page of a report asks this, and the ORM compiles it anew each time.
_COLUMNS = [
    field.attname
    for field in Area._meta.concrete_fields  # from_db wants their order
    if field.attname
    in {
        *("id", "parent_id", "tree_id", "lft", "rght", "level", "code", "name"),
        *("compound_id", "duty_phone", "duty_hours", "closed_on"),
    }
]
_UPWARDS = f"""
SELECT {", ".join(f"above.{name}" for name in _COLUMNS)}
FROM neighborhoods_area area
JOIN neighborhoods_area above ON above.tree_id = area.tree_id AND above.lft <= area.lft AND above.rght >= area.rght
WHERE area.code = %s AND area.closed_on IS NULL
ORDER BY above.level
"""  # noqa: S608 - names of our columns


def path_to(code: str) -> tuple[Area, ...]:
    """The open area with this code below everything above it, the street first; empty when there is none.

    Columns that pages of a report do not show are loaded when asked for.
    """
    with keeping_cursor() as cursor:
        cursor.execute(_UPWARDS, [code])
        return tuple(Area.from_db(connection.alias, _COLUMNS, row) for row in cursor.fetchall())


class NamedArea(NamedTuple):
    """What a line of crumbs says of an area."""

    pk: int
    name: str
    level: int


_NAMES = "SELECT id, name, level FROM neighborhoods_area WHERE id = ANY(%s) ORDER BY level, id"


def named_areas(ids: Iterable[int | None]) -> tuple[NamedArea, ...]:
    """Names of the areas with these ids, from the street down; in SQL, because every case asks this."""
    with keeping_cursor() as cursor:
        cursor.execute(_NAMES, [[pk for pk in ids if pk]])
        return tuple(NamedArea._make(row) for row in cursor.fetchall())


@remembered(30)
def community_names() -> dict[int, str]:
    """What each community is called, by its id; half a minute old at most."""
    return dict(Area.objects.of_level(Level.COMMUNITY).values_list("pk", "name"))


def compounds_within(grants: Iterable[Grant]) -> QuerySet[Compound]:
    """Open compounds inside the grants: by the grid they stand in, or by the branch that covers them."""
    grants = list(grants)
    compounds = Compound.objects.filter(closed_on=None)
    if any(grant.level == Level.DISTRICT for grant in grants):
        return compounds
    wide = [grant.area_id for grant in grants if grant.level <= Level.GRID]
    narrow = {grant.area_id for grant in grants if grant.level == Level.BRANCH}
    covered = Q(coverages__branch__in=narrow, coverages__valid_to=None)
    found = compounds.filter(_below(wide, "grid__") | covered)
    return compounds.filter(pk__in=found.values("pk"))
