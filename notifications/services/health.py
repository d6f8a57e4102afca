"""Whether notices flow: how far the relay is behind, and whether the beat still ticks."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from core.health import Finding, State, heartbeat_finding
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


def relay_finding() -> Finding:
    """The relay fails when the oldest message has waited too long."""
    lag = relay_lag(timezone.now())
    detail = f"{int(lag.total_seconds())} s behind"
    return Finding(State.FAILING if lag > _late_after() else State.OK, detail)


def beat_finding() -> Finding:
    """The beat fails when it was not seen for too long."""
    last = Heartbeat.objects.filter(name=BEAT).values_list("at", flat=True).first()
    return heartbeat_finding(last, late_after=_late_after())


def _late_after() -> timedelta:
    return timedelta(seconds=settings.NOTICE_LAG_ALERT_SECONDS)
