"""One thing at a time waits for somebody's word: asking it, and being done with it."""

from django.utils.translation import gettext as _

from core.errors import RuleError
from governance.lifecycle.asking import Asked
from governance.models import Issue
from neighborhoods.actors import Actor

_ASKED = ["asked", "asked_by_id"]


def ask_for(issue: Issue, what: Asked, actor: Actor) -> None:
    """Note on the issue, which the caller has locked, that this waits. Residents ask without an account."""
    if issue.asked:
        raise RuleError(
            _("Something else is being waited for: %(what)s. Let that be decided first.")
            % {"what": Asked(issue.asked).label}
        )
    issue.asked, issue.asked_by_id = what, actor.user_id
    issue.save(update_fields=_ASKED)


def settle(issue: Issue) -> None:
    """It was decided or answered, or its time is over."""
    issue.asked, issue.asked_by_id = "", None
    issue.save(update_fields=_ASKED)
