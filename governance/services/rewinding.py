"""When the urgency of a case changes, its clocks that have not ended are replaced by those of the new urgency."""

from datetime import datetime

from django.utils.translation import gettext as _

from core.errors import RuleError
from governance.lifecycle import NOT_ENDED, PARKED_STEPS, URGENCY_RANK, ClockState, Step, Urgency
from governance.lifecycle.asking import ABOUT_THE_LIMIT
from governance.models import Clock, Issue
from governance.selectors.reference import limit_for, rungs_for
from governance.services.clocks import Measure, build_clock, climb, end_clocks, refresh_due, void_clocks


def rewind_clocks(issue: Issue, urgency: Urgency, at: datetime) -> None:
    """Give the issue its new urgency; the caller has locked it and saves it.

    Raised: the new limit counts from now, because nobody can be late for what they were not told, but it never ends
    later than the old one; a clock that was overdue ends late. Lowered: the new limit counts from the old start.
    """
    going = list(Clock.objects.filter(issue=issue, state__in=NOT_ENDED).exclude(step__in=PARKED_STEPS).order_by("pk"))
    if any(clock.state == ClockState.PAUSED for clock in going):
        raise RuleError(_("The clock is paused. Let it go on first."))
    if issue.asked in ABOUT_THE_LIMIT:
        issue.asked, issue.asked_by_id = "", None
    before, issue.urgency_before = issue.urgency, issue.gravest_urgency
    issue.urgency = urgency
    is_raised = URGENCY_RANK[urgency] > URGENCY_RANK[Urgency(before)]
    changed = [c for c in going if not _same_rules(c, before, urgency)]
    late = [Step(c.step) for c in changed if is_raised and c.due_at < at]
    void_clocks(issue, at, [Step(c.step) for c in changed if c.step not in late])
    end_clocks(issue, late, at)
    fresh = [_again(issue, old, at, is_raised=is_raised) for old in changed]
    if _lacks_contact(issue, going):
        fresh.append(build_clock(issue, Step.CONTACT, at))
    Clock.objects.bulk_create([clock for clock in fresh if clock])
    refresh_due(issue)


def _same_rules(clock: Clock, before: str, after: str) -> bool:
    """A limit and ladder that both urgencies share: the clock simply runs on."""
    limits = (limit_for(before, clock.step, clock.started_at), limit_for(after, clock.step, clock.started_at))
    return limits[0] == limits[1] and rungs_for(before, clock.step) == rungs_for(after, clock.step)


def _again(issue: Issue, old: Clock, at: datetime, *, is_raised: bool) -> Clock | None:
    clock = build_clock(issue, Step(old.step), at if is_raised else old.started_at)
    limit = limit_for(issue.urgency, old.step, clock.started_at) if clock else None
    if clock is None or limit is None:
        return None
    measure = Measure.of(limit.unit)
    if is_raised and at <= old.due_at < clock.due_at:
        clock.due_at = old.due_at
    elif not is_raised and old.paused_seconds:  # what did not count before does not count now
        clock.paused_seconds = old.paused_seconds
        clock.due_at = measure.after(clock.due_at, clock.paused_seconds)
    clock.next_rung = 1
    climb(clock, issue.urgency, measure, None)
    return clock


def _lacks_contact(issue: Issue, going: list[Clock]) -> bool:
    """An inquiry has no limit for the first contact; what it becomes may have one."""
    if issue.part_of_id:  # whoever dispatches the whole talks with the resident
        return False
    is_worked_on = any(clock.step == Step.DONE for clock in going)
    since = issue.dispatched_at or issue.submitted_at
    if not is_worked_on or issue.contact_logs.filter(at__gte=since).exists():
        return False
    return not Clock.objects.filter(issue=issue, step=Step.CONTACT, started_at__gte=since).exists()
