"""Doors of a building: written down as a plan, or one by one."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods import policies
from neighborhoods.actors import Actor, Level
from neighborhoods.lifecycle import HOUSEHOLD_REVISED, HOUSEHOLDS_ADDED
from neighborhoods.models import Area, Household
from neighborhoods.services.stamps import stamp_for_new

MOST_DOORS = 600  # of one building: a plan with more is a slip of the key


@dataclass(frozen=True)
class DoorPlan:
    """So many doors on each floor of each entrance."""

    entrances: int
    floors: int
    per_floor: int


def doors_of(plan: DoorPlan) -> list[tuple[str, int, int]]:
    """`2-301` of entrance 2, floor 3: door, entrance and floor, in the order one walks."""
    return [
        (f"{entrance}-{floor}{number:02d}", entrance, floor)
        for entrance in range(1, plan.entrances + 1)
        for floor in range(1, plan.floors + 1)
        for number in range(1, plan.per_floor + 1)
    ]


@transaction.atomic
def add_doors(*, actor: Actor, building: Area | int, plan: DoorPlan) -> int:
    """All doors of a building at once; those that are there already stay. Returns how many are new."""
    if min(plan.entrances, plan.floors, plan.per_floor) < 1:
        raise RuleError(_("A building has at least one entrance, one floor and one door."))
    if plan.entrances * plan.floors * plan.per_floor > MOST_DOORS:
        raise RuleError(_("That is more than %(n)d doors. Please check the numbers.") % {"n": MOST_DOORS})
    area, stamp = stamp_for_new(building)
    require(policies.can_keep_residents(actor, stamp))
    if area.level != Level.BUILDING or area.closed_on:
        raise RuleError(_("Doors belong to a building."), field="building")
    Area.objects.select_for_update(no_key=True).only("pk").get(pk=area.pk)  # two plans of one building wait
    known = set(Household.objects.filter(area=area.pk).values_list("door", flat=True))
    fresh = [
        Household(area_id=area.pk, **stamp.as_fields(), door=door, entrance=entrance, floor=floor)
        for door, entrance, floor in doors_of(plan)
        if door not in known
    ]
    Household.objects.bulk_create(fresh)
    events.record(HOUSEHOLDS_ADDED, actor=actor, subject=area, number=len(fresh))
    return len(fresh)


@transaction.atomic
def set_occupied(*, actor: Actor, household_id: int, is_occupied: bool) -> Household:
    """Whether somebody lives there: an empty flat needs no representative."""
    household = Household.objects.select_for_update(of=("self",)).get(pk=household_id)
    require(policies.can_keep_residents(actor, household))
    if household.is_occupied != is_occupied:
        household.is_occupied = is_occupied
        household.save(update_fields=["is_occupied"])
        events.record(HOUSEHOLD_REVISED, actor=actor, subject=household, is_occupied=is_occupied)
    return household
