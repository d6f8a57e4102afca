"""Points: the desk is the community's; a neighbour sees what is theirs."""

from typing import Any

from neighborhoods.models import Resident
from tests import points_stage
from tests.access.pages import GONE, REGISTRARS, Page, World
from volunteers.models import Reward


def _reserved(world: World, resident: Resident) -> Any:
    points_stage.earn(resident, 240)
    return points_stage.take(world.people, resident, points_stage.offer(world.people, world.district))


def redemption_args(world: World) -> list[Any]:
    return [_reserved(world, points_stage.neighbour(world.people, world.district)).pk]


def own_redemption_args(world: World) -> list[Any]:
    """Of the account without a post."""
    user = world.people.user("nobody")
    resident = Resident.objects.filter(user=user).first()
    if resident is None:
        resident = points_stage.neighbour(world.people, world.district, name="无岗某", phone="")
        Resident.objects.filter(pk=resident.pk).update(user=user)
    return [_reserved(world, resident).pk]


def own_reward_args(world: World) -> list[Any]:
    own_redemption_args(world)
    return [Reward.objects.latest("pk").pk]


def reward_args(world: World) -> list[Any]:
    return [points_stage.offer(world.people, world.district).pk]


def gift_args(world: World) -> list[Any]:
    """Asked for by somebody of the desk, so somebody else of it decides."""
    resident = points_stage.neighbour(world.people, world.district)
    points_stage.earn(resident, 240)
    return [points_stage.gift(world.people, resident).pk]


PAGES: dict[str, Page] = {
    "volunteers:points-take": Page(own_reward_args, {"nobody"}, method="post", bad_args=GONE),
    "volunteers:points-back": Page(own_redemption_args, {"nobody"}, method="post", bad_args=GONE),
    "volunteers:redemption-hand-out": Page(redemption_args, REGISTRARS, bad_args=GONE),
    "volunteers:redemption-cancel": Page(redemption_args, REGISTRARS, bad_args=GONE),
    "volunteers:reward-edit": Page(reward_args, REGISTRARS, bad_args=GONE),
    "volunteers:reward-counter": Page(reward_args, REGISTRARS, bad_args=GONE),
    "volunteers:gift-decide": Page(gift_args, {"community_lead"}, {"community_staff"}, bad_args=GONE),
}
