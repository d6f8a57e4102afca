"""Recording what happened: one audit row and one outbox row, inside the transaction that did it.

Audit rows are append-only (a trigger refuses update and delete). The hash chain over them is sealed afterwards
(core.services.seals), because a chain extended at insert time would make every writer wait for every other
(docs/adr/0003-sealed-audit.md).
"""

from collections.abc import Iterable
from typing import Any, Protocol

from django.db import models, transaction
from django.utils import timezone

from core.models import Event, OutboxMessage


class ActorLike(Protocol):
    """Whoever acts: a signed-in person, a resident without an account, or the system itself."""

    @property
    def user_id(self) -> int | None: ...

    @property
    def label(self) -> str: ...


def _event(name: str, actor: ActorLike, subject: models.Model, payload: dict[str, Any]) -> Event:
    return Event(
        name=name,
        at=timezone.now(),
        actor_id=actor.user_id,
        actor_label=actor.label,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        payload=payload,
    )


def record(name: str, *, actor: ActorLike, subject: models.Model, **payload: Any) -> Event:
    """Record one event; `payload` must be JSON-able and carry ids and times, never contact data."""
    return record_many([(name, actor, subject, payload)])[0]


def record_many(items: Iterable[tuple[str, ActorLike, models.Model, dict[str, Any]]]) -> list[Event]:
    """Record many events with two statements; used by sweeps."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("events are recorded inside the transaction that makes them true")
    events = Event.objects.bulk_create([_event(*item) for item in items])
    OutboxMessage.objects.bulk_create([OutboxMessage(event=event, due_at=event.at) for event in events])
    transaction.on_commit(_wake_relay, robust=True)
    return events


_wakers: list[Any] = []


def on_recorded(waker: Any) -> None:
    """Register a best-effort callable run after commit; the relay uses it to shorten the delay."""
    _wakers.append(waker)


def _wake_relay() -> None:
    for waker in _wakers:
        waker()
