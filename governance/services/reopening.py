"""An issue that was not solved goes back to whoever handled it, on a new clock."""

from datetime import datetime

from governance.lifecycle import ISSUE_DISPATCHED, ISSUE_REOPENED, State, Step
from governance.models import Dispatch, Issue
from governance.models.issues import Audience
from governance.services.clocks import start_clocks, void_clocks
from governance.services.moves import move, save_issue
from neighborhoods.actors import SYSTEM, Actor


def reopen(issue: Issue, *, actor: Actor, at: datetime, reason: str, kind: str = ISSUE_REOPENED) -> None:
    """Reopen and dispatch again to the same holder; the caller has locked, asked and will tell."""
    move(issue, State.REOPENED, actor=actor, at=at, kind=kind, text=reason)
    void_clocks(issue, at)
    move(
        issue,
        State.DISPATCHED,
        actor=SYSTEM,
        at=at,
        kind=ISSUE_DISPATCHED,
        area=issue.holder_area,
        unit=issue.holder_unit,
        audience=Audience.STAFF,
    )
    issue.dispatches.filter(ended_at=None).update(ended_at=at)
    Dispatch.objects.create(
        issue=issue,
        area=issue.holder_area,
        unit=issue.holder_unit,
        at=at,
        by_label=SYSTEM.label,
        is_binding=issue.is_binding,
    )
    start_clocks(issue, [Step.SIGN, Step.CONTACT, Step.DONE], at)
    issue.dispatched_at, issue.reopened_count = at, issue.reopened_count + 1
    issue.replied_by_id = issue.checked_by_id = issue.called_back_by_id = issue.replied_at = None
    save_issue(
        issue,
        "dispatched_at",
        "reopened_count",
        "replied_by_id",
        "checked_by_id",
        "called_back_by_id",
        "replied_at",
    )
