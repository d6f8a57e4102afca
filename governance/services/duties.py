"""Clocks of tasks, matters and whistles: like those of issues, swept one at a time and without raw SQL.

There are thousands of them, not hundreds of thousands; the sweep of issues (services/sweep.py) stays as fast as it is.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import Case, QuerySet, Value, When

from core import events
from core.calendar import Unit, work_calendar
from governance.lifecycle import NOT_ENDED, ClockState
from governance.models import DutyClock, DutyEscalation
from governance.selectors.reference import limit_for
from governance.services.clocks import Measure, climb
from governance.services.ladder import Told, told_by
from neighborhoods.actors import SYSTEM

BATCH = 200


@dataclass(frozen=True)
class DutyKind:
    """What the sweep has to know of a kind of thing with such clocks."""

    field: str  # of the clock
    model: type[models.Model]
    related: tuple[str, ...]
    event: str
    track: Callable[[Any], str]
    responsible: Callable[[Any], int]  # the level of whoever has it
    record: Callable[[Any, DutyClock, Told, datetime], None]  # the line of its history, and the level told on itself
    payload: Callable[[Any], dict[str, Any]]


def start_clock(
    owner: dict[str, Any], *, track: str, step: str, at: datetime, due_at: datetime | None = None
) -> DutyClock | None:
    """Start the clock of a step: for as long as the limits say, or until a promised time. Without either there is none.

    `owner` names the thing as the clock does, e.g. `{"task": task}`.
    """
    clock = build_clock(owner, track=track, step=step, at=at, due_at=due_at)
    if clock:
        clock.save(force_insert=True)
    return clock


def build_clock(
    owner: dict[str, Any], *, track: str, step: str, at: datetime, due_at: datetime | None = None
) -> DutyClock | None:
    """The same, not saved."""
    limit = limit_for(track, step, at)
    if due_at is None and limit is None:
        return None
    calendar = work_calendar()
    due = due_at or calendar.add(at, limit.amount, limit.unit)  # type: ignore[union-attr] # one of the two is there
    clock = DutyClock(
        **owner,
        step=step,
        version_id=limit.version_id if limit else None,
        started_at=at,
        due_at=due,
        is_unconfirmed=not calendar.is_confirmed(due.date()),
    )
    climb(clock, track, _measure(clock, track), None)
    return clock


def _measure(clock: DutyClock, track: str) -> Measure:
    """A promised day counts by the wall."""
    limit = limit_for(track, clock.step, clock.started_at)
    return Measure.of(limit.unit if limit else Unit.DAY)


def _going(owner: dict[str, Any], steps: Iterable[str] | None) -> QuerySet[DutyClock]:
    clocks = DutyClock.objects.filter(**owner, state__in=NOT_ENDED)
    return clocks if steps is None else clocks.filter(step__in=list(steps))


def end_clocks(owner: dict[str, Any], at: datetime, steps: Iterable[str] | None = None) -> None:
    """Stop clocks: in time or late, decided here and for good."""
    _going(owner, steps).update(
        state=Case(When(due_at__gte=at, then=Value(ClockState.MET)), default=Value(ClockState.MISSED)),
        ended_at=at,
        next_rung_at=None,
    )


def void_clocks(owner: dict[str, Any], at: datetime, steps: Iterable[str] | None = None) -> None:
    """Stop clocks that no longer matter."""
    _going(owner, steps).update(state=ClockState.VOID, ended_at=at, next_rung_at=None)


def sweep_kind(kind: DutyKind, *, at: datetime, seconds: float = 20, batch: int = BATCH) -> int:
    """Climb everything of a kind that is due; says how many rungs. What somebody else works on comes next time."""
    total, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        due = DutyClock.objects.filter(state=ClockState.RUNNING, next_rung_at__lte=at)
        waiting = due.filter(**{f"{kind.field}__isnull": False}).order_by("next_rung_at", "pk")
        ids = list(waiting.values_list("pk", f"{kind.field}_id")[:batch])
        climbed = _sweep_batch(kind, ids, at) if ids else 0
        total += climbed
        if not climbed or len(ids) < batch:
            break
    return total


@transaction.atomic
def _sweep_batch(kind: DutyKind, ids: list[tuple[int, int]], at: datetime) -> int:
    """Owner before clock, as every verb locks them; read again under the lock."""
    locked = kind.model._default_manager.select_for_update(skip_locked=True).filter(pk__in={pk for _clock, pk in ids})
    free = set(locked.values_list("pk", flat=True))
    owners = kind.model._default_manager.select_related(*kind.related).in_bulk(free)
    clocks = DutyClock.objects.filter(
        pk__in=[clock for clock, owner in ids if owner in free], state=ClockState.RUNNING, next_rung_at__lte=at
    )
    number = 0
    for clock in clocks.order_by("next_rung_at", "pk").prefetch_related("escalations"):
        number += _climb(kind, owners[getattr(clock, f"{kind.field}_id")], clock, at)
    return number


def _climb(kind: DutyKind, owner: Any, clock: DutyClock, at: datetime) -> int:
    track = kind.track(owner)
    reached = climb(clock, track, _measure(clock, track), at)
    climbed = {escalation.rung for escalation in clock.escalations.all()}
    told = told_by(reached, climbed, kind.responsible(owner))
    DutyEscalation.objects.bulk_create(
        [DutyEscalation(clock=clock, rung=t.rung, target=t.target, level=t.level, at=at) for t in told]
    )
    for one in told:
        kind.record(owner, clock, one, at)
        late = {"late": True} if one.is_late else {}
        payload = {"clock_id": clock.pk, "step": clock.step, "rung": one.rung, "target": one.target, "level": one.level}
        events.record(kind.event, actor=SYSTEM, subject=owner, **kind.payload(owner), **payload, **late)
    clock.save(update_fields=["next_rung", "next_rung_at"])
    return len(told)
