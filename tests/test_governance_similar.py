"""How near and how recent a case must be to be about the same thing: each category says so."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from core.reference import forget_all
from governance.lifecycle import State
from governance.models import Category, Issue
from governance.selectors.public import similar_open
from governance.selectors.similar import similar_to
from governance.services.dispatch import Goal
from governance.services.parts import Share, split_issue
from neighborhoods.services.stamps import stamp_of
from tests.factories import make_issue

pytestmark = pytest.mark.django_db
MONDAY = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def places(district, people):
    """A case in every place, by the name of the place."""
    names = (
        "building",
        "other_building",
        "branch",
        "grid",
        "other_grid",
        "community",
        "other_community",
        "far_building",
    )
    with at(MONDAY):
        return {name: make_issue(getattr(district, name), category="IN01") for name in [*names, "far_building"]}


def found(issue, **category):
    Category.objects.filter(pk=issue.category_id).update(**category)
    forget_all()
    issue = Issue.objects.get(pk=issue.pk)
    return set(similar_to(issue, MONDAY + timedelta(days=1)).values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("building", set()),
        ("compound", {"other_building", "branch"}),
        ("grid", {"other_building", "branch", "grid"}),
        ("community", {"other_building", "branch", "grid", "other_grid", "community"}),
    ],
)
def test_as_far_as_the_category_says(places, scope, expected):
    assert found(places["building"], similar_scope=scope) == {places[name].pk for name in expected}


def test_a_place_without_the_level_is_compared_with_itself(places, district):
    with at(MONDAY):
        twin = make_issue(district.community, category="IN01")
    for scope in ("building", "compound", "grid"):
        assert found(places["community"], similar_scope=scope) == {twin.pk}


def test_the_window_is_the_categorys(places):
    assert found(places["building"], similar_scope="compound", similar_days=60)
    with at(MONDAY - timedelta(days=10)):
        Issue.objects.filter(pk=places["other_building"].pk).update(submitted_at=MONDAY - timedelta(days=10))
    assert found(places["building"], similar_days=5) == {places["branch"].pk}


@pytest.mark.parametrize("counts", [True, False])
def test_recently_closed_ones_count_where_the_category_says_so(places, counts):
    row = Issue.objects.filter(pk=places["other_building"].pk)
    row.update(state=State.CLOSED_SOLVED, closed_at=MONDAY)
    found_ = found(places["building"], similar_scope="compound", includes_recently_closed=counts)
    assert (places["other_building"].pk in found_) is counts
    row.update(closed_at=MONDAY - timedelta(days=40))
    assert places["other_building"].pk not in found(places["building"])


def test_neither_parts_nor_those_who_joined_are_similar(district, people):
    first, second = make_issue(district.building), make_issue(district.building)
    make_issue(district.building, same_as=first.pk)
    split_issue(
        issue_id=second.pk,
        actor=people.community_staff,
        shares=[Share(Goal(unit=district.lighting), "灯"), Share(Goal(unit=district.drainage), "管")],
    )
    first = Issue.objects.select_related("category").get(pk=first.pk)
    assert set(similar_to(first, first.submitted_at + timedelta(hours=1)).values_list("pk", flat=True)) == {second.pk}


def test_residents_are_offered_the_same(places, district):
    category = places["building"].category
    Category.objects.filter(pk=category.pk).update(similar_scope="building")
    category.refresh_from_db()
    stamp = stamp_of(district.other_building)
    shown = similar_open(category, stamp, at=MONDAY + timedelta(days=1))
    assert [issue.pk for issue in shown] == [places["other_building"].pk]
