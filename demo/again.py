"""A meeting of the invented district that is held again, because too few came the first time."""

from datetime import datetime, timedelta

from demo.convention import LENGTH
from demo.meetings import usual_hour
from governance.lifecycle.meetings import MeetingState
from governance.models import Meeting
from governance.services.meetings.agenda import screen_meeting
from governance.services.meetings.notices import announce_meeting
from governance.services.meetings.session import reschedule_meeting
from neighborhoods.actors import Actor, Grant, Level, Role


def hold_again(now: datetime) -> None:
    """The older one of those to which too few came is held again, by whoever called it: its topics go with it."""
    old = Meeting.objects.filter(state=MeetingState.NOT_QUORATE).order_by("starts_at").first()
    if old is None:
        return
    grant = Grant(Role.BRANCH_SECRETARY, Level.BRANCH, old.branch_id or 0)
    actor = Actor(user_id=old.opened_by_id, label=old.convener_label, grants=frozenset({grant}))
    begins = usual_hour(now + timedelta(days=5))
    new = reschedule_meeting(meeting_id=old.pk, actor=actor, starts_at=begins, ends_at=begins + LENGTH, place=old.place)
    screen_meeting(meeting_id=new.pk, actor=actor)
    announce_meeting(meeting_id=new.pk, actor=actor)
