"""Issues as people may see them. One visibility rule serves list, detail, count, search and export."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from governance.actors import RECORDERS, VIEWERS
from governance.lifecycle import CLOSED, GIVEN_BACK, ISSUE_SUBMITTED, State
from governance.models import Dispatch, Issue, IssuePhoto
from governance.querysets import IssueQuerySet
from neighborhoods.actors import Actor, Role
from neighborhoods.querysets import scope

_FOR_AGENTS = frozenset({State.REPLIED, State.CALLBACK, *CLOSED})


def issues_visible_to(actor: Actor) -> IssueQuerySet:
    """What the actor's posts open: areas by stamp, units by dispatch, and for a time what they recorded themselves.

    How much of one they see says `sight_of`.
    """
    condition = scope(actor.grants_of(VIEWERS))
    agents = actor.grants_of({Role.CALLBACK_AGENT})
    if agents:
        asked = Q(state__in=sorted(_FOR_AGENTS))
        joined = Q(state=State.MERGED, parent__state__in=sorted(_FOR_AGENTS))  # they are asked, too
        condition |= scope(agents) & (asked | joined)
    if actor.user_id is not None and actor.grants_of(RECORDERS):
        lately = Now() - timedelta(days=settings.REOPEN_DAYS)  # the database's: statements are kept for longer
        condition |= Q(recorded_by_id=actor.user_id) & (Q(closed_at=None) | Q(closed_at__gte=lately))
    if actor.unit_ids:
        theirs = Dispatch.objects.filter(issue=OuterRef("pk"), unit_id__in=sorted(actor.unit_ids))
        condition |= Q(Exists(theirs))
    return Issue.objects.filter(condition)


class Sight(NamedTuple):
    """How much of a visible case somebody sees: everything; all up to a moment; or what the resident reads too."""

    until: datetime | None = None
    as_resident: bool = False

    @property
    def is_whole(self) -> bool:
        """Staff notes, other voices, contacts, and what is still to come."""
        return self == WHOLE


WHOLE = Sight()


def sight_of(actor: Actor, issue: Issue) -> Sight:
    """Of a visible case. A unit that gave it back sees it until then; who typed it for a neighbour sees its answers."""
    case = issue.parent if issue.state == State.MERGED and issue.parent else issue
    agent = case.state in _FOR_AGENTS and actor.holds(Role.CALLBACK_AGENT, issue)
    has_it = actor.in_unit(issue.holder_unit_id) and issue.state not in GIVEN_BACK
    if agent or has_it or actor.holds(VIEWERS, issue):
        return WHOLE
    if actor.unit_ids:
        given = Dispatch.objects.filter(issue=issue, unit_id__in=sorted(actor.unit_ids))
        last = given.aggregate(last=Max("ended_at"))["last"]
        if last:
            return Sight(until=last)
    return Sight(as_resident=True)


def photos_in_sight(issue: Issue, sight: Sight) -> QuerySet[IssuePhoto]:
    """The photos of a case somebody sees so much of; a neighbour who typed it those that came with it."""
    photos = IssuePhoto.objects.filter(issue=issue)
    if sight.until:
        return photos.filter(attachment__created_at__lte=sight.until)
    return photos.filter(entry__kind=ISSUE_SUBMITTED) if sight.as_resident else photos


def desk_issues(actor: Actor) -> IssueQuerySet:
    """The list a person starts from: one comparison, so one ordered index scan. Always a part of what is visible."""
    grants = actor.grants_of(VIEWERS)
    if grants:
        return Issue.objects.within(grants)
    if actor.unit_ids:
        return Issue.objects.held_by_unit(actor.unit_ids)
    return issues_visible_to(actor)
