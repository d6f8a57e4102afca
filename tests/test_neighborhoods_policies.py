"""Who keeps what: the street levels 1-2, the community levels 3-5 (domain rule), as one table."""

import pytest

from neighborhoods import policies
from neighborhoods.actors import NOBODY, SYSTEM, Level, Role
from neighborhoods.services.stamps import Stamp, stamp_of

pytestmark = pytest.mark.django_db

AREAS = ["street", "community", "grid", "branch", "building", "far_community", "far_grid"]
# who may add, move, merge and close at each area
KEEPERS = {
    "system_admin": set(AREAS),
    "street_lead": {"community", "grid", "branch", "building"},
    "street_officer": {"grid", "branch", "building"},
    "community_lead": {"grid", "branch", "building"},
    "community_staff": set(),
    "grid_worker": set(),
    "branch_secretary": set(),
    "department_clerk": set(),
    "district_duty": set(),
    "auditor": set(),
    "nobody": set(),
    "outsider": set(),
    "far_officer": {"far_grid"},
}


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("person", KEEPERS)
def test_who_keeps_an_area(district, people, person, area):
    actor, node = getattr(people, person), getattr(district, area)
    place, level = stamp_of(node), Level(node.level)
    expected = area in KEEPERS[person]
    assert policies.can_keep_area(actor, level, place) is expected
    revises = expected or (person == "street_lead" and area == "street")
    assert policies.can_revise_area(actor, level, place) is revises
    staffs = expected or (person == "street_lead" and area in {"street", "community"})
    assert policies.can_keep_area_posts(actor, level, place) is staffs


@pytest.mark.parametrize("person", KEEPERS)
def test_who_does_what_for_the_whole_district(people, person):
    actor = getattr(people, person)
    expected = person == "system_admin"
    assert policies.can_load_district(actor) is expected
    assert policies.can_keep_district_posts(actor) is expected
    assert policies.can_keep_area(actor, Level.STREET, Stamp()) is expected


def test_moves_need_both_ends(district, people):
    here, there = stamp_of(district.community), stamp_of(district.other_community)
    assert policies.can_move_area(people.street_lead, Level.GRID, here, there)
    assert not policies.can_move_area(people.community_lead, Level.GRID, here, there)
    assert not policies.can_set_coverage(people.community_lead, here, there)


def test_units_staff_themselves(district, people):
    assert policies.can_keep_unit_posts(people.system_admin, district.lighting.pk)
    assert not policies.can_keep_unit_posts(people.department_clerk, district.lighting.pk)
    assert not policies.can_keep_unit_posts(people.street_lead, district.lighting.pk)


def test_the_system_may_and_strangers_may_not(district):
    place = stamp_of(district.grid)
    assert policies.can_keep_area(SYSTEM, Level.GRID, place)
    assert not policies.can_keep_area(NOBODY, Level.GRID, place)
    assert not policies.can_print_posters(NOBODY, place)
    assert policies.can_keep_place_codes(SYSTEM, place)


def test_separate_duties():
    assert policies.are_separate({Role.SYSTEM_ADMIN, Role.GRID_WORKER})
    assert not policies.are_separate({Role.SYSTEM_ADMIN, Role.AUDITOR})
