"""Staff remind whoever holds an issue."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import ISSUE_URGED
from governance.models import Issue
from governance.models.issues import Audience
from governance.services.moves import locked_issue, tell, write_line
from neighborhoods.actors import Actor

NUDGE_HOURS = 4  # reminding every hour is noise, and noise is not read


@transaction.atomic
def nudge_issue(*, issue_id: int, actor: Actor, words: str = "") -> Issue:
    """Whoever is responsible for the place reminds the holder; the resident does not see it."""
    issue, at = locked_issue(issue_id), timezone.now()
    if not issue.is_open:
        raise RuleError(_("The case is closed."))
    require(policies.can_nudge_issue(actor, issue))
    recent = issue.timeline.filter(kind=ISSUE_URGED, actor_id=actor.user_id, at__gt=at - timedelta(hours=NUDGE_HOURS))
    if recent.exists():
        raise RuleError(_("You reminded them within the last %(hours)d hours.") % {"hours": NUDGE_HOURS})
    write_line(issue, kind=ISSUE_URGED, actor=actor, at=at, text=words.strip()[:500], audience=Audience.STAFF)
    tell(ISSUE_URGED, issue, actor, by="desk")
    return issue
