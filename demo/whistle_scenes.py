"""What the invented whistles are about: those of 2023, and some in every state today. Pure plans but for the cases."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.calendar import CHINA, work_calendar
from demo.cast import Cast
from governance.lifecycle.duties import WhistleKind
from governance.lifecycle.whistles import WHISTLED_FROM, WhistleState
from governance.models import Issue
from neighborhoods.actors import Level

S = WhistleState
HELPING = 71  # units that helped (docs/glossary.md, "Figures")
FIRST, UNTIL = datetime(2023, 1, 4, 10, tzinfo=CHINA), datetime(2023, 5, 12, 10, tzinfo=CHINA)
ORDER = [S.DRAFT, S.REVIEWED, S.ISSUED, S.ACKNOWLEDGED, S.ARRIVED, S.MEETING_HELD]
ORDER += [S.CARRYING_OUT, S.CLAIMED_DONE, S.CHECKED, S.RATED, S.CLOSED]


@dataclass(frozen=True)
class Topic:
    """What a whistle is about, and who leads."""

    title: str
    kind: str
    problem: str
    why: str
    basis: str
    plan: str
    lead: str
    reply: str
    about: frozenset[str] = frozenset()  # kinds of cases it may be blown over


_ENF, _KEY, _EMG = WhistleKind.ENFORCEMENT, WhistleKind.KEY_PROBLEM, WhistleKind.EMERGENCY
TOPICS = (
    Topic(
        "12 号旁过道砌墙", _ENF, "公共过道砌墙围院，净宽剩 1.9 米，消防车进不去。",
        "三次上门劝说无果，社区没有认定和拆除的权限。", "城市管理执法条例；消防法第二十八条。",
        "现场认定性质，当场明确谁拆、几天拆、拆后谁来恢复路面。", "城管局", "墙已经拆掉，路面也恢复了，消防车能进。",
        frozenset({"LW01", "LW02", "SF01", "TR01"}),
    ),
    Topic(
        "楼道飞线充电", _ENF, "五栋楼道每晚有电动车从窗口拉线充电。", "物业劝阻无效，社区没有处罚权。",
        "高层民用建筑消防安全管理规定第三十七条。", "联合清理飞线，选址装充电桩。", "消防站",
        "飞线清了，东门装了十二个充电位，楼道不能再停车。",
        frozenset({"TR02", "SF01", "UT02", "EN02"}),
    ),
    Topic(
        "临街夜宵油烟噪声", _ENF, "烧烤店夜里十二点后还在吵，油烟直排。", "多次约谈店主，社区管不了排放。",
        "大气污染防治法第八十一条；噪声污染防治法。", "同时检查排放、噪声和占道，一次说清。", "生态环境分局",
        "店里装了油烟净化器，十点半以后不在外面摆桌。",
        frozenset({"NS01", "NS02", "LW02"}),
    ),
    Topic(
        "老管道返水", _KEY, "三栋一楼连年返污水，管道老化、坡度不够。", "改管要钱要施工队，社区没有。",
        "城镇排水与污水处理条例。", "查清管道走向，定改造方案、出钱比例和工期。", "排水公司",
        "主管已经换粗，三栋一楼没有再返水。",
        frozenset({"IN01", "SF03", "UT01"}),
    ),
    Topic(
        "加装电梯谈不拢", _KEY, "五楼以上几户想装，一楼两户不同意。", "要住建、规划、信访一起说政策。",
        "民法典第二百七十八条；既有住宅加装电梯办法。", "上门讲政策，定补偿和选址方案。", "住建局",
        "两户同意了新的位置，图纸已公示。",
        frozenset({"IN05", "IN06"}),
    ),
    Topic(
        "挡土墙开裂", _EMG, "暴雨后挡土墙裂开一道口子，墙下有三户。", "随时可能垮，要抢险力量。",
        "突发事件应对法。", "先撤人、再支撑、后加固。", "应急局", "墙已经加固，三户可以搬回去。",
    ),
    Topic(
        "路灯杆倾斜", _EMG, "路口灯杆被撞歪，线头外露，行人多。", "带电作业社区做不了。",
        "城市照明管理规定。", "断电、扶正、换线。", "照明所", "灯杆换新，当晚就亮了。",
    ),
)  # fmt: skip


@dataclass
class Scene:
    """One whistle: where, when it was drafted, how far it has come, and what went wrong."""

    topic: Topic
    street: str
    at: datetime
    state: str
    helpers: list[str] = field(default_factory=list)
    area: str = ""
    late_helper: bool = False
    disputed: bool = False
    raised: bool = False
    issue: Issue | None = None


def _streets(cast: Cast) -> list[str]:
    return sorted(code for code, area in cast.areas.items() if area.level == Level.STREET)


def history_scenes(cast: Cast) -> Iterator[Scene]:
    """Of 2023: between them they called each of the units that helped."""
    helping = list(cast.units)[:HELPING]
    leads = {topic.lead for topic in TOPICS}
    waiting = [short for short in helping if short not in leads]
    streets = _streets(cast)
    count = 24
    for n in range(count):
        at = work_calendar().add_working_seconds(FIRST + (UNTIL - FIRST) / count * n, 3600)
        helpers = waiting[n::count] or [waiting[n % len(waiting)]]
        yield Scene(TOPICS[n % len(TOPICS)], streets[n % len(streets)], at, S.CLOSED, helpers, late_helper=n % 9 == 4)


def today_scenes(cast: Cast, now: datetime) -> Iterator[Scene]:
    """In every state, most of them in the street of the log-ins."""
    streets = _streets(cast)
    first = streets[0]
    ages = {S.DRAFT: 0.2, S.REVIEWED: 0.5, S.ISSUED: 0.6, S.ACKNOWLEDGED: 0.9, S.ARRIVED: 1.5, S.MEETING_HELD: 2}
    ages |= {S.CARRYING_OUT: 4, S.CLAIMED_DONE: 7, S.CHECKED: 8, S.RATED: 9, S.CLOSED: 16}
    plan = [(state, n) for n, state in enumerate(ORDER)]
    issues = _free_issues(cast, first)
    times = {state: _office_hour(now - timedelta(days=ages[state] + 0.3), now) for state in ORDER}
    # the oldest choose first: there are fewer cases that are older still
    about: dict[str, Issue | None] = {
        state: _older(issues, times[state], TOPICS[n % 5].about)
        for state, n in reversed(plan)
        if state not in {S.CLOSED, S.DRAFT}
    }
    for state, n in plan:
        helpers = ["照明所" if TOPICS[n % 5].lead != "照明所" else "派出所", "社区超市"]
        is_late = state == S.ISSUED
        yield Scene(TOPICS[n % 5], first, times[state], state, helpers, late_helper=is_late, issue=about.get(state))
    yield Scene(TOPICS[6], first, now - timedelta(hours=20), S.CARRYING_OUT, ["供电所"])  # to be written up
    yield Scene(TOPICS[2], first, now - timedelta(days=1), S.ISSUED, ["市场监管局"], disputed=True)
    yield Scene(TOPICS[4], first, now - timedelta(days=6), S.CARRYING_OUT, ["信访局", "司法局"], raised=True)
    yield Scene(TOPICS[1], first, now - timedelta(days=3), S.CANCELLED, ["派出所"])
    for street in streets[1:]:
        yield Scene(TOPICS[5], street, now - timedelta(days=5), S.CLAIMED_DONE, ["消防站"])


def _office_hour(at: datetime, now: datetime) -> datetime:
    """Nobody drafts at night."""
    return min(work_calendar().add_working_seconds(at, 1500), now - timedelta(minutes=20))


def _free_issues(cast: Cast, street: str) -> list[Issue]:
    rows = Issue.objects.filter(street_id=cast.areas[street].pk, state__in=sorted(WHISTLED_FROM))
    log_ins = min(area.pk for area in cast.areas.values() if area.level == Level.COMMUNITY and area.code[:9] == street)
    return sorted(
        rows.select_related("category").order_by("-submitted_at", "pk"), key=lambda issue: issue.community_id != log_ins
    )


def _older(issues: list[Issue], at: datetime, kinds: frozenset[str]) -> Issue | None:
    """The newest case of these kinds that was there before the whistle was drafted; each has one whistle."""
    fit = (one for one in issues if one.category.code in kinds)
    found = next((issue for issue in fit if (issue.dispatched_at or issue.submitted_at) < at), None)
    if found:
        issues.remove(found)
    return found
