"""What an invented whistle leaves behind besides itself: events, the history of its case, its meeting."""

import json
from datetime import datetime
from typing import Any

from core.database import copy_rows
from core.models import Event
from demo.book import EVENT_COLUMNS, LINE_COLUMNS, Line, write_outbox
from governance.lifecycle import ISSUE_UNIT_CAME, ISSUE_WHISTLE_ENDED, ISSUE_WHISTLED
from governance.lifecycle.meetings import MEETING_ADJOURNED, MEETING_CLOSED, MEETING_CONFIRMED, MeetingState
from governance.lifecycle.whistles import WHISTLE_ACKNOWLEDGED, WHISTLE_ARRIVED, WHISTLE_CLOSED, WHISTLE_ISSUED
from governance.models import Issue, Meeting, TimelineEntry, Whistle, WhistleLine
from governance.services.meetings.minutes import body_of, fingerprint_of
from governance.services.meetings.moves import move_meeting
from governance.services.whistles.met import write_down
from neighborhoods.actors import Actor

# Lines of which the services tell one event for each unit, and none for the whole.
_BY_UNIT = {WHISTLE_ACKNOWLEDGED, WHISTLE_ARRIVED}


class Told:
    """Events of all whistles and lines of their cases, stored at once, in the order in which things happened."""

    def __init__(self) -> None:
        self.events: list[tuple[Any, ...]] = []
        self.lines: list[Line] = []

    def whistle(self, whistle: Whistle, lines: list[WhistleLine], issue: Issue | None) -> None:
        """Everything that the lines of a whistle tell."""
        for line in lines:
            if line.call or line.kind not in _BY_UNIT:
                self._event(line, whistle, _payload(line, whistle))
            if issue:
                self._of_case(line, issue, whistle)

    def meeting(self, meeting: Meeting, kind: str, at: datetime, actor: Actor) -> None:
        """An event of a meeting."""
        payload = {"meeting_id": meeting.pk, "number": meeting.number}
        self._add(kind, at, (actor.user_id, actor.label), meeting, payload)

    def _event(self, line: WhistleLine, subject: Any, payload: dict[str, Any], kind: str = "") -> None:
        self._add(kind or line.kind, line.at, (line.actor_id, line.actor_label), subject, payload)

    def _add(self, kind: str, at: datetime, who: tuple[int | None, str], subject: Any, payload: dict[str, Any]) -> None:
        self.events.append((kind, at, *who, subject._meta.label_lower, subject.pk, json.dumps(payload)))

    def _of_case(self, line: WhistleLine, issue: Issue, whistle: Whistle) -> None:
        """Residents read who was called, who came, how it ended."""
        text, unit = "", None
        if line.kind == WHISTLE_ISSUED:
            kind, text = ISSUE_WHISTLED, "、".join(call.unit.short_name for call in whistle.calls.all())
        elif line.kind == WHISTLE_ARRIVED and line.call:
            kind, unit = ISSUE_UNIT_CAME, line.call.unit
        elif line.kind == WHISTLE_CLOSED:
            kind, text = ISSUE_WHISTLE_ENDED, whistle.reply
        else:
            return
        actor = Actor(user_id=line.actor_id, label=line.actor_label)
        self.lines.append(Line(issue, kind, line.at, actor, text=text, unit=unit))
        self._event(line, issue, {"issue_id": issue.pk, "number": issue.number}, kind)

    def write(self, *, relayed_before: datetime) -> None:
        """Store them; notices go out for the latest ones only."""
        copy_rows(TimelineEntry, LINE_COLUMNS, (line.row() for line in self.lines))
        copy_rows(Event, EVENT_COLUMNS, iter(sorted(self.events, key=lambda row: row[1])))
        write_outbox(relayed_before=relayed_before)


def _payload(line: WhistleLine, whistle: Whistle) -> dict[str, Any]:
    call = {"call_id": line.call.pk, "unit_id": line.call.unit_id} if line.call else {}
    return {"whistle_id": whistle.pk, "number": whistle.number, **call}


def meet(told: Told, whistle: Whistle, actor: Actor, at: datetime, plan: str) -> Meeting:
    """What the units said on the spot."""
    meeting = write_down(whistle, actor, at, f"各单位到场看过，当场商定：{plan}", [plan])
    told.meeting(meeting, MEETING_ADJOURNED, at, actor)
    return meeting


def freeze(told: Told, meeting: Meeting, lead: Actor, at: datetime) -> None:
    """The principal has confirmed the minutes."""
    minutes = meeting.minutes.get()
    meeting.minutes_confirmed_at, meeting.due_at = at, None
    minutes.body = body_of(meeting, minutes, list(meeting.agenda.all()))
    minutes.fingerprint = fingerprint_of(minutes.body)
    minutes.confirmed_at, minutes.confirmed_by_id, minutes.confirmed_by_label = at, lead.user_id, lead.label
    minutes.save()
    _move(told, meeting, MeetingState.CONFIRMED, MEETING_CONFIRMED, lead, at)


def file(told: Told, meeting: Meeting, actor: Actor, at: datetime) -> None:
    """Filed with its whistle."""
    _move(told, meeting, MeetingState.CLOSED, MEETING_CLOSED, actor, at)


def _move(told: Told, meeting: Meeting, to: MeetingState, kind: str, actor: Actor, at: datetime) -> None:
    move_meeting(meeting, to, actor=actor, at=at, kind=kind)
    meeting.save()
    told.meeting(meeting, kind, at, actor)
