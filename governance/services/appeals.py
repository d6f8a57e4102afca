"""Whoever asked disagrees with a refusal or a dismissal: once, and a third person decides within a limit."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import (
    APPEALABLE,
    FITS,
    ISSUE_APPEAL_UPHELD,
    ISSUE_APPEALED,
    ISSUE_REOPENED,
    State,
    Step,
)
from governance.lifecycle.asking import AppealOutcome, Asked, DismissalOutcome
from governance.models import Appeal, Issue
from governance.models.issues import Audience
from governance.services.asking import ask_for
from governance.services.clocks import end_clocks, start_clocks, void_clocks
from governance.services.moves import (
    locked_issue,
    move,
    person,
    require_no_hand_in,
    require_state,
    save_issue,
    tell,
    write_line,
)
from governance.services.reopening import bring_up_to_date, reopen
from neighborhoods.actors import NOBODY, Actor


def may_appeal(issue: Issue, at: datetime) -> bool:
    """Whether the resident may still appeal: once, and for some days after the decision."""
    return issue.state in APPEALABLE and issue.appeal_until is not None and at < issue.appeal_until


def came_after_the_answer(issue: Issue, case: Issue) -> bool:
    """There is one appeal: whoever joined and never waited for the answer does not use it up for those who did."""
    return case.pk != issue.pk and case.replied_at is not None and issue.submitted_at > case.replied_at


@transaction.atomic
def appeal_issue(*, issue_id: int, words: str, actor: Actor = NOBODY) -> Issue:
    """By the private link, also of somebody who had joined the case. It waits for the street, or the district."""
    issue, at = locked_issue(issue_id), timezone.now()
    case = locked_issue(issue.parent_id) if issue.parent_id else issue
    said = words.strip()
    if case.appeals.filter(outcome=AppealOutcome.ASKED, words=said).exists():
        return issue  # the same form sent twice
    if not may_appeal(case, at):
        raise RuleError(_("An appeal is possible once, within %(days)d days.") % {"days": settings.APPEAL_DAYS})
    if came_after_the_answer(issue, case):
        raise RuleError(_("This was answered before you reported it. If it is still there, please report it again."))
    if not said:
        raise RuleError(_("Say why you disagree."), field="reason")
    dismissal = case.dismissals.filter(outcome=DismissalOutcome.AGREED).last() if _is_dismissed(case) else None
    Appeal.objects.create(
        issue=case,
        against=case.state,
        dismissal=dismissal,
        proposed_by_id=dismissal.proposed_by_id if dismissal else None,
        refused_by_id=case.refused_by_id,
        words=said,
        at=at,
    )
    bring_up_to_date(case)
    own = case.pk == issue.pk
    audience = Audience.REQUESTER if own else Audience.STAFF  # to the one who asked first a stranger's words
    move(case, State.APPEALED, actor=actor, at=at, kind=ISSUE_APPEALED, text=said, audience=audience)
    if not own:
        write_line(issue, kind=ISSUE_APPEALED, actor=actor, at=at, text=said)
    case.appeal_until = at  # there is one appeal
    start_clocks(case, [Step.RULING], at)
    save_issue(case, "appeal_until")
    ask_for(case, Asked.APPEAL, actor)
    tell(ISSUE_APPEALED, case, actor)
    return issue


def _is_dismissed(case: Issue) -> bool:
    return case.state == State.DISMISSED


@transaction.atomic
def decide_appeal(*, issue_id: int, actor: Actor, upheld: bool, words: str) -> Issue:
    """A third person says whether the decision stands; if not, the case goes back to work on a new clock."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["decide-appeal"])
    require(policies.can_decide_appeal(actor, issue))
    asked = issue.appeals.filter(outcome=AppealOutcome.ASKED).get()
    if person(actor) == asked.proposed_by_id:
        raise RuleError(_("You proposed what is appealed against, so somebody else decides."))
    require_no_hand_in(issue, actor)
    if not words.strip():
        raise RuleError(_("Say why; the resident reads it."), field="words")
    asked.decided_by_id, asked.decided_by_label, asked.decided_at = person(actor), actor.label, at
    asked.outcome = AppealOutcome.UPHELD if upheld else AppealOutcome.REOPENED
    asked.answer = words.strip()
    asked.save()
    end_clocks(issue, [Step.RULING], at)
    if not upheld:
        reopen(issue, actor=actor, at=at, reason=words.strip())
        tell(ISSUE_REOPENED, issue, actor, by="appeal")
        return issue
    move(issue, State(asked.against), actor=actor, at=at, kind=ISSUE_APPEAL_UPHELD, text=words.strip())
    void_clocks(issue, at)
    save_issue(issue)
    tell(ISSUE_APPEAL_UPHELD, issue, actor)
    return issue
