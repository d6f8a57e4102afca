"""Two records turned out to be one person: what the second one did belongs to the first (see on_merged)."""

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError
from neighborhoods.actors import SYSTEM
from neighborhoods.models import Resident
from volunteers.lifecycle import volunteers as life
from volunteers.lifecycle.activities import SeatState
from volunteers.lifecycle.records import LIVE
from volunteers.lifecycle.volunteers import REGISTERED, VolunteerState
from volunteers.models import (
    Activity,
    Certificate,
    Interest,
    Merit,
    ServiceRecord,
    Shift,
    SignUp,
    Team,
    TeamMember,
    Volunteer,
)
from volunteers.policies.volunteers import accounts_of
from volunteers.services.activities.seats import locked_shift, move_up

_RANK: dict[str, int] = {SeatState.BOOKED: 0, SeatState.WAITING: 1, SeatState.CANCELLED: 2}


def follow_merged(kept: Resident, dropped: Resident) -> None:
    """The entry of the dropped record goes over, or what hangs on it when both have one."""
    pair = Volunteer.objects.select_for_update(of=("self",)).filter(resident__in=[kept.pk, dropped.pk]).order_by("pk")
    entries = {entry.resident_id: entry for entry in pair}
    ServiceRecord.objects.filter(helped=dropped).update(helped=kept)
    old, new = entries.get(dropped.pk), entries.get(kept.pk)
    if old is None:
        return
    if new is None:
        old.resident = kept
        old.save(update_fields=["resident"])
    else:
        _pour(old, new)


def _pour(old: Volunteer, new: Volunteer) -> None:
    """Everything of the one entry hangs on the other afterwards; the old number stays, as one that left."""
    try:
        with transaction.atomic():
            ServiceRecord.objects.filter(volunteer=old).update(volunteer=new)
            freed = _pour_seats(old, new)
    except IntegrityError as error:
        raise RuleError(
            _("Both were written down at the same time in different places: their hours overlap. Take one back first.")
        ) from error
    Certificate.objects.filter(volunteer=old).update(volunteer=new)
    Merit.objects.filter(volunteer=old).update(volunteer=new)
    for model, key in ((TeamMember, "team"), (Interest, "kind")):
        twice = model._default_manager.filter(volunteer=new).values(key)
        model._default_manager.filter(volunteer=old, **{f"{key}__in": twice}).delete()
        model._default_manager.filter(volunteer=old).update(volunteer=new)
    for led in (Team, Activity, Shift):
        led._default_manager.filter(lead=old).update(lead=new)
    if old.state in REGISTERED and new.state == VolunteerState.APPLIED:
        new.state, new.verified_at, new.verified_by_id = old.state, old.verified_at, old.verified_by_id
        new.save(update_fields=["state", "verified_at", "verified_by_id"])
    if old.left_at is None:
        old.state, old.left_at = VolunteerState.LEFT, timezone.now()
        old.save(update_fields=["state", "left_at"])
    events.record(life.VOLUNTEER_JOINED, actor=SYSTEM, subject=new, dropped_id=old.pk)
    for shift_id in freed:
        move_up(locked_shift(shift_id))


def _pour_seats(old: Volunteer, new: Volunteer) -> list[int]:
    """A seat that both have in one shift is one seat, the better one; answers the shifts in which one became free."""
    freed = []
    both = SignUp.objects.filter(volunteer=old, shift__in=SignUp.objects.filter(volunteer=new).values("shift"))
    for seat in both.select_related("shift").order_by("shift_id"):
        if seat.came_at or hasattr(seat, "record"):
            raise RuleError(_("Both came to the same shift, so they are two people. Put the list right first."))
        twin = SignUp.objects.get(volunteer=new, shift=seat.shift_id)
        if seat.state == SeatState.BOOKED == twin.state:
            Shift.objects.filter(pk=seat.shift_id).update(taken=F("taken") - 1)
            freed.append(seat.shift_id)
        worse = twin if _RANK[seat.state] < _RANK[twin.state] else seat
        worse.delete()
    SignUp.objects.filter(volunteer=old).update(volunteer=new)
    return freed


def follow_account(resident: Resident) -> None:
    """Whoever signs in as this person, or as the guardian of a minor, must not be who confirmed what they did."""
    people = Volunteer.objects.filter(Q(resident=resident) | Q(resident__guardian=resident))
    for volunteer in people.select_related("resident__guardian"):
        accounts = accounts_of(volunteer.resident)
        signed = Q(confirmed_by_id__in=accounts) | Q(approved_by_id__in=accounts)
        rows = ServiceRecord.objects.filter(volunteer=volunteer)
        if rows.filter(signed, state__in=LIVE).exists():
            raise RuleError(
                _("This account has confirmed hours of this very person. The community takes those records back first.")
            )
        rows.exclude(signed).update(own_user_id=next(iter(accounts), None))
