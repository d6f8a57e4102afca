"""Coming and going: by a code that changes every two minutes, or by the list of whoever leads.

A code is an HMAC of the shift and the stretch of time it is shown in. The one shown now and the one before are taken,
so that a slow phone still gets in; a photo of the screen is worthless some minutes later.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.tokens import token_of
from neighborhoods.actors import Actor
from volunteers.lifecycle import activities as life
from volunteers.lifecycle.activities import How, SeatState
from volunteers.models import Shift, SignUp, Volunteer
from volunteers.policies import activities as policies
from volunteers.policies.volunteers import is_own
from volunteers.services.activities.seats import locked_shift, require_fit_for, take_seat, tell_seat
from volunteers.services.records.proposing import propose_from_seat
from volunteers.services.registration import locked_volunteer

OPENS = timedelta(minutes=30)  # before the shift begins
STAYS = timedelta(hours=1)  # after it ends, to go by the code


def code_of(shift: Shift, at: datetime) -> str:
    """What the code of this moment leads to."""
    return _code(shift, int(at.timestamp()) // settings.VOLUNTEER_CODE_SECONDS)


def _code(shift: Shift, window: int) -> str:
    return token_of(f"shift:{shift.pk}:{window}").replace("-", "")


def is_code_now(shift: Shift, code: str, at: datetime) -> bool:
    """Whether it is the code shown now, or the one before."""
    window = int(at.timestamp()) // settings.VOLUNTEER_CODE_SECONDS
    return code in {_code(shift, window), _code(shift, window - 1)}


def seconds_left(at: datetime) -> int:
    """Until the next code is shown."""
    return settings.VOLUNTEER_CODE_SECONDS - int(at.timestamp()) % settings.VOLUNTEER_CODE_SECONDS


@transaction.atomic
def pass_by_code(*, shift_id: int, volunteer_id: int, code: str, actor: Actor, is_going: bool) -> SignUp:
    """One comes, and later one goes. Pressed or sent twice on a slow phone, coming stays coming."""
    volunteer = locked_volunteer(volunteer_id)
    require(is_own(actor, volunteer))
    shift, at = locked_shift(shift_id), timezone.now()
    if not is_code_now(shift, code, at):
        raise RuleError(_("This code is not shown any more. Please scan the one on the screen now."))
    seat = _seat_of(shift, volunteer)
    if seat.came_at is None:
        _require_open(shift, at)
        _come(seat, at, How.CODE, actor)
    elif is_going and seat.went_at is None:
        _go(shift, seat, at, How.CODE, actor)
    return seat


def _seat_of(shift: Shift, volunteer: Volunteer) -> SignUp:
    rows = SignUp.objects.select_for_update(of=("self",)).filter(shift=shift, volunteer=volunteer)
    seat = rows.filter(state=SeatState.BOOKED).first()
    if seat is None:
        raise RuleError(_("You have no seat in this shift. Whoever leads it can add you on the spot."))
    seat.volunteer, seat.shift = volunteer, shift
    return seat


def _require_open(shift: Shift, at: datetime) -> None:
    if shift.cancelled_at:
        raise RuleError(_("This shift was called off."))
    if at < shift.starts_at - OPENS:
        raise RuleError(_("Checking in opens half an hour before it begins."))
    if at >= shift.ends_at:
        raise RuleError(_("The shift is over. Whoever leads it can still put you on the list."))


def _come(seat: SignUp, at: datetime, how: How, actor: Actor) -> None:
    seat.came_at, seat.came_how = at, how
    seat.save(update_fields=["came_at", "came_how"])
    tell_seat(life.SEAT_CAME, seat, actor)


def _go(shift: Shift, seat: SignUp, at: datetime, how: How, actor: Actor) -> None:
    now = timezone.now()
    if how == How.CODE and now > shift.ends_at + STAYS:
        raise RuleError(_("The shift ended a while ago. Whoever leads it writes down when you went."))
    if seat.came_at is None or at <= seat.came_at or at > now:
        raise RuleError(_("Please check the time: after coming, and not in the future."), field="went_at")
    seat.went_at, seat.went_how = at, how
    seat.save(update_fields=["went_at", "went_how"])
    tell_seat(life.SEAT_WENT, seat, actor)
    propose_from_seat(seat, actor)


# ---- the list of whoever leads ----
@transaction.atomic
def mark_came(*, sign_up_id: int, actor: Actor, came_at: datetime | None = None) -> SignUp:
    """Somebody is there, says whoever leads: now, or at a time that is over."""
    shift, seat = _on_list(sign_up_id, actor)
    at = came_at or timezone.now()
    if seat.came_at is not None:
        return seat
    if seat.state != SeatState.BOOKED or shift.cancelled_at:
        raise RuleError(_("This seat was given back."))
    if not shift.starts_at - OPENS <= at < shift.ends_at or at > timezone.now():
        raise RuleError(_("Please check the time: within the shift, and not in the future."), field="came_at")
    _come(seat, at, How.LIST, actor)
    return seat


@transaction.atomic
def mark_went(*, sign_up_id: int, actor: Actor, went_at: datetime | None = None) -> SignUp:
    """Somebody went; also how a forgotten check-out is put right. Nobody writes down their own."""
    shift, seat = _on_list(sign_up_id, actor)
    if seat.went_at is not None:
        return seat
    _go(shift, seat, went_at or min(timezone.now(), shift.ends_at), How.LIST, actor)
    return seat


def _on_list(sign_up_id: int, actor: Actor) -> tuple[Shift, SignUp]:
    known = SignUp.objects.get(pk=sign_up_id)
    volunteer = locked_volunteer(known.volunteer_id)
    shift = locked_shift(known.shift_id)
    seat = SignUp.objects.select_for_update(of=("self",)).get(pk=sign_up_id)
    seat.volunteer, seat.shift = volunteer, shift
    require(policies.can_lead_shift(actor, shift) and not is_own(actor, volunteer))
    return shift, seat


@transaction.atomic
def add_on_the_spot(*, shift_id: int, number: str, actor: Actor) -> SignUp:
    """Somebody came without a seat, and one is free."""
    found = Volunteer.objects.filter(number=number.strip().upper()).first()
    if found is None:
        raise RuleError(_("There is no volunteer with this number."), field="number")
    volunteer = locked_volunteer(found.pk)
    shift, at = locked_shift(shift_id), timezone.now()
    require(policies.can_lead_shift(actor, shift) and not is_own(actor, volunteer))
    _require_open(shift, at)
    require_fit_for(volunteer, shift)
    seat = SignUp.objects.filter(shift=shift, volunteer=volunteer).first()
    if seat is None or seat.state != SeatState.BOOKED:
        if shift.free < 1:
            raise RuleError(_("All seats are taken. The desk can add seats to the shift."), field="number")
        seat = seat or SignUp(shift=shift, volunteer=volunteer)
        seat.starts_at, seat.ends_at, seat.at, seat.by_id = shift.starts_at, shift.ends_at, at, actor.user_id
        seat.cancelled_at = None
        take_seat(shift, seat)
        tell_seat(life.SEAT_TAKEN, seat, actor)
    if seat.came_at is None:
        _come(seat, at, How.LIST, actor)
    return seat
