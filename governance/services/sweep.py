"""The sweep: climbs the rungs of the ladder that have been reached, each exactly once.

One transaction a batch: rungs, lines of history, events with their outbox rows, and the clocks moved on to their next
rung. A worker that dies leaves the batch undone and the next one does it. Clock and issue are locked together and rows
somebody else is working on are skipped until the next round, so the sweep never waits and never overwrites a reply.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least

from core import events
from core.database import update_rows
from governance.lifecycle import ISSUE_ESCALATED, State, Step, Target
from governance.models import Clock, Escalation, Issue, TimelineEntry
from governance.models.issues import Audience
from governance.services.clocks import climb, measure_of
from neighborhoods.actors import SYSTEM, Level

BATCH = 500
# What the ladder needs of an issue; its text stays in the database.
_FIELDS = ("id", "number", "urgency", "state", "holder_area__level")


@dataclass(frozen=True)
class Climb:
    """A rung reached by a clock. `is_late`: the same people are told by a higher rung reached at the same time."""

    clock: Clock
    rung: int
    target: Target
    level: Level | None
    is_late: bool = False


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
    clocks = _claim(at, limit)
    if not clocks:
        return 0, 0
    climbs = _not_yet(climb for clock in clocks for climb in _climbs_of(clock, at))
    Escalation.objects.bulk_create([_escalation(c, at) for c in climbs], ignore_conflicts=True)
    TimelineEntry.objects.bulk_create([_line(c, at) for c in climbs])
    events.record_many((ISSUE_ESCALATED, SYSTEM, c.clock.issue, _payload(c)) for c in climbs)
    moved_on = [(c.pk, c.next_rung, c.next_rung_at) for c in clocks]
    update_rows(Clock, {"next_rung": "smallint", "next_rung_at": "timestamptz"}, moved_on)
    _raise_levels(climbs)
    return len(clocks), len(climbs)


def _claim(at: datetime, limit: int) -> list[Clock]:
    """Running clocks whose next rung is reached, with their issues, except those somebody is working on."""
    due = Clock.objects.with_rung_due(at=at).select_related("issue__holder_area")
    due = due.only(*(f.attname for f in Clock._meta.concrete_fields), *(f"issue__{name}" for name in _FIELDS))
    locked = due.select_for_update(of=("self", "issue"), skip_locked=True, no_key=True)
    return list(locked.order_by("next_rung_at", "pk")[:limit])


def _climbs_of(clock: Clock, at: datetime) -> list[Climb]:
    """The rungs reached, in order; moves the clock on to the next one (in memory)."""
    urgency = clock.issue.urgency
    reached = climb(clock, urgency, measure_of(clock, urgency), at)
    told = [(rung.number, Target(rung.target), level_told(clock, Target(rung.target))) for rung in reached]
    return [
        Climb(clock, number, target, level, is_late=any(_covers(other, (target, level)) for other in told[place + 1 :]))
        for place, (number, target, level) in enumerate(told)
    ]


def _covers(other: tuple[int, Target, Level | None], mine: tuple[Target, Level | None]) -> bool:
    """Whether a higher rung tells everybody that this one tells: after an outage nobody gets two messages at once."""
    _number, target, level = other
    if mine[1] is not None:
        return level == mine[1]
    return target in {mine[0], Target.HANDLER_LEAD}


def level_told(clock: Clock, target: Target) -> Level | None:
    """The level a rung tells; none for whoever holds it. A smaller number is higher up."""
    if target == Target.STREET:
        return Level.STREET
    if target == Target.DISTRICT:
        return Level.DISTRICT
    if target == Target.LEVEL_UP:
        return Level(max(_responsible(clock) - 1, Level.DISTRICT))
    return None


def _responsible(clock: Clock) -> int:
    """The level whose turn it is: the holder, or whoever has to rule, dispatch again or call back."""
    issue = clock.issue
    level = issue.holder_area.level
    if clock.step == Step.RULING:
        return Level.STREET if issue.state == State.RULING or level <= Level.COMMUNITY else Level.COMMUNITY
    if clock.step == Step.CALLBACK:
        return min(level, Level.COMMUNITY)
    return level


def _not_yet(climbs: Iterable[Climb]) -> list[Climb]:
    """Without rungs climbed before: a ladder may have been edited, and nobody is told twice."""
    wanted = list(climbs)
    known = set(Escalation.objects.filter(clock__in={c.clock.pk for c in wanted}).values_list("clock_id", "rung"))
    return [c for c in wanted if (c.clock.pk, c.rung) not in known]


def _escalation(c: Climb, at: datetime) -> Escalation:
    return Escalation(clock=c.clock, issue=c.clock.issue, rung=c.rung, target=c.target, level=c.level, at=at)


def _line(c: Climb, at: datetime) -> TimelineEntry:
    return TimelineEntry(
        issue=c.clock.issue,
        kind=ISSUE_ESCALATED,
        at=at,
        actor_label=SYSTEM.label,
        reason=c.target,
        audience=Audience.STAFF,
    )


def _payload(c: Climb) -> dict[str, object]:
    payload: dict[str, object] = {
        "issue_id": c.clock.issue_id,
        "number": c.clock.issue.number,
        "clock_id": c.clock.pk,
        "step": c.clock.step,
        "rung": c.rung,
        "target": str(c.target),
        "level": None if c.level is None else int(c.level),
    }
    return {**payload, "late": True} if c.is_late else payload


def _raise_levels(climbs: list[Climb]) -> None:
    """The issue remembers the highest level told; LEAST because a smaller number is higher up, and ignores nulls."""
    by_level: dict[Level, set[int]] = {}
    for c in climbs:
        if c.level is not None:
            by_level.setdefault(c.level, set()).add(c.clock.issue_id)
    for level, ids in sorted(by_level.items()):
        Issue.objects.filter(pk__in=ids).update(escalated_level=Least(F("escalated_level"), int(level)))
