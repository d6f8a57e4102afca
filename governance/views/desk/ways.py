"""Where a case can be taken from its page: to a meeting, to a whistle, or to a matter on the ground."""

from typing import Any

from governance.actors import VIEWERS
from governance.models import Issue
from governance.policies.matters import can_make_matter_of
from governance.policies.meetings import can_put_to_meeting
from governance.policies.whistles import can_whistle
from neighborhoods.actors import Actor


def ways_on(actor: Actor, issue: Issue) -> dict[str, Any]:
    """Whether it may become a topic or a matter; the whistle that is open for it, or whether one may be written.

    The case comes from `selectors.detail.desk_issue`, which names the whistle.
    """
    whistle: str = getattr(issue, "open_whistle", None) or ""
    whistle = whistle if issue.is_open and actor.grants_of(VIEWERS) else ""
    return {
        "can_meet": can_put_to_meeting(actor, issue),
        "whistle": whistle,
        "can_make_matter": can_make_matter_of(actor, issue),
        "can_whistle": not whistle and can_whistle(actor, issue),
    }
