"""The things every verb does: lock the issue, ask its state, move it, tell what happened."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core import events
from core.errors import NotAllowedError, RuleError
from governance.lifecycle import FINAL, State
from governance.lifecycle.asking import STANDS, Asked
from governance.models import Issue, TimelineEntry, Whistle
from governance.models.issues import Audience
from governance.services.locks import lock_issues
from neighborhoods.actors import Actor


def locked_issue(issue_id: int) -> Issue:
    """The issue, locked until the transaction ends, with what policies ask of it; what belongs to it is locked as well.

    So neither a whole nor a part, neither a joined case nor the one it joined is closed while the other is opened.
    Locked alone and read afterwards: PostgreSQL repeats a join after waiting for a lock and finds nothing when the
    holder has changed meanwhile.
    """
    lock_issues([issue_id])
    return Issue.objects.select_related("holder_area", "holder_unit", "category", "area", "contact").get(pk=issue_id)


def require_state(issue: Issue, states: Iterable[str]) -> None:
    """Refuse a step that does not fit any more, saying what the issue is by now."""
    if issue.state not in set(states):
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": issue.number, "state": issue.state_label}
        )


def require_move(issue: Issue, to: State) -> None:
    """Refuse a move the lifecycle does not know."""
    if not issue.can_move_to(to):
        require_state(issue, ())


def person(actor: Actor) -> int:
    """The account of whoever acts; what staff do is never done by nobody."""
    if actor.user_id is None:
        raise NotAllowedError
    return actor.user_id


def require_no_hand_in(issue: Issue, actor: Actor) -> None:
    """Whoever signed for the case or talked with the resident has handled it, whoever typed the reply."""
    who, since = person(actor), issue.dispatched_at or issue.submitted_at
    signed = issue.dispatches.filter(signed_by_id=who, at__gte=since)
    if signed.exists() or issue.contact_logs.filter(by_id=who, at__gte=since).exists():
        raise RuleError(
            _("You signed for this case or talked with the resident, so somebody else looks at the result.")
        )


def require_no_open_whistle(issue: Issue) -> None:
    """What the street has called units for, the desk does not close before they are done; residents may, by link."""
    number = Whistle.objects.open().filter(links__issue=issue).values_list("number", flat=True).first()
    if number:
        raise RuleError(
            _("Whistle %(number)s over this case is still open. Close the whistle first.") % {"number": number}
        )


def move(issue: Issue, to: State, *, actor: Actor, at: datetime, kind: str, **entry: Any) -> TimelineEntry:
    """Move the state and write the line of history. The caller saves the issue with `save_issue`."""
    line = plan_move(issue, to, actor=actor, at=at, kind=kind, **entry)
    line.save(force_insert=True)
    return line


def plan_move(issue: Issue, to: State, *, actor: Actor, at: datetime, kind: str, **entry: Any) -> TimelineEntry:
    """Move the state; the line of history is returned unsaved. A final state sets when the private link ends."""
    require_move(issue, to)
    before, issue.state = issue.state, to
    drop_request(issue, to)
    is_final = to in FINAL
    issue.closed_at = at if is_final else None
    # whoever joined a case reads on as long as the case they joined (services.retention)
    ends = at + timedelta(days=settings.FOLLOW_LINK_DAYS) if is_final and to != State.MERGED else None
    issue.follow_expires_at = ends
    return plan_line(issue, kind=kind, actor=actor, at=at, from_state=before, to_state=to, **entry)


def drop_request(issue: Issue, to: State) -> None:
    """What was asked for ends with a move to a state in which it makes no sense; the caller saves the issue."""
    if issue.asked and to not in STANDS[Asked(issue.asked)]:
        issue.asked, issue.asked_by_id = "", None


def write_line(issue: Issue, *, kind: str, actor: Actor, at: datetime, **entry: Any) -> TimelineEntry:
    """One line of the history."""
    line = plan_line(issue, kind=kind, actor=actor, at=at, **entry)
    line.save(force_insert=True)
    return line


def plan_line(issue: Issue, *, kind: str, actor: Actor, at: datetime, **entry: Any) -> TimelineEntry:
    """An unsaved line of the history."""
    entry.setdefault("audience", Audience.REQUESTER)
    return TimelineEntry(issue=issue, kind=kind, at=at, actor_id=actor.user_id, actor_label=actor.label, **entry)


_STATE_FIELDS = ["state", "closed_at", "due_at", "paused_until", "asked", "asked_by_id", "follow_expires_at"]


def save_issue(issue: Issue, *fields: str) -> None:
    """Save what a move changed, and the named fields."""
    issue.save(update_fields=[*_STATE_FIELDS, *fields])


def tell(kind: str, issue: Issue, actor: Actor, **payload: Any) -> None:
    """Record the event of a verb."""
    events.record(kind, actor=actor, subject=issue, issue_id=issue.pk, number=issue.number, **payload)
