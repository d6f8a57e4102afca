"""How fast notices leave, for the benchmark and the dashboard."""

from datetime import datetime

from django.db.models import DurationField, ExpressionWrapper, F

from notifications.models import Delivery, DeliveryState, Urgency


def seconds_to_handover(since: datetime) -> list[float]:
    """From event to provider, in seconds, for every urgent delivery sent since; sorted, the fastest first."""
    delay = ExpressionWrapper(F("handed_at") - F("event__at"), output_field=DurationField())
    sent = Delivery.objects.filter(state=DeliveryState.SENT, urgency__lte=Urgency.NOW, handed_at__gte=since)
    return sorted(d.total_seconds() for d in sent.values_list(delay, flat=True) if d is not None)
