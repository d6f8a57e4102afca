"""Celery entry points. Each may run late, twice or in parallel."""

from celery import shared_task
from django.utils import timezone

from volunteers.services import registration
from volunteers.services.aid import sweep as aid
from volunteers.services.checkins.sweep import tell_all as tell_checkins
from volunteers.services.points import expiring, reconciling, rewards
from volunteers.services.records import confirming
from volunteers.services.representatives.sweep import tell_all


@shared_task(name="volunteers.sweep", soft_time_limit=240, time_limit=300)
def sweep() -> None:
    """What waited too long."""
    at = timezone.now()
    registration.tell_waiting(at=at)
    confirming.expire_unconfirmed(at=at)
    confirming.tell_unconfirmed(at=at)
    rewards.lapse_reserved(at=at)
    tell_all(at=at)
    aid.tell_all(at=at)
    tell_checkins(at=at)


@shared_task(name="volunteers.expire_points", soft_time_limit=500, time_limit=540)
def expire_points() -> None:
    """What has expired, and what soon will."""
    at = timezone.now()
    expiring.expire_points(at=at)
    expiring.tell_expiring(at=at)


@shared_task(name="volunteers.reconcile", soft_time_limit=500, time_limit=540)
def reconcile() -> None:
    """Whether the ledger adds up."""
    reconciling.reconcile(at=timezone.now())
