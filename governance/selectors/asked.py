"""What was asked of whoever decides, in words."""

from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext as _

from core.wording import say_exactly
from governance.lifecycle import ISSUE_DISMISSED, ISSUE_PAUSE_ASKED, ISSUE_REFUSED
from governance.lifecycle.asking import AppealOutcome, Asked, ExtensionOutcome
from governance.models import Callback, ClockPause, Issue
from governance.selectors.dismissals import asked_dismissal


def asked_words(issue: Issue, what: Asked) -> list[tuple[str, str]]:
    """Who asks, and what: the reason, until when, the rule it rests on."""
    return _WORDS[what](issue)


def _pause(issue: Issue) -> list[tuple[str, str]]:
    pause = ClockPause.objects.filter(clock__issue=issue, is_over=False, decided_at=None).order_by("-pk").first()
    if pause is None:
        return []
    asked = issue.timeline.filter(kind=ISSUE_PAUSE_ASKED).order_by("-at", "-pk").first()
    words = _("%(why)s, until %(until)s. %(note)s") % {
        "why": pause.get_reason_display(),
        "until": say_exactly(pause.ends_at),
        "note": pause.note,
    }
    return [(asked.actor_label if asked else "", words.strip())]


def _extension(issue: Issue) -> list[tuple[str, str]]:
    asked = issue.extensions.filter(outcome=ExtensionOutcome.ASKED).first()
    if asked is None:
        return []
    words = _("%(days)d working days more than %(due)s. %(reason)s (%(basis)s)") % {
        "days": asked.days,
        "due": say_exactly(asked.due_before),
        "reason": asked.reason,
        "basis": asked.basis,
    }
    return [(asked.asked_by_label, words)]


def _dismissal(issue: Issue) -> list[tuple[str, str]]:
    asked = asked_dismissal(issue)
    if asked is None:
        return []
    return [(asked.proposed_by_label, f"{asked.reason.name}（{asked.reason.basis}）\n{asked.words}")]


def _appeal(issue: Issue) -> list[tuple[str, str]]:
    """What was decided, and what the resident says to it."""
    appeal = issue.appeals.filter(outcome=AppealOutcome.ASKED).first()
    decided = issue.timeline.filter(kind__in=[ISSUE_REFUSED, ISSUE_DISMISSED]).order_by("-at", "-pk").first()
    said = [(decided.actor_label, f"{decided.reason}\n{decided.text}".strip())] if decided else []
    return [*said, (_("the resident"), appeal.words)] if appeal else said


def _reopening(issue: Issue) -> list[tuple[str, str]]:
    """What the resident said, by the link or on the phone; also of somebody who joined the case."""
    said = Callback.objects.filter(Q(issue=issue) | Q(issue__parent=issue), outcome=Callback.Outcome.NOT_SOLVED)
    last = said.order_by("-at", "-pk").first()
    return [(_("the resident"), last.words or _("not solved"))] if last else []


_WORDS: dict[Asked, Callable[[Issue], list[tuple[str, str]]]] = {
    Asked.PAUSE: _pause,
    Asked.EXTENSION: _extension,
    Asked.DISMISSAL: _dismissal,
    Asked.APPEAL: _appeal,
    Asked.REOPEN: _reopening,
}
