"""Fixtures every test may use: a small district and the people of the design guide."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import translation

from accounts.models import User
from core.reference import forget_all
from neighborhoods.actors import NOBODY, Actor
from neighborhoods.models import Area, Compound, PartnerUnit
from neighborhoods.selectors.actors import actor_for
from tests.factories import AreaFactory, UnitFactory, UserFactory, make_compound, make_post
from tests.replay import Replay


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the order they were drawn, but the long ones first: at the end no processor waits for the last of them."""
    items.sort(key=lambda item: not any(item.get_closest_marker(name) for name in ("slow", "browser")))


@pytest.fixture(autouse=True)
def _fresh_memory():
    """Reference data, counters and the language of one test never reach another."""
    forget_all()
    cache.clear()
    translation.deactivate()
    yield
    forget_all()
    translation.deactivate()


@pytest.fixture
def monday():
    """Nine in the morning of an ordinary working week in China, and it stays so."""
    with time_machine.travel(datetime(2023, 6, 5, 1, 0, tzinfo=UTC), tick=False):
        yield


@dataclass
class District:
    """Two streets; the first one with everything below it."""

    street: Area
    community: Area
    other_community: Area
    grid: Area
    other_grid: Area
    branch: Area
    building: Area
    other_building: Area
    compound: Compound
    lighting: PartnerUnit
    drainage: PartnerUnit
    far_street: Area
    far_community: Area
    far_grid: Area
    far_branch: Area
    far_building: Area


def build_district() -> District:
    street = AreaFactory(name="大码头街道")
    community = AreaFactory(parent=street, name="麻石巷社区", duty_phone="0737-000 0012", duty_hours="8:30 至 17:30")
    other_community = AreaFactory(parent=street, name="文昌坊社区")
    grid = AreaFactory(parent=community, name="第一网格")
    other_grid = AreaFactory(parent=community, name="第二网格")
    branch = AreaFactory(parent=grid, name="纺织厂老家属院党支部")
    compound = make_compound(grid, branch, name="纺织厂老家属院（示例）", kind="work_unit")
    building = AreaFactory(parent=branch, name="3 栋", compound=compound, entrances=2, floors=6)
    other_building = AreaFactory(parent=branch, name="5 栋", compound=compound, entrances=1, floors=6)
    far_street = AreaFactory(name="汽车路街道")
    far_community = AreaFactory(parent=far_street, name="柳岸社区")
    far_grid = AreaFactory(parent=far_community, name="柳岸第一网格")
    far_branch = AreaFactory(parent=far_grid, name="柳岸新村党支部")
    far_compound = make_compound(far_grid, far_branch, name="柳岸新村")
    far_building = AreaFactory(parent=far_branch, name="1 栋", compound=far_compound)
    return District(
        street=street,
        community=community,
        other_community=other_community,
        grid=grid,
        other_grid=other_grid,
        branch=branch,
        building=building,
        other_building=other_building,
        compound=compound,
        lighting=UnitFactory(name="市政照明所", short_name="市政照明所"),
        drainage=UnitFactory(name="排水公司", short_name="排水公司"),
        far_street=far_street,
        far_community=far_community,
        far_grid=far_grid,
        far_branch=far_branch,
        far_building=far_building,
    )


_replay_district = Replay(build_district)


@pytest.fixture
def district(db) -> District:
    return _replay_district()


class People:
    """The named people: `people.grid_worker` is an Actor, `people.user("grid_worker")` the account behind it."""

    def __init__(self, users: dict[str, User]) -> None:
        self.users = users

    def __getattr__(self, name: str) -> Actor:
        if name in {"resident", "neighbor"}:
            return NOBODY
        try:
            return actor_for(self.users[name])
        except KeyError:
            raise AttributeError(name) from None

    def user(self, name: str) -> User:
        return self.users[name]


def build_people(d: District) -> People:
    return People(build_users(d))


def build_users(d: District) -> dict[str, User]:
    posts: list[tuple[str, str, dict[str, Any]]] = [
        ("grid_worker", "grid_worker", {"area": d.grid}),
        ("other_grid_worker", "grid_worker", {"area": d.other_grid}),
        ("branch_secretary", "branch_secretary", {"area": d.branch}),
        ("building_lead", "building_lead", {"area": d.building}),
        ("representative", "representative", {"area": d.branch}),
        ("community_staff", "community_staff", {"area": d.community}),
        ("community_lead", "community_secretary", {"area": d.community}),
        ("street_officer", "street_dispatcher", {"area": d.street}),
        ("street_lead", "street_lead", {"area": d.street}),
        ("callback_agent", "callback_agent", {"area": d.street}),
        ("department_clerk", "unit_clerk", {"unit": d.lighting}),
        ("other_clerk", "unit_clerk", {"unit": d.drainage}),
        ("district_duty", "district_duty", {}),
        ("analyst", "analyst", {}),
        ("auditor", "auditor", {}),
        ("system_admin", "system_admin", {}),
        ("outsider", "community_staff", {"area": d.far_community}),
        ("far_grid_worker", "grid_worker", {"area": d.far_grid}),
        ("far_officer", "street_dispatcher", {"area": d.far_street}),
    ]
    users = {name: make_post(title, **place).user for name, title, place in posts}
    users["nobody"] = UserFactory()  # an account without a post
    return users


_replay_users = Replay(build_users)


@pytest.fixture
def people(district: District) -> People:
    return People(_replay_users(district))
