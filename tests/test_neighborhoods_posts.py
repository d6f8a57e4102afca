"""Posts: appointing, ending, handing over; who serves where."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.actors import HANDLER_ROLES
from governance.policies import is_holder
from neighborhoods.actors import Level, Role
from neighborhoods.models import Post, Title
from neighborhoods.selectors.actors import actor_for
from neighborhoods.selectors.posts import (
    lowest_staffed,
    users_holding,
    users_in_unit,
    users_of_district,
)
from neighborhoods.services.posts import PostPlace, appoint, end_post, hand_over_post
from neighborhoods.services.stamps import stamp_of
from tests.factories import UserFactory, make_issue, make_post

pytestmark = pytest.mark.django_db


def title(code):
    return Title.objects.get(code=code).pk


def today():
    return timezone.localdate()


def test_appoint_gives_the_role_at_once(district, people):
    user = UserFactory()
    post = appoint(
        user_id=user.pk,
        title_id=title("grid_worker"),
        place=PostPlace(area_id=district.other_grid.pk),
        actor=people.community_lead,
    )
    assert actor_for(user).holds(Role.GRID_WORKER, stamp_of(district.other_grid))
    assert Event.objects.get(name="post.appointed").subject_id == post.pk
    assert not user.is_staff


@pytest.mark.parametrize(
    ("code", "area", "unit"),
    [
        ("grid_worker", "community", None),
        ("grid_worker", None, None),
        ("grid_worker", None, "lighting"),
        ("unit_clerk", "grid", None),
        ("analyst", "grid", None),
        ("system_admin", None, "lighting"),
    ],
)
def test_appoint_refuses_a_title_in_the_wrong_place(district, people, code, area, unit):
    place = PostPlace(area and getattr(district, area).pk, unit and getattr(district, unit).pk)
    before = Post.objects.count()
    with pytest.raises(RuleError):
        appoint(user_id=UserFactory().pk, title_id=title(code), place=place, actor=people.system_admin)
    assert Post.objects.count() == before
    assert not Event.objects.exists()


def test_appoint_refused_outside_ones_own_area(district, people):
    place = PostPlace(area_id=district.far_grid.pk)
    with pytest.raises(NotAllowedError):
        appoint(user_id=UserFactory().pk, title_id=title("grid_worker"), place=place, actor=people.community_lead)
    with pytest.raises(NotAllowedError):
        appoint(user_id=UserFactory().pk, title_id=title("analyst"), place=PostPlace(), actor=people.street_lead)


def test_appoint_twice_is_refused(people, district):
    user = people.user("grid_worker")
    with pytest.raises(RuleError):
        appoint(
            user_id=user.pk,
            title_id=title("grid_worker"),
            place=PostPlace(area_id=district.grid.pk),
            actor=people.system_admin,
        )


def test_running_guarding_and_auditing_stay_apart(people):
    user = people.user("auditor")
    with pytest.raises(RuleError):
        appoint(user_id=user.pk, title_id=title("system_admin"), place=PostPlace(), actor=people.system_admin)


def test_administrators_enter_the_administration_and_leave_it_with_the_post(people):
    user = UserFactory()
    post = appoint(user_id=user.pk, title_id=title("system_admin"), place=PostPlace(), actor=people.system_admin)
    user.refresh_from_db()
    assert user.is_staff
    end_post(post_id=post.pk, actor=people.system_admin)
    user.refresh_from_db()
    assert not user.is_staff
    assert actor_for(user).roles == frozenset()


def test_the_last_administrator_stays(people):
    post = people.user("system_admin").posts.get()
    with pytest.raises(RuleError):
        end_post(post_id=post.pk, actor=people.system_admin)


def test_end_post_ends_the_role_today_even_on_its_first_day(district, people):
    user = UserFactory()
    place = PostPlace(area_id=district.grid.pk)
    post = appoint(user_id=user.pk, title_id=title("red_steward"), place=place, actor=people.system_admin)
    end_post(post_id=post.pk, actor=people.community_lead)
    assert actor_for(user).roles == frozenset()
    with pytest.raises(RuleError):
        end_post(post_id=post.pk, actor=people.community_lead)


def test_hand_over_gives_the_successor_what_lies_on_the_desk(district, people):
    issue = make_issue(district.building)
    former, successor = people.user("branch_secretary"), UserFactory()
    holder = former if issue.holder_area_id == district.branch.pk else people.user("grid_worker")
    assert is_holder(actor_for(holder), issue)
    post = hand_over_post(post_id=holder.posts.get().pk, to_user_id=successor.pk, actor=people.community_lead)
    issue.refresh_from_db()
    assert is_holder(actor_for(successor), issue)
    assert not is_holder(actor_for(holder), issue)
    event = Event.objects.get(name="post.handed_over")
    assert (event.subject_id, event.payload["from_user_id"]) == (post.pk, holder.pk)


def test_hand_over_the_last_administrator(people):
    successor = UserFactory()
    hand_over_post(
        post_id=people.user("system_admin").posts.get().pk, to_user_id=successor.pk, actor=people.system_admin
    )
    successor.refresh_from_db()
    assert successor.is_staff
    assert actor_for(successor).roles == {Role.SYSTEM_ADMIN}


def test_users_holding_looks_exactly_there_and_only_at_live_posts(district, people):
    past = make_post("grid_worker", area=district.grid, ends_on=today())
    make_post("grid_worker", area=district.grid, user=UserFactory(is_active=False))
    assert users_holding({Role.GRID_WORKER}, district.grid.pk) == [people.user("grid_worker")]
    assert past.user in users_holding({Role.GRID_WORKER}, district.grid.pk, today() - timedelta(days=1))
    assert users_holding({Role.GRID_WORKER}, district.community.pk) == []
    assert users_in_unit({Role.UNIT_CLERK}, district.lighting.pk) == [people.user("department_clerk")]
    assert users_of_district({Role.DISTRICT_DUTY}) == [people.user("district_duty")]


def test_lowest_staffed_climbs_until_somebody_serves(district, people, django_assert_num_queries):
    place = stamp_of(district.building)
    with django_assert_num_queries(1):
        assert lowest_staffed(place, HANDLER_ROLES) == district.branch.pk
    expected = [district.grid.pk, district.community.pk, district.street.pk, None]
    for name, area_id in zip(
        [
            ["branch_secretary"],
            ["grid_worker"],
            ["community_staff", "community_lead"],
            ["street_officer", "street_lead"],
        ],
        expected,
        strict=True,
    ):
        for person in name:
            people.user(person).posts.update(ends_on=today())
        assert lowest_staffed(place, HANDLER_ROLES) == area_id


def test_lowest_staffed_takes_one_set_of_roles_for_all_levels(district, people):
    assert people.user("representative")
    assert lowest_staffed(stamp_of(district.building), {Role.REPRESENTATIVE}) == district.branch.pk
    assert lowest_staffed(stamp_of(district.building), {Role.BUILDING_LEAD}) is None  # a building holds no work
    assert lowest_staffed(stamp_of(district.building), HANDLER_ROLES, date(2021, 1, 1)) is None
    assert Level.BUILDING not in HANDLER_ROLES
