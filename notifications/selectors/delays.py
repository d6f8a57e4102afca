"""How fast urgent notices leave: what the back office shows."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q

from notifications.models import Delivery, DeliveryState, Urgency

PROMISED = timedelta(seconds=10)  # from the event to the provider, for 95 of 100


class Handover(NamedTuple):
    """Urgent messages since some moment: how many, and how many a provider took within the promised seconds."""

    total: int
    in_time: int

    @property
    def percent(self) -> int:
        """Rounded down: 100 only if every one was in time."""
        return 100 * self.in_time // self.total if self.total else 100


def handover(since: datetime) -> Handover:
    """Sent ones by the time they took; parked ones were not in time. What still waits is not counted yet."""
    urgent = Delivery.objects.filter(urgency__lte=Urgency.NOW, event__at__gte=since)
    ended = urgent.filter(state__in=[DeliveryState.SENT, DeliveryState.PARKED])
    in_time = Q(state=DeliveryState.SENT, handed_at__lte=F("event__at") + PROMISED)
    return Handover(**ended.aggregate(total=Count("pk"), in_time=Count("pk", filter=in_time)))
