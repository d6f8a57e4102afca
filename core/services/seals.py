"""Sealing the audit trail: a hash chain over events that can no longer change (docs/outbox.md, "Seals").

Events of a transaction become visible when it commits, in any order. The sealer therefore covers transactions, not
ids: everything written by transactions before the oldest one still running is final.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from core.database import LOCK_SEAL, lock_for_transaction
from core.errors import RuleError
from core.models import Event, EventSeal

logger = logging.getLogger(__name__)
CHUNK = 2000


def _horizon() -> int:
    """The oldest transaction still running; those before it are all finished."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT txid_snapshot_xmin(txid_current_snapshot())")
        return int(cursor.fetchone()[0])


def canonical(event: Event) -> bytes:
    """The same bytes for the same event, for ever."""
    parts: list[Any] = [
        event.pk,
        event.name,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor_id,
        event.actor_label,
        event.subject_type,
        event.subject_id,
        event.payload,
        event.transaction_id,
    ]
    return json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _digest(previous: str, events: QuerySet[Event]) -> tuple[str, int]:
    total, count = hashlib.sha256(previous.encode()), 0
    for event in events.order_by("id").iterator(chunk_size=CHUNK):
        total.update(canonical(event) + b"\n")
        count += 1
    return total.hexdigest(), count


@transaction.atomic
def seal_events() -> EventSeal | None:
    """Add a link over the events that became final since the last one; nothing when there are none.

    1. One sealer at a time. 2. Read the horizon. 3. Only then read events: all of the transactions before it are
    visible by now. 4. Write the link.
    """
    lock_for_transaction(LOCK_SEAL)
    last, horizon = EventSeal.objects.order_by("pk").last(), _horizon()
    start, after = (last.upto_transaction, last.after_event_id) if last else (0, 0)
    if horizon < start:
        raise RuleError(_("Transaction numbers went back. After a restore run: seal_events --after-restore"))
    return _add(last, after, start, horizon)


def _add(last: EventSeal | None, after: int, start: int, end: int) -> EventSeal | None:
    events = Event.objects.filter(pk__gt=after, transaction_id__gte=start, transaction_id__lt=end)
    digest, count = _digest(last.digest if last else "", events)
    if not count:
        return None
    seal = EventSeal.objects.create(
        after_event_id=after, from_transaction=start, upto_transaction=end, events=count, digest=digest
    )
    # the log is kept elsewhere: an anchor against somebody who rewrites the whole table
    logger.info("sealed %s events: %s", count, digest)
    return seal


@transaction.atomic
def seal_after_restore() -> EventSeal:
    """Close the chain of the old cluster and start again: a restored cluster counts transactions from the beginning.

    Run it before the portal starts: everything in the table then belongs to the old cluster and is committed.
    """
    lock_for_transaction(LOCK_SEAL)
    last = EventSeal.objects.order_by("pk").last()
    start, after = (last.upto_transaction, last.after_event_id) if last else (0, 0)
    newest = Event.objects.filter(pk__gt=after).aggregate(id=Max("pk"), transaction=Max("transaction_id"))
    if newest["id"] is not None:
        last = _add(last, after, start, max(newest["transaction"] + 1, start)) or last
    horizon = _horizon()
    digest, _count = _digest(last.digest if last else "", Event.objects.none())
    return EventSeal.objects.create(
        after_event_id=newest["id"] or after,
        from_transaction=horizon,
        upto_transaction=horizon,
        events=0,
        digest=digest,
    )


@dataclass(frozen=True)
class Difference:
    """A link that does not fit the events it once covered."""

    seal_id: int
    kind: str  # tampered, deleted, inserted, broken chain
    expected: int
    found: int

    def __str__(self) -> str:
        return f"seal {self.seal_id}: {self.kind} (sealed {self.expected} events, found {self.found})"


def verify_seals() -> list[Difference]:
    """Recompute every link; each one that does not fit is listed."""
    seals = list(EventSeal.objects.order_by("pk"))
    return list(_compare(seals))


def _compare(seals: list[EventSeal]) -> Iterator[Difference]:
    starts = sorted({seal.after_event_id for seal in seals})
    before: EventSeal | None = None
    for seal in seals:
        if not _follows(seal, before):
            yield Difference(seal.pk, "broken chain", seal.events, 0)
        events = Event.objects.filter(
            pk__gt=seal.after_event_id,
            transaction_id__gte=seal.from_transaction,
            transaction_id__lt=seal.upto_transaction,
        )
        # where the next epoch begins: its transactions may carry the same numbers
        limit = next((start for start in starts if start > seal.after_event_id), None)
        digest, count = _digest(before.digest if before else "", events.filter(pk__lte=limit) if limit else events)
        if digest != seal.digest:
            kind = "deleted" if count < seal.events else "inserted" if count > seal.events else "tampered"
            yield Difference(seal.pk, kind, seal.events, count)
        before = seal


def _follows(seal: EventSeal, before: EventSeal | None) -> bool:
    """A link starts where the one before ended. Only the marker of a restore, which covers nothing, starts anew."""
    if seal.events == 0:
        return before is None or seal.after_event_id >= before.after_event_id
    if before is None:
        return seal.from_transaction == 0
    return (seal.after_event_id, seal.from_transaction) == (before.after_event_id, before.upto_transaction)
