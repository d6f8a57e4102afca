"""What the first page says about the reader's own community."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.lifecycle import ClockState, State, Step
from governance.models import Clock, Issue
from governance.selectors.choosing import Place
from neighborhoods.models import Area

_REMEMBER_SECONDS = 120
_EMERGENCY = {
    "110": gettext_lazy("police"),
    "119": gettext_lazy("fire brigade"),
    "120": gettext_lazy("ambulance"),
    "12345": gettext_lazy("city hotline"),
    "96333": gettext_lazy("lift rescue"),
}


# What people write when minutes count. Whoever writes one of these is asked to call first; a person decides the rest.
_DANGER_WORDS = (
    *("煤气味", "燃气味", "闻到煤气", "闻到燃气", "着火", "起火", "爆炸", "触电", "溺水", "落水"),
    *("晕倒", "昏迷", "被困", "困在", "跳楼", "砍人", "持刀", "救命"),
    *("smell of gas", "smell gas", "on fire", "unconscious", "trapped", "electric shock"),
)


def sounds_dangerous(text: str) -> bool:
    """Whether the words speak of danger to life, whatever category was chosen."""
    plain = text.casefold()
    return any(word in plain for word in _DANGER_WORDS)


def emergency(numbers: str = "110 119 120 96333") -> list[tuple[str, str]]:
    """Numbers to call, each with who answers it."""
    return [(number, str(_EMERGENCY.get(number, ""))) for number in numbers.split()]


@dataclass(frozen=True)
class Duty:
    """A desk with a telephone. Without a chosen community it is the district's own number."""

    name: str
    phone: str
    hours: str = ""


def duty_of(path: Sequence[Area]) -> Duty:
    """The nearest desk on the way up (the street stands first) that has a duty phone."""
    for area in reversed(path):
        if area.duty_phone:
            return Duty(area.name, area.duty_phone, area.duty_hours)
    return Duty(settings.SERVICE_NAME, settings.SERVICE_PHONE)


@dataclass(frozen=True)
class Tile:
    """A figure with its definition; `state` is the filter of the list behind it."""

    name: str
    value: str
    meaning: str
    state: str = ""


@dataclass(frozen=True)
class YearFigures:
    """Three numbers of one community (or the district) since New Year, each with the window it was counted over."""

    since: datetime
    until: datetime
    received: int
    solved: int
    in_time: int
    late: int

    @property
    def in_time_share(self) -> str:
        """In percent, of what is done; a dash while nothing is."""
        done = self.in_time + self.late
        return f"{100 * self.in_time / done:.1f}%" if done else "–"

    @property
    def tiles(self) -> list["Tile"]:
        """Name, value, definition and the list behind it."""
        counts = {"in_time": self.in_time, "done": self.in_time + self.late}
        return [
            Tile(_("Requests received"), str(self.received), _("all that came in, by whatever way")),
            Tile(_("Residents say: solved"), str(self.solved), _("closed because the resident said so"), "solved"),
            Tile(
                _("Done in time"),
                self.in_time_share,
                _("%(in_time)d of %(done)d answered within the limit") % counts,
            ),
        ]


def figures_of_year(community: Area | None) -> YearFigures:
    """Counted at most every two minutes for each community: the first page is the most read one."""
    now = timezone.localtime()
    key = f"home-figures:{community.pk if community else 0}:{now.year}"
    known = cache.get(key)
    if known is None:
        known = _count(community, now)
        cache.set(key, known, timeout=_REMEMBER_SECONDS)
    return known


def _count(community: Area | None, now: datetime) -> YearFigures:
    since = now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    issues = Issue.objects.filter(submitted_at__gte=since, part_of=None)
    clocks = Clock.objects.filter(step=Step.DONE, issue__submitted_at__gte=since)
    if community:
        issues, clocks = issues.filter(community_id=community.pk), clocks.filter(issue__community_id=community.pk)
    counts = issues.aggregate(received=Count("pk"), solved=Count("pk", filter=Q(state=State.CLOSED_SOLVED)))
    kept = clocks.aggregate(
        in_time=Count("pk", filter=Q(state=ClockState.MET)), late=Count("pk", filter=Q(state=ClockState.MISSED))
    )
    return YearFigures(since, now, counts["received"], counts["solved"], kept["in_time"], kept["late"])


@dataclass(frozen=True)
class Desk:
    """Somebody to call: a desk of the community or above it, or a unit that is based here."""

    name: str
    what: str
    phone: str
    hours: str = ""


def contacts_of(place: Place) -> list[Desk]:
    """The desks on the way up from a place that have a phone, the nearest first, then the grids of the community."""
    desks = [
        Desk(area.name, str(area.level_name), area.duty_phone, area.duty_hours)
        for area in reversed(place.path)
        if area.duty_phone
    ]
    community = place.community
    grids = Area.objects.open().filter(parent=community).exclude(duty_phone="").order_by("code") if community else []
    known = {desk.name for desk in desks}
    desks += [Desk(g.name, str(g.level_name), g.duty_phone, g.duty_hours) for g in grids if g.name not in known]
    return [*desks, Desk(settings.SERVICE_NAME, "", settings.SERVICE_PHONE)]
