"""Representatives in the states that are not everyday, and orders in every state: by the services themselves."""

from datetime import datetime, timedelta

from django.db.models import F

from demo.cast import Cast
from neighborhoods.actors import Actor
from neighborhoods.models import Household, Resident
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services.residents import PersonFacts, register_for
from volunteers.lifecycle.links import LINK_LIVE, Answered
from volunteers.lifecycle.orders import OrderChannel
from volunteers.lifecycle.representatives import EndReason, NominationSource
from volunteers.models import HelpOrder, HouseholdLink, Incentive, Representative
from volunteers.services.representatives import cards, links, nominating, orders, terms
from volunteers.services.representatives import incentives as rewards
from volunteers.services.representatives.nominating import Nomination

BRANCHES = 2
NAMES = ("曾某", "谭某", "龙某", "易某", "颜某", "文某")
WORDS = "热心、有空、会协调，邻居信得过。"
ASKED = (
    ("家里水龙头关不紧，一直滴水。", "换了垫圈，不滴了。"),
    ("想请人陪老人去社区医院量血压。", "上午陪同去过，血压正常。"),
    ("楼道灯坏了，晚上看不见台阶。", "换了灯泡。"),
    ("下水道返水，厨房不能用。", ""),
    ("高龄补贴怎么办，材料看不懂。", "一起填好了表，已交社区。"),
    ("旧沙发搬不下楼。", "和两个邻居一起搬了。"),
)
REASON = "台风天连夜帮三户独居老人转移，平时常陪诊、代买药。"
REWARDS = (
    ("political", "推荐为入党积极分子", ""),
    ("material", "慰问品一份", "社区 2026-07"),
    ("spiritual", "疗休养一次", ""),
    ("honour", "优秀居民代表", ""),
    ("honour", "邻里和谐之星", ""),
    ("spiritual", "先进事迹宣讲", ""),
)
KINDS = {"下水道返水，厨房不能用。": "IN01"}


def play_scenes(cast: Cast, now: datetime) -> None:
    """In the first branches of the plan, where the log-ins of the demonstration are."""
    branches = sorted(key.split(":")[1] for key in cast.people if key.startswith("branch_secretary:"))[:BRANCHES]
    for code in branches:
        _scenes_of(cast, code, now)


def _real(cast: Cast, key: str) -> Actor:
    """With the grants of the posts, as somebody signed in has them."""
    return actor_for(cast.posts[key].user)


def _scenes_of(cast: Cast, code: str, now: datetime) -> None:
    staff, lead = _real(cast, f"community_staff:{code[:12]}:1"), _real(cast, f"community_secretary:{code[:12]}:0")
    secretary = _real(cast, f"branch_secretary:{code}:0")
    branch = cast.areas[code].pk
    homes = list(Household.objects.filter(branch_id=branch, is_occupied=True, links=None).order_by("-pk")[:12])
    chosen = [_nominated(staff, home, name) for home, name in zip(homes, NAMES, strict=False)]
    for index, term in enumerate(chosen):
        if index >= 1:
            nominating.approve(representative_id=term.pk, actor=secretary)
            nominating.agree(representative_id=term.pk, actor=staff, meeting_number="ZYM-2026-000001")
        if index >= 2:
            terms.notice(representative_id=term.pk, actor=lead)
        if index >= 4:
            Representative.objects.filter(pk=term.pk).update(notice_until=now - timedelta(minutes=1))
            terms.activate(representative_id=term.pk, actor=lead)
        if index == 4:
            terms.suspend(representative_id=term.pk, actor=lead, reason="住院，由社区代管")
        if index == 5:
            _linked_then_ended(term, homes[6:9], staff, lead)
    if len(chosen) > 3:
        terms.object_to(representative_id=chosen[3].pk, actor=staff, words="他常年在外地，怕顾不过来。")
    _orders(cast, code, staff)
    _rewards(cast, code, staff, now)


def _rewards(cast: Cast, code: str, staff: Actor, now: datetime) -> None:
    """Every kind and every state."""
    street, lead = _real(cast, f"street_dispatcher:{code[:9]}:1"), _real(cast, f"community_secretary:{code[:12]}:0")
    district = _real(cast, "district_duty:district")
    people = Representative.objects.filter(branch_id=cast.areas[code].pk, state="active").order_by("-pk")[
        : len(REWARDS)
    ]
    for index, (term, (kind, what, line)) in enumerate(zip(people, REWARDS, strict=False)):
        made = rewards.propose_incentive(
            representative_id=term.pk, actor=staff, kind=kind, what=what, evidence=REASON, budget_line=line
        )
        if index >= 1:
            rewards.check_incentive(incentive_id=made.pk, actor=street)
        if index in {1, 2, 3, 5}:
            rewards.notice_incentive(incentive_id=made.pk, actor=lead)
        if index in {1, 5}:  # the last one waits for the district
            Incentive.objects.filter(pk=made.pk).update(notice_until=now - timedelta(minutes=1))
        if index == 1:
            rewards.grant_incentive(incentive_id=made.pk, actor=district)
        if index == 2:
            rewards.refuse_incentive(incentive_id=made.pk, actor=district, reason="今年名额已满，明年再报")


def _nominated(staff: Actor, home: Household, name: str) -> Representative:
    person: Resident = register_for(actor=staff, facts=PersonFacts(name), area=home.area_id, household_id=home.pk)
    nomination = Nomination(NominationSource.RESIDENTS, WORDS)
    return nominating.nominate(actor=staff, resident_id=person.pk, nomination=nomination)


def _linked_then_ended(term: Representative, homes: list[Household], staff: Actor, lead: Actor) -> None:
    """Households that were asked, one that declined, and a term that ended."""
    if homes:
        made = links.propose(representative_id=term.pk, actor=staff, household_ids=[home.pk for home in homes])
        links.decline(link_id=made[0].pk, actor=staff, how=Answered.DOOR)
        for link in made[1:]:
            links.agree(link_id=link.pk, actor=staff, how=Answered.PHONE)
    terms.end(representative_id=term.pk, actor=lead, reason=EndReason.WITHDRAWN)


def _orders(cast: Cast, code: str, staff: Actor) -> None:
    """One in every state, with the representative who has the log-in."""
    own = _real(cast, f"representative:{code}:1")
    mine = HouseholdLink.objects.filter(representative__resident__user=own.user_id, state__in=LINK_LIVE)
    for index, (link, (text, result)) in enumerate(zip(mine.order_by("pk"), ASKED, strict=False)):
        cards.issue_card(household_id=link.household_id, actor=staff)
        order = orders.place_order(actor=own, household_id=link.household_id, text=text, channel=OrderChannel.VISIT)
        if index == 0:
            continue
        orders.take(order_id=order.pk, actor=own)
        if text in KINDS:
            orders.pass_up(order_id=order.pk, actor=own, kind=KINDS[text], words="要专业的人来疏通")
        elif index == 1:
            orders.withdraw_for(order_id=order.pk, actor=own)
        elif index == 2:
            _four_days_ago(order)
        elif index > 2:
            orders.finish(order_id=order.pk, actor=own, result=result)
            if index > 4:
                orders.confirm_by_card(order_id=order.pk, household_id=link.household_id, is_done=True)


def _four_days_ago(order: HelpOrder) -> None:
    """Placed and taken then, and still open: whoever took it is reminded by the next sweep."""
    then = timedelta(days=4)
    HelpOrder.objects.filter(pk=order.pk).update(
        **{name: F(name) - then for name in ("placed_at", "due_at", "taken_at", "finish_due_at")}
    )
    order.lines.update(at=F("at") - then)
