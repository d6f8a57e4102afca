"""Doors with whose they are: the building plan, a representative's own households, and those nobody looks after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from core.calendar import CHINA
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Area, Household
from neighborhoods.querysets import AreaScopedQuerySet
from neighborhoods.selectors.areas import areas_within
from volunteers.actors import VIEWERS
from volunteers.lifecycle.links import LINK_LIVE, MOST_LINKS, LinkState
from volunteers.lifecycle.representatives import LINKING, SEAT_DAYS, RepresentativeState
from volunteers.models import HouseholdCard, HouseholdLink, Representative, Visit

_LIVE = HouseholdLink.objects.filter(state__in=LINK_LIVE)


def doors_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Doors of the actor's area."""
    return Household.objects.within(actor.grants_of(VIEWERS)).filter(closed_on=None)


def buildings_visible_to(actor: Actor) -> Any:
    """Open buildings of the actor's area."""
    areas = areas_within(actor.grants_of(VIEWERS)) if actor.grants_of(VIEWERS) else Area.objects.none()
    return areas.open().of_level(Level.BUILDING).select_related("compound")


def doors_of(building: Area) -> QuerySet[Household]:
    """Doors of a building in the order one walks."""
    return Household.objects.filter(area=building, closed_on=None).order_by("entrance", "floor", "door")


def _with_link(rows: Any) -> Any:
    links = HouseholdLink.objects.filter(state__in=LINK_LIVE).select_related("representative__resident")
    return rows.select_related("card").prefetch_related(Prefetch("links", links, to_attr="live"))


@dataclass(frozen=True)
class Floor:
    """The doors of one floor of one entrance."""

    floor: int
    doors: list[Household]


def plan_of(building: Area) -> list[tuple[int, list[Floor]]]:
    """Entrances, each with its floors from the top down, as one sees the house from outside."""
    rows = _with_link(Household.objects.filter(area=building, closed_on=None)).order_by("entrance", "-floor", "door")
    plan: dict[int, dict[int, list[Household]]] = {}
    for door in rows:
        plan.setdefault(door.entrance or 0, {}).setdefault(door.floor or 0, []).append(door)
    return [(entrance, [Floor(n, doors) for n, doors in floors.items()]) for entrance, floors in plan.items()]


def is_free(door: Household) -> bool:
    """May be asked: somebody lives there, nobody is linked, and they did not decline."""
    card = getattr(door, "card", None)
    return door.is_occupied and not door.live and not (card and card.declined_at)  # type: ignore[attr-defined]


def assignable(branch_id: int | None) -> list[Representative]:
    """Who serves in the branch, those with the most room first, so that a fair choice stands on top."""
    rows = Representative.objects.filter(
        branch_id=branch_id, state=RepresentativeState.ACTIVE, capacity__in=LINKING
    ).select_related("resident__household", "area")
    counted = rows.annotate(places=Count("links", filter=Q(links__slot__isnull=False)))
    return list(counted.filter(places__lt=MOST_LINKS).order_by("places", "pk"))


def fair_choice(doors: Iterable[Household], representatives: list[Representative]) -> tuple[int, list[int]] | None:
    """A proposal nobody has to follow: who has the fewest households, and the free doors nearest to theirs.

    Nearest is the same entrance first, then the fewest floors away. At most ten, the middle between five and fifteen.
    """
    free = [door for door in doors if is_free(door)]
    if not free or not representatives:
        return None
    area_id = free[0].area_id
    fewest = min(representatives, key=lambda one: (one.places, one.area_id != area_id, one.pk))  # type: ignore[attr-defined]
    home = fewest.resident.household if fewest.area_id == area_id else None
    free.sort(key=lambda door: _distance(door, home))
    room = min(10 - min(fewest.places, 9), MOST_LINKS - fewest.places)  # type: ignore[attr-defined]
    return fewest.pk, [door.pk for door in free[:room]]


def _distance(door: Household, home: Household | None) -> tuple[bool, int, str]:
    if home is None:
        return (False, (door.entrance or 0) * 100 + (door.floor or 0), door.door)
    return (door.entrance != home.entrance, abs((door.floor or 0) - (home.floor or 0)), door.door)


def orphans(actor: Actor, at: datetime) -> Any:
    """Households whose last representative ended thirty days ago or longer, and who did not decline."""
    ended = HouseholdLink.objects.filter(household=OuterRef("pk"), state=LinkState.ENDED)
    fresh = ended.filter(ended_at__gte=at - timedelta(days=SEAT_DAYS))
    live = _LIVE.filter(household=OuterRef("pk"))
    declined = HouseholdCard.objects.filter(household=OuterRef("pk"), declined_at__isnull=False)
    rows = doors_visible_to(actor).filter(
        Exists(ended), ~Exists(fresh), ~Exists(live), ~Exists(declined), is_occupied=True
    )
    return rows.select_related("area__compound").order_by("area_id", "door")


def links_of(representative: Representative) -> QuerySet[HouseholdLink]:
    """Live links by door, with what a page shows."""
    links = representative.links.filter(state__in=LINK_LIVE).select_related("household__area", "household__card")
    return links.order_by("household__area_id", "household__entrance", "household__floor", "household__door")


def month_start(on: date) -> datetime:
    """The first moment of the month, in China."""
    return datetime.combine(on.replace(day=1), time(), CHINA)


def visited_this_month(representative: Representative, on: date) -> set[int]:
    """Households the representative has visited this month; shown to nobody but themselves."""
    rows = Visit.objects.filter(representative=representative, at__gte=month_start(on))
    return set(rows.values_list("household_id", flat=True))


@dataclass(frozen=True)
class Coverage:
    """Of an area and as a total only: never by person (docs/glossary.md, "Figures")."""

    households: int
    linked: int
    visited: int


def coverage_of(actor: Actor, on: date) -> Coverage:
    """Households, those linked, and those of them visited this month, of the actor's area."""
    seen = Visit.objects.filter(household=OuterRef("pk"), at__gte=month_start(on))
    linked = Q(Exists(HouseholdLink.objects.filter(household=OuterRef("pk"), state=LinkState.ACTIVE)))
    counts = doors_visible_to(actor).filter(is_occupied=True).annotate(has_link=linked, was_seen=Q(Exists(seen)))
    return Coverage(
        **counts.aggregate(
            households=Count("pk"),
            linked=Count("pk", filter=Q(has_link=True)),
            visited=Count("pk", filter=Q(has_link=True, was_seen=True)),
        )
    )


def links_visible_to(actor: Actor) -> QuerySet[HouseholdLink]:
    """Links of doors of the actor's area, and one's own as a representative who serves."""
    doors = doors_visible_to(actor).values("pk")
    condition = Q(household__in=doors)
    if actor.user_id is not None:
        serving = Q(representative__state=RepresentativeState.ACTIVE)
        condition |= serving & Q(representative__resident__user=actor.user_id)
    return HouseholdLink.objects.filter(condition).select_related("representative__resident", "household__area")


def live_link_of(household: Household) -> HouseholdLink | None:
    """Who looks after a door, if anybody."""
    links = HouseholdLink.objects.select_related("representative__resident")
    return links.filter(household=household, state__in=LINK_LIVE).first()
