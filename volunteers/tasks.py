"""Celery entry points. Each may run late, twice or in parallel."""

from celery import shared_task
from django.utils import timezone

from volunteers.services import registration


@shared_task(name="volunteers.sweep", soft_time_limit=240, time_limit=300)
def sweep() -> None:
    """What waited too long."""
    registration.tell_waiting(at=timezone.now())
