"""Signing up, waiting, moving up, cancelling. The row of the shift is locked, so the last seat has one winner."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from core.wording import say_exactly
from neighborhoods.actors import SYSTEM, Actor
from neighborhoods.models.residents import age_on
from volunteers.lifecycle import activities as life
from volunteers.lifecycle.activities import ActivityState, SeatState
from volunteers.lifecycle.aid import CallReason
from volunteers.lifecycle.volunteers import VolunteerState
from volunteers.models import Shift, SignUp, Volunteer
from volunteers.policies import activities as policies
from volunteers.policies.volunteers import is_own
from volunteers.services.calls import call_unreached
from volunteers.services.registration import locked_volunteer

_WITH_LEADS = (
    "activity__lead__resident__guardian",
    "activity__team__lead__resident__guardian",
    "lead__resident__guardian",
)


def locked_shift(shift_id: int) -> Shift:
    """The shift, locked until the transaction ends; with its activity and everybody who leads."""
    return Shift.objects.select_for_update(of=("self",)).select_related(*_WITH_LEADS).get(pk=shift_id)


def tell_seat(name: str, seat: SignUp, actor: Actor) -> None:
    """One event about a seat."""
    events.record(name, actor=actor, subject=seat, seat_id=seat.pk, shift_id=seat.shift_id)


@transaction.atomic
def sign_up(*, shift_id: int, volunteer_id: int, actor: Actor) -> SignUp:
    """A seat, or a place on the waiting list when all are taken.

    The volunteer is locked before the shift, by everybody, so that two shifts of one person are judged one by one. What
    concerns the person is looked at before the shift is locked: fifty people may wait for that lock.
    """
    volunteer, at = locked_volunteer(volunteer_id), timezone.now()
    wanted = Shift.objects.select_related(*_WITH_LEADS).get(pk=shift_id)
    require(policies.can_sign_up(actor, volunteer, wanted.activity))
    seat = SignUp.objects.filter(shift=wanted, volunteer=volunteer).first()
    if seat is not None and seat.state != SeatState.CANCELLED:
        return seat
    _require_open(wanted, at)
    require_fit_for(volunteer, wanted)
    shift = locked_shift(shift_id)
    _require_open(shift, at)  # read again: it may have been called off meanwhile
    seat = seat or SignUp(shift=shift, volunteer=volunteer)
    seat.starts_at, seat.ends_at, seat.at, seat.by_id = shift.starts_at, shift.ends_at, at, actor.user_id
    seat.moved_up_at = seat.cancelled_at = None
    if shift.free > 0:
        take_seat(shift, seat)
        tell_seat(life.SEAT_TAKEN, seat, actor)
    else:
        seat.state = SeatState.WAITING
        seat.save()
        tell_seat(life.SEAT_QUEUED, seat, actor)
    return seat


def _require_open(shift: Shift, at: datetime) -> None:
    if shift.cancelled_at or shift.activity.state != ActivityState.OPEN:
        raise RuleError(_("Nobody can sign up for this any more."))
    if shift.has_begun(at):
        raise RuleError(_("It has begun. Speak to whoever leads it on the spot."))


def take_seat(shift: Shift, seat: SignUp) -> None:
    """One seat of a locked shift with a free one; refused when the person took another one at this moment."""
    seat.state = SeatState.BOOKED
    try:
        with transaction.atomic():
            seat.save()
    except IntegrityError as error:  # the constraint sees what another transaction wrote in between
        raise RuleError(_("At that time you are signed up for something else.")) from error
    shift.taken += 1
    shift.save(update_fields=["taken"])


def obstacle_to(volunteer: Volunteer, shift: Shift) -> str:
    """What keeps somebody from a shift whatever else they do that day: the register, age, insurance. Asks nothing."""
    if volunteer.state == VolunteerState.APPLIED:
        return _("The community looks at it. You can sign up as soon as you are registered.")
    if volunteer.state != VolunteerState.VERIFIED:
        return _("Only registered volunteers who do not take a break.")
    activity, day = shift.activity, timezone.localdate(shift.starts_at)
    born_on = volunteer.resident.born_on
    if activity.min_age and born_on and age_on(born_on, day) < activity.min_age:
        return _("For people of %(age)d and older.") % {"age": activity.min_age}
    if activity.needs_insurance and not _is_insured(volunteer, shift):
        return _("This needs an insurance that holds on that day. The community arranges it: please ask there.")
    return ""


def require_fit_for(volunteer: Volunteer, shift: Shift) -> None:
    """Registered, old enough, insured where it is needed, and free at that time."""
    obstacle = obstacle_to(volunteer, shift)
    if obstacle:
        raise RuleError(obstacle)
    clash = clash_of(volunteer, shift)
    if clash is not None:
        raise RuleError(
            _("At that time you are signed up for “%(title)s”, %(when)s.")
            % {"title": clash.shift.activity.title, "when": say_exactly(clash.starts_at)}
        )


def _is_insured(volunteer: Volunteer, shift: Shift) -> bool:
    return volunteer.insured_until is not None and volunteer.insured_until >= timezone.localdate(shift.ends_at)


def clash_of(volunteer: Volunteer, shift: Shift) -> SignUp | None:
    """Another seat of the person that overlaps; one shift may begin when another ends."""
    others = SignUp.objects.filter(volunteer=volunteer, state=SeatState.BOOKED).exclude(shift=shift)
    overlapping = others.filter(starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at)
    return overlapping.select_related("shift__activity").first()


@transaction.atomic
def cancel_seat(*, sign_up_id: int, actor: Actor) -> SignUp:
    """Until it begins, without a reason; whoever waits moves up at once."""
    known = SignUp.objects.get(pk=sign_up_id)
    volunteer = locked_volunteer(known.volunteer_id)
    shift = locked_shift(known.shift_id)
    seat = SignUp.objects.select_for_update(of=("self",)).get(pk=sign_up_id)
    require(is_own(actor, volunteer) or policies.can_lead_shift(actor, shift))
    if seat.state == SeatState.CANCELLED:
        return seat
    if shift.has_begun(timezone.now()):
        raise RuleError(_("It has begun. Speak to whoever leads it on the spot."))
    _give_back(shift, seat)
    tell_seat(life.SEAT_CANCELLED, seat, actor)
    move_up(shift)
    return seat


def _give_back(shift: Shift, seat: SignUp) -> None:
    if seat.state == SeatState.BOOKED:
        shift.taken -= 1
        shift.save(update_fields=["taken"])
    seat.state, seat.cancelled_at = SeatState.CANCELLED, timezone.now()
    seat.save(update_fields=["state", "cancelled_at"])


def move_up(shift: Shift) -> int:
    """Free seats of a locked shift go to who waited longest and still can; answers how many moved.

    Whoever took something else at that time in the meantime stays on the list and is passed over.
    """
    at, moved = timezone.now(), 0
    if shift.cancelled_at or shift.has_begun(at):
        return 0
    waiting = shift.sign_ups.select_for_update(of=("self",)).filter(state=SeatState.WAITING).order_by("at", "pk")
    for seat in waiting.select_related("volunteer__resident__guardian"):
        if shift.free < 1:
            break
        seat.moved_up_at = at
        try:
            require_fit_for(seat.volunteer, shift)
            take_seat(shift, seat)
        except RuleError:
            continue
        tell_seat(life.SEAT_MOVED_UP, seat, SYSTEM)
        call_unreached(seat.volunteer.resident, CallReason.MOVED_UP, shift.activity.title)
        moved += 1
    return moved


def lose_seats(shift: Shift, actor: Actor) -> None:
    """A locked shift is called off: its sign-ups end, and everybody who had one is told."""
    at = timezone.now()
    rows = shift.sign_ups.exclude(state=SeatState.CANCELLED)
    told = list(rows.select_related("volunteer__resident__guardian"))
    ids = [seat.pk for seat in told]
    rows.update(state=SeatState.CANCELLED, cancelled_at=at)
    payloads = [(pk, {"seat_id": pk, "shift_id": shift.pk}) for pk in ids]
    events.record_rows(life.SEAT_LOST, actor=actor, model=SignUp, rows=payloads)
    for seat in told:
        call_unreached(seat.volunteer.resident, CallReason.LOST, shift.activity.title)


def forget_seats(volunteer: Volunteer, at: datetime) -> None:
    """Whoever leaves or takes a break gives back what is to come; whoever waits moves up."""
    rows = SignUp.objects.filter(volunteer=volunteer, starts_at__gt=at).exclude(state=SeatState.CANCELLED)
    for shift_id in sorted(rows.values_list("shift_id", flat=True)):
        shift = locked_shift(shift_id)
        seat = shift.sign_ups.select_for_update(of=("self",)).get(volunteer=volunteer)
        _give_back(shift, seat)
        move_up(shift)
