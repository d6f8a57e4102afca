"""What the units said when they met is a meeting like any other: roll, minutes and resolutions, frozen once."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from core.calendar import Unit, work_calendar
from core.errors import RuleError
from governance.lifecycle.meetings import (
    MEETING_ADJOURNED,
    MEETING_CLOSED,
    WITH_MINUTES,
    Arrival,
    ItemOutcome,
    MeetingKind,
    MeetingState,
)
from governance.models import AgendaItem, Attendance, Call, Meeting, Minutes, Resolution, Whistle
from governance.selectors.meetings.following import unfollowed
from governance.services.meetings.moves import (
    locked_meeting,
    move_meeting,
    number_of,
    save_meeting,
    tell_meeting,
    write_entry,
)
from governance.services.meetings.planning import next_session, rule_for
from governance.services.meetings.roll import Person, line_of_person
from governance.services.moves import person
from governance.services.whistles.moves import calls_of
from neighborhoods.actors import STAMP_COLUMN, Actor

MOST_RESOLUTIONS = 20
RESOLUTION_LIMIT = 300


def record_meeting(whistle: Whistle, actor: Actor, at: datetime, minutes: str, resolved: Iterable[str]) -> Meeting:
    """The meeting as it was held; whoever has to confirm the minutes is told."""
    meeting = write_down(whistle, actor, at, minutes, resolved)
    tell_meeting(MEETING_ADJOURNED, meeting, actor)
    return meeting


def write_down(whistle: Whistle, actor: Actor, at: datetime, minutes: str, resolved: Iterable[str]) -> Meeting:
    """Its rows: whoever came stands on the roll, whoever types is its secretary.

    The principal who signed leads it and confirms the minutes; when the principal typed them, another organiser does.
    """
    texts = [text.strip() for text in resolved if text.strip()]
    if len(texts) > MOST_RESOLUTIONS or any(len(text) > RESOLUTION_LIMIT for text in texts):
        raise RuleError(
            _("At most %(n)d lines of %(limit)d characters.") % {"n": MOST_RESOLUTIONS, "limit": RESOLUTION_LIMIT},
            field="resolved",
        )
    came = [call for call in calls_of(whistle) if call.arrived_at]
    meeting = _meeting(whistle, actor, at, came)
    meeting.save(force_insert=True)
    item = AgendaItem.objects.create(
        meeting=meeting,
        order=1,
        title=whistle.title,
        minutes=min(meeting.length, 480) or 1,
        began_at=meeting.starts_at,
        outcome=ItemOutcome.RESOLVED if texts else ItemOutcome.INFORMED,
    )
    Minutes.objects.create(
        meeting=meeting,
        version=1,
        texts={str(item.pk): minutes},
        typed_by_ids=[person(actor)],
        typed_by_label=actor.label,
        saved_at=at,
        revision=1,
    )
    Resolution.objects.bulk_create(
        Resolution(meeting=meeting, item=item, order=order, text=text, at=at, by_id=person(actor), by_label=actor.label)
        for order, text in enumerate(texts, start=1)
    )
    meeting.roll.bulk_create([_line(meeting, call, actor) for call in came])
    write_entry(meeting, kind=MEETING_ADJOURNED, actor=actor, at=at, to_state=meeting.state, reason=whistle.number)
    return meeting


def _meeting(whistle: Whistle, actor: Actor, at: datetime, came: list[Call]) -> Meeting:
    kind = MeetingKind.ON_SITE
    rule = rule_for(kind, at)
    begins = min([call.arrived_at for call in came if call.arrived_at], default=at)
    if whistle.meeting_at and whistle.meeting_at < at:
        begins = whistle.meeting_at
    chairs = whistle.issued_by_id if whistle.issued_by_id != actor.user_id else None
    return Meeting(
        number=number_of("meeting", timezone.localdate(at).year),
        submission_key=uuid.uuid4(),
        kind=kind,
        rule=rule,
        session=next_session(whistle.area, kind),
        title=whistle.title,
        state=MeetingState.MINUTES_DRAFT,
        starts_at=min(begins, at - timedelta(minutes=1)),
        ends_at=at,
        place=(whistle.meeting_place or whistle.area.name)[:80],
        convener_label=whistle.issued_by_label,
        chair_id=chairs,
        chair_name=whistle.issued_by_label.partition("，")[0][:60] if chairs else "",
        secretary_id=actor.user_id,
        secretary_name=actor.label.partition("，")[0][:60],
        opened_at=whistle.issued_at or at,
        opened_by_id=whistle.issued_by_id,
        held_at=begins,
        due_at=work_calendar().add(at, rule.minutes_days, Unit.WORKING_DAY),
        area=whistle.area,
        **{column: getattr(whistle, column) for column in STAMP_COLUMN.values()},
    )


def _line(meeting: Meeting, call: Call, actor: Actor) -> Attendance:
    who = Person(name=call.arrived_who or call.unit.short_name, door=call.unit.short_name[:60])
    return line_of_person(meeting, who, Arrival.DESK, call.arrived_at or meeting.starts_at, actor, here=True)


def require_filed(whistle: Whistle, actor: Actor, at: datetime) -> None:
    """File the meeting with the whistle. Not before its minutes are confirmed and every resolution is taken care of."""
    if whistle.meeting_id is None:
        return
    meeting = locked_meeting(whistle.meeting_id)
    if meeting.state not in WITH_MINUTES or meeting.minutes.filter(confirmed_at=None).exists():
        raise RuleError(_("The minutes of its meeting are not confirmed yet."))
    left = unfollowed(meeting)
    if left:
        raise RuleError(
            _("%(count)d resolutions have neither a task nor the remark that nothing has to be done.")
            % {"count": len(left)}
        )
    move_meeting(meeting, MeetingState.CLOSED, actor=actor, at=at, kind=MEETING_CLOSED, reason=whistle.number)
    save_meeting(meeting)
    tell_meeting(MEETING_CLOSED, meeting, actor)
