"""Meetings and topics as the desk lists them. One visibility rule serves list, detail and count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.actors import CONVENERS, RECORDERS, VIEWERS
from governance.lifecycle.meetings import TO_COME, MeetingState, TopicState
from governance.models import Meeting, Topic
from governance.selectors.counting import Count, capped_counts
from neighborhoods.actors import STAMP_COLUMN, Actor, Level
from neighborhoods.models import Area
from neighborhoods.querysets import AreaScopedQuerySet, scope
from neighborhoods.selectors.areas import areas_within

AREA_CHOICES = 400


def meetings_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Those of the actor's places, and those the actor leads or writes."""
    condition = scope(actor.grants_of(VIEWERS))
    if actor.user_id is not None and actor.is_somebody:
        condition |= Q(chair_id=actor.user_id) | Q(secretary_id=actor.user_id)
    return Meeting.objects.filter(condition)


def topics_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Topics of the actor's places, and those the actor typed for somebody."""
    condition = scope(actor.grants_of(VIEWERS))
    if actor.user_id is not None and actor.grants_of(RECORDERS):
        condition |= Q(recorded_by_id=actor.user_id)
    return Topic.objects.filter(condition)


@dataclass(frozen=True)
class Tab:
    """A usual view of the list."""

    key: str
    title: Promise
    narrow: Callable[[QuerySet], QuerySet]
    order: tuple[str, str] = ("starts_at", "pk")


TABS: dict[str, Tab] = {
    tab.key: tab
    for tab in (
        Tab("coming", _("to come"), lambda rows: rows.filter(closed_at=None, state__in=sorted(TO_COME))),
        Tab(
            "open",
            _("to be finished"),
            lambda rows: rows.filter(closed_at=None).exclude(state__in=sorted(TO_COME)),
        ),
        Tab("filed", _("filed"), lambda rows: rows.filter(state=MeetingState.CLOSED), ("-starts_at", "-pk")),
        Tab("all", _("all"), lambda rows: rows, ("-starts_at", "-pk")),
    )
}


def listed_meetings(actor: Actor, tab: Tab, *, kind: str = "", since: datetime | None = None) -> QuerySet[Meeting]:
    """The rows of the list, in their order."""
    rows = tab.narrow(meetings_visible_to(actor))
    if kind:
        rows = rows.filter(kind=kind)
    if since:
        rows = rows.filter(starts_at__gte=since)
    return rows.select_related("area__compound").order_by(*tab.order)


def meeting_tab_counts(actor: Actor) -> dict[str, Count]:
    """How much stands behind each tab that can be worked off; one statement."""
    shown = {key: TABS[key].narrow(meetings_visible_to(actor)) for key in ("coming", "open")}
    return capped_counts({**shown, "topics": waiting_topics(actor)})


def coming_meetings(actor: Actor) -> QuerySet[Meeting]:
    """Those that are not filed, called off or put off yet."""
    return meetings_visible_to(actor).filter(closed_at=None)


def waiting_topics(actor: Actor) -> QuerySet[Topic]:
    """Proposed, and not looked at yet, where the actor calls meetings."""
    return Topic.objects.within(actor.grants_of(CONVENERS)).filter(closed_at=None, state=TopicState.PROPOSED)


TOPIC_TABS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "new": (_("to be looked at"), (TopicState.PROPOSED,)),
    "waiting": (_("waiting for a meeting"), (TopicState.ACCEPTED, TopicState.CARRIED)),
    "check": (_("settled?"), (TopicState.DISCUSSED,)),
    "all": (_("all"), ()),
}


def listed_topics(actor: Actor, tab: str) -> QuerySet[Topic]:
    """The topics of a tab; open work the oldest first, all of them the newest first."""
    rows = topics_visible_to(actor).select_related("area__compound", "meeting", "issue")
    states = TOPIC_TABS[tab][1]
    if not states:
        return rows.order_by("-proposed_at", "-pk")
    return rows.filter(closed_at=None, state__in=states).order_by("proposed_at", "pk")


def topics_for(meeting: Meeting) -> QuerySet[Topic]:
    """Topics that may come onto the agenda of a meeting: taken up or carried over, about a place inside its area."""
    level = Level(meeting.area.level)
    inside = {STAMP_COLUMN[level]: meeting.area_id}
    return Topic.objects.filter(closed_at=None, state__in=[TopicState.ACCEPTED, TopicState.CARRIED], **inside).order_by(
        "proposed_at", "pk"
    )


def proposed_for(meeting: Meeting) -> QuerySet[Topic]:
    """Topics about its place that nobody has looked at yet."""
    inside = {STAMP_COLUMN[Level(meeting.area.level)]: meeting.area_id}
    return Topic.objects.filter(closed_at=None, state=TopicState.PROPOSED, **inside).order_by("proposed_at", "pk")


def areas_to_convene(actor: Actor) -> list[Area]:
    """Where the actor may call a meeting: streets, communities, grids and branches of their posts."""
    grants = actor.grants_of(CONVENERS)
    if not grants:
        return []
    return list(areas_within(grants).open().filter(level__lt=int(Level.BUILDING))[:AREA_CHOICES])
