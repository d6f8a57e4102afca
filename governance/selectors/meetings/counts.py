"""The two figures of meetings, from records (docs/figures.md): how many were held, how many problems were settled."""

from django.db.models import Exists, OuterRef, QuerySet

from governance.lifecycle.meetings import WITH_MINUTES, TopicState
from governance.models import AgendaItem, Meeting, Topic
from neighborhoods.actors import Grant

_CONFIRMED = sorted(WITH_MINUTES)


def micro_meetings(year: int, grants: frozenset[Grant] | None = None) -> QuerySet[Meeting]:
    """Micro-autonomy meetings held in a year whose minutes are confirmed; those that were put off are none."""
    rows = Meeting.objects.filter(
        is_micro=True, held_at__year=year, minutes_confirmed_at__isnull=False, state__in=_CONFIRMED
    )
    return rows if grants is None else rows.within(grants)


def settled_problems(year: int, grants: frozenset[Grant] | None = None) -> QuerySet[Topic]:
    """Problems from micro-autonomy meetings whose check passed in a year; once each, however often talked about."""
    talked = AgendaItem.objects.filter(
        topic=OuterRef("pk"), meeting__is_micro=True, meeting__minutes_confirmed_at__isnull=False
    )
    rows = Topic.objects.filter(Exists(talked), state=TopicState.SETTLED, settled_at__year=year)
    return rows if grants is None else rows.within(grants)
