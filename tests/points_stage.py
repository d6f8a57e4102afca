"""Points, rewards and gifts for tests, made by the services."""

import uuid
from decimal import Decimal

from django.utils import timezone

from neighborhoods.actors import SYSTEM
from neighborhoods.models import Resident
from neighborhoods.services import residents
from neighborhoods.services.residents import PersonFacts
from volunteers.lifecycle.points import GiftTo
from volunteers.models import Gift, PointsEntry, Redemption, Reward
from volunteers.services.points import earning, gifts, rewards
from volunteers.services.points.booking import account_of
from volunteers.services.points.gifts import Wish
from volunteers.services.points.rewards import RewardFacts


def neighbour(people, district, name="张小明", phone="10000000005") -> Resident:
    """Somebody the community wrote down."""
    facts = PersonFacts(name, phone)
    return residents.register_for(actor=people.community_staff, facts=facts, area=district.building)


def earn(resident, minutes=60, source=None, *, is_hard=False) -> PointsEntry | None:
    """Points as a confirmed record brings them."""
    source = source or f"record:{uuid.uuid4()}"
    at = timezone.now()
    return earning.earn(
        resident_id=resident.pk, source=source, minutes=minutes, served_at=at, by=SYSTEM, is_hard=is_hard
    )


def balance(resident) -> Decimal:
    return account_of(resident).balance


def offer(people, district, price=2, stock=1) -> Reward:
    """Something of the community."""
    facts = RewardFacts("洗衣液一瓶", price, stock)
    return rewards.set_reward(actor=people.community_staff, area=district.community, facts=facts)


def take(people, resident, reward, key=None, who="community_staff", **more) -> Redemption:
    """Reserved at the desk."""
    return rewards.reserve(
        actor=getattr(people, who),
        account_id=account_of(resident).pk,
        reward_id=reward.pk,
        submission_key=key or uuid.uuid4(),
        **more,
    )


def gift(people, resident) -> Gift:
    """Asked for by the desk, for the care pool."""
    wish = Wish(GiftTo.POOL, Decimal(1))
    return gifts.ask_gift(actor=people.community_staff, account_id=account_of(resident).pk, wish=wish)
