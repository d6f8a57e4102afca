"""Celery entry points of the ground floor."""

from celery import shared_task
from django.core.management import call_command

from core.services import seals


@shared_task(name="core.seal_events", soft_time_limit=500, time_limit=540)
def seal_events() -> None:
    """Seal what became final."""
    seals.seal_events()


@shared_task(name="core.clear_sessions", soft_time_limit=280, time_limit=300)
def clear_sessions() -> None:
    """Forget sessions that have ended."""
    call_command("clearsessions")
