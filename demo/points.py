"""Points in circulation: this week's confirmed hours, a shelf of rewards, and one of each redemption and gift."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from core.calendar import CHINA
from demo.cast import Cast
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Area
from neighborhoods.selectors.actors import actor_for
from volunteers.lifecycle.points import GiftTo
from volunteers.models import Account, Reward, Volunteer
from volunteers.services.activities import planning
from volunteers.services.activities.planning import Plan
from volunteers.services.points import gifts, rewards
from volunteers.services.points.booking import account_of
from volunteers.services.points.gifts import Wish
from volunteers.services.points.reconciling import reconcile
from volunteers.services.points.rewards import RewardFacts
from volunteers.services.records import confirming, proposing
from volunteers.services.records.proposing import Stretch

SERVED = 40  # people who served this week
SHELF = (("洗洁精一瓶", 2, 30), ("抽纸一提", 3, 20), ("理发一次", 2, 8), ("磨刀一次", 1, 12))


def load_points(cast: Cast) -> int:
    """In the first community of the plan; says how many have points."""
    branch = min((a for a in cast.areas.values() if a.level == Level.BRANCH), key=lambda a: a.code)
    staff, lead = (
        actor_for(User.objects.get(pk=cast.people[key].user_id or 0))
        for key in (f"community_staff:{branch.code[:12]}:1", f"community_secretary:{branch.code[:12]}:0")
    )
    served = _served(branch, staff, lead)
    shelf = [_offer(staff, branch, *facts) for facts in SHELF]
    _redeemed(staff, lead, served, shelf)
    _given(staff, lead, served)
    reconcile(at=timezone.now())
    return len(served)


def _served(branch: Area, staff: Actor, lead: Actor) -> list[Account]:
    found = planning.plan_activity(actor=staff, area=branch, plan=Plan("入户登记帮手", is_hard=True))
    people = Volunteer.objects.filter(branch_id=branch.pk, state="verified", resident__user=None).order_by("pk")[
        :SERVED
    ]
    today = datetime.combine(timezone.localdate(), datetime.min.time(), CHINA)
    for index, entry in enumerate(people):
        begins = today - timedelta(days=1 + index % 5) + timedelta(hours=9)
        stretch = Stretch(begins, begins + timedelta(hours=4), "帮老人登记医保")
        record = proposing.propose(actor=staff, volunteer_id=entry.pk, activity_id=found.pk, stretch=stretch)
        confirming.confirm(record_id=record.pk, actor=lead)
    return [account_of(entry.resident_id) for entry in people]


def _offer(staff: Actor, branch: Area, name: str, price: int, stock: int) -> Reward:
    community = Area.objects.get(code=branch.code[:12])
    return rewards.set_reward(actor=staff, area=community, facts=RewardFacts(name, price, stock))


def _redeemed(staff: Actor, lead: Actor, served: list[Account], shelf: list[Reward]) -> None:
    for index, account in enumerate(served[:9]):
        found = rewards.reserve(
            actor=staff,
            account_id=account.pk,
            reward_id=shelf[index % len(shelf)].pk,
            submission_key=uuid.uuid4(),
            is_on_paper=index == 3,
        )
        if index in {0, 1, 2, 3}:
            rewards.hand_out(redemption_id=found.pk, actor=lead, signed_by="领取人甲", witness="邻居乙")
        elif index == 4:
            rewards.cancel(redemption_id=found.pk, actor=staff)


def _given(staff: Actor, lead: Actor, served: list[Account]) -> None:
    agreed, waiting = served[10], served[11]
    gift = gifts.ask_gift(
        actor=staff, account_id=agreed.pk, wish=Wish(GiftTo.POOL, Decimal(2), reason="给需要帮助的邻居")
    )
    gifts.decide_gift(gift_id=gift.pk, actor=lead, agreed=True)
    wish = Wish(GiftTo.PARENT, Decimal(1), receiver_id=served[12].resident_id, reason="给母亲换洗洁精")
    gifts.ask_gift(actor=staff, account_id=waiting.pk, wish=wish)
