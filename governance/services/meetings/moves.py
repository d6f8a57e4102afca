"""What every verb about a meeting or a topic does: lock it, ask its state, move it, tell what happened."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError
from core.numbers import next_number
from governance.lifecycle.meetings import MEETING_FINAL, MEETING_FITS, TOPIC_FINAL, TOPIC_FITS, MeetingState, TopicState
from governance.models import Meeting, MeetingEntry, Topic, TopicEntry
from neighborhoods.actors import Actor

LETTERS = {"meeting": "M", "topic": "P"}


def number_of(kind: str, year: int) -> str:
    """ZYM-2026-000012 for a meeting, ZYP-2026-000034 for a topic: nobody takes it for the number of a case."""
    return next_number(kind, year, LETTERS[kind])


def locked_meeting(meeting_id: int) -> Meeting:
    """The meeting, locked until the transaction ends; locked alone and read afterwards (services.moves)."""
    Meeting.objects.select_for_update().only("pk").get(pk=meeting_id)
    return Meeting.objects.select_related("rule", "area").get(pk=meeting_id)


def locked_topic(topic_id: int) -> Topic:
    """The topic, locked until the transaction ends. A meeting is locked before its topics."""
    Topic.objects.select_for_update().only("pk").get(pk=topic_id)
    return Topic.objects.select_related("meeting", "area").get(pk=topic_id)


def require_meeting_fits(meeting: Meeting, step: str) -> None:
    """Refuse a step that does not fit any more, saying what the meeting is by now."""
    if meeting.state not in MEETING_FITS[step]:
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": meeting.number, "state": meeting.state_label}
        )


def require_topic_fits(topic: Topic, step: str) -> None:
    """The same for a topic."""
    if topic.state not in TOPIC_FITS[step]:
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": topic.number, "state": topic.state_label}
        )


def move_meeting(
    meeting: Meeting, to: MeetingState, *, actor: Actor, at: datetime, kind: str, **entry: Any
) -> MeetingEntry:
    """Move the state and write the line of history. The caller saves with `save_meeting`."""
    if not meeting.can_move_to(to):
        raise RuleError(_("A meeting that is “%(state)s” cannot do this.") % {"state": meeting.state_label})
    before, meeting.state = meeting.state, to
    meeting.closed_at = at if to in MEETING_FINAL else None
    meeting.reminded_at = None
    if to in MEETING_FINAL:
        meeting.due_at = None
    return write_entry(meeting, kind=kind, actor=actor, at=at, from_state=before, to_state=to, **entry)


def write_entry(meeting: Meeting, *, kind: str, actor: Actor, at: datetime, **entry: Any) -> MeetingEntry:
    """One line of the history."""
    return MeetingEntry.objects.create(
        meeting=meeting, kind=kind, at=at, actor_id=actor.user_id, actor_label=actor.label, **entry
    )


_STATE_FIELDS = ["state", "closed_at", "due_at", "reminded_at"]


def save_meeting(meeting: Meeting, *fields: str) -> None:
    """Save what a move changed, and the named fields."""
    meeting.save(update_fields=[*_STATE_FIELDS, *fields])


def tell_meeting(kind: str, meeting: Meeting, actor: Actor, **payload: Any) -> None:
    """Record the event of a verb."""
    events.record(kind, actor=actor, subject=meeting, meeting_id=meeting.pk, number=meeting.number, **payload)


def move_topic(topic: Topic, to: TopicState, *, actor: Actor, at: datetime, kind: str, **entry: Any) -> None:
    """Move a topic, write its line, save it with everything that was set on it."""
    if not topic.can_move_to(to):
        raise RuleError(_("A topic that is “%(state)s” cannot do this.") % {"state": topic.state_label})
    topic.state = to
    topic.closed_at = at if to in TOPIC_FINAL else None
    topic.save()
    write_topic_entry(topic, kind=kind, actor=actor, at=at, **entry)


def write_topic_entry(topic: Topic, *, kind: str, actor: Actor, at: datetime, **entry: Any) -> None:
    """One line of a topic's history."""
    entry.setdefault("meeting", topic.meeting)
    TopicEntry.objects.create(topic=topic, kind=kind, at=at, actor_id=actor.user_id, actor_label=actor.label, **entry)


def tell_topic(kind: str, topic: Topic, actor: Actor, **payload: Any) -> None:
    """Record the event of a verb."""
    events.record(
        kind,
        actor=actor,
        subject=topic,
        topic_id=topic.pk,
        meeting_id=topic.meeting_id,
        number=topic.number,
        **payload,
    )


def days_after(at: datetime, days: int) -> datetime:
    """So many days later, at the same time of day."""
    return at + timedelta(days=days)
