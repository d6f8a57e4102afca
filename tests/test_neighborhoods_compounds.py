"""Compounds, coverage, stairwell codes."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.models import Issue
from governance.selectors.choosing import place_of_poster
from neighborhoods.actors import Grant, Level
from neighborhoods.models import Area, Compound, Coverage, PlaceCode
from neighborhoods.selectors.areas import areas_within, compounds_within
from neighborhoods.selectors.coverage import covering_branch_id, gaps_in_coverage
from neighborhoods.selectors.places import compounds_visible_to, posters_of
from neighborhoods.selectors.trees import flaws_of_trees
from neighborhoods.services.areas import close_area
from neighborhoods.services.compounds import CompoundFacts, add_compound, revise_compound, set_coverage
from neighborhoods.services.place_codes import ALPHABET, ensure_code, issue_codes, revoke_code
from tests.factories import AreaFactory, make_compound, make_issue

pytestmark = pytest.mark.django_db


def cover(compound, branch, actor, **fields):
    mode = fields.pop("mode", "nearby")
    return set_coverage(compound_id=compound.pk, branch_id=branch.pk, mode=mode, actor=actor, **fields)


def test_set_coverage_ends_the_former_row_and_moves_the_buildings(district, people):
    issue = make_issue(district.building)
    branch = AreaFactory(parent=district.other_grid, name="二网格支部")
    cover(district.compound, branch, people.community_lead)
    rows = Coverage.objects.filter(compound=district.compound).order_by("valid_from")
    assert [(r.branch_id, r.valid_to) for r in rows] == [
        (district.branch.pk, timezone.localdate()),
        (branch.pk, None),
    ]
    assert set(Area.objects.filter(compound=district.compound).values_list("parent", flat=True)) == {branch.pk}
    issue = Issue.objects.get(pk=issue.pk)
    assert (issue.grid_id, issue.branch_id) == (district.other_grid.pk, branch.pk)
    event = Event.objects.get(name="coverage.set")
    assert (event.payload["former"], event.payload["buildings"]) == (district.branch.pk, 2)
    assert flaws_of_trees() == []


def test_set_coverage_across_streets(district, people):
    cover(district.compound, district.far_branch, people.system_admin)
    district.building.refresh_from_db()
    assert district.building.get_root() == district.far_street
    assert flaws_of_trees() == []


def test_set_coverage_again_on_the_same_day_corrects_it(district, people):
    branch = AreaFactory(parent=district.other_grid)
    cover(district.compound, branch, people.community_lead)
    cover(district.compound, branch, people.community_lead, mode="joint")
    assert Coverage.objects.filter(compound=district.compound).count() == 2
    assert Coverage.objects.get(compound=district.compound, valid_to=None).mode == "joint"


def test_set_coverage_refusals_write_nothing(district, people):
    compound = district.compound
    with pytest.raises(NotAllowedError):
        cover(compound, district.far_branch, people.community_lead)
    tomorrow = timezone.localdate() + timedelta(days=1)
    for branch, fields in [
        (district.branch, {"mode": "own"}),  # covers it so already
        (district.grid, {}),
        (district.far_branch, {"mode": "whatever"}),
        (district.far_branch, {"on": tomorrow}),
        (district.far_branch, {"on": date(2021, 1, 1)}),  # a later row is on record
    ]:
        with pytest.raises(RuleError):
            cover(compound, branch, people.system_admin, **fields)
    assert Coverage.objects.filter(compound=compound).count() == 1
    assert not Event.objects.exists()


def test_gaps_in_coverage(district, people):
    lonely = make_compound(district.other_grid)
    ended = make_compound(district.other_grid, district.branch)
    Coverage.objects.filter(compound=ended).update(valid_to=timezone.localdate())
    far = make_compound(district.far_grid)
    everywhere = [Grant("system_admin", Level.DISTRICT, 0)]
    assert set(gaps_in_coverage(everywhere)) == {lonely, ended, far}
    assert set(gaps_in_coverage(people.community_lead.grants)) == {lonely, ended}
    assert covering_branch_id(district.compound.pk) == district.branch.pk
    assert covering_branch_id(lonely.pk) is None


def test_within_selects_by_grant(district, people):
    assert set(compounds_within(people.branch_secretary.grants)) == {district.compound}
    assert set(compounds_within(people.grid_worker.grants)) == {district.compound}
    assert not compounds_within(people.other_grid_worker.grants).exists()
    assert Compound.objects.count() == compounds_within(people.system_admin.grants).count()
    assert set(areas_within(people.grid_worker.grants)) == {
        district.grid,
        district.branch,
        district.building,
        district.other_building,
    }
    assert areas_within(people.system_admin.grants).count() == Area.objects.count()
    assert not areas_within([]).exists()


def test_add_and_revise_compound(district, people):
    facts = CompoundFacts("新小区", "XQ-1", "managed", 1998)
    compound = add_compound(actor=people.community_lead, grid_id=district.grid.pk, facts=facts)
    assert compound.pinyin == "xin xiao qu"
    revise_compound(
        compound_id=compound.pk, actor=people.community_lead, facts=CompoundFacts("新小区", "XQ-1", "work_unit", 1998)
    )
    compound.refresh_from_db()
    assert compound.kind == "work_unit"
    assert Event.objects.get(name="compound.revised").payload["fields"] == ["kind"]


@pytest.mark.parametrize(
    "facts",
    [
        CompoundFacts("", "XQ-1", "managed"),
        CompoundFacts("新", "", "managed"),
        CompoundFacts("新", "X" * 21, "managed"),
        CompoundFacts("新", "XQ-1", "palace"),
    ],
)
def test_add_compound_refuses_bad_facts(district, people, facts):
    with pytest.raises(RuleError):
        add_compound(actor=people.system_admin, grid_id=district.grid.pk, facts=facts)
    taken = CompoundFacts("新", district.compound.code, "managed")
    with pytest.raises(RuleError):
        add_compound(actor=people.system_admin, grid_id=district.grid.pk, facts=taken)
    with pytest.raises(RuleError):
        add_compound(
            actor=people.system_admin, grid_id=district.branch.pk, facts=CompoundFacts("新", "XQ-2", "managed")
        )
    assert Compound.objects.count() == 2


def test_codes_are_readable_and_made_once(district, people):
    code = ensure_code(area_id=district.building.pk, entrance=1, actor=people.community_lead)
    assert len(code.code) == 8
    assert set(code.code) <= set(ALPHABET)
    assert not set("01OIL") & set(ALPHABET)
    assert ensure_code(area_id=district.building.pk, entrance=1, actor=people.community_lead) == code
    assert Event.objects.filter(name="place_code.issued").count() == 1
    assert place_of_poster(code.code.lower())[0].area == district.building


def test_codes_are_refused_for_entrances_that_do_not_exist(district, people):
    for entrance in (0, 3, -1):
        with pytest.raises(RuleError):
            ensure_code(area_id=district.building.pk, entrance=entrance, actor=people.community_lead)
    with pytest.raises(NotAllowedError):
        ensure_code(area_id=district.far_building.pk, entrance=1, actor=people.community_lead)
    assert not PlaceCode.objects.exists()


def test_a_compound_gets_a_code_for_every_entrance_and_only_once(district, people):
    assert issue_codes(compound_id=district.compound.pk, actor=people.grid_worker) == 3
    assert issue_codes(compound_id=district.compound.pk, actor=people.grid_worker) == 0
    assert [(p.building, p.entrance) for p in posters_of(district.compound.pk)] == [
        (district.building, 1),
        (district.building, 2),
        (district.other_building, 1),
    ]
    with pytest.raises(NotAllowedError):
        issue_codes(compound_id=district.compound.pk, actor=people.far_grid_worker)


def test_a_revoked_code_leads_nowhere_and_can_be_replaced(district, people):
    code = ensure_code(area_id=district.building.pk, entrance=1, actor=people.community_lead)
    revoke_code(code_id=code.pk, actor=people.community_lead)
    assert place_of_poster(code.code) is None
    with pytest.raises(RuleError):
        revoke_code(code_id=code.pk, actor=people.community_lead)
    assert ensure_code(area_id=district.building.pk, entrance=1, actor=people.community_lead).code != code.code


def test_the_code_of_a_closed_building_leads_nowhere(district, people):
    code = ensure_code(area_id=district.building.pk, entrance=2, actor=people.community_lead)
    close_area(area_id=district.building.pk, actor=people.community_lead)
    assert place_of_poster(code.code) is None


def test_whose_posters(district, people):
    assert list(compounds_visible_to(people.grid_worker)) == [district.compound]
    assert list(compounds_visible_to(people.department_clerk)) == []
    assert compounds_visible_to(people.system_admin).count() == 2
