"""Residents who have not answered a reply are called, all of them or a sample by category; the others' cases end."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.calendar import Unit, work_calendar
from governance.lifecycle import ASKED, ISSUE_CALLED_BACK, ISSUE_CLOSED, ISSUE_REOPENED, State, Step
from governance.lifecycle.asking import BY_RESIDENTS, AppealOutcome
from governance.models import Callback, Clock, Issue, Whistle
from governance.models.issues import Audience
from governance.selectors.callbacks import is_called
from governance.services.answers import start_callback
from governance.services.clocks import end_clocks, void_clocks
from governance.services.moves import locked_issue, move, save_issue, tell
from governance.services.parts import close_parts, open_parts
from governance.services.reopening import reopen
from neighborhoods.actors import SYSTEM

BATCH = 500


def start_callbacks(*, at: datetime, limit: int = BATCH) -> int:
    """Every reply that stayed unanswered for the agreed working days; early enough that the call is made in time."""
    due = list(islice(_unanswered(at), limit))
    return sum(start_callback(issue_id=pk, at=at) for pk in due)


def _unanswered(at: datetime) -> Iterator[int]:
    waiting = Issue.objects.filter(state=State.REPLIED, part_of=None, closed_at=None)
    waiting = waiting.filter(replied_at__lt=at - timedelta(days=1))
    columns = ("pk", "replied_at", "reopened_count", "category__callback_every")
    for pk, replied_at, reopened, every in waiting.order_by("replied_at", "pk").values_list(*columns).iterator():
        if replied_at and _ended(replied_at) <= at and is_called(pk, reopened, every):
            yield pk


def reopen_undecided(*, at: datetime, limit: int = BATCH) -> int:
    """A "not solved" or an appeal that nobody decided in time goes back to work: silence speaks for the resident."""
    waiting = Clock.objects.running().filter(step=Step.RULING, due_at__lte=at, issue__asked__in=sorted(BY_RESIDENTS))
    rows = waiting.order_by("due_at", "pk").values_list("issue", flat=True)[:limit]
    return sum(_reopen_one(pk, at) for pk in rows)


@transaction.atomic
def _reopen_one(issue_id: int, at: datetime) -> bool:
    issue = locked_issue(issue_id)
    if issue.asked not in BY_RESIDENTS:  # decided meanwhile
        return False
    issue.appeals.filter(outcome=AppealOutcome.ASKED).update(outcome=AppealOutcome.SILENT, decided_at=at)
    end_clocks(issue, [Step.RULING], at)  # late: whoever had to decide did not
    with translation.override(settings.LANGUAGE_CODE):
        words = _("Nobody decided within the time, so it goes back to work.")
    reopen(issue, actor=SYSTEM, at=at, reason=words)
    tell(ISSUE_REOPENED, issue, SYSTEM, by="rule")
    return True


def _ended(replied_at: datetime) -> datetime:
    """When the time to answer by the private link alone is over."""
    return work_calendar().add(replied_at, settings.CALLBACK_AFTER_WORKING_DAYS, Unit.WORKING_DAY)


def close_unanswered(*, at: datetime, limit: int = BATCH) -> int:
    """Cases outside the sample whose resident let the whole time to answer pass. Closed, and never as satisfied."""
    over = Clock.objects.running().filter(step=Step.CALLBACK, due_at__lte=at, issue__category__callback_every__gt=1)
    rows = over.filter(issue__state__in=sorted(ASKED)).order_by("due_at", "pk")
    columns = ("issue", "issue__reopened_count", "issue__category__callback_every")
    found = [pk for pk, reopened, every in rows.values_list(*columns).iterator() if not is_called(pk, reopened, every)]
    return sum(_close_one(pk, at) for pk in found[:limit])


@transaction.atomic
def _close_one(issue_id: int, at: datetime) -> bool:
    issue = locked_issue(issue_id)
    asked = issue.callbacks.filter(at__gte=issue.replied_at or issue.submitted_at)
    if issue.state not in ASKED or issue.asked or asked.exists():  # answered or called meanwhile
        return False
    if open_parts(issue):  # one is worked on again: somebody has to look
        return False
    if Whistle.objects.open().filter(links__issue=issue).exists():  # the units the street called are not done
        return False
    if issue.state == State.REPLIED:
        move(issue, State.CALLBACK, actor=SYSTEM, at=at, kind=ISSUE_CALLED_BACK, audience=Audience.STAFF)
    Callback.objects.create(issue=issue, at=at, via=Callback.Via.LINK, outcome=Callback.Outcome.UNREACHED)
    with translation.override(settings.LANGUAGE_CODE):
        words = _("We asked by your private link and heard nothing. If it is not solved, please open it again.")
    move(issue, State.CLOSED_EXPLAINED, actor=SYSTEM, at=at, kind=ISSUE_CLOSED, text=words)
    close_parts(issue, actor=SYSTEM, at=at, kind=ISSUE_CLOSED)
    void_clocks(issue, at)
    issue.dispatches.filter(ended_at=None).update(ended_at=at)
    save_issue(issue)
    tell(ISSUE_CLOSED, issue, SYSTEM, outcome="unanswered")
    return True
