"""What comes after: the result is made known, followed up, and filed when nothing is left open."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.lifecycle.meetings import (
    MEETING_CLOSED,
    MEETING_FOLLOWED,
    MEETING_PUBLISHED,
    MEETING_REMINDED,
    MEETING_RESOLVED,
    MeetingState,
)
from governance.models import Meeting, Resolution
from governance.policies import meetings as policies
from governance.selectors.meetings.following import unfollowed
from governance.services.meetings.linked import note_results
from governance.services.meetings.moves import (
    days_after,
    locked_meeting,
    move_meeting,
    require_meeting_fits,
    save_meeting,
    tell_meeting,
    write_entry,
)
from neighborhoods.actors import SYSTEM, Actor


def first_withdraw_day(meeting: Meeting, today: date) -> date:
    """The earliest last day of showing the result."""
    return today + timedelta(days=meeting.rule.shown_days)


@transaction.atomic
def publish_result(*, meeting_id: int, actor: Actor, withdraw_on: date) -> Meeting:
    """Everybody reads the result, without names and numbers, until the day it is withdrawn."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "publish")
    require(policies.can_organize_meeting(actor, meeting, "publish"))
    first = first_withdraw_day(meeting, timezone.localdate(at))
    if withdraw_on < first:
        raise RuleError(
            _("It is shown for at least %(days)d days: until %(first)s or longer.")
            % {"days": meeting.rule.shown_days, "first": first.isoformat()},
            field="withdraw_on",
        )
    meeting.published_at, meeting.withdraw_on = at, withdraw_on
    meeting.due_at = days_after(at, meeting.rule.follow_days)
    move_meeting(meeting, MeetingState.PUBLISHED, actor=actor, at=at, kind=MEETING_PUBLISHED)
    save_meeting(meeting, "published_at", "withdraw_on")
    note_results(meeting, list(meeting.agenda.all()), actor=actor, at=at)
    tell_meeting(MEETING_PUBLISHED, meeting, actor)
    return meeting


@transaction.atomic
def mark_information_only(*, meeting_id: int, actor: Actor, resolution_id: int) -> Resolution:
    """Nothing has to be done about a resolution; the minutes say what was resolved and stay as they are."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "inform")
    require(policies.can_organize_meeting(actor, meeting, "inform"))
    resolution = meeting.resolutions.filter(pk=resolution_id).first()
    if resolution is None or resolution.is_information_only:
        raise RuleError(_("This has been said already."))
    resolution.is_information_only = True
    resolution.save(update_fields=["is_information_only"])
    write_entry(meeting, kind=MEETING_RESOLVED, actor=actor, at=at, reason=_("nothing has to be done"))
    tell_meeting(MEETING_RESOLVED, meeting, actor, resolution_id=resolution.pk)
    return resolution


@transaction.atomic
def follow_up_meeting(*, meeting_id: int, actor: Actor, note: str) -> Meeting:
    """The first look at what was resolved, in words that neighbours read beside the result."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "follow")
    require(policies.can_organize_meeting(actor, meeting, "follow"))
    if len(note.strip()) < 2:
        raise RuleError(_("Say how things stand; neighbours read it beside the result."), field="note")
    meeting.due_at = days_after(at, meeting.rule.follow_days)
    move_meeting(meeting, MeetingState.FOLLOWING, actor=actor, at=at, kind=MEETING_FOLLOWED, text=note.strip()[:500])
    save_meeting(meeting)
    tell_meeting(MEETING_FOLLOWED, meeting, actor)
    return meeting


@transaction.atomic
def close_meeting(*, meeting_id: int, actor: Actor) -> Meeting:
    """File it: the result was shown long enough, nothing is unpublished, every resolution is taken care of."""
    meeting, at = locked_meeting(meeting_id), timezone.now()
    require_meeting_fits(meeting, "close")
    require(policies.can_organize_meeting(actor, meeting, "close"))
    if meeting.published_at is None or meeting.minutes.filter(confirmed_at=None).exists():
        raise RuleError(_("A correction of the minutes is not confirmed yet."))
    shown_until = first_withdraw_day(meeting, timezone.localdate(meeting.published_at))
    if timezone.localdate(at) < shown_until:
        raise RuleError(_("The result is shown until %(day)s at least.") % {"day": shown_until.isoformat()})
    left = unfollowed(meeting)
    if left:
        raise RuleError(
            _("%(count)d resolutions have neither a task nor the remark that nothing has to be done.")
            % {"count": len(left)}
        )
    move_meeting(meeting, MeetingState.CLOSED, actor=actor, at=at, kind=MEETING_CLOSED)
    save_meeting(meeting)
    tell_meeting(MEETING_CLOSED, meeting, actor)
    return meeting


@transaction.atomic
def remind_organizers(*, limit: int = 200) -> int:
    """Meetings whose organiser should have gone on by now: told once for each state. Run every morning."""
    at = timezone.now()
    due = Meeting.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        closed_at=None, due_at__lt=at, reminded_at=None
    )
    meetings = list(due.order_by("due_at", "pk")[:limit])
    for meeting in meetings:
        meeting.reminded_at = at
        meeting.save(update_fields=["reminded_at"])
        write_entry(meeting, kind=MEETING_REMINDED, actor=SYSTEM, at=at)
        tell_meeting(MEETING_REMINDED, meeting, SYSTEM)
    return len(meetings)
