"""Becoming a volunteer by oneself: where, who, what. Three pages; what was said so far waits in the session."""

from datetime import date
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core.errors import RuleError
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area, Resident
from neighborhoods.selectors.finding import place_label
from neighborhoods.selectors.residents import resident_of
from neighborhoods.services.residents import PersonFacts, register_self, register_ward
from volunteers.forms.base import refuse
from volunteers.forms.register import OfferForm, WhereForm, WhoForm
from volunteers.selectors.activities import coming_shifts, open_teams
from volunteers.selectors.volunteers import entries_of, honoured
from volunteers.services import registration, teams
from volunteers.views.places import open_areas, place_choices

DRAFT = "volunteer_register"
COMING = 12
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def landing(request: PortalRequest) -> HttpResponse:
    """What it is, what is coming up, how to join. Open to everybody."""
    entries = entries_of(request.user)
    community_id = entries[0].community_id if entries else None
    context = {
        "shifts": coming_shifts(COMING, community_id),
        "teams": open_teams(COMING, community_id),
        "entries": entries,
        "honoured": honoured(COMING, community_id),
    }
    return render(request, "volunteers/landing.html", context)


def _person(request: PortalRequest) -> User:
    """Whoever is signed in; the pages that ask for it need a log-in."""
    return cast("User", request.user)


def _draft(request: PortalRequest) -> dict[str, Any]:
    found = request.session.get(DRAFT)
    return found if isinstance(found, dict) else {}


def _keep(request: PortalRequest, **said: Any) -> None:
    request.session[DRAFT] = {**_draft(request), **said}


@login_required
@form_page
def where(request: PortalRequest) -> HttpResponse:
    """Where somebody lives. Known already when they take part in something."""
    known = resident_of(_person(request))
    start = str(_draft(request).get("place", "") or (known.area_id if known else ""))
    places = place_choices(request, open_areas(), start=start)
    is_sent = request.method == "POST" and "find" not in request.POST
    form = WhereForm(
        request.POST if is_sent else None,
        places=places,
        initial={"place": start, "place_words": request.POST.get("place_words", "")},
    )
    if is_sent and form.is_valid():
        _keep(request, place=form.cleaned_data["place"])
        return redirect("volunteers:register-who")
    context = {"form": form, "step": 1}
    return render(request, "volunteers/register_where.html", context, status=422 if form.is_bound else 200)


@login_required
@form_page
def who(request: PortalRequest) -> HttpResponse:
    """Oneself, or one's child."""
    draft, known = _draft(request), resident_of(_person(request))
    if not draft.get("place"):
        return redirect("volunteers:register")
    name = (known.name if known else "") or _person(request).name
    start: dict[str, Any] = {"whose": "me", "name": name, **draft.get("who", {})}
    form = WhoForm(request.POST if request.method == "POST" else None, initial=start)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        born_on = said["born_on"].isoformat() if said["born_on"] else ""
        _keep(request, who={**said, "born_on": born_on})
        return redirect("volunteers:register-offer")
    context = {"form": form, "step": 2}
    return render(request, "volunteers/register_who.html", context, status=422 if form.is_bound else 200)


@login_required
@form_page
def offer(request: PortalRequest) -> HttpResponse:
    """What they can do and when; sends it."""
    draft = _draft(request)
    if not draft.get("who"):
        return redirect("volunteers:register")
    form = OfferForm(request.POST if request.method == "POST" else None)
    area = get_object_or_404(open_areas().select_related("compound", "parent__parent__parent"), pk=draft["place"])
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                _register(request, area, draft["who"], form)
        except RuleError as error:
            refuse(form, error)
        else:
            del request.session[DRAFT]
            return redirect("volunteers:me")
    said = draft["who"]
    context = {"form": form, "step": 3, "place": place_label(area), "who": said}
    return render(request, "volunteers/register_offer.html", context, status=422 if form.is_bound else 200)


def _register(request: PortalRequest, area: Area, said: dict[str, Any], form: OfferForm) -> None:
    own = register_self(user=_person(request), facts=PersonFacts(said["name"]), area=area)
    resident: Resident = own
    if said["whose"] == "child":
        facts = PersonFacts(said["child_name"], born_on=date.fromisoformat(said["born_on"]))
        resident = register_ward(user=_person(request), facts=facts, area=area)
    entry = registration.apply(actor=request.actor, resident_id=resident.pk, offer=form.offer())
    teams.set_interests(volunteer_id=entry.pk, actor=request.actor, kinds=form.cleaned_data["interests"])
