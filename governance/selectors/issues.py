"""Issues as people may see them. One visibility rule serves list, detail, count, search and export."""

from django.db.models import Exists, OuterRef, Q

from governance.actors import VIEWERS
from governance.lifecycle import CLOSED, State
from governance.models import Dispatch, Issue
from governance.querysets import IssueQuerySet
from neighborhoods.actors import Actor, Role
from neighborhoods.querysets import scope


def issues_visible_to(actor: Actor) -> IssueQuerySet:
    """What the actor's posts open: areas by stamp, units by dispatch, and what they recorded themselves."""
    condition = scope(actor.grants_of(VIEWERS))
    agents = actor.grants_of({Role.CALLBACK_AGENT})
    if agents:
        condition |= scope(agents) & Q(state__in=sorted({State.REPLIED, State.CALLBACK, *CLOSED}))
    if actor.user_id is not None:
        condition |= Q(recorded_by_id=actor.user_id)
    if actor.unit_ids:
        theirs = Dispatch.objects.filter(issue=OuterRef("pk"), unit_id__in=sorted(actor.unit_ids))
        condition |= Q(Exists(theirs))
    return Issue.objects.filter(condition)


def desk_issues(actor: Actor) -> IssueQuerySet:
    """The list a person starts from: one comparison, so one ordered index scan. Always a part of what is visible."""
    grants = actor.grants_of(VIEWERS)
    if grants:
        return Issue.objects.within(grants)
    if actor.unit_ids:
        return Issue.objects.held_by_unit(actor.unit_ids)
    return issues_visible_to(actor)
