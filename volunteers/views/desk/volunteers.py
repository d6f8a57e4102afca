"""The register at the desk: the list, one entry, its steps, somebody at the counter."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Resident
from neighborhoods.policies import can_keep_residents
from neighborhoods.selectors.residents import same_phone
from neighborhoods.services.residents import reveal_resident
from volunteers.forms import register as forms
from volunteers.forms.base import refuse
from volunteers.lifecycle.volunteers import VOLUNTEER_FITS, VolunteerState
from volunteers.models import Volunteer
from volunteers.policies import volunteers as policies
from volunteers.selectors.records import minutes_of
from volunteers.selectors.volunteers import (
    WITH_PERSON,
    RegisterFilters,
    entries_of,
    listed_volunteers,
    volunteers_visible_to,
)
from volunteers.services import registration
from volunteers.services.certificates import ask_certificate
from volunteers.services.insurance import insure
from volunteers.services.records.merits import enter_merit
from volunteers.views.aid.mine import OFFER_FOR
from volunteers.views.mine import STEPS as OWN_STEPS
from volunteers.views.steps import Step, Where, open_steps, step_page, steps_by_verb

PAGE = 25
SHOWN = 30
revise = OWN_STEPS["revise"]
STEPS = steps_by_verb(
    Step(
        "verify", gettext_lazy("Take into the register"), "done", policies.can_verify, registration.verify,
        gettext_lazy("Registered."), fits=VOLUNTEER_FITS["verify"],
        hint=gettext_lazy("You have looked: the person exists, lives here, and a minor's guardian agreed."),
    ),
    Step(
        "refuse", gettext_lazy("Do not register"), "x", policies.can_verify, registration.refuse,
        gettext_lazy("Not registered. The person reads why."), form=forms.RefuseForm, fits=VOLUNTEER_FITS["refuse"],
        stops=True,
    ),
    Step(
        "insure", gettext_lazy("Note the insurance"), "shield", policies.can_keep_record, insure,
        gettext_lazy("Saved."), form=forms.InsureForm, fits=VOLUNTEER_FITS["leave"],
    ),
    Step(
        "merit", gettext_lazy("Training or commendation"), "plus", policies.can_keep_record, enter_merit,
        gettext_lazy("Saved."), form=forms.MeritForm,
    ),
    Step(
        "certificate", gettext_lazy("Ask for a certificate"), "doc", policies.can_register_for, ask_certificate,
        gettext_lazy("Asked for. Two people of the community look at it."), form=forms.CertificateForm,
        hint=gettext_lazy("It is free. It lists the confirmed hours of the days you choose."),
    ),
    Step(
        "revise", gettext_lazy("Change what they offer"), revise.icon, policies.can_revise,
        revise.run, revise.done, form=forms.OfferForm,
        fits=VOLUNTEER_FITS["leave"], initial=revise.initial,
    ),
    OFFER_FOR,
    Step(
        "pause", gettext_lazy("Takes a break"), "wait", policies.can_revise, registration.pause,
        gettext_lazy("Saved."), fits=VOLUNTEER_FITS["pause"],
    ),
    Step(
        "resume", gettext_lazy("Is back"), "run", policies.can_revise, registration.resume, gettext_lazy("Saved."),
        fits=VOLUNTEER_FITS["resume"],
    ),
    Step(
        "leave", gettext_lazy("Leaves the register"), "x", policies.can_revise, registration.leave,
        gettext_lazy("Saved."), fits=VOLUNTEER_FITS["leave"], stops=True,
    ),
)  # fmt: skip


@require_safe
@login_required
def volunteer_list(request: PortalRequest) -> HttpResponse:
    """By state and number, in the actor's area. Names are masked."""
    require(policies.can_read_register(request.actor))
    words = request.GET.get("words", "").replace("\x00", "")[:20]
    filters = RegisterFilters(request.GET.get("state", ""), words)
    page = Paginator(listed_volunteers(request.actor, filters), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filters": filters,
        "states": VolunteerState.choices,
        "can_register": policies.can_register(request.actor),
    }
    return render(request, "volunteers/volunteer_list.html", context)


def _volunteer(request: PortalRequest, number: str) -> Volunteer:
    rows = volunteers_visible_to(request.actor).select_related(*WITH_PERSON)
    found: Volunteer = get_object_or_404(rows, number=number.replace("\x00", ""))
    return found


@require_safe
@login_required
def volunteer_detail(request: PortalRequest, number: str) -> HttpResponse:
    """One entry: what they offer, hours, trainings, teams; the next step. Whoever it is reads their own page."""
    own = [entry.number for entry in entries_of(request.user)]
    if number in own and not policies.can_read_register(request.actor):
        return redirect("volunteers:me")
    volunteer = _volunteer(request, number)
    return render(request, "volunteers/volunteer_detail.html", _context(request, volunteer))


def _context(request: PortalRequest, volunteer: Volunteer) -> dict[str, Any]:
    resident = volunteer.resident
    keeps = can_keep_residents(request.actor, resident)
    return {
        "volunteer": volunteer,
        "resident": resident,
        "is_minor": resident.is_minor(timezone.localdate()),
        "steps": open_steps(STEPS, request.actor, volunteer, "volunteer", volunteer.number),
        "minutes": minutes_of(volunteer),
        "records": list(volunteer.records.select_related("activity").order_by("-starts_at")[:SHOWN]),
        "merits": list(volunteer.merits.all().order_by("-on")[:SHOWN]),
        "members": list(volunteer.memberships.exclude(state="left").select_related("team")),
        "interests": [one.get_kind_display() for one in volunteer.interests.all()],
        "can_reveal": keeps,
        "twins": list(same_phone(resident)[:3]) if keeps else [],
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def volunteer_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """One step of an entry."""
    volunteer = _volunteer(request, number)
    back = reverse("volunteers:volunteer-detail", args=[volunteer.number])
    where = Where(back, volunteer.number, ((reverse("volunteers:volunteer-list"), _("Volunteers")),))
    return step_page(request, STEPS[verb], volunteer, where, volunteer_id=volunteer.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def volunteer_reveal(request: PortalRequest, number: str) -> HttpResponse:
    """Name and phone of an entry in clear."""
    volunteer = _volunteer(request, number)
    back = reverse("volunteers:volunteer-detail", args=[volunteer.number])
    where = Where(back, volunteer.number, ((reverse("volunteers:volunteer-list"), _("Volunteers")),))
    return reveal_page(request, volunteer.resident, where)


def reveal_page(request: PortalRequest, resident: Resident, where: Where) -> HttpResponse:
    """Name and phone in clear, once, for a reason the person can read."""
    require(can_keep_residents(request.actor, resident))
    form, shown = forms.RevealForm(request.POST if request.method == "POST" else None), None
    if form.is_bound and form.is_valid():
        try:
            shown = reveal_resident(actor=request.actor, resident_id=resident.pk, **form.arguments())
        except RuleError as error:
            refuse(form, error)
    context = {"where": where, "form": form, "shown": shown}
    status = 422 if form.is_bound and shown is None else 200
    response = render(request, "volunteers/volunteer_reveal.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response
