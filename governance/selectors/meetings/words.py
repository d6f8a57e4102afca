"""What happened to a meeting or a topic, in words: for the desk, and for whoever proposed it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.lifecycle import meetings as life
from governance.lifecycle.meetings import TopicState
from governance.models import Meeting, MeetingEntry, Topic, TopicEntry


@dataclass(frozen=True)
class EntryLine:
    """One line, ready to be read."""

    kind: str
    icon: str
    title: str
    at: datetime
    who: str = ""
    text: str = ""
    reason: str = ""
    meeting: Meeting | None = None


_MEETING_KINDS: dict[str, tuple[str, Promise]] = {
    life.MEETING_OPENED: ("plus", _("Called")),
    life.MEETING_EDITED: ("write", _("Changed")),
    life.MEETING_SCREENED: ("check", _("Topics chosen")),
    life.MEETING_NOTICED: ("bell", _("Announced")),
    life.MEETING_MOVED: ("swap", _("Moved, and announced anew")),
    life.MEETING_HELD: ("run", _("Opened")),
    life.MEETING_ADJOURNED: ("idle", _("Ended")),
    life.MEETING_NOT_QUORATE: ("idle", _("Too few came")),
    life.MEETING_RESCHEDULED: ("again", _("Held again another day")),
    life.MEETING_CANCELLED: ("x", _("Cancelled")),
    life.MEETING_MINUTES_WRITTEN: ("write", _("A correction of the minutes was begun")),
    life.MEETING_RESOLVED: ("flag", _("Resolved")),
    life.MEETING_CONFIRMED: ("lock", _("Minutes confirmed and frozen")),
    life.MEETING_CORRECTED: ("lock", _("Corrected minutes confirmed")),
    life.MEETING_PUBLISHED: ("eye", _("Result published")),
    life.MEETING_FOLLOWED: ("run", _("Followed up")),
    life.MEETING_REMINDED: ("bell", _("The organiser was reminded")),
    life.MEETING_CLOSED: ("doc", _("Filed")),
}
_TOPIC_KINDS: dict[str, tuple[str, Promise]] = {
    life.TOPIC_PROPOSED: ("write", _("Proposed")),
    life.TOPIC_ACCEPTED: ("check", _("Taken up")),
    life.TOPIC_DECLINED: ("x", _("Not taken up")),
    life.TOPIC_WITHDRAWN: ("x", _("Taken back")),
    life.TOPIC_SCHEDULED: ("list", _("On the agenda of a meeting")),
    life.TOPIC_TAKEN_OFF: ("return", _("Taken off the agenda, waits for another meeting")),
    life.TOPIC_DISCUSSED: ("people", _("Talked about")),
    life.TOPIC_CARRIED: ("again", _("Goes on to the next meeting")),
    life.TOPIC_SETTLED: ("done", _("Looked at and settled")),
}
_SENTENCES: dict[TopicState, Promise] = {
    TopicState.PROPOSED: _("We have it; the organiser will look at it"),
    TopicState.ACCEPTED: _("It is taken up, and waits for a meeting"),
    TopicState.DECLINED: _("It was not taken up; read why below"),
    TopicState.ON_AGENDA: _("It is on the agenda of a meeting"),
    TopicState.DISCUSSED: _("A meeting has talked about it; it is being carried out"),
    TopicState.CARRIED: _("It goes on to the next meeting"),
    TopicState.SETTLED: _("It is settled"),
    TopicState.WITHDRAWN: _("You have taken it back"),
}


def lines_of_meeting(entries: Iterable[MeetingEntry]) -> list[EntryLine]:
    """For the desk; the caller sorts."""
    lines = []
    for entry in entries:
        icon, title = _MEETING_KINDS[entry.kind]
        lines.append(EntryLine(entry.kind, icon, str(title), entry.at, entry.actor_label, entry.text, entry.reason))
    return lines


def lines_of_topic(entries: Iterable[TopicEntry]) -> list[EntryLine]:
    """For the desk and the proposer; the caller sorts."""
    lines = []
    for entry in entries:
        icon, title = _TOPIC_KINDS[entry.kind]
        who = entry.actor_label if entry.actor_id else ""
        lines.append(EntryLine(entry.kind, icon, str(title), entry.at, who, reason=entry.reason, meeting=entry.meeting))
    return lines


def sentence_of_topic(topic: Topic) -> str:
    """The plain sentence on top of the proposer's page."""
    return str(_SENTENCES[TopicState(topic.state)])
