"""The three things every verb does: lock the issue, move its state, tell what happened."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError
from governance.lifecycle import FINAL, State
from governance.models import Issue, TimelineEntry
from governance.models.issues import Audience
from neighborhoods.actors import Actor


def locked_issue(issue_id: int) -> Issue:
    """The issue, locked until the transaction ends, with what policies ask of it."""
    return (
        Issue.objects.select_for_update(of=("self",))
        .select_related("holder_area", "holder_unit", "category", "area", "contact")
        .get(pk=issue_id)
    )


def require_move(issue: Issue, to: State) -> None:
    """Refuse a move the lifecycle does not know, saying what the issue is by now."""
    if not issue.can_move_to(to):
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": issue.number, "state": issue.get_state_display()}
        )


def move(issue: Issue, to: State, *, actor: Actor, at: datetime, kind: str, **entry: Any) -> TimelineEntry:
    """Move the state and write the line of history. The caller saves the issue with `save_issue`."""
    require_move(issue, to)
    before, issue.state = issue.state, to
    issue.closed_at = at if to in FINAL else None
    return write_line(issue, kind=kind, actor=actor, at=at, from_state=before, to_state=to, **entry)


def write_line(issue: Issue, *, kind: str, actor: Actor, at: datetime, **entry: Any) -> TimelineEntry:
    """One line of the history."""
    entry.setdefault("audience", Audience.REQUESTER)
    return TimelineEntry.objects.create(
        issue=issue, kind=kind, at=at, actor_id=actor.user_id, actor_label=actor.label, **entry
    )


_STATE_FIELDS = ["state", "closed_at", "due_at"]


def save_issue(issue: Issue, *fields: str) -> None:
    """Save what a move changed, and the named fields."""
    issue.save(update_fields=[*_STATE_FIELDS, *fields])


def tell(kind: str, issue: Issue, actor: Actor, **payload: Any) -> None:
    """Record the event of a verb."""
    events.record(kind, actor=actor, subject=issue, issue_id=issue.pk, number=issue.number, **payload)
