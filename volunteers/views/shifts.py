"""A shift on the phone: the code that is shown, being there by scanning it, and the list of whoever leads."""

import contextlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.limits import client_address, too_many
from neighborhoods.middleware import PortalRequest
from volunteers.forms.activities import MomentForm
from volunteers.lifecycle.activities import SeatState
from volunteers.models import Shift, SignUp
from volunteers.policies.activities import can_lead_shift
from volunteers.policies.records import can_confirm
from volunteers.policies.teams import can_organise
from volunteers.policies.volunteers import is_own
from volunteers.selectors.activities import list_of, shift_for_lead
from volunteers.selectors.volunteers import entries_of
from volunteers.services.activities import attendance
from volunteers.services.records import confirming
from volunteers.views.steps import pressed


def _shift(shift_id: int) -> Shift:
    shift = shift_for_lead(shift_id)
    if shift is None:
        raise Http404
    return shift


def _led(request: PortalRequest, shift_id: int) -> Shift:
    """A shift one leads; of all others only that they exist is known."""
    shift = _shift(shift_id)
    if not can_lead_shift(request.actor, shift):
        raise Http404
    return shift


# ---- the code ----
@require_safe
@never_cache
@login_required
def shift_code(request: PortalRequest, shift_id: int) -> HttpResponse:
    """The code of these two minutes; the page fetches the next one by itself."""
    shift, at = _led(request, shift_id), timezone.now()
    path = reverse("volunteers:here", args=[shift.pk, attendance.code_of(shift, at)])
    link = f"{settings.PUBLIC_URL.rstrip('/')}{path}"
    context = {"shift": shift, "link": link, "seconds": attendance.seconds_left(at) + 1}
    return render(request, "volunteers/shift_code.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: PortalRequest, shift_id: int, code: str) -> HttpResponse:
    """Opened by the code: one press to come, and later one press to go; a parent presses for each child."""
    shift, at = _shift(shift_id), timezone.now()
    entries = entries_of(request.user)
    rows = SignUp.objects.filter(shift=shift, volunteer__in=entries, state=SeatState.BOOKED)
    seats = list(rows.select_related("volunteer__resident").order_by("pk"))
    is_now = attendance.is_code_now(shift, code, at)
    pressed_for = request.POST.get("seat", "")
    seat = next((one for one in seats if pressed_for in {"", str(one.pk)}), None)
    if request.method == "POST" and seat is not None:
        if too_many("volunteer-code", client_address(request), limit=300, seconds=3600):
            messages.warning(request, _("Too many at once from here. Ask whoever leads it."))
        else:
            keys: dict[str, Any] = {"shift_id": shift.pk, "volunteer_id": seat.volunteer_id, "code": code}
            keys["is_going"] = request.POST.get("verb") == "go"
            pressed(request, lambda: attendance.pass_by_code(actor=request.actor, **keys), _("Noted. Thank you."))
        return redirect("volunteers:here", shift.pk, code)
    context = {"shift": shift, "seats": seats, "is_now": is_now, "entries": entries}
    return render(request, "volunteers/here.html", context, status=200 if is_now else 410)


# ---- the list ----
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def shift_list(request: PortalRequest, shift_id: int) -> HttpResponse:
    """Who comes, who is there, who went; each with one press, and what is to be confirmed."""
    shift = _led(request, shift_id)
    if request.method == "POST":
        _act(request, shift)
        return redirect("volunteers:shift-list", shift.pk)
    rows = [_row(request, shift, seat) for seat in list_of(shift)]
    at = timezone.now()
    context = {
        "shift": shift,
        "organises": can_organise(request.actor, shift.activity),
        "rows": rows,
        "at": at,
        "has_begun": at >= shift.starts_at - attendance.OPENS,
        "is_over": at >= shift.ends_at,
        "to_confirm": sum(row["can_confirm"] for row in rows),
    }
    return render(request, "volunteers/shift_list.html", context)


def _row(request: PortalRequest, shift: Shift, seat: SignUp) -> dict[str, Any]:
    record = getattr(seat, "record", None)
    if record is not None:
        record.activity = shift.activity
    return {
        "seat": seat,
        "record": record,
        "is_mine": is_own(request.actor, seat.volunteer),
        "can_confirm": record is not None and can_confirm(request.actor, record),
    }


def _act(request: PortalRequest, shift: Shift) -> None:
    """One press of the list; the services ask whether it may be."""
    verb, actor = request.POST.get("verb", ""), request.actor
    if verb == "add":
        number = request.POST.get("number", "").replace("\x00", "")[:20]
        pressed(
            request,
            lambda: attendance.add_on_the_spot(shift_id=shift.pk, number=number, actor=actor),
            _("Added, and noted as here."),
        )
        return
    seat = shift.sign_ups.filter(pk=_id(request.POST.get("seat", ""))).first()
    if verb == "confirm-all":
        _confirm_all(request, shift)
        return
    if seat is None:
        raise Http404
    runs: dict[str, Callable[[], Any]] = {
        "came": lambda: attendance.mark_came(sign_up_id=seat.pk, actor=actor, came_at=_moment(request, seat)),
        "went": lambda: attendance.mark_went(sign_up_id=seat.pk, actor=actor, went_at=_moment(request, seat)),
    }
    if verb not in runs:
        raise Http404
    pressed(request, runs[verb], _("Noted. Thank you."))


def _id(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def _moment(request: PortalRequest, seat: SignUp) -> Any:
    """A time of day that was typed; nothing for now."""
    if not request.POST.get("at"):
        return None
    form = MomentForm(request.POST)
    if not form.is_valid():
        raise RuleError(_("Write the time like 09:15."))
    return form.moment(seat.starts_at)


def _confirm_all(request: PortalRequest, shift: Shift) -> None:
    """Everything of this shift that this person may confirm; never their own."""
    require(can_lead_shift(request.actor, shift))
    count = 0
    for seat in list_of(shift):
        row = _row(request, shift, seat)
        if row["can_confirm"]:
            with contextlib.suppress(RuleError):  # somebody else was quicker with this one
                confirming.confirm(record_id=row["record"].pk, actor=request.actor)
                count += 1
    messages.success(request, _("%(count)d confirmed.") % {"count": count})
