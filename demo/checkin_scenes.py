"""Members checking in today, through the services: every state, duty posts, pledges."""

from datetime import timedelta

from django.utils import timezone

from demo.cast import Cast
from demo.checkin_own import play_own_checkin, who
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Area
from neighborhoods.services import residents
from neighborhoods.services.residents import PersonFacts
from volunteers.lifecycle.checkins import CheckInState, DutyKind
from volunteers.models import CheckIn
from volunteers.services.checkins import applying, pledges, posts
from volunteers.services.checkins.applying import Facts
from volunteers.services.checkins.pledges import Promise
from volunteers.services.checkins.posts import Need

# who came to the counter, what became of it
COUNTER = (("覃某", ""), ("文某", ""), ("毛某", "refuse"), ("施某", "accept"), ("向某", "leave"), ("贺某", "move"))
NEEDS = (
    Need(DutyKind.POLICY, "医保政策进楼栋", "每月一次，一小时", ("policy",), ("evening",), 3),
    Need(DutyKind.VOICES, "听邻居说事", "周六上午在议事亭坐一坐", ("talking",), ("saturday",), 4),
    Need(DutyKind.PATROL, "夜间安全巡查", "两人一组，八点到九点", (), ("evening",), 6),
    Need(DutyKind.CLEAN, "楼道清杂物", "每月最后一个周日", (), ("sunday",), 10),
    Need(DutyKind.MEDIATION, "邻里纠纷调解", "有事电话约", ("law", "talking"), ("phone", "evening"), 2),
    Need(DutyKind.CARE, "陪独居老人看病", "提前一天约，半天", ("medical", "driving"), ("daytime", "saturday"), 4),
    Need(DutyKind.CULTURE, "周末电影放映", "每两周一次", ("culture",), ("saturday",), 2),
    Need(DutyKind.SKILL, "小家电维修", "周日下午在活动室", ("repair",), ("sunday",), 3),
)
PROMISES = ("每月陪一位老人看病", "每周六值班半天", "帮邻居修一次水电", "给孩子们讲一堂安全课", "楼道每月清一次")
TAKERS = 5  # of each post in the first branches


def play_checkin_scenes(cast: Cast) -> int:
    """A need in every branch, all kinds in the first; says how many duty posts are open."""
    branches = sorted((a for a in cast.areas.values() if a.level == Level.BRANCH), key=lambda area: area.code)
    first, elsewhere = branches[0], branches[-1]
    staff = who(cast, f"community_staff:{first.code[:12]}:1")
    secretary = who(cast, f"branch_secretary:{first.code}:0")
    for index, branch in enumerate(branches[1:], 1):
        opener = Actor(staff.user_id, "演示数据", is_system=True)
        posts.open_post(actor=opener, area=branch, need=NEEDS[index % len(NEEDS)])
    open_posts = [posts.open_post(actor=secretary, area=first, need=need) for need in NEEDS]
    members = list(CheckIn.objects.filter(branch_id=first.pk, state=CheckInState.ACTIVE).order_by("pk")[:20])
    for index, member in enumerate(members):
        post = open_posts[index % len(open_posts)]
        if index < TAKERS * 2:
            posts.take_post(post_id=post.pk, checkin_id=member.pk, actor=secretary)
    posts.close_post(post_id=open_posts[6].pk, actor=secretary)
    _pledges(members, secretary)
    _counter(first, elsewhere, staff, secretary)
    play_own_checkin(cast, first, open_posts[1].pk)
    return len(branches) + len(NEEDS) - 2


def _pledges(members: list[CheckIn], secretary: Actor) -> None:
    """Offered, agreed to, shown, kept and taken back; the secretary wrote down what each said on the phone."""
    for index, member in enumerate(members[: len(PROMISES) * 2]):
        due_on = timezone.localdate() + timedelta(days=20 + index)
        promise = Promise(PROMISES[index % len(PROMISES)], due_on)
        made = pledges.offer_pledge(checkin_id=member.pk, actor=secretary, promise=promise)
        if index % 5 != 4:
            pledges.consent(pledge_id=made.pk, actor=secretary)
        if index % 5 < 3:
            pledges.show(pledge_id=made.pk, actor=secretary)
        if index % 5 == 1:
            pledges.fulfil(pledge_id=made.pk, actor=secretary, words="本月已陪诊一次")
        if index == 7:
            pledges.withdraw(pledge_id=made.pk, actor=secretary)


def _counter(branch: Area, elsewhere: Area, staff: Actor, secretary: Actor) -> None:
    for index, (name, verb) in enumerate(COUNTER):
        facts = PersonFacts(name, f"1000002{index:04d}", asked_by="" if index % 2 else "爱人")
        resident = residents.register_for(actor=staff, facts=facts, area=branch)
        offer = Facts("示例纺织厂", ("repair",), ("evening", "sunday"), agrees=True)
        checkin = applying.apply(actor=staff, resident_id=resident.pk, facts=offer)
        if verb == "refuse":
            applying.refuse(checkin_id=checkin.pk, actor=secretary, reason="住在外区，请到居住地支部报到。")
        elif verb:
            applying.accept(checkin_id=checkin.pk, actor=secretary)
        if verb == "leave":
            applying.leave(checkin_id=checkin.pk, actor=staff)
        if verb == "move":
            residents.move_resident(actor=staff, resident_id=resident.pk, area=elsewhere)
