"""Celery entry points. Each may run late, twice or in parallel."""

from celery import shared_task
from django.utils import timezone

from governance.services import (
    callbacks,
    dismissing,
    duties,
    extensions,
    pauses,
    questions,
    recurring,
    retention,
    sweep,
)
from governance.services.committees import promises
from governance.services.matters.moves import MATTERS
from governance.services.meetings import results
from governance.services.tasks import TASKS
from governance.services.whistles.ladder import CALLS, WHISTLES


@shared_task(name="governance.sweep_clocks", soft_time_limit=240, time_limit=300)
def sweep_clocks() -> None:
    """End what waited too long, let paused clocks go on, then climb the ladder."""
    at = timezone.now()
    questions.close_questions(at=at)
    extensions.lapse_extensions(at=at)
    dismissing.lapse_dismissals()
    pauses.resume_ended(at=at)
    sweep.sweep_clocks(at=at)
    for kind in (TASKS, MATTERS, WHISTLES, CALLS):
        duties.sweep_kind(kind, at=at)


@shared_task(name="governance.start_callbacks", soft_time_limit=240, time_limit=300)
def start_callbacks() -> None:
    """Hand unanswered replies to the call-back agents; end what nobody answered or decided."""
    at = timezone.now()
    callbacks.start_callbacks(at=at)
    callbacks.close_unanswered(at=at)
    callbacks.reopen_undecided(at=at)


@shared_task(name="governance.find_recurrences", soft_time_limit=540, time_limit=600)
def find_recurrences() -> None:
    """Put what keeps coming back before the communities."""
    recurring.find_recurrences(at=timezone.now())


@shared_task(name="governance.apply_retention", soft_time_limit=1740, time_limit=1800)
def apply_retention() -> None:
    """Hide, empty and strike out what is no longer needed."""
    retention.apply_retention(at=timezone.now())


@shared_task(name="governance.expire_links", soft_time_limit=240, time_limit=300)
def expire_links() -> None:
    """Give private links of ended cases their last day."""
    retention.expire_links(at=timezone.now())


@shared_task(name="governance.remind_organizers", soft_time_limit=240, time_limit=300)
def remind_organizers() -> None:
    """Meetings that should have gone on by now, and promises long overdue."""
    results.remind_organizers()
    promises.tell_late_promises(at=timezone.now())
