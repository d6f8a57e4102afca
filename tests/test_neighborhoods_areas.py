"""Adding, renaming, revising and closing areas."""

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from neighborhoods.actors import SYSTEM, Level
from neighborhoods.models import Area, AreaChange, PlaceCode, Post
from neighborhoods.selectors.trees import flaws_of_trees
from neighborhoods.services.areas import AreaFacts, add_area, close_area, rename_area, revise_area
from tests.factories import make_issue, make_place_code, make_post

pytestmark = pytest.mark.django_db


def nothing_written():
    return not AreaChange.objects.exists() and not Event.objects.exists() and not OutboxMessage.objects.exists()


def test_add_area_below_a_parent_gets_the_next_code_a_sort_key_and_a_history(district, people):
    area = add_area(actor=people.street_lead, parent_id=district.street.pk, facts=AreaFacts("  石码头  社区 "))
    area.refresh_from_db()
    assert (area.name, area.level, area.parent_id) == ("石码头 社区", Level.COMMUNITY, district.street.pk)
    assert area.code == f"{district.street.code}{int(district.other_community.code[-3:]) + 1:03d}"
    assert area.pinyin.startswith("shi ma tou")
    change = AreaChange.objects.get(area=area)
    assert change.kind == AreaChange.Kind.ADDED
    assert change.after["code"] == area.code
    assert Event.objects.get(name="area.added").actor_id == people.street_lead.user_id
    assert OutboxMessage.objects.count() == 1
    assert flaws_of_trees() == []


def test_add_street_by_administrator_only(district, people):
    facts = AreaFacts("长春工业园", code="430902990", variant="park")
    with pytest.raises(NotAllowedError):
        add_area(actor=people.street_lead, parent_id=None, facts=facts)
    assert nothing_written()
    park = add_area(actor=people.system_admin, parent_id=None, facts=facts)
    assert (park.level, park.variant) == (0, "park")
    assert park.tree_id not in {district.street.tree_id, district.far_street.tree_id}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (AreaFacts(""), "name"),
        (AreaFacts("长" * 61), "name"),
        (AreaFacts("新社区", code="123"), "code"),
        (AreaFacts("新社区", code="999999999001"), "code"),
        (AreaFacts("新社区", code="４３０９０２００１００１"), "code"),
    ],
)
def test_add_area_refuses_bad_facts(district, people, facts, field):
    with pytest.raises(RuleError) as refused:
        add_area(actor=people.street_lead, parent_id=district.street.pk, facts=facts)
    assert refused.value.field == field
    assert nothing_written()


def test_add_area_refuses_a_code_in_use_and_anything_below_a_building(district, people):
    with pytest.raises(RuleError):
        add_area(
            actor=people.system_admin,
            parent_id=district.street.pk,
            facts=AreaFacts("x", code=district.community.code),
        )
    with pytest.raises(RuleError):
        add_area(actor=people.system_admin, parent_id=district.building.pk, facts=AreaFacts("x"))
    assert nothing_written()


def test_add_area_fills_a_gap_when_the_last_code_is_taken(district, people):
    last = f"{district.street.code}999"
    add_area(actor=people.system_admin, parent_id=district.street.pk, facts=AreaFacts("末", code=last))
    area = add_area(actor=people.system_admin, parent_id=district.street.pk, facts=AreaFacts("隙"))
    assert area.code.startswith(district.street.code)
    assert area.code != last


def test_add_building_only_below_the_branch_that_covers_its_compound(district, people):
    facts = AreaFacts("7 栋", compound_id=district.compound.pk, entrances=3)
    with pytest.raises(RuleError):
        add_area(actor=people.system_admin, parent_id=district.far_branch.pk, facts=facts)
    building = add_area(actor=people.community_lead, parent_id=district.branch.pk, facts=facts)
    assert (building.compound, building.entrances) == (district.compound, 3)


def test_rename_area_keeps_the_old_name_in_the_history(district, people):
    rename_area(area_id=district.grid.pk, actor=people.community_lead, name="麻石巷第一网格", reason="统一命名")
    district.grid.refresh_from_db()
    assert district.grid.name == "麻石巷第一网格"
    change = AreaChange.objects.get()
    assert (change.before["name"], change.after["name"], change.reason) == ("第一网格", "麻石巷第一网格", "统一命名")


def test_rename_area_to_its_own_name_writes_nothing(district, people):
    rename_area(area_id=district.grid.pk, actor=people.community_lead, name="第一网格 ")
    assert nothing_written()


def test_rename_area_refused_elsewhere(district, people):
    with pytest.raises(NotAllowedError):
        rename_area(area_id=district.far_grid.pk, actor=people.community_lead, name="x")
    assert nothing_written()


def test_revise_area_writes_only_what_fits_the_level(district, people):
    facts = AreaFacts("", duty_phone="0737-000 0099", floors=9)
    revise_area(area_id=district.community.pk, actor=people.street_lead, facts=facts)
    district.community.refresh_from_db()
    assert (district.community.duty_phone, district.community.floors) == ("0737-000 0099", None)
    assert Event.objects.get().payload["fields"] == ["duty_hours", "duty_phone"]


def test_close_area_ends_posts_and_codes(district, people):
    code = make_place_code(district.building)
    close_area(area_id=district.building.pk, actor=people.community_lead, reason="拆除")
    district.building.refresh_from_db()
    assert district.building.closed_on
    assert PlaceCode.objects.get(pk=code.pk).revoked_at
    assert not Post.objects.filter(area=district.building, ends_on=None).exists()
    assert AreaChange.objects.get().kind == AreaChange.Kind.CLOSED
    with pytest.raises(RuleError):
        close_area(area_id=district.building.pk, actor=people.community_lead)


def test_close_area_refused_over_open_areas_compounds_or_work(district, people):
    for area in (district.community, district.grid, district.branch):
        with pytest.raises(RuleError):
            close_area(area_id=area.pk, actor=people.system_admin)
    assert nothing_written()
    make_issue(district.building)
    with pytest.raises(RuleError):
        close_area(area_id=district.building.pk, actor=people.system_admin)
    district.building.refresh_from_db()
    assert district.building.closed_on is None


def test_nothing_is_added_below_a_closed_area(district, people):
    close_area(area_id=district.other_grid.pk, actor=people.system_admin)
    with pytest.raises(RuleError):
        add_area(actor=people.system_admin, parent_id=district.other_grid.pk, facts=AreaFacts("x"))


def test_the_database_itself_refuses_a_wrong_parent(district):
    Area.objects.filter(pk=district.building.pk).update(parent=district.grid)
    with connection.cursor() as cursor, pytest.raises(IntegrityError), transaction.atomic():
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    Area.objects.filter(pk=district.building.pk).update(parent=district.branch)


def test_the_system_may_keep_everything(district):
    assert add_area(actor=SYSTEM, parent_id=district.street.pk, facts=AreaFacts("系统社区")).pk
    assert make_post("grid_worker", area=district.grid).pk
