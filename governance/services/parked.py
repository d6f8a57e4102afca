"""What keeps parked cases from being forgotten: a public note every month, a review every quarter, both on clocks."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import FITS, ISSUE_PARK_NOTED, ISSUE_PARK_REVIEWED, Step
from governance.models import Clock, Issue
from governance.models.issues import Audience
from governance.selectors.reference import limit_versions
from governance.services.clocks import Measure, climb, end_clocks, refresh_due
from governance.services.moves import locked_issue, require_state, tell, write_line
from neighborhoods.actors import Actor


def every() -> dict[Step, timedelta]:
    """After how long each of them is due again."""
    return {
        Step.NOTE: timedelta(days=settings.PARKED_NOTE_DAYS),
        Step.REVIEW: timedelta(days=settings.PARKED_REVIEW_DAYS),
    }


def start_parked_clocks(issue: Issue, at: datetime, *steps: Step) -> None:
    """Until when somebody writes the next note and looks at it anew; all days count. The caller saves the issue."""
    version = next(v.version_id for v in limit_versions() if v.valid_from <= at)
    clocks = []
    rests = every()
    for step in steps or tuple(rests):
        clock = Clock(issue=issue, step=step, version_id=version, started_at=at, due_at=at + rests[step])
        climb(clock, issue.urgency, Measure.of("day"), None)
        clocks.append(clock)
    Clock.objects.bulk_create(clocks)
    refresh_due(issue)


@transaction.atomic
def note_parked(*, issue_id: int, actor: Actor, text: str) -> Issue:
    """How it stands by now, for everybody to read; the next note is due a month later."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["park-note"])
    require(policies.can_note_parked(actor, issue))
    _say(issue, ISSUE_PARK_NOTED, actor, at, text, Step.NOTE)
    return issue


@transaction.atomic
def review_parked(*, issue_id: int, actor: Actor, text: str) -> Issue:
    """The street has looked whether it must stay parked, and says why; this counts as the month's note as well.

    What can go on again is reopened or explained instead; then both clocks end.
    """
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["park-review"])
    require(policies.can_review_parked(actor, issue))
    _say(issue, ISSUE_PARK_REVIEWED, actor, at, text, Step.NOTE, Step.REVIEW)
    return issue


def _say(issue: Issue, kind: str, actor: Actor, at: datetime, text: str, *steps: Step) -> None:
    if not text.strip():
        raise RuleError(_("Write how it stands; neighbours read it."), field="text")
    end_clocks(issue, steps, at)
    start_parked_clocks(issue, at, *steps)
    issue.escalated_level = None
    issue.save(update_fields=["due_at", "escalated_level"])
    write_line(issue, kind=kind, actor=actor, at=at, text=text.strip(), audience=Audience.EVERYBODY)
    tell(kind, issue, actor)
