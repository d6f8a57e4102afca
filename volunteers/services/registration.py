"""Somebody becomes a volunteer, takes a break, leaves and comes back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.calendar import Unit, work_calendar
from core.database import get_locked
from core.errors import RuleError, require
from core.numbers import next_number
from neighborhoods.actors import SYSTEM, Actor
from neighborhoods.models import Resident
from neighborhoods.models.stamps import AreaStamped
from volunteers.lifecycle import volunteers as life
from volunteers.lifecycle.aid import CallReason
from volunteers.lifecycle.volunteers import VOLUNTEER_FITS, VolunteerState
from volunteers.models import Volunteer
from volunteers.policies import volunteers as policies
from volunteers.services.calls import call_unreached

LETTER = "V"
Stopped = Callable[[Volunteer, datetime], None]
_stopped: list[Stopped] = []
STAMPS = ("area_id", "street_id", "community_id", "grid_id", "branch_id", "building_id")


@dataclass(frozen=True)
class Offer:
    """What somebody says they can do, when, and whether they like to be named on lists of honour."""

    skills: str = ""
    free_times: str = ""
    is_on_honour_list: bool = False


def on_stopped(follow: Stopped) -> None:
    """What happens to seats and the like when somebody takes a break or leaves; called in the same transaction."""
    _stopped.append(follow)


def stamps_of(row: AreaStamped) -> dict[str, int | None]:
    """Where a person is, for what they do: by the name of the column."""
    return {name: getattr(row, name) for name in STAMPS}


def locked_volunteer(volunteer_id: int) -> Volunteer:
    """The entry with its resident, locked until the transaction ends."""
    rows = Volunteer.objects.select_for_update(of=("self",)).select_related("resident__guardian")
    return get_locked(rows, volunteer_id)


def _require_fit(volunteer: Volunteer, verb: str) -> None:
    if volunteer.state not in VOLUNTEER_FITS[verb]:
        raise RuleError(_("This volunteer is already “%(state)s”.") % {"state": volunteer.get_state_display()})


@transaction.atomic
def apply(*, actor: Actor, resident_id: int, offer: Offer) -> Volunteer:
    """Ask to be taken into the register: oneself, or the desk for somebody. Once; whoever left may come back."""
    known = Resident.objects.known().select_for_update(of=("self",)).select_related("guardian")
    resident = known.get(pk=resident_id)
    is_own = policies.speaks_for(actor, resident)
    require(is_own or policies.can_register_for(actor, resident))
    at = timezone.now()
    volunteer = Volunteer.objects.filter(resident=resident).first()
    if volunteer is None:
        number = next_number("volunteer", timezone.localdate(at).year, LETTER)
        volunteer = Volunteer(resident=resident, number=number)
    elif volunteer.state not in VOLUNTEER_FITS["apply"]:
        raise RuleError(
            _("This person is in the register already, with the number %(number)s.") % {"number": volunteer.number}
        )
    for name, value in stamps_of(resident).items():
        setattr(volunteer, name, value)
    volunteer.state, volunteer.applied_at, volunteer.left_at = VolunteerState.APPLIED, at, None
    volunteer.verify_due_at, volunteer.told_late_at, volunteer.refusal = _verify_due(at), None, ""
    _write_offer(volunteer, offer)
    volunteer.save()
    events.record(life.VOLUNTEER_APPLIED, actor=actor, subject=volunteer, volunteer_id=volunteer.pk, is_own=is_own)
    return volunteer


def _verify_due(at: datetime) -> datetime:
    return work_calendar().add(at, settings.VOLUNTEER_VERIFY_DAYS, Unit.WORKING_DAY)


def _write_offer(volunteer: Volunteer, offer: Offer) -> None:
    volunteer.skills, volunteer.free_times = offer.skills.strip()[:200], offer.free_times.strip()[:200]
    volunteer.is_on_honour_list = offer.is_on_honour_list


@transaction.atomic
def verify(*, volunteer_id: int, actor: Actor) -> Volunteer:
    """The desk has looked: the person exists, lives here, and a minor's guardian agreed."""
    volunteer = locked_volunteer(volunteer_id)
    _require_fit(volunteer, "verify")
    require(policies.can_verify(actor, volunteer))
    at = timezone.now()
    resident = volunteer.resident
    if resident.is_minor(timezone.localdate(at)) and resident.guardian_agreed_at is None:
        raise RuleError(_("A parent or guardian has to agree for somebody under eighteen."))
    volunteer.state = VolunteerState.VERIFIED
    volunteer.verified_at, volunteer.verified_by_id = at, actor.user_id
    volunteer.save(update_fields=["state", "verified_at", "verified_by_id"])
    events.record(life.VOLUNTEER_VERIFIED, actor=actor, subject=volunteer, volunteer_id=volunteer.pk)
    call_unreached(resident, CallReason.VERIFIED, volunteer.number)
    return volunteer


@transaction.atomic
def refuse(*, volunteer_id: int, actor: Actor, reason: str) -> Volunteer:
    """With a reason the person reads."""
    volunteer = locked_volunteer(volunteer_id)
    _require_fit(volunteer, "refuse")
    require(policies.can_verify(actor, volunteer))
    if not reason.strip():
        raise RuleError(_("Say why."), field="reason")
    volunteer.state, volunteer.left_at = VolunteerState.REFUSED, timezone.now()
    volunteer.refusal = reason.strip()[:200]
    volunteer.save(update_fields=["state", "left_at", "refusal"])
    events.record(life.VOLUNTEER_REFUSED, actor=actor, subject=volunteer, volunteer_id=volunteer.pk)
    call_unreached(volunteer.resident, CallReason.REFUSED, volunteer.number)
    return volunteer


@transaction.atomic
def revise(*, volunteer_id: int, actor: Actor, offer: Offer) -> Volunteer:
    """Other skills, times, or wishes."""
    volunteer = locked_volunteer(volunteer_id)
    require(policies.can_revise(actor, volunteer))
    _write_offer(volunteer, offer)
    volunteer.save(update_fields=["skills", "free_times", "is_on_honour_list"])
    events.record(life.VOLUNTEER_REVISED, actor=actor, subject=volunteer, volunteer_id=volunteer.pk)
    return volunteer


def pause(*, volunteer_id: int, actor: Actor) -> Volunteer:
    """A break: no shifts are offered, what was done stays."""
    return _move(volunteer_id, actor, "pause", VolunteerState.PAUSED, life.VOLUNTEER_PAUSED)


def resume(*, volunteer_id: int, actor: Actor) -> Volunteer:
    """Back from a break."""
    return _move(volunteer_id, actor, "resume", VolunteerState.VERIFIED, life.VOLUNTEER_RESUMED)


def leave(*, volunteer_id: int, actor: Actor) -> Volunteer:
    """For good, whenever they like and without a reason; hours and points stay."""
    return _move(volunteer_id, actor, "leave", VolunteerState.LEFT, life.VOLUNTEER_LEFT)


@transaction.atomic
def _move(volunteer_id: int, actor: Actor, verb: str, state: VolunteerState, event: str) -> Volunteer:
    volunteer = locked_volunteer(volunteer_id)
    require(policies.can_revise(actor, volunteer))
    _require_fit(volunteer, verb)
    volunteer.state = state
    volunteer.left_at = timezone.now() if state in life.VOLUNTEER_FINAL else None
    volunteer.save(update_fields=["state", "left_at"])
    if state != VolunteerState.VERIFIED:
        _stop(volunteer)
    events.record(event, actor=actor, subject=volunteer, volunteer_id=volunteer.pk)
    return volunteer


def _stop(volunteer: Volunteer) -> None:
    for follow in _stopped:
        follow(volunteer, timezone.now())


@transaction.atomic
def tell_waiting(*, at: datetime) -> int:
    """Entries nobody verified in time are told once, to the community's lead. Run twice or in parallel: once."""
    waiting = Volunteer.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=VolunteerState.APPLIED, told_late_at=None, verify_due_at__lt=at
    )
    late = list(waiting.order_by("verify_due_at", "pk")[:1000])
    Volunteer.objects.filter(pk__in=[one.pk for one in late]).update(told_late_at=at)
    events.record_rows(
        life.VOLUNTEER_WAITING, actor=SYSTEM, model=Volunteer, rows=[(one.pk, {"volunteer_id": one.pk}) for one in late]
    )
    return len(late)


# ---- what follows a person ----
def follow_moved(resident: Resident) -> None:
    """The entry goes where the person goes; what they did stays where it was done."""
    Volunteer.objects.filter(resident=resident, left_at=None).update(**stamps_of(resident))


def follow_erased(resident: Resident) -> None:
    """Skills and times say who somebody is; number and hours do not, and the sums stay as they are."""
    volunteer = Volunteer.objects.select_for_update(of=("self",)).filter(resident=resident).first()
    if volunteer is None:
        return
    _write_offer(volunteer, Offer())
    volunteer.certificates.update(name=None)  # their serial numbers stay
    if volunteer.left_at is None:
        volunteer.state, volunteer.left_at = VolunteerState.LEFT, timezone.now()
        _stop(volunteer)
    volunteer.save()
