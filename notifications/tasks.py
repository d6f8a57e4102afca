"""Celery entry points. Each may run late, twice or in parallel."""

import time

from celery import shared_task
from django.utils import timezone

from notifications.routing import ROUTES
from notifications.services.deliver import deliver_batch
from notifications.services.digests import write_digests
from notifications.services.health import beat
from notifications.services.pruning import prune_notices
from notifications.services.relay import relay_batch
from notifications.services.wakeup import wake

RELAY_SECONDS = 20  # then the next tick goes on; one task must not keep a worker from the clocks


@shared_task(name="notifications.relay", soft_time_limit=240, time_limit=300)
def relay() -> None:
    """Relay and send until nothing is due."""
    wake.answered()
    until = time.monotonic() + RELAY_SECONDS
    while time.monotonic() < until:
        at = timezone.now()
        relayed = relay_batch(at=at, routes=ROUTES)
        if not deliver_batch(at=timezone.now()) and not relayed:
            return


@shared_task(name="notifications.digest", soft_time_limit=240, time_limit=300)
def digest() -> None:
    """Write the daily messages; the next relay sends them."""
    write_digests(at=timezone.now())


@shared_task(name="notifications.heartbeat", soft_time_limit=15, time_limit=20)
def heartbeat() -> None:
    """Show that beat and worker are alive."""
    beat(at=timezone.now())


@shared_task(name="notifications.prune")
def prune() -> None:
    """Clear away what was told long ago."""
    prune_notices(at=timezone.now())
