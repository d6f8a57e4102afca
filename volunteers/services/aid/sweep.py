"""What waited too long, and what follows when people move, leave, are joined or forgotten."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError
from neighborhoods.actors import SYSTEM
from neighborhoods.models import Resident
from volunteers.lifecycle import aid as life
from volunteers.lifecycle.aid import AidState, CallReason
from volunteers.lifecycle.records import RecordState
from volunteers.models import AidLine, AidNeed, AidOffer, PhoneCall, Volunteer
from volunteers.services.aid.common import save, tell_helped, tell_helper
from volunteers.services.aid.matching import release
from volunteers.services.aid.offers import close_offers
from volunteers.services.registration import stamps_of

AT_ONCE = 1000


@transaction.atomic
def tell_untaken(*, at: datetime) -> int:
    """Open needs that nobody took for a day: the grid is shown them, once."""
    rows = AidNeed.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=AidState.OPEN, told_late_at=None, due_at__lt=at
    )
    late = list(rows.order_by("due_at", "pk")[:AT_ONCE])
    AidNeed.objects.filter(pk__in=[need.pk for need in late]).update(told_late_at=at)
    _lines(late, life.AID_UNTAKEN, at)
    return len(late)


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Taken on, and its day comes or has passed: whoever helps is reminded once; else staff call or go there."""
    rows = AidNeed.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=AidState.TAKEN, reminded_at=None, remind_due_at__lt=at
    )
    late = list(rows.select_related("helper__resident__guardian").order_by("remind_due_at", "pk")[:AT_ONCE])
    AidNeed.objects.filter(pk__in=[need.pk for need in late]).update(reminded_at=at)
    for need in late:
        tell_helper(need, CallReason.REMIND)
    _lines(late, life.AID_REMINDED, at)
    return len(late)


@transaction.atomic
def nudge(*, at: datetime) -> int:
    """Done and unconfirmed for three days: asked politely, once; whoever has no account is called by staff."""
    rows = AidNeed.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=AidState.DONE, nudged_at=None, nudge_due_at__lt=at
    )
    late = list(rows.select_related("resident__guardian").order_by("nudge_due_at", "pk")[:AT_ONCE])
    AidNeed.objects.filter(pk__in=[need.pk for need in late]).update(nudged_at=at)
    for need in late:
        tell_helped(need, CallReason.NUDGE, by_voice=True)
    _lines(late, life.AID_NUDGED, at)
    return len(late)


def _lines(needs: list[AidNeed], kind: str, at: datetime) -> None:
    AidLine.objects.bulk_create([AidLine(need=need, kind=kind, at=at, actor_label=SYSTEM.label) for need in needs])
    rows = [(need.pk, {"aid_id": need.pk, "number": need.number}) for need in needs]
    events.record_rows(kind, actor=SYSTEM, model=AidNeed, rows=rows)


@transaction.atomic
def close_uncredited(*, at: datetime) -> int:
    """Confirmed ones whose record the second person rejected on its own page, or nobody looked at in time."""
    gone = {RecordState.REJECTED, RecordState.EXPIRED}
    rows = AidNeed.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=AidState.CONFIRMED, record__state__in=gone, asked_at__lt=at
    )
    found = list(rows.select_related("record").order_by("pk")[:AT_ONCE])
    for need in found:
        need.state = AidState.REFUSED
        need.reason = need.record.reason if need.record else ""
        save(need, life.AID_REFUSED, SYSTEM, text=need.reason)
    return len(found)


def tell_all(*, at: datetime) -> None:
    """Everything that is looked at every few minutes."""
    tell_untaken(at=at)
    remind(at=at)
    nudge(at=at)
    close_uncredited(at=at)


# ---- what follows a person ----
def follow_stopped(volunteer: Volunteer, _at: datetime) -> None:
    """Who takes a break or leaves offers nothing any more, and what they had taken on is open again."""
    close_offers(volunteer, SYSTEM)
    rows = AidNeed.objects.select_for_update(of=("self",)).filter(helper=volunteer, state=AidState.TAKEN)
    for need in rows.select_related("resident__guardian", "helper__resident__guardian"):
        release(need, SYSTEM)


def follow_moved(resident: Resident) -> None:
    """Offers and open needs go where the person goes; what a neighbour has taken on stays where it was agreed."""
    AidOffer.objects.filter(volunteer__resident=resident, closed_at=None).update(**stamps_of(resident))
    AidNeed.objects.filter(resident=resident, state=AidState.OPEN).update(**stamps_of(resident))


def follow_merged(kept: Resident, dropped: Resident) -> None:
    """Needs and calls belong to the first person; the helper is the entry that stays."""
    pair = [kept.pk, dropped.pk]
    both = AidNeed.objects.filter(resident__in=pair, helper__resident__in=pair).exclude(state=AidState.CANCELLED)
    if both.exists():
        raise RuleError(_("One of the two helped the other, so they are two people. Put that right first."))
    AidNeed.objects.filter(resident=dropped).update(resident=kept)
    PhoneCall.objects.filter(resident=dropped).update(resident=kept)
    entries = {entry.resident_id: entry for entry in Volunteer.objects.filter(resident__in=pair)}
    old, new = entries.get(dropped.pk), entries.get(kept.pk)
    if old is None or new is None:
        return
    AidNeed.objects.filter(helper=old).update(helper=new)
    close_offers(old, SYSTEM)


def follow_erased(resident: Resident) -> None:
    """Open needs are called off; words go, what was done stays without saying for whom."""
    rows = AidNeed.objects.select_for_update(of=("self",)).filter(
        resident=resident, state__in=[AidState.OPEN, AidState.TAKEN]
    )
    for need in rows.select_related("helper__resident__guardian"):
        need.state = AidState.CANCELLED
        save(need, life.AID_CANCELLED, SYSTEM)
    AidNeed.objects.filter(resident=resident).update(words="", said_by="", confirmed_with="")
    AidLine.objects.filter(need__resident=resident).update(text="")
    PhoneCall.objects.filter(resident=resident).update(note="")
