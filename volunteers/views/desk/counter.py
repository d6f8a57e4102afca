"""Somebody at the counter or on the phone is written down: who asked stands beside who typed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import RuleError, require
from core.htmx import sent_before
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area
from neighborhoods.services.residents import register_for
from volunteers.actors import REGISTRARS
from volunteers.forms import register as forms
from volunteers.forms.base import refuse
from volunteers.models import Volunteer
from volunteers.policies import volunteers as policies
from volunteers.services import registration, teams
from volunteers.views.places import chosen_area, open_areas, place_choices


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def volunteer_new(request: PortalRequest) -> HttpResponse:
    """Typed by the desk: who asked stands beside who typed."""
    require(policies.can_register(request.actor))
    grants = request.actor.grants_of(REGISTRARS)
    areas = open_areas(grants)
    places = place_choices(request, areas, grants)
    if request.method != "POST" or "find" in request.POST:
        form = forms.CounterForm(places=places, initial=request.POST.dict())
        return render(request, "volunteers/volunteer_new.html", {"form": form})
    form = forms.CounterForm(request.POST, places=places)
    if form.is_valid():
        if sent_before(request):
            return redirect("volunteers:volunteer-list")
        try:
            volunteer = _write_down(request, form, chosen_area(areas, form.cleaned_data["place"]))
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("%(number)s is written down.") % {"number": volunteer.number})
            return redirect("volunteers:volunteer-detail", volunteer.number)
    return render(request, "volunteers/volunteer_new.html", {"form": form}, status=422)


@transaction.atomic
def _write_down(request: PortalRequest, form: forms.CounterForm, area: Area) -> Volunteer:
    actor, guardian = request.actor, form.guardian()
    guardian_id = register_for(actor=actor, facts=guardian, area=area).pk if guardian else None
    resident = register_for(actor=actor, facts=form.facts(guardian_id), area=area)
    volunteer = registration.apply(actor=actor, resident_id=resident.pk, offer=form.offer())
    teams.set_interests(volunteer_id=volunteer.pk, actor=actor, kinds=form.cleaned_data["interests"])
    return volunteer
