"""Stairwell codes and posters."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from neighborhoods.actors import POSTER_ROLES, Actor, Grant
from neighborhoods.models import Area, Compound, PlaceCode
from neighborhoods.selectors.areas import compounds_within


def compounds_visible_to(actor: Actor) -> QuerySet[Compound]:
    """Compounds whose posters the actor may print."""
    return compounds_within(poster_grants(actor)).select_related("grid", "grid__parent").order_by("code")


def poster_grants(actor: Actor) -> frozenset[Grant]:
    """Where the actor may print posters."""
    return actor.grants_of(POSTER_ROLES)


def compounds_with_counts(actor: Actor, words: str = "") -> QuerySet[Compound]:
    """The same, with the number of their buildings and live codes; narrowed by name, sort key or code."""
    compounds = compounds_visible_to(actor)
    if words:
        compounds = compounds.filter(Q(name__icontains=words) | Q(pinyin__icontains=words) | Q(code__iexact=words))
    return compounds.annotate(
        building_count=Count("buildings", filter=Q(buildings__closed_on=None), distinct=True),
        code_count=Count(
            "buildings__place_codes",
            filter=Q(buildings__closed_on=None, buildings__place_codes__revoked_at=None),
            distinct=True,
        ),
    )


def _buildings(compound_id: int) -> list[Area]:
    buildings = Area.objects.filter(compound=compound_id, closed_on=None)
    return list(buildings.order_by("code", "pk"))


def _entrances(building: Area) -> range:
    return range(1, (building.entrances or 1) + 1)


def entrances_without_code(compound_id: int) -> list[tuple[int, int]]:
    """(building, entrance) pairs for which no live code exists."""
    buildings = _buildings(compound_id)
    live = PlaceCode.objects.filter(area__in=buildings, revoked_at=None)
    taken = set(live.values_list("area", "entrance"))
    return [(b.pk, n) for b in buildings for n in _entrances(b) if (b.pk, n) not in taken]


@dataclass(frozen=True)
class Poster:
    """One sheet: which stairwell, and its code."""

    building: Area
    entrance: int
    code: str


def posters_of(compound_id: int) -> list[Poster]:
    """A sheet for every entrance with a live code, building by building."""
    buildings = {b.pk: b for b in _buildings(compound_id)}
    live = PlaceCode.objects.filter(area__in=buildings, revoked_at=None, entrance__isnull=False)
    rows = live.order_by("area__code", "entrance").values_list("area", "entrance", "code")
    return [Poster(buildings[area], entrance or 1, code) for area, entrance, code in rows]
