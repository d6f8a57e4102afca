"""The sweep: climbs the rungs of the ladder that have been reached, each exactly once.

One transaction a batch: rungs, lines of history, events with their outbox rows, and the clocks moved on to their next
rung. A worker that dies leaves the batch undone and the next one does it. Clock and issue are locked together and rows
somebody else is working on are skipped until the next round, so the sweep never waits and never overwrites a reply.

Three statements a batch, in SQL: a bad night leaves twenty thousand due clocks (docs/performance.md).
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from core import events
from governance.lifecycle import ISSUE_ESCALATED, TO_RULE, Step
from governance.models import Issue
from governance.models.issues import Audience
from governance.services.clocks import climb, measure_of
from governance.services.ladder import told_by
from neighborhoods.actors import SYSTEM, Level

BATCH = 1000
_CLAIM = """
SELECT clock.id, clock.step, clock.started_at, clock.due_at, clock.paused_seconds, clock.next_rung, clock.next_rung_at,
    issue.id, issue.number, issue.urgency, issue.state, holder.level,
    ARRAY(SELECT rung FROM governance_escalation WHERE clock_id = clock.id)
FROM governance_clock clock
JOIN governance_issue issue ON issue.id = clock.issue_id
JOIN neighborhoods_area holder ON holder.id = issue.holder_area_id
WHERE clock.state = 'running' AND clock.next_rung_at <= %s
ORDER BY clock.next_rung_at, clock.id
LIMIT %s
FOR NO KEY UPDATE OF clock, issue SKIP LOCKED
"""
# The issue keeps the highest level told: a smaller number is higher up, and LEAST ignores nulls.
_WRITE = """
WITH climbed AS (
    SELECT * FROM unnest(%(clocks)s::bigint[], %(issues)s::bigint[], %(rungs)s::int[], %(targets)s::text[],
        %(levels)s::int[]) WITH ORDINALITY AS row(clock_id, issue_id, rung, target, level, place)
), told AS (
    INSERT INTO governance_escalation (clock_id, issue_id, rung, target, level, at)
    SELECT clock_id, issue_id, rung, target, level, %(at)s FROM climbed ORDER BY place
    ON CONFLICT (clock_id, rung) DO NOTHING
), line AS (
    INSERT INTO governance_timelineentry
        (issue_id, kind, at, actor_label, from_state, to_state, text, reason, audience, photo_ids)
    SELECT issue_id, %(kind)s, %(at)s, %(actor)s, '', '', '', target, %(audience)s, '{}' FROM climbed ORDER BY place
), raised AS (
    UPDATE governance_issue issue SET escalated_level = LEAST(escalated_level, highest.level)
    FROM (SELECT issue_id, min(level) AS level FROM climbed GROUP BY issue_id) AS highest
    WHERE issue.id = highest.issue_id AND highest.level IS NOT NULL
)
UPDATE governance_clock clock SET next_rung = moved.next_rung, next_rung_at = moved.next_rung_at
FROM unnest(%(moved)s::bigint[], %(next_rungs)s::int[], %(next_times)s::timestamptz[])
    AS moved(id, next_rung, next_rung_at)
WHERE clock.id = moved.id
"""


@dataclass(slots=True)
class DueClock:
    """A clock whose next rung is reached, with what the ladder asks of its issue."""

    pk: int
    step: str
    started_at: datetime
    due_at: datetime
    paused_seconds: int
    next_rung: int
    next_rung_at: datetime | None
    issue_id: int
    number: str
    urgency: str
    state: str
    holder_level: int
    climbed: list[int]


@dataclass(frozen=True, slots=True)
class Climb:
    """A rung reached by a clock. `is_late`: the same people are told by a higher rung reached at the same time."""

    clock: DueClock
    rung: int
    target: str
    level: int | None
    is_late: bool


def sweep_clocks(*, at: datetime, seconds: float = 40, batch: int = BATCH) -> int:
    """Climb everything that is due, batch by batch, for at most so long; says how many rungs."""
    total, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        claimed, climbed = sweep_batch(at=at, limit=batch)
        total += climbed
        if claimed < batch:
            break
    return total


@transaction.atomic
def sweep_batch(*, at: datetime, limit: int = BATCH) -> tuple[int, int]:
    """One batch in one transaction: how many clocks were claimed, and how many rungs were climbed."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [at, limit])
        clocks = [DueClock(*row) for row in cursor.fetchall()]
        if not clocks:
            return 0, 0
        climbs = [climb for clock in clocks for climb in climbs_of(clock, at)]
        cursor.execute(_WRITE, _columns(clocks, climbs, at))
    events.record_rows(
        ISSUE_ESCALATED, actor=SYSTEM, model=Issue, rows=[(c.clock.issue_id, payload_of(c)) for c in climbs]
    )
    return len(clocks), len(climbs)


def climbs_of(clock: DueClock, at: datetime) -> list[Climb]:
    """The rungs reached, in order; moves the clock on to the next one (in memory)."""
    reached = climb(clock, clock.urgency, measure_of(clock, clock.urgency), at)
    return [Climb(clock, *told) for told in told_by(reached, clock.climbed, _responsible(clock))]


def _responsible(clock: DueClock) -> int:
    """The level whose turn it is: the holder, or whoever has to rule, dispatch again or call back."""
    level = clock.holder_level
    if clock.step == Step.RULING:
        is_streets = clock.state in TO_RULE or level <= Level.COMMUNITY
        return int(Level.STREET if is_streets else Level.COMMUNITY)
    if clock.step == Step.CALLBACK:
        return min(level, int(Level.COMMUNITY))
    return level


def _columns(clocks: list[DueClock], climbs: list[Climb], at: datetime) -> dict[str, Any]:
    return {
        "clocks": [c.clock.pk for c in climbs],
        "issues": [c.clock.issue_id for c in climbs],
        "rungs": [c.rung for c in climbs],
        "targets": [c.target for c in climbs],
        "levels": [c.level for c in climbs],
        "moved": [c.pk for c in clocks],
        "next_rungs": [c.next_rung for c in clocks],
        "next_times": [c.next_rung_at for c in clocks],
        "at": at,
        "kind": ISSUE_ESCALATED,
        "actor": SYSTEM.label,
        "audience": int(Audience.STAFF),
    }


def payload_of(c: Climb) -> dict[str, object]:
    """What the event of a climbed rung says; the demonstration writes the same."""
    payload: dict[str, object] = {
        "issue_id": c.clock.issue_id,
        "number": c.clock.number,
        "clock_id": c.clock.pk,
        "step": c.clock.step,
        "rung": c.rung,
        "target": c.target,
        "level": c.level,
    }
    return {**payload, "late": True} if c.is_late else payload
