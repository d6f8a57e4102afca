"""A few hard cases of today: one drain with three voices, a shared case, one supervised, one parked, one come back."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max
from django.utils import timezone

from accounts.models import User
from demo.cast import Cast
from governance.lifecycle import Channel, State
from governance.lifecycle.asking import ParkReason
from governance.models import Category, Issue
from governance.services.answers import answer_issue
from governance.services.dispatch import Goal, take_issue
from governance.services.merging import merge_issue
from governance.services.parked import note_parked
from governance.services.parking import park_issue
from governance.services.parts import Share, split_issue
from governance.services.recurring import NOT_COUNTED, find_recurrences
from governance.services.submit import Report, submit_issue
from governance.services.supervision import order_supervision
from neighborhoods.actors import NOBODY, Actor
from neighborhoods.models import Area
from neighborhoods.selectors.actors import actor_for

DRAIN = ("一楼下水道又堵了，污水倒灌进厨房。", "下水道堵了，院子里全是污水。", "地漏往上冒水，和一楼是同一根管道。")

# why a case waits, and how it stands by now
STALLS = (
    ParkReason.PLAN,
    "附近的集中经营点还在建，建好后摊贩统一搬过去，眼下还办不了",
    "集中经营点已经开工，几家单位约好月底一起到现场看",
)
WORKS = (
    ParkReason.MONEY,
    "要几家单位一起施工，经费还没有落实，眼下还办不了",
    "经费已经报上去了，几家单位约好月底一起到现场看",
)


def play_hard_cases(cast: Cast, now: datetime) -> int:
    """Through the services, in the first grid, where whoever tries the log-ins looks; says how many were added."""
    place = min((area for area in cast.areas.values() if area.level == 4), key=lambda area: area.code)
    staff = somebody(cast, f"community_staff:{place.code[:12]}:")
    lead = somebody(cast, f"street_lead:{place.code[:9]}:")
    grid = somebody(cast, f"grid_worker:{place.code[:15]}:")
    first, *others = [report_here(place, "IN01", text, n) for n, text in enumerate(DRAIN)]
    for voice in others:
        merge_issue(issue_id=voice.pk, actor=staff, into=first.number, reason="同一根下水管，一并处理")
    take_issue(issue_id=first.pk, actor=grid)
    whole = report_here(place, "IN02", "院门口路面塌了一块，旁边的灯杆也歪了。", 4)
    shares = [
        Share(Goal(unit=cast.units["市政维护所"]), "围挡并修复路面"),
        Share(Goal(unit=cast.units["照明所"]), "扶正灯杆，检查线路"),
    ]
    split_issue(issue_id=whole.pk, actor=staff, shares=shares)
    watched = report_here(place, "SF01", "消防通道被旧家具堵住，说了几次没人搬。", 5)
    take_issue(issue_id=watched.pk, actor=grid)
    due_at = now + timedelta(days=3)
    order_supervision(issue_id=watched.pk, actor=lead, reason="消防隐患，三日内清理并报告", due_at=due_at)
    _park_one(lead, cast.areas[place.code[:9]])
    _report_once_more(cast.areas[place.code[:9]], now)
    return len(others) + 6


def somebody(cast: Cast, key: str) -> Actor:
    """The first person of a post."""
    person = next(cast.people[name] for name in sorted(cast.people) if name.startswith(key))
    return actor_for(User.objects.get(pk=person.user_id or 0))


def report_here(place: Area, code: str, text: str, serial: int) -> Issue:
    """Somebody scans the code of the building."""
    return submit_issue(
        actor=NOBODY,
        report=Report(
            area=place,
            category=Category.objects.get(code=code),
            text=text,
            channel=Channel.QR,
            name="张某",
            phone=f"1001{serial:07d}",
            is_public=True,
        ),
    )


def _park_one(lead: Actor, street: Area) -> None:
    """A case whose resident says "not solved" by the link: it waits for several units, and neighbours may read why."""
    asked = Issue.objects.filter(state=State.CALLBACK, asked="", part_of=None, street_id=street.pk, is_public=True)
    asked = asked.exclude(replied_by_id=lead.user_id).exclude(checked_by_id=lead.user_id)
    issue = asked.select_related("category").order_by("pk").first()
    if issue:
        answer_issue(issue_id=issue.pk, solved=False, satisfaction=None, words="我去看过了，还是老样子。")
        reason, note, by_now = STALLS if issue.category.code == "LW02" else WORKS
        park_issue(issue_id=issue.pk, actor=lead, note=note, reason=reason)
        note_parked(issue_id=issue.pk, actor=lead, text=by_now)


def _report_once_more(street: Area, now: datetime) -> None:
    """What came up twice in one compound of the street comes up again: a foresight is put before the community."""
    since = now - timedelta(days=settings.RECURRENCE_DAYS - 1)
    cases = Issue.objects.filter(street_id=street.pk, submitted_at__gte=since, part_of=None, is_public=True)
    cases = cases.filter(area__compound__isnull=False).exclude(state__in=NOT_COUNTED)
    often = cases.order_by().values("area__compound", "category").annotate(n=Count("pk"), newest=Max("pk"))
    again = often.filter(n=settings.RECURRENCE_CASES - 1).order_by("newest").last()
    if again:
        issue = Issue.objects.select_related("area", "category").get(pk=again["newest"])
        report_here(issue.area, issue.category.code, issue.text, 9)
        find_recurrences(at=timezone.now())
