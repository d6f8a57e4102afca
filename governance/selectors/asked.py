"""What was asked of whoever decides, in words."""

from django.utils.translation import gettext as _

from core.wording import say_exactly
from governance.lifecycle import ISSUE_PAUSE_ASKED
from governance.lifecycle.asking import Asked, ExtensionOutcome
from governance.models import ClockPause, Issue


def asked_words(issue: Issue, what: Asked) -> list[tuple[str, str]]:
    """Who asks, and what: the reason, until when, the rule it rests on."""
    return _extension(issue) if what == Asked.EXTENSION else _pause(issue)


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
