"""Hard cases that cannot be solved now are set aside, openly."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import ISSUE_NOTED, ISSUE_PARKED, State
from governance.lifecycle.asking import ParkReason
from governance.models import Issue
from governance.models.issues import Audience
from governance.services.answers import callbacks_enough
from governance.services.clocks import void_clocks
from governance.services.moves import locked_issue, move, require_move, save_issue, tell, write_line
from governance.services.parked import start_parked_clocks
from neighborhoods.actors import Actor


@transaction.atomic
def park_issue(*, issue_id: int, actor: Actor, note: str, reason: str = ParkReason.OTHER, obstacle: str = "") -> Issue:
    """After the resident was asked, a dispatcher sets a hard case aside, with a note that everybody may read.

    `obstacle` is what colleagues have to know to take it up again; only they read it.
    """
    issue, at = locked_issue(issue_id), timezone.now()
    require_move(issue, State.PARKED)
    require(policies.can_park_issue(actor, issue))
    if reason not in ParkReason.values:
        raise RuleError(_("Choose one of the reasons."), field="reason")
    if not note.strip():
        raise RuleError(_("Write what stands in the way; neighbours read it."), field="note")
    if not callbacks_enough(issue):
        raise RuleError(_("Ask the resident first: one answer, or three tries on at least two days."))
    move(
        issue,
        State.PARKED,
        actor=actor,
        at=at,
        kind=ISSUE_PARKED,
        text=note.strip(),
        reason=reason,
        audience=Audience.EVERYBODY,
    )
    if obstacle.strip():
        write_line(issue, kind=ISSUE_NOTED, actor=actor, at=at, text=obstacle.strip(), audience=Audience.STAFF)
    void_clocks(issue, at)
    start_parked_clocks(issue, at)
    save_issue(issue)
    tell(ISSUE_PARKED, issue, actor)
    return issue
