"""First matching rule, else the lowest desk where somebody serves."""

import pytest

from core.reference import forget_all
from governance.models import Category, RoutingRule
from governance.services.routing import choose_holder
from neighborhoods.actors import Level
from neighborhoods.models import PartnerUnit, Post
from neighborhoods.services.stamps import stamp_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def light(db) -> Category:
    return Category.objects.get(code="IN03")


def rule(order: int, **fields) -> RoutingRule:
    forget_all()
    return RoutingRule.objects.create(order=order, **fields)


def holder(district, category):
    forget_all()
    found = choose_holder(category, stamp_of(district.building))
    return found.unit or found.area_id


def test_lowest_desk_without_rules(district, people, light):
    assert holder(district, light) == district.grid.pk


def test_first_match_by_order_wins(district, people, light):
    rule(2, category=light, to_unit=district.drainage)
    rule(1, category=light, to_unit=district.lighting)
    assert holder(district, light) == district.lighting


@pytest.mark.parametrize("fields", ["other_category", "other_place", "not_in_force"])
def test_rule_that_does_not_match_is_passed_over(district, people, light, fields):
    other = Category.objects.exclude(pk=light.pk).first()
    wrong = {
        "other_category": {"category": other},
        "other_place": {"within": district.far_street},
        "not_in_force": {"is_active": False},
    }
    rule(1, to_unit=district.lighting, **wrong[fields])
    assert holder(district, light) == district.grid.pk


def test_rule_for_an_area_covers_what_lies_below_it(district, people, light):
    rule(1, within=district.community, to_unit=district.lighting)
    assert holder(district, light) == district.lighting


def test_unit_without_people_or_out_of_service_is_passed_over(district, people, light):
    rule(1, category=light, to_unit=PartnerUnit.objects.create(name="空单位", short_name="空", level="local"))
    rule(2, category=light, to_unit=district.lighting)
    rule(3, category=light, to_unit=district.drainage)
    PartnerUnit.objects.filter(pk=district.lighting.pk).update(is_active=False)
    assert holder(district, light) == district.drainage


def test_level_without_people_goes_to_the_next_level_up(district, people, light):
    rule(1, category=light, to_level=int(Level.COMMUNITY))
    assert holder(district, light) == district.community.pk
    Post.objects.filter(area=district.community).update(ends_on="2022-06-01")
    assert holder(district, light) == district.street.pk


def test_rule_may_name_the_branch(district, people, light):
    rule(1, category=light, to_level=int(Level.BRANCH))
    assert holder(district, light) == district.branch.pk
    Post.objects.filter(area=district.branch).update(ends_on="2022-06-01")
    assert holder(district, light) == district.grid.pk
