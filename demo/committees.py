"""Enlarged committees of the invented district: one of a street, two of communities, with members and promises."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import User
from demo.cast import Cast
from governance.lifecycle.meetings import MeetingFormat, MeetingKind
from governance.models import Committee, CommitteeLine, Promise
from governance.selectors.committees import units_seated
from governance.services.committees import members, promises
from governance.services.committees.members import Recommendation
from governance.services.committees.promises import Pledge
from governance.services.meetings.planning import Officers, Plan, open_meeting
from neighborhoods.actors import Actor
from neighborhoods.models import Area
from neighborhoods.selectors.actors import actor_for

# unit, name, position, duties
MEMBERS = (
    ("派出所", "彭某", "副所长", "每月参加一次治安研判\n牵头反诈宣传"),
    ("卫生中心", "曾某", "全科主任", "每季度一次进小区义诊\n对接高龄老人家庭医生"),
    ("城管局", "田某", "中队长", "牵头占道经营和飞线整治"),
    ("照明所", "袁某", "班组长", "路灯故障两日内到场"),
    ("教育局", "蒋某", "股长", "协调学校周末开放操场"),
    ("司法局", "余某", "调解员", "每周三在社区坐班调解"),
    ("卫健局", "孔某", "股长", "牵头控烟和病媒生物防制"),
    ("图书馆", "邹某", "馆员", "每月一次图书进社区"),
)
# unit, what, days from today, what became of it
PROMISES = (
    ("照明所", "为背街小巷补装路灯 12 盏", 40, ""),
    ("卫生中心", "给八十岁以上老人上门体检一轮", 25, "delivered"),
    ("派出所", "开展反诈讲座两场", 20, "kept"),
    ("教育局", "周末向居民开放操场", -22, ""),
    ("司法局", "为小区建一间调解室", -4, ""),
    ("城管局", "清理楼道飞线一百处", 12, "kept"),
)
SEATS = (11, 9, 8)  # an even number, so that the warning is seen


def load_committees(cast: Cast, now: datetime) -> int:
    """Through the services, in the first street and its first two communities; says how many."""
    codes = sorted(code for code, area in cast.areas.items() if area.level <= 1)
    street = codes[0]
    lead, officer = _who(cast, f"street_lead:{street}:0"), _who(cast, f"street_dispatcher:{street}:1")
    chosen = codes[: len(SEATS)]
    for place, (code, seats) in enumerate(zip(chosen, SEATS, strict=True)):
        keeper = officer if code == street else _who(cast, f"community_staff:{code}:1")
        committee = members.open_committee(actor=keeper, area=cast.areas[code], seats=seats)
        _seat(cast, committee, keeper, lead, place)
        seated = {unit.short_name for unit in units_seated(committee)}  # nobody else may promise
        for index, pledge in enumerate(pledge for pledge in PROMISES if pledge[0] in seated):
            _promise(cast, committee, keeper, lead, pledge, now + timedelta(minutes=index))
        _meet(committee, cast.areas[code], keeper, now)
    return len(chosen)


def _who(cast: Cast, key: str) -> Actor:
    return actor_for(User.objects.get(pk=cast.people[key].user_id or 0))


def _seat(cast: Cast, committee: Committee, keeper: Actor, lead: Actor, place: int) -> None:
    """Most are appointed, one is approved, one waits for the street."""
    today = timezone.localdate()
    chosen = MEMBERS if place == 0 else MEMBERS[place : place + 4]
    for index, (unit, name, position, duties) in enumerate(chosen):
        starts = date(today.year, 1, 1)
        whom = Recommendation(cast.units[unit], name, starts, date(today.year + 2, 12, 31), position, duties)
        member = members.recommend_member(committee_id=committee.pk, actor=keeper, whom=whom)
        if index == len(chosen) - 1:
            continue
        members.approve_member(member_id=member.pk, actor=lead)
        if index < len(chosen) - 2:
            members.begin_member(member_id=member.pk, actor=keeper)


def _promise(
    cast: Cast, committee: Committee, keeper: Actor, lead: Actor, pledge: tuple[str, str, int, str], now: datetime
) -> None:
    unit, title, days, ended = pledge
    today = timezone.localdate(now)
    due_on = today + timedelta(days=max(days, 1))
    made = Pledge(cast.units[unit], title, due_on)
    promise = promises.make_promise(committee_id=committee.pk, actor=keeper, pledge=made)
    if days < 0:  # made long ago: the whole row moves back in time, as if it had been written then
        at = now - timedelta(days=60 - days)
        Promise.objects.filter(pk=promise.pk).update(made_at=at, due_on=today + timedelta(days=days))
        CommitteeLine.objects.filter(committee=committee, about__endswith=promise.number).update(at=at)
    if ended:
        promises.deliver_promise(promise_id=promise.pk, actor=keeper, proof="已完成，现场可看。")
    if ended == "kept":
        promises.confirm_promise(promise_id=promise.pk, actor=lead, passed=True, note="去看过，属实。")


def _meet(committee: Committee, area: Area, keeper: Actor, now: datetime) -> None:
    """The meeting of the quarter, to come."""
    starts_at = (now + timedelta(days=11)).replace(hour=2, minute=0, second=0, microsecond=0)
    plan = Plan(
        kind=MeetingKind.ENLARGED,
        title=f"{area.name}大工委季度会",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        place="党群服务中心",
        format=MeetingFormat.ROOM,
        officers=Officers(chair_name="赵某", secretary_name="王某"),
    )
    members.link_meeting(
        committee_id=committee.pk, actor=keeper, meeting=open_meeting(actor=keeper, area=area, plan=plan)
    )
