"""Starting and ending clocks. A clock is written when the thing happens and never recomputed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import Case, Max, Min, Q, Value, When

from core.calendar import Unit, WorkCalendar, work_calendar
from governance.lifecycle import NOT_ENDED, ClockState, Step
from governance.models import Clock, Issue, LadderRung
from governance.selectors.reference import limit_for, rungs_for

WALL_UNITS = {Unit.MINUTE, Unit.HOUR, Unit.DAY}


def due_after(start: datetime, urgency: str, step: str) -> datetime | None:
    """When a clock that starts now would end; used for previews too. None when the step has no limit."""
    limit = limit_for(urgency, step, start)
    return work_calendar().add(start, limit.amount, limit.unit) if limit else None


class Ticking(Protocol):
    """What the ladder asks of a clock; the sweep has twenty thousand of them and makes no models."""

    step: str
    started_at: datetime
    due_at: datetime
    paused_seconds: int
    next_rung: int
    next_rung_at: datetime | None


@dataclass(frozen=True)
class Measure:
    """How a limit counts: by the clock on the wall, or in office hours only."""

    is_wall: bool
    calendar: WorkCalendar

    @classmethod
    def of(cls, unit: str) -> "Measure":
        """By the `Unit` of a limit: minutes, hours and days by the wall, working ones in office hours."""
        return cls(unit in WALL_UNITS, work_calendar())

    def between(self, start: datetime, end: datetime) -> float:
        """Seconds that count between two moments; 0 when `end` is not later."""
        if self.is_wall:
            return max((end - start).total_seconds(), 0.0)
        return self.calendar.working_seconds_between(start, end)

    def after(self, start: datetime, seconds: float) -> datetime:
        """The moment after which so many counting seconds have passed."""
        return start + timedelta(seconds=seconds) if self.is_wall else self.calendar.add_working_seconds(start, seconds)


def measure_of(clock: Ticking, urgency: str) -> Measure:
    """By the limit the clock was started under; a limit nobody keeps any more counts by the wall."""
    limit = limit_for(urgency, clock.step, clock.started_at)
    return Measure.of(limit.unit if limit else Unit.HOUR)


def rung_time(rung: LadderRung, clock: Ticking, measure: Measure) -> datetime:
    """When a rung is reached. Shares of a limit in office hours are counted in office hours; pauses do not count."""
    if rung.minutes is not None:
        return clock.started_at + timedelta(minutes=rung.minutes, seconds=clock.paused_seconds)
    share = (rung.percent or 0) / 100
    if share == 1:
        return clock.due_at
    whole = measure.between(clock.started_at, clock.due_at) - clock.paused_seconds
    return measure.after(clock.started_at, clock.paused_seconds + whole * share)


def build_clock(issue: Issue, step: str, at: datetime) -> Clock | None:
    """An unsaved clock for a step of this issue that starts at `at`."""
    limit = limit_for(issue.urgency, step, at)
    if limit is None:
        return None
    calendar = work_calendar()
    due = calendar.add(at, limit.amount, limit.unit)
    clock = Clock(
        issue=issue,
        step=step,
        version_id=limit.version_id,
        started_at=at,
        due_at=due,
        is_unconfirmed=not calendar.is_confirmed(due.date()),
    )
    climb(clock, issue.urgency, Measure.of(limit.unit), None)
    return clock


def climb(clock: Ticking, urgency: str, measure: Measure, upto: datetime | None) -> list[LadderRung]:
    """The rungs reached by `upto`, in order; the clock then points at the next one, or at none."""
    reached: list[LadderRung] = []
    for rung in rungs_for(urgency, clock.step):
        if rung.number < clock.next_rung:
            continue
        time = rung_time(rung, clock, measure)
        if upto is None or time > upto:
            clock.next_rung, clock.next_rung_at = rung.number, time
            return reached
        reached.append(rung)
    clock.next_rung, clock.next_rung_at = (reached[-1].number + 1 if reached else clock.next_rung), None
    return reached


def plan_clocks(issue: Issue, steps: Iterable[Step], at: datetime) -> list[Clock]:
    """The unsaved clocks of several steps; the issue's due time moves, the caller saves both."""
    clocks = [clock for clock in (build_clock(issue, step, at) for step in steps) if clock]
    dues = [clock.due_at for clock in clocks]
    if dues:
        issue.due_at = min([*dues, issue.due_at]) if issue.due_at else min(dues)
    return clocks


def start_clocks(issue: Issue, steps: Iterable[Step], at: datetime) -> list[Clock]:
    """Start the clocks of several steps and move the issue's due time; the caller saves the issue."""
    return Clock.objects.bulk_create(plan_clocks(issue, steps, at))


def end_clocks(issue: Issue, steps: Iterable[Step], at: datetime) -> None:
    """Stop clocks, running or paused: in time or late, decided here and for good; the caller saves the issue."""
    Clock.objects.filter(issue=issue, step__in=steps, state__in=NOT_ENDED).update(
        state=Case(When(due_at__gte=at, then=Value(ClockState.MET)), default=Value(ClockState.MISSED)),
        ended_at=at,
        next_rung_at=None,
    )
    refresh_due(issue)


def void_clocks(issue: Issue, at: datetime, steps: Iterable[Step] | None = None) -> None:
    """Stop clocks that no longer matter (withdrawn, merged, closed, urgency changed)."""
    clocks = Clock.objects.filter(issue=issue, state__in=NOT_ENDED)
    if steps is not None:
        clocks = clocks.filter(step__in=steps)
    clocks.update(state=ClockState.VOID, ended_at=at, next_rung_at=None)
    refresh_due(issue)


_RUNNING_PAUSE = Q(state=ClockState.PAUSED, pauses__is_over=False, pauses__decided_at__isnull=False)


def refresh_due(issue: Issue) -> None:
    """The issue is due when its first clock is that has not ended, a paused one too; the caller saves it."""
    going = Clock.objects.filter(issue=issue, state__in=NOT_ENDED)
    found = going.aggregate(first=Min("due_at"), until=Max("pauses__ends_at", filter=_RUNNING_PAUSE))
    issue.due_at, issue.paused_until = found["first"], found["until"]
