"""The meetings of a person in the next days, called, led, written or attended by them; and those that wait for them."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.statements import Statement, compiled
from governance.actors import VIEWERS
from governance.lifecycle.meetings import BY_WHISTLE, TO_COME, MeetingState
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
    waits_for: Promise | None  # what chair, secretary or whoever called it still has to do


# Marks in the compiled statement.
_WHO, _FROM, _UNTIL = -1, datetime(1, 1, 2, tzinfo=UTC), datetime(1, 1, 3, tzinfo=UTC)


class _Read(NamedTuple):
    """What is read of a meeting: the fields are the names of the columns."""

    number: str
    title: str
    place: str
    starts_at: datetime
    state: str
    noticed_at: datetime | None
    chair_id: int | None
    secretary_id: int | None
    street_id: int
    community_id: int | None
    grid_id: int | None
    branch_id: int | None
    building_id: int | None


def my_meetings(actor: Actor, at: datetime) -> list[MyMeeting]:
    """Those that wait for a step afterwards, then those to come within two weeks, the next one first; one statement."""
    if actor.user_id is None:
        return []
    marks = {_WHO: actor.user_id, _FROM: at, _UNTIL: at + timedelta(days=DAYS)}
    rows = map(_Read._make, _statement().rows(marks))
    return [
        MyMeeting(
            row.number,
            row.title,
            row.place,
            row.starts_at,
            _sees(actor, row),
            row.noticed_at is not None,
            _waits_for(actor, row),
        )
        for row in rows
    ]


@cache
def _statement() -> Statement:
    invited = Attendance.objects.filter(meeting=OuterRef("pk"), user_id=_WHO)
    leads = Q(opened_by_id=_WHO) | Q(chair_id=_WHO) | Q(secretary_id=_WHO)
    to_come = Q(leads | Q(Exists(invited)), state__in=sorted(TO_COME), starts_at__gte=_FROM, starts_at__lt=_UNTIL)
    afterwards = (
        Q(leads, state=MeetingState.HELD)
        | Q(Q(chair_id=_WHO) | Q(secretary_id=_WHO), state=MeetingState.MINUTES_DRAFT)
        | Q(opened_by_id=_WHO, state=MeetingState.NOT_QUORATE)
    ) & ~Q(kind__in=sorted(BY_WHISTLE))  # those stand with their whistle
    rows = Meeting.objects.filter(to_come | afterwards, closed_at=None).order_by("starts_at", "pk")
    return compiled(rows.values_list(*_Read._fields)[:SHOWN])


def _waits_for(actor: Actor, row: _Read) -> Promise | None:
    if row.state in TO_COME:
        return None
    if row.state == MeetingState.NOT_QUORATE:
        return _("hold it again")
    if row.state == MeetingState.MINUTES_DRAFT and actor.user_id == row.chair_id:
        return _("confirm the minutes")
    return _("write the minutes")


def _sees(actor: Actor, meeting: _Read) -> bool:
    """As `meetings_visible_to`, of one that is loaded."""
    leads = actor.user_id in {meeting.chair_id, meeting.secretary_id}
    return leads or any(grant.covers(meeting) for grant in actor.grants_of(VIEWERS))
