"""Unreasonable requests (不合理诉求): one proposes with a reason of the list, another decides."""

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import (
    FITS,
    ISSUE_DISMISSAL_ASKED,
    ISSUE_DISMISSAL_REFUSED,
    ISSUE_DISMISSED,
    State,
    Urgency,
)
from governance.lifecycle.asking import Asked, DismissalOutcome
from governance.models import Dismissal, DismissalReason, Issue
from governance.models.issues import Audience
from governance.services.answers import open_to_appeal
from governance.services.asking import ask_for, settle
from governance.services.clocks import void_clocks
from governance.services.moves import (
    locked_issue,
    move,
    person,
    require_no_open_whistle,
    require_state,
    save_issue,
    tell,
    write_line,
)
from neighborhoods.actors import Actor

WORDS_LIMIT = 500


@transaction.atomic
def propose_dismissal(*, issue_id: int, actor: Actor, reason: str, words: str) -> Issue:
    """The holder or the community holds it for unreasonable. Work and clocks go on until the street has agreed."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["dismiss"])
    require(policies.can_dismiss_issue(actor, issue))
    _require_may_be_dismissed(issue)
    chosen = DismissalReason.objects.filter(code=reason).first()
    if chosen is None or not chosen.is_valid(timezone.localdate(at)):
        raise RuleError(_("Choose one of the reasons."), field="reason")
    if not words.strip():
        raise RuleError(_("Say it in plain words; the resident reads them."), field="words")
    ask_for(issue, Asked.DISMISSAL, actor)
    issue.dismissals.filter(outcome=DismissalOutcome.ASKED).update(outcome=DismissalOutcome.LAPSED, decided_at=at)
    said = words.strip()[:WORDS_LIMIT]
    Dismissal.objects.create(
        issue=issue,
        reason=chosen,
        words=said,
        proposed_by_id=person(actor),
        proposed_by_label=actor.label,
        proposed_at=at,
    )
    line = {"text": said, "reason": chosen.name_zh, "audience": Audience.STAFF}
    write_line(issue, kind=ISSUE_DISMISSAL_ASKED, actor=actor, at=at, **line)
    tell(ISSUE_DISMISSAL_ASKED, issue, actor, reason=chosen.code)
    return issue


def _require_may_be_dismissed(issue: Issue) -> None:
    """Not what several people say, and never what is or ever was danger to life (`Issue.gravest_urgency`)."""
    if issue.urgency == Urgency.CRITICAL:
        raise RuleError(_("Danger to life is never dismissed."))
    if issue.gravest_urgency == Urgency.CRITICAL:
        raise RuleError(_("This was danger to life once. Lowering the urgency does not open the way to dismissing it."))
    if issue.voices > 1:
        raise RuleError(_("Several residents say this, so it is answered, not dismissed."))


@transaction.atomic
def decide_dismissal(*, issue_id: int, actor: Actor, agreed: bool, words: str = "") -> Issue:
    """A second person, of the street, agrees or refuses with a reason. Agreed, the case ends and can be appealed."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["decide-dismissal"])
    require(policies.can_decide_dismissal(actor, issue))
    asked = issue.dismissals.select_related("reason").filter(outcome=DismissalOutcome.ASKED).first()
    if asked is None or issue.asked != Asked.DISMISSAL:
        raise RuleError(_("Nobody has proposed to dismiss it."))
    if not agreed and not words.strip():
        raise RuleError(_("Say why."), field="words")
    if agreed:
        _require_may_be_dismissed(issue)
        require_no_open_whistle(issue)
    asked.decided_by_id, asked.decided_by_label, asked.decided_at = person(actor), actor.label, at
    asked.outcome = DismissalOutcome.AGREED if agreed else DismissalOutcome.REFUSED
    asked.answer = words.strip()[:200]
    asked.save()
    if not agreed:
        settle(issue)
        line = {"text": asked.answer, "audience": Audience.STAFF}
        write_line(issue, kind=ISSUE_DISMISSAL_REFUSED, actor=actor, at=at, **line)
        tell(ISSUE_DISMISSAL_REFUSED, issue, actor)
        return issue
    with translation.override(settings.LANGUAGE_CODE):
        basis = _("Basis: %(basis)s") % {"basis": asked.reason.basis}
    text, reason = f"{asked.words}\n{basis}", asked.reason.name_zh
    move(issue, State.DISMISSED, actor=actor, at=at, kind=ISSUE_DISMISSED, text=text, reason=reason)
    void_clocks(issue, at)
    issue.dispatches.filter(ended_at=None).update(ended_at=at)
    save_issue(issue)
    open_to_appeal(issue, actor, at)
    tell(ISSUE_DISMISSED, issue, actor, reason=asked.reason.code)
    return issue


def lapse_dismissals(*, limit: int = 500) -> int:
    """Proposals about cases that have moved on meanwhile (answered, sent back, withdrawn) are over; says how many."""
    stale = Dismissal.objects.filter(~Q(issue__asked=Asked.DISMISSAL), outcome=DismissalOutcome.ASKED)
    return sum(_lapse_one(pk) for pk in stale.order_by("pk").values_list("issue", flat=True)[:limit])


@transaction.atomic
def _lapse_one(issue_id: int) -> bool:
    issue, at = locked_issue(issue_id), timezone.now()
    if issue.asked == Asked.DISMISSAL:  # proposed anew meanwhile
        return False
    asked = issue.dismissals.filter(outcome=DismissalOutcome.ASKED)
    return bool(asked.update(outcome=DismissalOutcome.LAPSED, decided_at=at))
