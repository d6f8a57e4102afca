"""Working time in China: weekends, public holidays, make-up workdays (调休) and years not announced yet.

A limit in working days ends at the close of work of the last day; the day it starts is not counted
(Civil Code of the PRC, articles 201 and 203). Danger to life knows no office hours: minutes and hours are wall-clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import WorkDay
from core.reference import remembered

CHINA = ZoneInfo("Asia/Shanghai")


class Unit(models.TextChoices):
    """What a limit is counted in."""

    MINUTE = "minute", _("minutes")
    HOUR = "hour", _("hours")
    WORKING_HOUR = "working_hour", _("working hours")
    WORKING_DAY = "working_day", _("working days")
    DAY = "day", _("days")


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked, and from when to when. Pure: it never asks the database."""

    holidays: frozenset[date]
    make_up_days: frozenset[date]
    confirmed_years: frozenset[int]
    opens: time
    closes: time

    def is_workday(self, on: date) -> bool:
        """Make-up days win over the weekend they lie on (调休, by the State Council's yearly notice)."""
        if on in self.make_up_days:
            return True
        return on.weekday() < 5 and on not in self.holidays

    def is_confirmed(self, on: date) -> bool:
        """Whether the State Council's holiday notice for that year is in the table."""
        return on.year in self.confirmed_years

    def workdays_from(self, on: date) -> Iterator[date]:
        """Working days, `on` included, without end."""
        while True:
            if self.is_workday(on):
                yield on
            on += timedelta(days=1)

    def add(self, start: datetime, amount: int, unit: str) -> datetime:
        """When a limit of `amount` `unit`s that starts at `start` ends."""
        if unit == Unit.MINUTE:
            return start + timedelta(minutes=amount)
        if unit == Unit.HOUR:
            return start + timedelta(hours=amount)
        local = start.astimezone(CHINA)
        if unit == Unit.DAY:
            return local + timedelta(days=amount)
        if unit == Unit.WORKING_DAY:
            return self._add_days(local, amount)
        return self.add_working_seconds(local, amount * 3600)

    def _add_days(self, start: datetime, amount: int) -> datetime:
        days = self.workdays_from(start.date() + timedelta(days=1))
        last = start.date()
        for _step in range(amount):
            last = next(days)
        return datetime.combine(last, self.closes, CHINA)

    def add_working_seconds(self, start: datetime, seconds: float) -> datetime:
        """The moment after which `seconds` of office hours have passed since `start`."""
        local = start.astimezone(CHINA)
        for day in self.workdays_from(local.date()):
            opens = max(datetime.combine(day, self.opens, CHINA), local)
            closes = datetime.combine(day, self.closes, CHINA)
            room = (closes - opens).total_seconds()
            if room <= 0:
                continue
            if seconds <= room:
                return opens + timedelta(seconds=seconds)
            seconds -= room
        raise AssertionError("workdays never end")

    def back_after(self, at: datetime) -> datetime:
        """When people are back at work after the office hours that run or come next: what ends before cannot wait."""
        local = at.astimezone(CHINA)
        days = self.workdays_from(local.date())
        working = next(day for day in days if datetime.combine(day, self.closes, CHINA) > local)
        following = next(self.workdays_from(working + timedelta(days=1)))
        return datetime.combine(following, self.opens, CHINA)

    def working_seconds_between(self, start: datetime, end: datetime) -> float:
        """Office hours between two moments, in seconds; 0 when `end` is not later."""
        start, end, total = start.astimezone(CHINA), end.astimezone(CHINA), 0.0
        for day in self.workdays_from(start.date()):
            if day > end.date():
                return total
            opens = max(datetime.combine(day, self.opens, CHINA), start)
            closes = min(datetime.combine(day, self.closes, CHINA), end)
            total += max((closes - opens).total_seconds(), 0.0)
        raise AssertionError("workdays never end")

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """Working days after the day of `start`, up to and including the day of `end`; 0 when `end` is not later."""
        first, last = start.astimezone(CHINA).date(), end.astimezone(CHINA).date()
        if last <= first:
            return 0
        weekdays = _weekdays_until(last) - _weekdays_until(first)
        return weekdays + sum(amount for on, amount in self._exceptions if first < on <= last)

    @cached_property
    def _exceptions(self) -> list[tuple[date, int]]:
        """Days that differ from their weekday: +1 for a worked weekend, -1 for a free weekday."""
        days = self.make_up_days | self.holidays
        return [(on, difference) for on in days if (difference := self.is_workday(on) - (on.weekday() < 5))]


def _weekdays_until(on: date) -> int:
    """Mondays to Fridays since the first day of the calendar, a Monday."""
    weeks, rest = divmod(on.toordinal(), 7)
    return weeks * 5 + min(rest, 5)


def parse_time(text: str) -> time:
    """`08:30` as a time of day."""
    return time.fromisoformat(text)


@remembered(60)
def work_calendar() -> WorkCalendar:
    """The calendar as the administrators keep it."""
    days = list(WorkDay.objects.all())
    return WorkCalendar(
        holidays=frozenset(d.on for d in days if d.kind == WorkDay.Kind.HOLIDAY),
        make_up_days=frozenset(d.on for d in days if d.kind == WorkDay.Kind.MAKE_UP),
        confirmed_years=frozenset(d.on.year for d in days if d.is_confirmed),
        opens=parse_time(settings.WORK_FROM),
        closes=parse_time(settings.WORK_UNTIL),
    )


def working_days_between(start: datetime, end: datetime) -> int:
    """Working days from `start` to `end` by the administrators' calendar."""
    return work_calendar().working_days_between(start, end)


def in_quiet_hours(at: datetime) -> bool:
    """Whether people should be left in peace, except for danger to life."""
    now, begins, ends = at.astimezone(CHINA).time(), parse_time(settings.QUIET_FROM), parse_time(settings.QUIET_UNTIL)
    return now >= begins or now < ends


def end_of_quiet_hours(at: datetime) -> datetime:
    """The first moment from `at` on that is not quiet."""
    if not in_quiet_hours(at):
        return at
    local = at.astimezone(CHINA)
    ends = datetime.combine(local.date(), parse_time(settings.QUIET_UNTIL), CHINA)
    return ends if ends > local else ends + timedelta(days=1)
