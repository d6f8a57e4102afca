"""Recording what happened: one audit row and one outbox row, inside the transaction that did it.

Audit rows are append-only (a trigger refuses update and delete). The hash chain over them is sealed afterwards
(core.services.seals), because a chain extended at insert time would make every writer wait for every other
(docs/adr/0003-sealed-audit.md).
"""

import json
from collections.abc import Sequence
from typing import Any, Protocol

from django.db import models, transaction
from django.utils import timezone

from core.models import Event


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
    event = _event(name, actor, subject, payload)
    ((event.pk, event.transaction_id),) = _insert(event, [(event.subject_id, payload)])
    event._state.adding = False
    return event


# One statement for both rows of an event; models would cost several times as much (docs/performance.md).
_RECORD = """
WITH recorded AS (
    INSERT INTO core_event (name, at, actor_id, actor_label, subject_type, subject_id, payload)
    SELECT %(name)s, %(at)s, %(actor_id)s, %(actor_label)s, %(subject_type)s, (fresh -> 0)::bigint, fresh -> 1
    FROM jsonb_array_elements(%(rows)s::jsonb) AS fresh
    RETURNING id
)
INSERT INTO core_outboxmessage (event_id, due_at, tries, last_error) SELECT id, %(at)s, 0, '' FROM recorded
RETURNING event_id, txid_current()
"""


def record_rows(
    name: str, *, actor: ActorLike, model: type[models.Model], rows: Sequence[tuple[int, dict[str, Any]]]
) -> None:
    """Record the same event for many rows of a model: their ids and payloads."""
    if rows:
        _insert(_event(name, actor, model(), {}), rows)


def _insert(event: Event, rows: Sequence[tuple[int, dict[str, Any]]]) -> list[tuple[int, int]]:
    """Rows like `event`, each with its own subject and payload, and their outbox rows; their ids and transaction."""
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise RuntimeError("events are recorded inside the transaction that makes them true")
    values = {
        "name": event.name,
        "at": event.at,
        "actor_id": event.actor_id,
        "actor_label": event.actor_label,
        "subject_type": event.subject_type,
        "rows": json.dumps(rows),  # one text: the driver escapes each quote in an array of texts by itself
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, values)
        recorded = cursor.fetchall()
    transaction.on_commit(_wake_relay, robust=True)
    return recorded


_wakers: list[Any] = []


def on_recorded(waker: Any) -> None:
    """Register a best-effort callable run after commit; the relay uses it to shorten the delay."""
    _wakers.append(waker)


def _wake_relay() -> None:
    for waker in _wakers:
        waker()
