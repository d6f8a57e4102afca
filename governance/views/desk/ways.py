"""Where a case can be taken from its page: to a meeting, or to a whistle."""

from typing import Any

from governance.actors import VIEWERS
from governance.models import Issue
from governance.policies.meetings import can_put_to_meeting
from governance.policies.whistles import can_whistle
from governance.selectors.whistles import open_whistle_of
from neighborhoods.actors import Actor


def ways_on(actor: Actor, issue: Issue) -> dict[str, Any]:
    """Whether it may be put to a meeting; the whistle that is open for it, or whether one may be written."""
    whistle = open_whistle_of(issue) if issue.is_open and actor.grants_of(VIEWERS) else None
    return {
        "can_meet": can_put_to_meeting(actor, issue),
        "whistle": whistle.number if whistle else "",
        "can_whistle": not whistle and can_whistle(actor, issue),
    }
