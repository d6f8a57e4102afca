"""Time as a person says it, in both languages: 还有 3 个工作日, 超时 35 分钟, 今天 9:05. Words only."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from core.calendar import working_days_between

# Below this a running deadline is shown as one that needs an eye.
SOON = timedelta(hours=2)

_NEAR = {
    -1: pgettext_lazy("moment", "yesterday"),
    0: pgettext_lazy("moment", "today"),
    1: pgettext_lazy("moment", "tomorrow"),
}
_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)


def comma() -> str:
    """Between two things in a line; Chinese has one of its own."""
    return pgettext("between two things", ", ")


def gap() -> str:
    """Between two sentences: Chinese has none after its full stop."""
    return "" if (get_language() or "").startswith("zh") else " "


# 12 月 4 日 and 3 个工作日 break behind the whole, never inside.
_INSIDE = re.compile(r"(?<=\d) (?=[\u4e00-\u9fff])|(?<=[年月天]) (?=\d)")


def in_one_piece(words: str) -> str:
    """For pages: Chinese numbers with what they count, and dates, are not parted at the end of a line."""
    return _INSIDE.sub("\u00a0", words)


def say_moment(at: datetime, now: datetime | None = None, *, weekday: bool = False) -> str:
    """`今天 9:05`, `6 月 15 日 16:20`, with the year when it is not the current one."""
    local = timezone.localtime(at)
    time = f"{local.hour}:{local.minute:02}"
    near = _near(local.date(), timezone.localdate(now))
    if near:
        return _("%(day)s %(time)s") % {"day": near, "time": time}
    words = {"day": say_day(local.date(), now, weekday=weekday), "time": time}
    # Chinese puts no space after the bracket of a weekday: 6 月 22 日（周一）17:30
    return _("%(day)s, %(time)s") % words if weekday else _("%(day)s %(time)s") % words


def say_exactly(at: datetime) -> str:
    """`11 月 23 日 10:30`: for messages, which are read on another day than they were written."""
    local = timezone.localtime(at)
    return _("%(day)s %(time)s") % {"day": say_day(local.date()), "time": f"{local.hour}:{local.minute:02}"}


def say_day(on: date, now: datetime | None = None, *, weekday: bool = False) -> str:
    """`6 月 18 日`, `2025 年 6 月 18 日`, `6 月 18 日（周四）`."""
    if isinstance(on, datetime):
        on = timezone.localtime(on).date()
    this_year = on.year == timezone.localdate(now).year
    return _day_words(on, get_language() or "", this_year=this_year, weekday=weekday)


@lru_cache(maxsize=2000)
def _day_words(on: date, _language: str, *, this_year: bool, weekday: bool) -> str:
    """A list shows the same few days again and again."""
    day = date_format(on, pgettext("date format", "j F") if this_year else pgettext("date format", "j F Y"))
    return _("%(day)s (%(weekday)s)") % {"day": day, "weekday": _WEEKDAYS[on.weekday()]} if weekday else day


def _near(on: date, today: date) -> str:
    return str(_NEAR.get((on - today).days, ""))


@dataclass(frozen=True)
class ClockFace:
    """What a clock shows: its tone, icon, words, and the exact time behind them."""

    tone: str
    icon: str
    words: str
    exact: str


def clock_face(due_at: datetime, now: datetime, done_at: datetime | None = None) -> ClockFace:
    """A deadline in words: running, overdue, met or missed."""
    if done_at is not None:
        return _done_face(due_at, now, done_at)
    if now > due_at:
        exact = _("was due %(moment)s") % {"moment": say_moment(due_at, now)}
        return ClockFace("late", "late", _overdue(due_at, now), exact)
    exact = _("due %(moment)s") % {"moment": say_moment(due_at, now, weekday=True)}
    return ClockFace("soon" if due_at - now <= SOON else "", "clock", _left(due_at, now), exact)


def _done_face(due_at: datetime, now: datetime, done_at: datetime) -> ClockFace:
    done, due = say_moment(done_at, now), say_moment(due_at, now)
    if timezone.localtime(done_at).date() == timezone.localtime(due_at).date():
        due = f"{timezone.localtime(due_at):%-H:%M}"
    exact = _("%(done)s, limit %(due)s") % {"done": done, "due": due}
    if done_at <= due_at:
        return ClockFace("done", "done", _("in time"), exact)
    return ClockFace("late", "late", _("done, %(late)s") % {"late": _overdue(due_at, done_at)}, exact)


def _left(due_at: datetime, now: datetime) -> str:
    days = (timezone.localdate(due_at) - timezone.localdate(now)).days
    # eleven at night and due at one: "2 hours left" helps more than "due tomorrow"
    if days == 0 or due_at - now <= SOON:
        return _hours_left(due_at - now)
    if days == 1:
        return _("due tomorrow")
    working = working_days_between(now, due_at)
    if working:
        return ngettext("%(count)s working day left", "%(count)s working days left", working) % {"count": working}
    return ngettext("%(count)s day left", "%(count)s days left", days) % {"count": days}


def _hours_left(left: timedelta) -> str:
    minutes = -(-int(left.total_seconds()) // 60)  # the minute that has begun still counts
    if minutes < 60:
        minutes = max(minutes, 1)
        return ngettext("%(count)s minute left", "%(count)s minutes left", minutes) % {"count": minutes}
    hours = minutes // 60
    return ngettext("%(count)s hour left", "%(count)s hours left", hours) % {"count": hours}


def _overdue(due_at: datetime, until: datetime) -> str:
    late = until - due_at
    minutes, hours = int(late.total_seconds()) // 60, int(late.total_seconds()) // 3600
    if hours < 1:
        minutes = max(minutes, 1)
        return ngettext("%(count)s minute overdue", "%(count)s minutes overdue", minutes) % {"count": minutes}
    if hours < 24:
        return ngettext("%(count)s hour overdue", "%(count)s hours overdue", hours) % {"count": hours}
    working = working_days_between(due_at, until)
    if working:
        return ngettext("%(count)s working day overdue", "%(count)s working days overdue", working) % {"count": working}
    return ngettext("%(count)s day overdue", "%(count)s days overdue", late.days) % {"count": late.days}


def say_deadline(due_at: datetime, now: datetime, done_at: datetime | None = None) -> tuple[str, str]:
    """Tone and words of a deadline, for texts that show no exact time behind them."""
    face = clock_face(due_at, now, done_at)
    return face.tone, face.words
