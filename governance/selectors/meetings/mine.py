"""The meetings of a person in the next days: called, led, written or attended by them."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from governance.actors import VIEWERS
from governance.lifecycle.meetings import TO_COME
from governance.models import Attendance, Meeting
from neighborhoods.actors import Actor

DAYS = 14
SHOWN = 10


class MyMeeting(NamedTuple):
    """One line of Today."""

    number: str
    title: str
    place: str
    starts_at: datetime
    is_mine_to_see: bool  # on the desk; else what everybody reads
    is_announced: bool


def my_meetings(actor: Actor, at: datetime) -> list[MyMeeting]:
    """Those to come within two weeks, the next one first; one statement."""
    who = actor.user_id
    if who is None:
        return []
    invited = Attendance.objects.filter(meeting=OuterRef("pk"), user_id=who)
    mine = Q(opened_by_id=who) | Q(chair_id=who) | Q(secretary_id=who) | Q(Exists(invited))
    rows = Meeting.objects.filter(mine, closed_at=None, state__in=sorted(TO_COME))
    rows = rows.filter(starts_at__gte=at, starts_at__lt=at + timedelta(days=DAYS)).order_by("starts_at", "pk")[:SHOWN]
    return [
        MyMeeting(row.number, row.title, row.place, row.starts_at, _sees(actor, row), row.noticed_at is not None)
        for row in rows
    ]


def _sees(actor: Actor, meeting: Meeting) -> bool:
    """As `meetings_visible_to`, of one that is loaded."""
    leads = actor.user_id in {meeting.chair_id, meeting.secretary_id}
    return leads or any(grant.covers(meeting) for grant in actor.grants_of(VIEWERS))
