"""Shifts one by one or every week. A series never touches what is past or what somebody signed up for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.calendar import CHINA
from core.errors import RuleError, require
from neighborhoods.actors import Actor
from volunteers.lifecycle import activities as life
from volunteers.lifecycle.activities import SeatState
from volunteers.models import Activity, Series, Shift
from volunteers.policies.activities import can_lead_shift
from volunteers.policies.teams import can_organise
from volunteers.services.activities.planning import call_off, locked_activity, require_fit
from volunteers.services.activities.seats import locked_shift, move_up

LONGEST = timedelta(hours=12)
FURTHEST = timedelta(days=366)
MOST_SEATS, MOST_SHIFTS = 500, 200


@dataclass(frozen=True)
class Times:
    """When a shift is, and for how many."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    lead_id: int | None = None


@dataclass(frozen=True)
class Rule:
    """Which days of the week, from which hour to which, in which weeks."""

    weekdays: tuple[int, ...]  # 1 is Monday
    begins: time
    ends: time
    capacity: int
    from_on: date
    until_on: date

    def days(self) -> Iterator[date]:
        """The days of the series, in their order."""
        for n in range((self.until_on - self.from_on).days + 1):
            day = self.from_on + timedelta(days=n)
            if day.isoweekday() in self.weekdays:
                yield day

    def times_on(self, day: date) -> Times:
        """The shift of one day, in the time of the neighbourhood."""
        return Times(datetime.combine(day, self.begins, CHINA), datetime.combine(day, self.ends, CHINA), self.capacity)


@dataclass(frozen=True)
class Changed:
    """What a change of a series did; `kept` are those somebody signed up for, which stay as they were."""

    added: int
    removed: int
    kept: tuple[Shift, ...]


def _check(times: Times, at: datetime) -> None:
    if times.starts_at <= at:
        raise RuleError(_("Choose a time that is still to come."), field="starts_at")
    if not timedelta(0) < times.ends_at - times.starts_at <= LONGEST:
        raise RuleError(_("It has to end after it begins, and within twelve hours."), field="ends_at")
    if times.starts_at - at > FURTHEST:
        raise RuleError(_("At most a year ahead."), field="starts_at")
    _check_seats(times.capacity)


def _check_seats(capacity: int) -> None:
    if not 1 <= capacity <= MOST_SEATS:
        raise RuleError(_("For at least one and at most %(most)d people.") % {"most": MOST_SEATS}, field="capacity")


@transaction.atomic
def add_shift(*, activity_id: int, actor: Actor, times: Times) -> Shift:
    """One shift more."""
    activity = locked_activity(activity_id)
    require(can_organise(actor, activity))
    require_fit(activity, "shift")
    _check(times, timezone.now())
    if activity.shifts.filter(starts_at=times.starts_at, cancelled_at=None).exists():
        raise RuleError(_("There is a shift at this time already."), field="starts_at")
    shift = activity.shifts.create(
        starts_at=times.starts_at, ends_at=times.ends_at, capacity=times.capacity, lead_id=times.lead_id
    )
    events.record(life.SHIFTS_ADDED, actor=actor, subject=activity, activity_id=activity.pk, count=1)
    return shift


@transaction.atomic
def change_capacity(*, shift_id: int, actor: Actor, capacity: int) -> Shift:
    """More or fewer seats, never fewer than are taken; new seats go to who waits."""
    shift = locked_shift(shift_id)
    require(can_organise(actor, shift.activity))
    require_fit(shift.activity, "shift")
    _check_seats(capacity)
    if capacity < shift.taken:
        raise RuleError(_("%(taken)d people have a seat already.") % {"taken": shift.taken}, field="capacity")
    shift.capacity = capacity
    shift.save(update_fields=["capacity"])
    move_up(shift)
    events.record(life.ACTIVITY_REVISED, actor=actor, subject=shift.activity, activity_id=shift.activity_id)
    return shift


@transaction.atomic
def cancel_shift(*, shift_id: int, actor: Actor) -> Shift:
    """One shift is called off; whoever has a seat is told."""
    shift = locked_shift(shift_id)
    require(can_lead_shift(actor, shift))
    if shift.cancelled_at:
        return shift
    if shift.has_begun(timezone.now()):
        raise RuleError(_("It has begun."))
    call_off(shift, actor)
    events.record(life.SHIFT_CANCELLED, actor=actor, subject=shift.activity, activity_id=shift.activity_id)
    return shift


# ---- series ----
@transaction.atomic
def add_series(*, activity_id: int, actor: Actor, rule: Rule) -> Series:
    """Every week, as long as the rule says."""
    activity = locked_activity(activity_id)
    require(can_organise(actor, activity))
    require_fit(activity, "series")
    _check_rule(rule)
    series = Series.objects.create(activity=activity, **_columns(rule))
    added = _fill(activity, series, rule)
    if not added:
        raise RuleError(_("No day of this series is still to come."), field="weekdays")
    events.record(life.SHIFTS_ADDED, actor=actor, subject=activity, activity_id=activity.pk, count=added)
    return series


@transaction.atomic
def change_series(*, series_id: int, actor: Actor, rule: Rule) -> Changed:
    """Future shifts nobody signed up for follow the new rule; past ones and taken ones stay, the latter are listed."""
    series = Series.objects.get(pk=series_id)
    activity = locked_activity(series.activity_id)
    require(can_organise(actor, activity))
    require_fit(activity, "series")
    _check_rule(rule)
    at = timezone.now()
    coming = list(
        series.shifts.select_for_update(of=("self",)).filter(starts_at__gt=at, cancelled_at=None).order_by("starts_at")
    )
    wanted = {times.starts_at: times for times in map(rule.times_on, rule.days()) if times.starts_at > at}
    waits = set(
        series.shifts.filter(sign_ups__state__in=[SeatState.BOOKED, SeatState.WAITING]).values_list("pk", flat=True)
    )
    kept, removed = [], 0
    for shift in coming:
        same = wanted.get(shift.starts_at)
        if same and (shift.ends_at, shift.capacity) == (same.ends_at, same.capacity):
            continue
        if shift.pk in waits:
            kept.append(shift)
        else:
            shift.cancelled_at = at
            shift.save(update_fields=["cancelled_at"])
            removed += 1
    for name, value in _columns(rule).items():
        setattr(series, name, value)
    series.save()
    added = _fill(activity, series, rule, but={timezone.localdate(shift.starts_at) for shift in kept})
    counts = {"added": added, "removed": removed, "kept": len(kept)}
    events.record(life.SERIES_CHANGED, actor=actor, subject=activity, activity_id=activity.pk, **counts)
    return Changed(added, removed, tuple(kept))


def _columns(rule: Rule) -> dict[str, object]:
    return {
        "weekdays": "".join(str(n) for n in sorted(set(rule.weekdays))),
        "begins": rule.begins,
        "ends": rule.ends,
        "capacity": rule.capacity,
        "from_on": rule.from_on,
        "until_on": rule.until_on,
    }


def _check_rule(rule: Rule) -> None:
    if not rule.weekdays:
        raise RuleError(_("Choose at least one day of the week."), field="weekdays")
    if rule.ends <= rule.begins:
        raise RuleError(_("It has to end after it begins, and within twelve hours."), field="ends")
    last = min(rule.from_on, timezone.localdate()) + FURTHEST
    if not rule.from_on <= rule.until_on <= last:
        raise RuleError(_("At most a year ahead."), field="until_on")
    _check_seats(rule.capacity)


def _fill(activity: Activity, series: Series, rule: Rule, but: set[date] | None = None) -> int:
    """The missing shifts of the series that are still to come, one a day."""
    at = timezone.now()
    taken = set(activity.shifts.filter(cancelled_at=None).values_list("starts_at", flat=True))
    fresh = []
    for day in rule.days():
        times = rule.times_on(day)
        if times.starts_at > at and times.starts_at not in taken and day not in (but or set()):
            fresh.append(
                Shift(
                    activity=activity,
                    series=series,
                    starts_at=times.starts_at,
                    ends_at=times.ends_at,
                    capacity=times.capacity,
                )
            )
    if len(fresh) > MOST_SHIFTS:
        raise RuleError(_("At most %(most)d shifts at once.") % {"most": MOST_SHIFTS}, field="until_on")
    try:
        Shift.objects.bulk_create(fresh)
    except IntegrityError as error:
        raise RuleError(_("There is a shift at this time already.")) from error
    return len(fresh)
