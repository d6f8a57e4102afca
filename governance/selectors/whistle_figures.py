"""Figures about whistles: too few and too many are both shown. No targets, and no ranking of persons or units."""

from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from governance.actors import VIEWERS
from governance.lifecycle import ClockState, Step
from governance.lifecycle.duties import WhistleKind
from governance.models import Call, Clock, Whistle
from neighborhoods.actors import Actor
from neighborhoods.querysets import scope

MONTHS = 12
WINDOW_DAYS = 90


class MonthOfWhistles(NamedTuple):
    """How many of each kind were blown in a month."""

    month: datetime
    emergency: int
    enforcement: int
    key_problem: int
    total: int


class TurnUp(NamedTuple):
    """Of the units called in the window: how many came, and how many signed and came within the limits."""

    called: int
    came: int
    in_time: int

    @property
    def percent(self) -> int | None:
        """In time ÷ called; none when nobody was called."""
        return round(100 * self.in_time / self.called) if self.called else None


class WhistleFigures(NamedTuple):
    """What the page shows."""

    months: list[MonthOfWhistles]
    turn_up: TurnUp
    whistles: int  # blown within the window
    late_issues: int  # cases of the window that were done late
    hint: str  # few, many or nothing


def whistle_figures(actor: Actor, at: datetime) -> WhistleFigures:
    """Of the actor's area, in three statements."""
    grants = actor.grants_of(VIEWERS)
    first = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = first
    for _month in range(MONTHS - 1):
        start = (start - timedelta(days=1)).replace(day=1)
    blown = Whistle.objects.within(grants).filter(issued_at__gte=start)
    counted = blown.annotate(month=TruncMonth("issued_at")).values_list("month", "kind").annotate(n=Count("pk"))
    by_month = Counter({(timezone.localtime(month).strftime("%Y-%m"), kind): n for month, kind, n in counted})
    window = at - timedelta(days=WINDOW_DAYS)
    turn_up = turn_up_of(Call.objects.filter(scope(grants, "whistle__"), called_at__gte=window), at)
    late = Clock.objects.filter(
        scope(grants, "issue__"), step=Step.DONE, state=ClockState.MISSED, ended_at__gte=window
    ).count()
    whistles = Whistle.objects.within(grants).filter(issued_at__gte=window).count()
    return WhistleFigures(_months(start, by_month), turn_up, whistles, late, hint_of(whistles, late))


def _months(start: datetime, by_month: Counter) -> list[MonthOfWhistles]:
    months = []
    month = start
    for _month in range(MONTHS):
        key = month.strftime("%Y-%m")
        emergency, enforcement, key_problem = (by_month[key, kind.value] for kind in WhistleKind)
        total = emergency + enforcement + key_problem
        months.append(MonthOfWhistles(month, emergency, enforcement, key_problem, total))
        month = (month + timedelta(days=32)).replace(day=1)
    return months[::-1]  # the newest first


def turn_up_of(calls: QuerySet[Call], at: datetime) -> TurnUp:
    """Units released by a ruling are not counted, nor those whose time is still running."""
    due = Q(arrive_due__lte=at) | Q(arrived_at__isnull=False)
    signed = Q(signed_at__isnull=False) & (Q(sign_due=None) | Q(signed_at__lte=F("sign_due")))
    came = Q(arrived_at__isnull=False) & (Q(arrive_due=None) | Q(arrived_at__lte=F("arrive_due")))
    numbers = calls.filter(due, released_at=None).aggregate(
        called=Count("pk"),
        came=Count("pk", filter=Q(arrived_at__isnull=False)),
        in_time=Count("pk", filter=signed & came),
    )
    return TurnUp(**numbers)


def hint_of(whistles: int, late: int) -> str:
    """Hardly any whistle beside many late cases, or more whistles than late cases: worth a look, never a target."""
    if late >= 20 and whistles * 50 < late:
        return "few"
    return "many" if whistles >= 10 and whistles > late else ""
