"""The agenda: what is talked about, in which order, for how long; it has to fit. Then the topics are chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.lifecycle.meetings import (
    MEETING_EDITED,
    MEETING_SCREENED,
    TOPIC_SCHEDULED,
    TOPIC_TAKEN_OFF,
    MeetingState,
    TopicState,
)
from governance.models import AgendaItem, Meeting, Topic
from governance.policies import meetings as policies
from governance.services.meetings.moves import (
    locked_meeting,
    move_meeting,
    move_topic,
    require_meeting_fits,
    require_topic_fits,
    save_meeting,
    tell_meeting,
    write_entry,
)
from governance.services.meetings.topics import is_inside
from neighborhoods.actors import Actor

MOST_ITEMS = 20


@dataclass(frozen=True)
class Row:
    """An item as the organiser arranged it. `item_id` is that of an item which stands there already."""

    title: str
    minutes: int
    topic_id: int | None = None
    is_vote: bool = False
    item_id: int | None = None


def total_of(rows: Sequence[Row | AgendaItem]) -> int:
    """Minutes all items take together."""
    return sum(row.minutes for row in rows)


def require_fits_time(rows: Sequence[Row | AgendaItem], length: int) -> None:
    """The items fit between beginning and end."""
    total = total_of(rows)
    if total > length:
        raise RuleError(
            _("The items take %(total)d minutes, the meeting %(length)d. Shorten something, or leave it for next time.")
            % {"total": total, "length": length},
            field="minutes",
        )


@transaction.atomic
def set_agenda(*, meeting_id: int, actor: Actor, rows: Sequence[Row]) -> Meeting:
    """The whole agenda, in the order given; what is left out is taken off, and its topic waits again."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "agenda")
    require(policies.can_organize_meeting(actor, meeting, "agenda"))
    _check_rows(rows, meeting)
    known = {item.pk: item for item in meeting.agenda.all()}
    kept = {row.item_id for row in rows if row.item_id}
    if not kept <= set(known):
        raise RuleError(_("Somebody else changed the agenda meanwhile. Load the page again."))
    items = [_item(meeting, known, order, row) for order, row in enumerate(rows, start=1)]
    _sort_topics(meeting, items, actor, at)
    _remove([item for pk, item in known.items() if pk not in kept])
    for item in items:
        item.save()
    write_entry(meeting, kind=MEETING_EDITED, actor=actor, at=at, text="\n".join(item.title for item in items))
    tell_meeting(MEETING_EDITED, meeting, actor)
    return meeting


def _check_rows(rows: Sequence[Row], meeting: Meeting) -> None:
    if len(rows) > MOST_ITEMS:
        raise RuleError(_("Twenty items at most."))
    for row in rows:
        if not row.title.strip():
            raise RuleError(_("Every item needs a few words."), field="title")
        if not 1 <= row.minutes <= meeting.length:
            raise RuleError(_("Say how many minutes each item takes."), field="minutes")
    topics = [row.topic_id for row in rows if row.topic_id]
    if len(topics) != len(set(topics)):
        raise RuleError(_("A topic stands on the agenda once."))
    require_fits_time(rows, meeting.length)


def _item(meeting: Meeting, known: dict[int, AgendaItem], order: int, row: Row) -> AgendaItem:
    item = known[row.item_id] if row.item_id else AgendaItem(meeting=meeting, topic_id=row.topic_id)
    item.order, item.title, item.minutes, item.is_vote = order, row.title.strip()[:80], row.minutes, row.is_vote
    return item


def _sort_topics(meeting: Meeting, items: list[AgendaItem], actor: Actor, at: datetime) -> None:
    """New topics come onto the agenda; those left out go back to waiting."""
    wanted = {item.topic_id for item in items if item.topic_id}
    before = set(meeting.topics.filter(state=TopicState.ON_AGENDA).values_list("pk", flat=True))
    touched = wanted ^ before
    locked = Topic.objects.select_for_update(of=("self",)).filter(pk__in=touched).order_by("pk")
    found = {topic.pk: topic for topic in locked}
    if set(found) != touched:
        raise RuleError(_("This topic is not there any more."))
    for topic in found.values():
        if topic.pk in wanted:
            require_topic_fits(topic, "schedule")
            if not is_inside(topic, meeting):
                raise RuleError(_("“%(title)s” is about another place.") % {"title": topic.title})
            topic.meeting = meeting
            move_topic(topic, TopicState.ON_AGENDA, actor=actor, at=at, kind=TOPIC_SCHEDULED)
        else:
            topic.meeting = None
            move_topic(topic, TopicState.ACCEPTED, actor=actor, at=at, kind=TOPIC_TAKEN_OFF, meeting=meeting)


def _remove(items: list[AgendaItem]) -> None:
    try:
        for item in items:
            item.delete()
    except ProtectedError as error:
        raise RuleError(_("Something hangs on this item already. Take that away first.")) from error


@transaction.atomic
def screen_meeting(*, meeting_id: int, actor: Actor) -> Meeting:
    """The topics are chosen. Nothing that was proposed for this meeting is left without an answer."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "screen")
    require(policies.can_organize_meeting(actor, meeting, "screen"))
    left = meeting.topics.filter(state=TopicState.PROPOSED).count()
    if left:
        raise RuleError(_("%(count)d proposed topics have no answer yet.") % {"count": left})
    move_meeting(meeting, MeetingState.SCREENED, actor=actor, at=at, kind=MEETING_SCREENED)
    save_meeting(meeting)
    tell_meeting(MEETING_SCREENED, meeting, actor)
    return meeting
