"""What the sweep would have done between two acts of a story: rungs climbed, each at its own time."""

from datetime import datetime

from demo.book import Book, Line, Told
from governance.lifecycle import ISSUE_ESCALATED, ClockState
from governance.models import Clock, Escalation, Issue
from governance.models.issues import Audience
from governance.services.sweep import Climb, DueClock, climbs_of, payload_of
from neighborhoods.actors import SYSTEM


def climb_due(book: Book, issue: Issue, clocks: list[Clock], until: datetime) -> None:
    """Climb what is reached up to then, in the order of time."""
    while True:
        due = [(c.next_rung_at, n) for n, c in enumerate(clocks) if c.state == ClockState.RUNNING and c.next_rung_at]
        if not due or min(due)[0] > until:
            return
        at, place = min(due)
        _climb(book, issue, clocks[place], at)


def _climb(book: Book, issue: Issue, clock: Clock, at: datetime) -> None:
    due = DueClock(
        pk=0,
        step=clock.step,
        started_at=clock.started_at,
        due_at=clock.due_at,
        paused_seconds=clock.paused_seconds,
        next_rung=clock.next_rung,
        next_rung_at=clock.next_rung_at,
        issue_id=0,
        number=issue.number,
        urgency=issue.urgency,
        state=issue.state,
        holder_level=issue.holder_area.level,
        climbed=[],
    )
    for climb in climbs_of(due, at):
        _write(book, issue, clock, climb, at)
    clock.next_rung, clock.next_rung_at = due.next_rung, due.next_rung_at


def _write(book: Book, issue: Issue, clock: Clock, climb: Climb, at: datetime) -> None:
    book.escalations.append(
        Escalation(clock=clock, issue=issue, rung=climb.rung, target=climb.target, level=climb.level, at=at)
    )
    book.lines.append(Line(issue, ISSUE_ESCALATED, at, SYSTEM, reason=climb.target, audience=Audience.STAFF))
    book.events.append(Told(issue, ISSUE_ESCALATED, at, SYSTEM, payload_of(climb), clock))
    levels = [level for level in (issue.escalated_level, climb.level) if level is not None]
    issue.escalated_level = min(levels) if levels else None
