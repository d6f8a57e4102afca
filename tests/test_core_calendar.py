"""Working time in China."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar import CHINA, Unit, WorkCalendar, end_of_quiet_hours, in_quiet_hours, work_calendar
from core.models import WorkDay
from core.reference import forget_all
from core.services.working_days import seed_working_days, special_days

# 2023: National Day and Mid-Autumn 29 September to 6 October; Saturday 7 and Sunday 8 October are worked.
AUTUMN = [date(2023, 9, 29) + timedelta(days=n) for n in range(8)]
MAKE_UP = [date(2023, 10, 7), date(2023, 10, 8)]
CALENDAR = WorkCalendar(
    holidays=frozenset(AUTUMN),
    make_up_days=frozenset(MAKE_UP),
    confirmed_years=frozenset({2022, 2023}),
    opens=time(8, 30),
    closes=time(17, 30),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2023-09-28", True),
        ("2023-09-29", False),
        ("2023-10-06", False),
        ("2023-10-07", True),  # a Saturday, made up for the long holiday
        ("2023-10-08", True),
        ("2023-10-14", False),  # an ordinary Saturday
        ("2023-10-16", True),
    ],
)
def test_is_workday(day, worked):
    assert CALENDAR.is_workday(date.fromisoformat(day)) is worked


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        # danger to life knows no office hours
        ("2023-09-30 23:50", 15, Unit.MINUTE, "2023-10-01 00:05"),
        ("2023-09-30 22:00", 4, Unit.HOUR, "2023-10-01 02:00"),
        ("2023-09-30 22:00", 15, Unit.DAY, "2023-10-15 22:00"),
        # working hours: inside a day, over a night, a lunch break is not known
        ("2023-09-27 09:00", 2, Unit.WORKING_HOUR, "2023-09-27 11:00"),
        ("2023-09-27 16:30", 2, Unit.WORKING_HOUR, "2023-09-28 09:30"),
        # a limit that ends with the office hours ends that day
        ("2023-09-27 15:30", 2, Unit.WORKING_HOUR, "2023-09-27 17:30"),
        # starting at night, before the office opens, on a Saturday, in a holiday, on a make-up Saturday
        ("2023-09-26 22:00", 2, Unit.WORKING_HOUR, "2023-09-27 10:30"),
        ("2023-09-27 05:00", 2, Unit.WORKING_HOUR, "2023-09-27 10:30"),
        ("2023-10-14 10:00", 2, Unit.WORKING_HOUR, "2023-10-16 10:30"),
        ("2023-10-01 10:00", 2, Unit.WORKING_HOUR, "2023-10-07 10:30"),
        ("2023-10-07 16:30", 2, Unit.WORKING_HOUR, "2023-10-08 09:30"),
        # working days: the first is not counted, the last ends with the office hours
        ("2023-09-27 09:00", 1, Unit.WORKING_DAY, "2023-09-28 17:30"),
        ("2023-09-27 23:59", 1, Unit.WORKING_DAY, "2023-09-28 17:30"),
        ("2023-09-28 09:00", 1, Unit.WORKING_DAY, "2023-10-07 17:30"),
        ("2023-09-28 09:00", 3, Unit.WORKING_DAY, "2023-10-09 17:30"),
        ("2023-10-01 12:00", 1, Unit.WORKING_DAY, "2023-10-07 17:30"),
        ("2023-10-14 12:00", 5, Unit.WORKING_DAY, "2023-10-20 17:30"),
    ],
)
def test_add(start, amount, unit, end):
    assert CALENDAR.add(at(start), amount, unit) == at(end)


def test_add_reads_the_wall_clock_of_china():
    """The database answers in UTC; half past eight in the evening there is the next morning here."""
    start = datetime(2023, 9, 26, 20, 30, tzinfo=UTC)  # 27 September 04:30 in China
    assert CALENDAR.add(start, 1, Unit.WORKING_HOUR) == at("2023-09-27 09:30")


def test_working_time_between():
    assert CALENDAR.working_seconds_between(at("2023-09-28 16:30"), at("2023-10-07 09:30")) == 2 * 3600
    assert CALENDAR.working_seconds_between(at("2023-09-28 16:30"), at("2023-09-27 09:30")) == 0
    assert CALENDAR.working_days_between(at("2023-09-28 09:00"), at("2023-10-09 09:00")) == 3
    assert CALENDAR.working_days_between(at("2023-09-28 09:00"), at("2023-09-28 17:00")) == 0


def test_unannounced_year_follows_the_week_and_says_so():
    assert CALENDAR.is_workday(date(2031, 10, 1))  # a Wednesday nobody has declared free yet
    assert not CALENDAR.is_confirmed(date(2031, 10, 1))
    assert CALENDAR.is_confirmed(date(2023, 12, 29))


def test_seed_marks_guessed_years():
    days = special_days(range(2023, 2025), announced_until=2023)
    by_day = {d.on: d for d in days}
    assert by_day[date(2023, 10, 7)].kind == WorkDay.Kind.MAKE_UP
    assert by_day[date(2023, 10, 2)].is_confirmed
    assert not by_day[date(2024, 10, 1)].is_confirmed
    assert len(by_day) == len(days)


def test_calendar_is_read_from_the_table(db):
    WorkDay.objects.all().delete()
    seed_working_days(2023)
    seed_working_days(2025)  # what administrators keep is never touched
    forget_all()
    calendar = work_calendar()
    assert calendar.is_workday(date(2023, 10, 7))
    assert not calendar.is_workday(date(2023, 10, 2))
    assert calendar.confirmed_years == {2022, 2023}
    WorkDay.objects.create(on=date(2023, 10, 9), kind=WorkDay.Kind.HOLIDAY)
    forget_all()
    assert not work_calendar().is_workday(date(2023, 10, 9))


@pytest.mark.parametrize(
    ("moment", "quiet", "ends"),
    [
        ("2023-09-27 20:59", False, "2023-09-27 20:59"),
        ("2023-09-27 21:00", True, "2023-09-28 07:30"),
        ("2023-09-27 23:59", True, "2023-09-28 07:30"),
        ("2023-09-28 00:00", True, "2023-09-28 07:30"),
        ("2023-09-28 07:29", True, "2023-09-28 07:30"),
        ("2023-09-28 07:30", False, "2023-09-28 07:30"),
    ],
)
def test_quiet_hours(moment, quiet, ends):
    assert in_quiet_hours(at(moment)) is quiet
    assert end_of_quiet_hours(at(moment)) == at(ends)


moments = st.datetimes(datetime(2022, 6, 1), datetime(2024, 6, 1)).map(lambda d: d.replace(tzinfo=CHINA))  # noqa: DTZ001


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(0, 20), st.sampled_from(list(Unit)))
def test_a_limit_never_ends_before_it_starts(start, amount, unit):
    if unit == Unit.WORKING_DAY and amount == 0:
        return  # no limit of zero days exists: it would end with the office hours of a day that may be over
    assert CALENDAR.add(start, amount, unit) >= start


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(1, 20), st.sampled_from([Unit.WORKING_DAY, Unit.WORKING_HOUR]))
def test_working_limits_end_in_office_hours(start, amount, unit):
    end = CALENDAR.add(start, amount, unit)
    assert CALENDAR.is_workday(end.date())
    assert CALENDAR.opens <= end.time() <= CALENDAR.closes


@settings(max_examples=60, deadline=None)
@given(moments, st.timedeltas(timedelta(0), timedelta(days=12)), st.integers(1, 15), st.sampled_from(list(Unit)))
def test_a_later_start_never_ends_earlier(start, later, amount, unit):
    assert CALENDAR.add(start + later, amount, unit) >= CALENDAR.add(start, amount, unit)


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(1, 15), st.sampled_from(list(Unit)))
def test_a_longer_limit_never_ends_earlier(start, amount, unit):
    assert CALENDAR.add(start, amount + 1, unit) > CALENDAR.add(start, amount, unit)


@settings(max_examples=60, deadline=None)
@given(moments, st.integers(1, 60 * 3600))
def test_adding_and_measuring_working_time_agree(start, seconds):
    end = CALENDAR.add_working_seconds(start, seconds)
    assert CALENDAR.working_seconds_between(start, end) == pytest.approx(seconds, abs=1e-3)


@pytest.mark.parametrize(
    ("now", "back"),
    [
        ("2023-09-26 10:00", "2023-09-27 08:30"),  # at work on a Tuesday
        ("2023-09-26 07:00", "2023-09-27 08:30"),  # before the office opens
        ("2023-09-26 17:30", "2023-09-28 08:30"),  # after it closed: Wednesday's office hours count
        ("2023-09-22 16:00", "2023-09-25 08:30"),  # on a Friday
        ("2023-09-23 12:00", "2023-09-26 08:30"),  # on a Saturday
        ("2023-09-28 10:00", "2023-10-07 08:30"),  # before the long holiday
    ],
)
def test_what_ends_before_people_are_back_cannot_wait(now, back):
    assert CALENDAR.back_after(at(now)) == at(back)
