"""The notice: long enough before, with the agenda; a meeting that is moved afterwards is announced anew."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.lifecycle.meetings import MEETING_MOVED, MEETING_NOTICED, MeetingState
from governance.models import AgendaItem, Meeting, MeetingNotice
from governance.policies import meetings as policies
from governance.services.meetings.agenda import require_fits_time
from governance.services.meetings.linked import note_on_agenda
from governance.services.meetings.moves import (
    locked_meeting,
    move_meeting,
    require_meeting_fits,
    save_meeting,
    tell_meeting,
    write_entry,
)
from governance.services.meetings.planning import check_times
from neighborhoods.actors import Actor


def days_needed(meeting: Meeting, items: list[AgendaItem]) -> int:
    """How many days before it has to be announced: more when anything is voted on."""
    rule = meeting.rule
    return rule.vote_notice_days if any(item.is_vote for item in items) else rule.notice_days


def require_lead_time(meeting: Meeting, items: list[AgendaItem], at: datetime) -> None:
    """Whole days between the day of the notice and the day of the meeting."""
    needed = days_needed(meeting, items)
    left = (timezone.localdate(meeting.starts_at) - timezone.localdate(at)).days
    if left < needed:
        raise RuleError(
            _("It has to be announced %(needed)d days before, and only %(left)d are left. Choose a later day.")
            % {"needed": needed, "left": max(left, 0)},
            field="starts_at",
        )


@transaction.atomic
def announce_meeting(*, meeting_id: int, actor: Actor) -> Meeting:
    """Everybody may read time, place and agenda from now on."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "notice")
    require(policies.can_organize_meeting(actor, meeting, "notice"))
    items = list(meeting.agenda.all())
    if not items:
        raise RuleError(_("There is nothing on the agenda yet."))
    if not (meeting.chair_name and meeting.secretary_name):
        raise RuleError(_("Name who leads the meeting and who writes the minutes."), field="chair")
    require_fits_time(items, meeting.length)
    check_times(meeting.starts_at, meeting.ends_at, at)
    require_lead_time(meeting, items, at)
    _write_notice(meeting, items, actor, at)
    move_meeting(meeting, MeetingState.NOTICED, actor=actor, at=at, kind=MEETING_NOTICED)
    save_meeting(meeting, "noticed_at")
    note_on_agenda(meeting, items, actor=actor, at=at)
    tell_meeting(MEETING_NOTICED, meeting, actor)
    return meeting


@transaction.atomic
def move_announced_meeting(
    *, meeting_id: int, actor: Actor, starts_at: datetime, ends_at: datetime, place: str, reason: str
) -> Meeting:
    """Another time or place after it was announced: a new notice, with the same lead time, and a new code."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "move")
    require(policies.can_organize_meeting(actor, meeting, "move"))
    if not reason.strip():
        raise RuleError(_("Say why; everybody who was told reads it."), field="reason")
    if not place.strip():
        raise RuleError(_("Say where people meet."), field="place")
    check_times(starts_at, ends_at, at)
    meeting.starts_at, meeting.ends_at, meeting.place = starts_at, ends_at, place.strip()[:80]
    items = list(meeting.agenda.all())
    require_fits_time(items, meeting.length)
    require_lead_time(meeting, items, at)
    meeting.due_at, meeting.reminded_at = starts_at, None
    meeting.checkin_version += 1
    _write_notice(meeting, items, actor, at, reason=reason.strip()[:200])
    save_meeting(meeting, "starts_at", "ends_at", "place", "noticed_at", "checkin_version")
    write_entry(meeting, kind=MEETING_MOVED, actor=actor, at=at, reason=reason.strip()[:200])
    tell_meeting(MEETING_MOVED, meeting, actor)
    return meeting


def _write_notice(meeting: Meeting, items: list[AgendaItem], actor: Actor, at: datetime, reason: str = "") -> None:
    meeting.noticed_at = at
    MeetingNotice.objects.create(
        meeting=meeting,
        version=meeting.notices.count() + 1,
        at=at,
        by_id=actor.user_id,
        by_label=actor.label,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=meeting.place,
        agenda=[{"title": item.title, "minutes": item.minutes, "is_vote": item.is_vote} for item in items],
        reason=reason,
    )
