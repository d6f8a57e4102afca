"""Whether notices flow: how far the relay is behind, and whether the beat still ticks."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from core.health import is_starting
from core.models import OutboxMessage
from notifications.models import Heartbeat

BEAT = "beat"


def beat(*, at: datetime) -> None:
    """The beat and a worker are alive: this is written by a task the beat has sent."""
    Heartbeat.objects.update_or_create(name=BEAT, defaults={"at": at})


def relay_lag(at: datetime) -> timedelta:
    """How long the oldest message that is due has waited."""
    waiting = OutboxMessage.objects.filter(relayed_at=None, parked_at=None, due_at__lte=at)
    oldest = waiting.order_by("due_at", "id").values_list("due_at", flat=True).first()
    return at - oldest if oldest else timedelta(0)


def relay_problem() -> str:
    """What is wrong with the relay; empty when all is well."""
    lag = relay_lag(timezone.now())
    if lag.total_seconds() > settings.NOTICE_LAG_ALERT_SECONDS:
        return f"oldest message waits for {int(lag.total_seconds())} s"
    return ""


def beat_problem() -> str:
    """What is wrong with the beat; empty when all is well."""
    last = Heartbeat.objects.filter(name=BEAT).values_list("at", flat=True).first()
    if last is None:
        return "" if is_starting() else "never seen"
    age = (timezone.now() - last).total_seconds()
    return f"last seen {int(age)} s ago" if age > settings.NOTICE_LAG_ALERT_SECONDS else ""
