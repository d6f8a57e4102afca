"""Celery entry points. Each may run late, twice or in parallel."""

from celery import shared_task
from django.utils import timezone

from volunteers.services import registration
from volunteers.services.representatives.sweep import tell_all


@shared_task(name="volunteers.sweep", soft_time_limit=240, time_limit=300)
def sweep() -> None:
    """What waited too long."""
    at = timezone.now()
    registration.tell_waiting(at=at)
    tell_all(at=at)
