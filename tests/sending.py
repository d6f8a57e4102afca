"""Relaying and sending in tests, at an hour that disturbs nobody."""

from datetime import datetime, timedelta

from django.utils import timezone

from core.calendar import CHINA
from notifications.models import Delivery
from notifications.routing import ROUTES
from notifications.services.deliver import deliver_batch
from notifications.services.relay import relay_batch


def at_hour(hour: int, minute: int = 0, *, days: int = 1) -> datetime:
    """A moment after everything a test has done, at this hour in China."""
    day = timezone.now().astimezone(CHINA) + timedelta(days=days)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


NOON = at_hour(12)


def relay(at: datetime = NOON) -> None:
    while relay_batch(at=at, routes=ROUTES):
        pass


def deliver(at: datetime = NOON) -> int:
    return deliver_batch(at=at)


def states(**where) -> list[str]:
    return list(Delivery.objects.filter(**where).order_by("pk").values_list("state", flat=True))
