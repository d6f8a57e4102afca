"""Who needs a hand, "I can help" and "I need help": made for a phone, two taps each."""

import uuid
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.errors import RuleError
from core.masking import mask_text
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Resident
from neighborhoods.selectors.residents import resident_of
from neighborhoods.services.residents import PersonFacts, register_self
from volunteers.forms.aid import NewNeighbourForm, TakeForm, WishForm
from volunteers.forms.base import refuse
from volunteers.lifecycle.aid import KINDS, AidKind, AidState
from volunteers.lifecycle.volunteers import VolunteerState
from volunteers.models import AidNeed, Volunteer
from volunteers.policies.aid import is_party
from volunteers.selectors.aid import OpenNeed, communities_of, need_related, open_needs
from volunteers.selectors.volunteers import volunteer_of
from volunteers.services.aid import matching, needs
from volunteers.views.places import chosen_area, open_areas, place_choices


def _registered(request: PortalRequest) -> Volunteer | None:
    """The entry of a registered volunteer who takes no break: only they read words and may help."""
    entry = volunteer_of(request.user) if isinstance(request.user, User) else None
    return entry if entry and entry.state == VolunteerState.VERIFIED else None


def words_for_neighbours(need: AidNeed) -> str:
    """What was written, with everything struck out that says who it is and behind which door."""
    return mask_text(need.words, for_neighbours=True, buildings=True)


@require_safe
@never_cache
def aid_list(request: PortalRequest) -> HttpResponse:
    """Kinds of help to ask for, and who needs a hand. Strangers read the kind, the community and the day."""
    volunteer = _registered(request)
    found = open_needs(volunteer)
    names = communities_of(found)
    rows = [(one, names.get(one.need.community_id or 0, ""), _shown(one, is_known=bool(volunteer))) for one in found]
    context = {
        "rows": rows,
        "kinds": [(kind, kind.label, facts.icon) for kind, facts in KINDS.items()],
        "volunteer": volunteer,
    }
    return render(request, "volunteers/aid/list.html", context)


def _shown(one: OpenNeed, *, is_known: bool) -> str:
    return words_for_neighbours(one.need) if is_known else ""


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def aid_ask(request: PortalRequest) -> HttpResponse:
    """I need help: the kind was chosen with the first tap, sending is the second."""
    known, form = _wish_form(request)
    if request.method == "POST" and "find" not in request.POST and form.is_valid():
        try:
            need = _ask(request, known, form)
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Your neighbours can read it now. You hear of it when somebody says yes."))
            return redirect("volunteers:my-aid-need", need.number)
    status = 422 if form.is_bound else 200
    return render(request, "volunteers/aid/ask.html", {"form": form, "known": known}, status=status)


def _wish_form(request: PortalRequest) -> tuple[Resident | None, WishForm]:
    known = resident_of(cast("User", request.user))
    is_sent = request.method == "POST" and "find" not in request.POST
    kind = request.GET.get("kind", "")
    start: dict[str, Any] = {"key": uuid.uuid4(), **({"kind": kind} if kind in AidKind.values else {})}
    if known:
        return known, WishForm(request.POST if is_sent else None, initial=start)
    places = place_choices(request, open_areas())
    start |= {"name": request.user.name} if isinstance(request.user, User) else {}
    start |= request.POST.dict() if request.method == "POST" else {}
    return None, NewNeighbourForm(request.POST if is_sent else None, initial=start, places=places)


@transaction.atomic
def _ask(request: PortalRequest, known: Resident | None, form: WishForm) -> AidNeed:
    user = cast("User", request.user)
    if known is None:
        area = chosen_area(open_areas(), form.cleaned_data["place"])
        known = register_self(user=user, facts=PersonFacts(form.cleaned_data["name"]), area=area)
    return needs.ask(actor=request.actor, resident_id=known.pk, wish=form.wish())


@require_safe
@login_required
@never_cache
def aid_card(request: PortalRequest, number: str) -> HttpResponse:
    """One need as neighbours read it; the two themselves read their own page."""
    need = get_object_or_404(need_related(AidNeed.objects.all()), number=number.replace("\x00", ""))
    if is_party(request.actor, need):
        return redirect("volunteers:my-aid-need", need.number)
    if need.state != AidState.OPEN:
        raise Http404
    volunteer = _registered(request)
    near = [one for one in open_needs(volunteer) if one.need.pk == need.pk] if volunteer else []
    context = {
        "need": need,
        "near": near[0].near if near else "",
        "community": communities_of([OpenNeed(need, "")]).get(need.community_id or 0, ""),
        "words": words_for_neighbours(need) if volunteer and volunteer.community_id == need.community_id else "",
        "volunteer": volunteer,
        "entry": volunteer or volunteer_of(cast("User", request.user)),
        "form": TakeForm(),
    }
    return render(request, "volunteers/aid/card.html", context)


@require_POST
@login_required
def aid_take(request: PortalRequest, number: str) -> HttpResponse:
    """I can help."""
    need = get_object_or_404(AidNeed, number=number.replace("\x00", ""))
    volunteer = volunteer_of(cast("User", request.user))
    if volunteer is None:
        return redirect("volunteers:register")
    form = TakeForm(request.POST)
    shares = form.is_valid() and form.cleaned_data["shares"]
    try:
        matching.take(need_id=need.pk, actor=request.actor, volunteer_id=volunteer.pk, shares=shares)
    except RuleError as error:
        messages.warning(request, str(error))
        return redirect("volunteers:aid-list")
    messages.success(request, _("Thank you. Your neighbour hears of it."))
    return redirect("volunteers:my-aid-need", need.number)
