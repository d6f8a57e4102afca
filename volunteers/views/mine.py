"""My volunteer page, and what I may do there: other skills, a break, leaving, seats, teams."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotAllowedError
from neighborhoods.actors import Actor
from neighborhoods.middleware import PortalRequest
from volunteers.forms.register import CertificateForm, OfferForm
from volunteers.lifecycle.activities import SeatState
from volunteers.lifecycle.volunteers import VOLUNTEER_FITS
from volunteers.models import Shift, SignUp, Team, Volunteer
from volunteers.policies.volunteers import is_own
from volunteers.selectors.activities import led_shifts, next_seats, public_activity, seats_of, shown_shifts
from volunteers.selectors.records import minutes_of
from volunteers.selectors.volunteers import WITH_PERSON, entries_of
from volunteers.services import registration, teams
from volunteers.services.activities import seats
from volunteers.services.certificates import ask_certificate
from volunteers.services.registration import Offer
from volunteers.views.steps import Step, Where, open_steps, pressed, step_page, steps_by_verb

LINES = 20


def _revise(*, actor: Actor, volunteer_id: int, offer: Offer, kinds: list[str]) -> None:
    registration.revise(volunteer_id=volunteer_id, actor=actor, offer=offer)
    teams.set_interests(volunteer_id=volunteer_id, actor=actor, kinds=kinds)


def offer_of(volunteer: Volunteer) -> dict[str, Any]:
    """What the form shows at first."""
    return {
        "skills": volunteer.skills,
        "free_times": volunteer.free_times,
        "is_on_honour_list": volunteer.is_on_honour_list,
        "interests": list(volunteer.interests.values_list("kind", flat=True)),
    }


STEPS = steps_by_verb(
    Step(
        "revise", gettext_lazy("Change what I offer"), "write", is_own, _revise, gettext_lazy("Saved."),
        form=OfferForm, initial=offer_of,
    ),
    Step(
        "certificate", gettext_lazy("Ask for a certificate"), "doc", is_own, ask_certificate,
        gettext_lazy("Asked for. Two people of the community look at it."), form=CertificateForm,
        hint=gettext_lazy("It is free. It lists the confirmed hours of the days you choose."),
    ),
    Step(
        "pause", gettext_lazy("Take a break"), "wait", is_own, registration.pause,
        gettext_lazy("You take a break. What you did stays."), fits=VOLUNTEER_FITS["pause"],
        hint=gettext_lazy("You give back the shifts to come. What you did stays."),
    ),
    Step(
        "resume", gettext_lazy("Come back"), "run", is_own, registration.resume, gettext_lazy("Welcome back."),
        fits=VOLUNTEER_FITS["resume"],
    ),
    Step(
        "leave", gettext_lazy("Leave the register"), "x", is_own, registration.leave,
        gettext_lazy("You have left. Your number and your hours stay, and you may come back."),
        fits=VOLUNTEER_FITS["leave"], stops=True,
        hint=gettext_lazy("You need no reason. Your number and your hours stay, and you may come back."),
    ),
)  # fmt: skip


@require_safe
@never_cache
@login_required
def me(request: PortalRequest) -> HttpResponse:
    """Number, state, hours, next shifts, what waits; also of my children."""
    entries, at = entries_of(request.user), timezone.now()
    cards = [
        {
            "entry": entry,
            "minutes": minutes_of(entry),
            "steps": open_steps(STEPS, request.actor, entry, "my", entry.number),
            "certificates": list(entry.certificates.order_by("-pk")[:5]),
            "is_child": entry.resident.user_id != request.user.pk,
        }
        for entry in entries[:5]
    ]
    records = [
        row for entry in entries[:5] for row in entry.records.select_related("activity").order_by("-starts_at")[:LINES]
    ]
    context = {
        "cards": cards,
        "seats": next_seats(entries, at),
        "led": led_shifts(entries, at) if entries else [],
        "records": records,
        "at": at,
    }
    return render(request, "volunteers/me.html", context)


def _entry(request: PortalRequest, number: str) -> Volunteer:
    """An entry one speaks for; anybody else's does not exist."""
    entry = Volunteer.objects.select_related(*WITH_PERSON).filter(number=number.replace("\x00", "")).first()
    if entry is None or not is_own(request.actor, entry):
        raise Http404
    return entry


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """A step of my own entry."""
    entry = _entry(request, number)
    where = Where(reverse("volunteers:me"), entry.number, template="volunteers/my_step.html")
    return step_page(request, STEPS[verb], entry, where, volunteer_id=entry.pk)


# ---- activities ----
@require_safe
def activity(request: PortalRequest, number: str) -> HttpResponse:
    """What it is, its next shifts, and a button for each. Open to everybody."""
    found = public_activity(number.replace("\x00", ""))
    if found is None:
        raise Http404
    entries = entries_of(request.user)
    shifts = list(shown_shifts().filter(activity=found)[:30])
    mine = seats_of(entries, shifts)
    rows = [
        {
            "shift": shift,
            "seat": mine.get(shift.pk),
            "entries": [entry for entry in entries if not seats.obstacle_to(entry, shift)],
        }
        for shift in shifts
    ]
    context = {"activity": found, "rows": rows, "entries": entries, "units": list(found.partners.all())}
    if entries and shifts and not any(row["entries"] for row in rows):  # said once, instead of a refusal at each button
        context["obstacle"] = seats.obstacle_to(entries[0], shifts[0])
    return render(request, "volunteers/activity.html", context)


@require_POST
@login_required
def take(request: PortalRequest, shift_id: int) -> HttpResponse:
    """Sign up for a shift, for oneself or the child that was chosen."""
    shift = get_object_or_404(Shift.objects.select_related("activity"), pk=shift_id, activity__opened_at__isnull=False)
    entries = entries_of(request.user)
    if not entries:
        return redirect("volunteers:register")
    wanted = request.POST.get("entry", "")
    entry = next((one for one in entries if one.number == wanted), entries[0])
    found: list[SignUp] = []

    def run() -> None:
        found.append(seats.sign_up(shift_id=shift.pk, volunteer_id=entry.pk, actor=request.actor))

    if pressed(request, run, _("Saved.")) and found[0].state == SeatState.WAITING:
        return redirect(f"{reverse('volunteers:me')}#seats")
    return redirect("volunteers:me" if found else reverse("volunteers:activity", args=[shift.activity.number]))


@require_POST
@login_required
def give_back(request: PortalRequest, seat_id: int) -> HttpResponse:
    """Cancel a seat of one's own."""
    seat = get_object_or_404(SignUp.objects.select_related("volunteer__resident__guardian"), pk=seat_id)
    if not is_own(request.actor, seat.volunteer):
        raise Http404
    pressed(request, lambda: seats.cancel_seat(sign_up_id=seat.pk, actor=request.actor), _("Cancelled."))
    return redirect("volunteers:me")


@require_POST
@login_required
def join_team(request: PortalRequest, team_id: int) -> HttpResponse:
    """Ask to be in a team, or leave it again."""
    team = get_object_or_404(Team, pk=team_id, closed_at=None)
    entries = entries_of(request.user)
    if not entries:
        return redirect("volunteers:register")
    run = teams.leave_team if "leave" in request.POST else teams.ask_to_join
    done = _("You have left the team.") if "leave" in request.POST else _("The lead of the team will look at it.")
    keys: dict[str, Any] = {"team_id": team.pk, "volunteer_id": entries[0].pk, "actor": request.actor}
    try:
        pressed(request, lambda: run(**keys), done)
    except NotAllowedError:
        raise Http404 from None
    return redirect("volunteers:landing")
