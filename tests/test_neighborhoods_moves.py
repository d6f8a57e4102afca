"""Moving and merging: codes, history, open work, posts, coverage."""

import pytest

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.models import Issue
from neighborhoods.actors import Level
from neighborhoods.models import Area, AreaChange, Body, Coverage, Post
from neighborhoods.selectors.trees import flaws_of_trees
from neighborhoods.services.areas import consequences_of_move, merge_areas, move_area
from neighborhoods.services.stamps import stamp_of
from tests.factories import AreaFactory, make_compound, make_issue, make_post

pytestmark = pytest.mark.django_db


def close(issue):
    Issue.objects.filter(pk=issue.pk).update(state="withdrawn", closed_at=issue.submitted_at)


def stamps(issue):
    issue.refresh_from_db()
    return (issue.street_id, issue.community_id, issue.grid_id, issue.branch_id, issue.building_id)


def test_move_area_recodes_and_restamps_open_work_only(district, people):
    opened, closed = make_issue(district.building), make_issue(district.building)
    close(closed)
    before = stamps(closed)
    d = district
    move_area(area_id=d.grid.pk, new_parent_id=d.other_community.pk, actor=people.street_lead, reason="调整")
    for area in (d.grid, d.branch, d.building):
        area.refresh_from_db()
        assert area.code.startswith(d.other_community.code)
    assert stamps(opened) == (d.street.pk, d.other_community.pk, d.grid.pk, d.branch.pk, d.building.pk)
    assert stamps(closed) == before
    change = AreaChange.objects.get()
    assert change.before["parent_id"] == d.community.pk
    assert change.after["parent_id"] == d.other_community.pk
    restamped = Event.objects.get(name="area.moved").payload["restamped"]
    assert {label: count for label, count in restamped.items() if count} == {"governance.Issue": 1}
    assert flaws_of_trees() == []


def test_move_area_takes_the_holders_desk_along(district, people):
    issue = make_issue(district.building)
    Issue.objects.filter(pk=issue.pk).update(holder_area=district.community)
    move_area(area_id=district.grid.pk, new_parent_id=district.far_community.pk, actor=people.system_admin)
    assert stamps(issue)[:2] == (district.far_street.pk, district.far_community.pk)
    assert issue.holder_area_id == district.far_community.pk
    assert flaws_of_trees() == []
    district.building.refresh_from_db()
    assert stamp_of(district.building).street_id == district.far_street.pk


def test_move_area_keeps_its_digits_when_they_are_free(district, people):
    suffix = district.grid.code[-3:]
    move_area(area_id=district.grid.pk, new_parent_id=district.other_community.pk, actor=people.street_lead)
    district.grid.refresh_from_db()
    assert district.grid.code == district.other_community.code + suffix


def test_move_area_takes_a_free_code_when_its_digits_are_taken(district, people):
    suffix = district.grid.code[-3:]
    AreaFactory(parent=district.other_community, code=district.other_community.code + suffix)
    district.other_community.refresh_from_db()
    move_area(area_id=district.grid.pk, new_parent_id=district.other_community.pk, actor=people.street_lead)
    district.grid.refresh_from_db()
    assert district.grid.code.startswith(district.other_community.code)
    assert district.grid.code[-3:] != suffix
    assert flaws_of_trees() == []


def test_move_branch_takes_the_compounds_of_its_grid_along(district, people):
    elsewhere = make_compound(district.far_grid, district.branch)
    move_area(area_id=district.branch.pk, new_parent_id=district.other_grid.pk, actor=people.community_lead)
    district.compound.refresh_from_db()
    elsewhere.refresh_from_db()
    assert district.compound.grid == district.other_grid
    assert elsewhere.grid == district.far_grid


def test_consequences_are_what_the_move_does(district, people):
    make_issue(district.building)
    close(make_issue(district.building))
    seen = consequences_of_move(district.grid, district.far_community)
    assert (seen.nodes, seen.compounds, seen.open_work_total, seen.leaves_street) == (4, 1, 1, True)
    assert seen.live_posts == 4  # grid worker, branch secretary, representative, building lead
    assert (seen.code_before, seen.codes_changed) == (district.grid.code, 4)
    move_area(area_id=district.grid.pk, new_parent_id=district.far_community.pk, actor=people.system_admin)
    district.grid.refresh_from_db()
    assert district.grid.code == seen.code_after


@pytest.mark.parametrize(
    ("area", "parent"),
    [
        ("street", "far_street"),
        ("community", "far_community"),
        ("grid", "street"),
        ("grid", "community"),
        ("building", "far_branch"),
        ("branch", "branch"),
    ],
)
def test_move_area_refuses_what_the_levels_forbid(district, people, area, parent):
    area, parent = getattr(district, area), getattr(district, parent)
    with pytest.raises(RuleError):
        move_area(area_id=area.pk, new_parent_id=parent.pk, actor=people.system_admin)
    assert not AreaChange.objects.exists()
    assert not Event.objects.exists()
    assert flaws_of_trees() == []


def test_move_area_needs_both_ends(district, people):
    with pytest.raises(NotAllowedError):
        move_area(area_id=district.grid.pk, new_parent_id=district.other_community.pk, actor=people.community_lead)
    with pytest.raises(NotAllowedError):
        move_area(area_id=district.community.pk, new_parent_id=district.far_street.pk, actor=people.street_lead)
    assert not AreaChange.objects.exists()


def test_merge_areas_passes_everything_open_over(district, people):
    opened, closed = make_issue(district.building), make_issue(district.building)
    close(closed)
    before = stamps(closed)
    at_source = make_issue(district.community)
    Issue.objects.filter(pk=opened.pk).update(holder_area=district.community)
    body = Body.objects.create(kind="residents_committee", name="居委会", area=district.community)
    both = people.user("community_staff")
    make_post("community_staff", area=district.other_community, user=both)
    merge_areas(
        source_id=district.community.pk, target_id=district.other_community.pk, actor=people.street_lead, reason="合并"
    )
    target = district.other_community
    district.community.refresh_from_db()
    district.grid.refresh_from_db()
    body.refresh_from_db()
    assert district.community.closed_on
    assert district.grid.parent_id == target.pk
    assert body.area_id == target.pk
    assert stamps(opened)[1] == target.pk
    assert opened.holder_area_id == target.pk
    assert stamps(at_source)[1] == target.pk
    assert at_source.area_id == target.pk
    assert stamps(closed) == before
    assert not Post.objects.filter(area=district.community, ends_on=None).exists()
    assert Post.objects.filter(area=target, user=both).count() == 1
    assert Post.objects.filter(area=target, user=people.user("community_lead"), ends_on=None).exists()
    assert AreaChange.objects.get(area=district.community).after["into"] == target.pk
    assert flaws_of_trees() == []


def test_merge_branches_hands_the_coverage_over(district, people):
    target = AreaFactory(parent=district.other_grid, name="新支部")
    merge_areas(source_id=district.branch.pk, target_id=target.pk, actor=people.community_lead)
    rows = Coverage.objects.filter(compound=district.compound).order_by("valid_from")
    assert [(row.branch_id, row.valid_to is None) for row in rows] == [(district.branch.pk, False), (target.pk, True)]
    district.compound.refresh_from_db()
    assert district.compound.grid == district.other_grid
    assert set(Area.objects.filter(compound=district.compound).values_list("parent", flat=True)) == {target.pk}
    assert flaws_of_trees() == []


def test_merge_streets_across_trees(district, people):
    merge_areas(source_id=district.far_street.pk, target_id=district.street.pk, actor=people.system_admin)
    district.far_building.refresh_from_db()
    district.far_street.refresh_from_db()
    assert district.far_building.get_root() == district.street
    assert district.far_street.closed_on
    assert district.far_street.get_descendant_count() == 0
    assert flaws_of_trees() == []


@pytest.mark.parametrize(
    ("source", "target"), [("grid", "grid"), ("grid", "community"), ("building", "other_building")]
)
def test_merge_areas_refuses_unlike_areas(district, people, source, target):
    source, target = getattr(district, source), getattr(district, target)
    with pytest.raises(RuleError):
        merge_areas(source_id=source.pk, target_id=target.pk, actor=people.system_admin)
    assert Area.objects.filter(closed_on=None).count() == Area.objects.count()
    assert source.level in set(Level)
