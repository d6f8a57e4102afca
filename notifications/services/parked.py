"""What failed too often waits for a person, who may send it on its way again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from core.models import OutboxMessage
from notifications.models import Delivery, DeliveryState


@transaction.atomic
def retry_deliveries(*, ids: Iterable[int], at: datetime) -> int:
    """Parked deliveries are tried again from the first try on."""
    parked = Delivery.objects.filter(pk__in=list(ids), state=DeliveryState.PARKED)
    return parked.update(state=DeliveryState.WAITING, tries=0, due_at=at, leased_until=None)


@transaction.atomic
def retry_messages(*, ids: Iterable[int], at: datetime) -> int:
    """Parked outbox messages are relayed again."""
    parked = OutboxMessage.objects.filter(pk__in=list(ids), parked_at__isnull=False)
    return parked.update(parked_at=None, tries=0, due_at=at, leased_until=None)
