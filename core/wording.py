"""Time as a person says it, in both languages: 还有 3 个工作日, 已超时 35 分钟, 今天 9:05."""

from datetime import datetime, timedelta

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.calendar import CHINA, working_days_between

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
SOON = timedelta(hours=4)


def _chinese() -> bool:
    return (get_language() or "zh-hans").startswith("zh")


def _clock_time(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02d}"


def say_date(at: datetime, now: datetime) -> str:
    """6 月 15 日, with the year when it is another one."""
    local, today = at.astimezone(CHINA), now.astimezone(CHINA)
    if _chinese():
        year = "" if local.year == today.year else f"{local.year} 年 "
        return f"{year}{local.month} 月 {local.day} 日"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}"


def say_moment(at: datetime, now: datetime) -> str:
    """A date and time; today, yesterday and tomorrow by name."""
    local, today = at.astimezone(CHINA), now.astimezone(CHINA).date()
    days = (local.date() - today).days
    if abs(days) <= 1:
        name = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[days]
        return f"{name} {_clock_time(local)}"
    return f"{say_date(at, now)} {_clock_time(local)}"


def say_exact(due_at: datetime, done_at: datetime | None, now: datetime) -> str:
    """The exact time behind a deadline."""
    local = due_at.astimezone(CHINA)
    weekday = f"（{WEEKDAYS[local.weekday()]}）" if _chinese() else f" ({local:%a})"
    exact = f"{say_date(due_at, now)}{weekday}{_clock_time(local)}"
    if done_at:
        return _("%(done)s, limit %(limit)s") % {"done": say_moment(done_at, now), "limit": exact}
    if due_at < now:
        return _("was due %(time)s") % {"time": exact}
    return _("before %(time)s") % {"time": exact}


def say_span(seconds: float) -> str:
    """A stretch within a day: minutes below an hour and a half, hours above."""
    minutes = max(1, round(seconds / 60))
    if minutes < 90:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def say_deadline(due_at: datetime, now: datetime, done_at: datetime | None = None) -> tuple[str, str]:
    """Tone and words of a deadline."""
    if done_at:
        return ("done", _("in time")) if done_at <= due_at else ("late", _("late"))
    if due_at < now:
        return "late", _("overdue by %(span)s") % {"span": _late_span(due_at, now)}
    same_day = due_at.astimezone(CHINA).date() == now.astimezone(CHINA).date()
    if same_day or due_at - now < timedelta(hours=12):
        tone = "soon" if due_at - now <= SOON else ""
        return tone, _("%(span)s left") % {"span": say_span((due_at - now).total_seconds())}
    if due_at.astimezone(CHINA).date() - now.astimezone(CHINA).date() == timedelta(days=1):
        return "", _("due tomorrow")
    days = max(1, working_days_between(now, due_at))
    return "", ngettext("%(n)d working day left", "%(n)d working days left", days) % {"n": days}


def _late_span(due_at: datetime, now: datetime) -> str:
    days = working_days_between(due_at, now)
    if days == 0 or now - due_at < timedelta(hours=12):
        return say_span((now - due_at).total_seconds())
    return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}
