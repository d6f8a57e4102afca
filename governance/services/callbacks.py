"""Residents who have not answered a reply are handed to the call-back agents."""

from datetime import datetime, timedelta

from django.conf import settings

from core.calendar import Unit, work_calendar
from governance.lifecycle import State
from governance.models import Issue
from governance.services.answers import start_callback

BATCH = 500


def start_callbacks(*, at: datetime, limit: int = BATCH) -> int:
    """Every reply that stayed unanswered for the agreed working days; early enough that the call is made in time."""
    waiting = Issue.objects.filter(
        state=State.REPLIED, part_of=None, closed_at=None, replied_at__lt=at - timedelta(days=1)
    )
    rows = waiting.order_by("replied_at", "pk").values_list("pk", "replied_at")
    due = [pk for pk, replied_at in rows.iterator() if replied_at and _ended(replied_at) <= at][:limit]
    return sum(start_callback(issue_id=pk, at=at) for pk in due)


def _ended(replied_at: datetime) -> datetime:
    """When the time to answer by the private link alone is over."""
    return work_calendar().add(replied_at, settings.CALLBACK_AFTER_WORKING_DAYS, Unit.WORKING_DAY)
