"""What has been told long ago is cleared away. The audit trail stays: who was told of what can be worked out from it.

Kept on purpose: messages and deliveries that are parked (a person has to look at them) or still wait, and notices
nobody has read.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from core.models import OutboxMessage
from notifications.models import Delivery, DeliveryState, Digest, Notice

BATCH = 2000  # rows of one transaction: short locks, and a run that is killed has done most of its work


def prune_notices(*, at: datetime) -> dict[str, int]:
    """Everything that is old enough, batch by batch; says how many of each. May run late, twice or in parallel."""
    cutoff = at - timedelta(days=settings.NOTICE_KEEP_DAYS)
    old: dict[str, QuerySet[Any]] = {
        "messages": OutboxMessage.objects.filter(relayed_at__lt=cutoff, parked_at=None),
        "deliveries": _old_deliveries(cutoff),
        "notices": Notice.objects.filter(read_at__lt=cutoff),
        "digests": _old_digests(cutoff),  # last: what belonged to them is gone by now
    }
    return {name: _delete_all(rows) for name, rows in old.items()}


def _old_deliveries(cutoff: datetime) -> QuerySet[Delivery]:
    done = (DeliveryState.SENT, DeliveryState.DROPPED)
    # as long as its message waits, the relay may write the same delivery once more and would send it again
    waits = OutboxMessage.objects.filter(event=OuterRef("event"), relayed_at=None)
    return Delivery.objects.filter(~Exists(waits), state__in=done, created_at__lt=cutoff)


def _old_digests(cutoff: datetime) -> QuerySet[Digest]:
    """Only empty ones: an unread notice that lost its digest would come again in tomorrow's."""
    notices = Notice.objects.filter(digest=OuterRef("pk"))
    deliveries = Delivery.objects.filter(digest=OuterRef("pk"))
    return Digest.objects.filter(~Exists(notices), ~Exists(deliveries), created_at__lt=cutoff)


def _delete_all(rows: QuerySet[Any]) -> int:
    total = 0
    while done := _delete_batch(rows):
        total += done
    return total


@transaction.atomic
def _delete_batch(rows: QuerySet[Any]) -> int:
    """Rows another run is deleting are left to it."""
    locked = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))
    ids = list(locked.values_list("pk", flat=True)[:BATCH])
    return rows.model.objects.filter(pk__in=ids).delete()[0] if ids else 0
