"""Starting and ending clocks. A clock is written when the thing happens and never recomputed."""

from datetime import datetime, timedelta

from django.db.models import Case, Min, Value, When

from core.calendar import Unit, WorkCalendar, work_calendar
from governance.lifecycle import ClockState, Step
from governance.models import Clock, Issue, LadderRung
from governance.selectors.reference import Limit, limit_for, rungs_for

WALL_UNITS = {Unit.MINUTE, Unit.HOUR, Unit.DAY}
RUNNING = (ClockState.RUNNING, ClockState.PAUSED)


def due_after(start: datetime, urgency: str, step: str) -> datetime | None:
    """When a clock that starts now would end; used for previews too. None when the step has no limit."""
    limit = limit_for(urgency, step, start)
    return work_calendar().add(start, limit.amount, limit.unit) if limit else None


def rung_time(rung: LadderRung, clock: Clock, limit_unit: str, calendar: WorkCalendar) -> datetime:
    """When a rung is reached. Shares of a limit in office hours are counted in office hours."""
    if rung.minutes is not None:
        return clock.started_at + timedelta(minutes=rung.minutes)
    share = (rung.percent or 0) / 100
    if share == 1:
        return clock.due_at
    if limit_unit in WALL_UNITS:
        return clock.started_at + (clock.due_at - clock.started_at) * share
    whole = calendar.working_seconds_between(clock.started_at, clock.due_at)
    return calendar.add_working_seconds(clock.started_at, whole * share)


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
    set_next_rung(clock, issue.urgency, limit, number=1)
    return clock


def set_next_rung(clock: Clock, urgency: str, limit: Limit, *, number: int) -> None:
    """Point the clock at the given rung of its ladder, or at none when it has no more."""
    rungs = [r for r in rungs_for(urgency, clock.step) if r.number >= number]
    clock.next_rung = rungs[0].number if rungs else number
    clock.next_rung_at = rung_time(rungs[0], clock, limit.unit, work_calendar()) if rungs else None


def plan_clocks(issue: Issue, steps: list[Step], at: datetime) -> list[Clock]:
    """The unsaved clocks of several steps; the issue's due time moves, the caller saves both."""
    clocks = [clock for clock in (build_clock(issue, step, at) for step in steps) if clock]
    dues = [clock.due_at for clock in clocks]
    if dues:
        issue.due_at = min([*dues, issue.due_at]) if issue.due_at else min(dues)
    return clocks


def start_clocks(issue: Issue, steps: list[Step], at: datetime) -> list[Clock]:
    """Start the clocks of several steps and move the issue's due time; the caller saves the issue."""
    return Clock.objects.bulk_create(plan_clocks(issue, steps, at))


def end_clocks(issue: Issue, steps: list[Step], at: datetime) -> None:
    """Stop running clocks: in time or late, decided here and for good; the caller saves the issue."""
    Clock.objects.filter(issue=issue, step__in=steps, state__in=RUNNING).update(
        state=Case(When(due_at__gte=at, then=Value(ClockState.MET)), default=Value(ClockState.MISSED)),
        ended_at=at,
        next_rung_at=None,
    )
    refresh_due(issue)


def void_clocks(issue: Issue, at: datetime, steps: list[Step] | None = None) -> None:
    """Stop clocks that no longer matter (withdrawn, merged, closed, urgency changed)."""
    clocks = Clock.objects.filter(issue=issue, state__in=RUNNING)
    if steps is not None:
        clocks = clocks.filter(step__in=steps)
    clocks.update(state=ClockState.VOID, ended_at=at, next_rung_at=None)
    refresh_due(issue)


def refresh_due(issue: Issue) -> None:
    """The issue is due when its first running clock is; the caller saves it."""
    running = Clock.objects.filter(issue=issue, state__in=RUNNING)
    issue.due_at = running.aggregate(first=Min("due_at"))["first"]
