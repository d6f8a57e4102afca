"""A record is proposed: by the list or the code, or typed by whoever leads.

What counts is within the caps of its day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.calendar import CHINA
from core.errors import RuleError, require
from core.wording import say_exactly
from neighborhoods.actors import Actor
from neighborhoods.models.stamps import AreaStamped
from volunteers.lifecycle import records as life
from volunteers.lifecycle.records import LIVE
from volunteers.lifecycle.volunteers import REGISTERED
from volunteers.models import Activity, ServiceRecord, SignUp, Volunteer
from volunteers.policies import records as policies
from volunteers.policies.volunteers import accounts_of
from volunteers.services.registration import locked_volunteer, stamps_of
from volunteers.services.rules import hour_rule

CONTENT_LIMIT = 200
LONGEST = timedelta(hours=24)


@dataclass(frozen=True)
class Stretch:
    """What somebody did, from when to when, for whom."""

    starts_at: datetime
    ends_at: datetime
    content: str = ""
    helped_id: int | None = None


def propose_from_seat(seat: SignUp, actor: Actor) -> ServiceRecord | None:
    """Of a locked seat somebody came to and left: the part of it inside the shift; nothing when that is no minute."""
    if seat.came_at is None or seat.went_at is None:
        return None
    starts_at, ends_at = max(seat.came_at, seat.shift.starts_at), min(seat.went_at, seat.shift.ends_at)
    if minutes_between(starts_at, ends_at) < 1:
        return None
    stretch = Stretch(starts_at, ends_at, seat.shift.activity.title)
    return _write(seat.volunteer, seat.shift.activity, stretch, actor, seat)


def minutes_between(starts_at: datetime, ends_at: datetime) -> int:
    """Whole minutes."""
    return int((ends_at - starts_at).total_seconds() // 60)


@transaction.atomic
def propose(*, actor: Actor, volunteer_id: int, activity_id: int, stretch: Stretch) -> ServiceRecord:
    """Typed by whoever leads the activity or keeps the place, for somebody who was on no list."""
    volunteer = locked_volunteer(volunteer_id)
    rows = Activity.objects.select_related("lead__resident__guardian", "team__lead__resident__guardian")
    activity = rows.get(pk=activity_id)
    require(policies.can_propose(actor, activity))
    if volunteer.state not in REGISTERED:
        raise RuleError(_("Only somebody who is registered has hours."), field="number")
    if not timedelta(minutes=1) <= stretch.ends_at - stretch.starts_at <= LONGEST:
        raise RuleError(_("It has to end after it begins, within a day."), field="ends_at")
    if stretch.ends_at > timezone.now():
        raise RuleError(_("Hours are written down when they are over."), field="ends_at")
    record = _write(volunteer, activity, stretch, actor, None)
    if record is None:
        raise RuleError(_("The hours of that day are full: nothing more can count."))
    return record


def _write(
    volunteer: Volunteer, activity: Activity, stretch: Stretch, actor: Actor, seat: SignUp | None
) -> ServiceRecord | None:
    require_free(volunteer, stretch)
    minutes = counted_minutes(volunteer, activity, stretch)
    if minutes < 1:
        return None
    return write_record(volunteer, stretch, actor, place=activity, minutes=minutes, activity=activity, seat=seat)


def write_record(  # noqa: PLR0913 - a row has many columns
    volunteer: Volunteer,
    stretch: Stretch,
    actor: Actor,
    *,
    place: AreaStamped,
    minutes: int,
    activity: Activity | None = None,
    seat: SignUp | None = None,
    needs_second: bool = False,
) -> ServiceRecord:
    """The row of something that was looked at already; the constraints speak last."""
    at = timezone.now()
    record = ServiceRecord(
        volunteer=volunteer,
        activity=activity,
        sign_up=seat,
        **stamps_of(place),
        helped_id=stretch.helped_id,
        content=(stretch.content.strip() or (activity.title if activity else ""))[:CONTENT_LIMIT],
        starts_at=stretch.starts_at,
        ends_at=stretch.ends_at,
        minutes=minutes,
        is_hard=activity is not None and activity.is_hard,
        is_late=needs_second or is_late(stretch.ends_at, at),
        own_user_id=next(iter(accounts_of(volunteer.resident)), None),
        proposed_at=at,
        proposed_by_id=actor.user_id,
        proposed_by_label=actor.label,
    )
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as error:  # the constraint speaks last, whatever was tried at the same moment
        raise RuleError(_("At that time this person served elsewhere."), field="starts_at") from error
    events.record(life.RECORD_PROPOSED, actor=actor, subject=record, record_id=record.pk)
    return record


def require_free(volunteer: Volunteer, stretch: Stretch) -> None:
    """No other live record of the person overlaps."""
    rows = ServiceRecord.objects.filter(volunteer=volunteer, state__in=LIVE, reverses=None)
    other = rows.filter(starts_at__lt=stretch.ends_at, ends_at__gt=stretch.starts_at).first()
    if other is not None:
        words = {"content": other.content, "when": say_exactly(other.starts_at)}
        raise RuleError(
            _("At that time this person served elsewhere: “%(content)s”, %(when)s.") % words, field="starts_at"
        )


def is_late(ends_at: datetime, at: datetime) -> bool:
    """Typed so long afterwards that a second person has to agree."""
    return at - ends_at > timedelta(days=hour_rule(timezone.localdate(ends_at)).late_days)


def counted_minutes(volunteer: Volunteer, activity: Activity | None, stretch: Stretch) -> int:
    """What is left of the caps of the day, at most what was served. A locked volunteer, so nothing is counted twice.

    Help for a neighbour has no activity: each need is one of its own.
    """
    day = timezone.localdate(stretch.starts_at, CHINA)
    begin = datetime.combine(day, datetime.min.time(), CHINA)
    rule = hour_rule(day)
    same_day = ServiceRecord.objects.filter(
        volunteer=volunteer,
        state__in=LIVE,
        reverses=None,
        starts_at__gte=begin,
        starts_at__lt=begin + timedelta(days=1),
    )
    of_day = same_day.aggregate(sum=Sum("minutes"))["sum"] or 0
    known = same_day.filter(activity=activity) if activity else same_day.none()
    of_activity = known.aggregate(sum=Sum("minutes"))["sum"] or 0
    return min(
        minutes_between(stretch.starts_at, stretch.ends_at),
        rule.day_minutes - of_day,
        rule.activity_minutes - of_activity,
    )
