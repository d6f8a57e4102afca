"""Mutual aid at the desk: lists, one need with who fits it, its steps; needs of people who call."""

import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core.errors import RuleError, require
from neighborhoods.middleware import PortalRequest
from neighborhoods.policies import can_keep_residents
from neighborhoods.selectors.finding import place_label
from volunteers.actors import ORGANISERS
from volunteers.forms import aid as forms
from volunteers.forms.base import ReasonForm, refuse
from volunteers.lifecycle.aid import AID_FITS, AidChannel, AidState
from volunteers.models import AidNeed, HouseholdLink
from volunteers.policies import aid as policies
from volunteers.selectors import aid as selectors
from volunteers.selectors.aid_history import aid_lines
from volunteers.services.aid import doing, matching, needs
from volunteers.views.places import chosen_area, open_areas, place_choices
from volunteers.views.steps import Step, Where, open_steps, step_page, steps_by_verb

PAGE = 25
STEPS = steps_by_verb(
    Step(
        "match", gettext_lazy("Bring two neighbours together"), "people", policies.can_match, matching.match,
        gettext_lazy("Saved. Both hear of it."), form=forms.MatchForm, fits=AID_FITS["match"],
        hint=gettext_lazy("Ask both first. Nobody is sent anywhere."),
    ),
    Step(
        "finish", gettext_lazy("Write down that it is done"), "done", policies.can_finish, doing.finish,
        gettext_lazy("Saved. Somebody else asks whoever was helped."), form=forms.FinishAidForm,
        fits=AID_FITS["finish"],
    ),
    Step(
        "confirm", gettext_lazy("What the helped person says"), "phone", policies.can_confirm_for, doing.confirm_for,
        gettext_lazy("Confirmed."), form=forms.WordForm, fits=AID_FITS["confirm"],
        hint=gettext_lazy("Call, or take the signed paper. It is written down who said so."),
    ),
    Step(
        "decide", gettext_lazy("Decide the dispute"), "flag", policies.can_decide, doing.decide,
        gettext_lazy("Decided. Both read it."), form=forms.DecideForm, fits=AID_FITS["decide"],
        hint=gettext_lazy("Speak with both first."),
    ),
    Step(
        "credit", gettext_lazy("It was so: credit it"), "coin", policies.can_credit, doing.credit,
        gettext_lazy("Credited."), fits=AID_FITS["credit"],
        hint=gettext_lazy("These two had more than eight hours this month, or it came late: ask once more."),
    ),
    Step(
        "refuse", gettext_lazy("Not credited"), "x", policies.can_refuse, doing.refuse,
        gettext_lazy("Not credited. Both read why."), form=ReasonForm, fits=AID_FITS["refuse"], stops=True,
    ),
    Step(
        "dispute", gettext_lazy("The two do not agree"), "flag", policies.can_dispute, doing.dispute,
        gettext_lazy("Saved. Somebody else of the community decides."), form=ReasonForm, fits=AID_FITS["dispute"],
    ),
    Step(
        "give-back", gettext_lazy("Look for another neighbour"), "return", policies.can_give_back, matching.give_back,
        gettext_lazy("Given back. Another neighbour is looked for."), form=forms.MaybeReasonForm,
        fits=AID_FITS["give-back"],
    ),
    Step(
        "cancel", gettext_lazy("No longer needed"), "x", policies.can_cancel, needs.cancel,
        gettext_lazy("Called off."), form=ReasonForm, fits=AID_FITS["cancel"], stops=True,
    ),
)  # fmt: skip


@require_safe
@login_required
def aid_desk(request: PortalRequest) -> HttpResponse:
    """What waits for a neighbour, for a word, for a decision; and the share of those who serve and are served."""
    require(policies.can_see_aid(request.actor))
    tab = selectors.TABS.get(request.GET.get("tab", ""), selectors.TABS["open"])
    page = Paginator(selectors.listed_needs(request.actor, tab), PAGE).get_page(request.GET.get("page"))
    sees = policies.can_see_share(request.actor)
    context = {
        "tabs": selectors.TABS.values(),
        "tab": tab,
        "page": page,
        "looks": selectors.waiting_looks(request.actor) if tab.key != "look" else 0,
        "shares": selectors.shares_for(request.actor) if sees else [],
        "can_record": policies.can_record_somewhere(request.actor),
        "calls": selectors.open_calls(request.actor).count(),
    }
    return render(request, "volunteers/aid/desk_list.html", context)


def desk_need(request: PortalRequest, number: str) -> AidNeed:
    """A need of the actor's area; any other does not exist."""
    rows = selectors.need_related(selectors.needs_visible_to(request.actor))
    found: AidNeed = get_object_or_404(rows, number=number.replace("\x00", ""))
    return found


@require_safe
@login_required
def aid_detail(request: PortalRequest, number: str) -> HttpResponse:
    """What is needed, who fits, what happened. One of the two reads their own page."""
    if not policies.can_see_aid(request.actor) and selectors.own_need(cast("User", request.user), number):
        return redirect("volunteers:my-aid-need", number)
    need = desk_need(request, number)
    matching_now = need.state == AidState.OPEN and policies.can_match(request.actor, need)
    context = {
        "need": need,
        "place": place_label(need.area),
        "steps": open_steps(STEPS, request.actor, need, "aid-desk", need.number),
        "matches": selectors.matches_of(need) if matching_now else [],
        "is_matching": matching_now,
        "can_reveal": can_keep_residents(request.actor, need.resident),
        "lines": aid_lines(need, names=True)[::-1],
    }
    return render(request, "volunteers/aid/desk_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def aid_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """One step of a need."""
    need = desk_need(request, number)
    back = reverse("volunteers:aid-detail", args=[need.number])
    where = Where(back, need.number, ((reverse("volunteers:aid-desk"), _("Mutual aid")),))
    return step_page(request, STEPS[verb], need, where, need_id=need.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def aid_new(request: PortalRequest) -> HttpResponse:
    """For somebody who called or brought a paper; who said so stands beside who typed it."""
    require(policies.can_record_somewhere(request.actor))
    grants = request.actor.grants_of(ORGANISERS)
    areas = open_areas(grants)
    places = place_choices(request, areas, grants)
    if request.method != "POST" or "find" in request.POST:
        start = {"key": uuid.uuid4(), "channel": AidChannel.PHONE.value, "day": "any", **request.POST.dict()}
        return render(
            request, "volunteers/aid/desk_new.html", {"form": forms.DeskNeedForm(places=places, initial=start)}
        )
    form = forms.DeskNeedForm(request.POST, places=places)
    if form.is_valid():
        data = form.cleaned_data
        try:
            need = needs.ask_for(
                actor=request.actor,
                area=chosen_area(areas, data["place"]),
                facts=form.facts(),
                wish=form.wish(),
                channel=AidChannel(data["channel"]),
                said_by=data["said_by"],
            )
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("%(number)s is written down.") % {"number": need.number})
            return redirect("volunteers:aid-detail", need.number)
    return render(request, "volunteers/aid/desk_new.html", {"form": form}, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_household_aid(request: PortalRequest, link_id: int) -> HttpResponse:
    """A representative writes down what somebody of a household needs."""
    rows = HouseholdLink.objects.select_related("representative__resident", "household__area")
    link = get_object_or_404(rows, pk=link_id, representative__resident__user=request.user.pk)
    require(policies.can_record_behind(request.actor, link))
    form = forms.CallerForm(request.POST if request.method == "POST" else None, initial={"key": uuid.uuid4()})
    if form.is_bound and form.is_valid():
        try:
            needs.ask_behind(actor=request.actor, link_id=link.pk, facts=form.facts(), wish=form.wish())
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Written down. Neighbours can read it now."))
            return redirect("volunteers:my-households")
    context = {"form": form, "link": link}
    return render(request, "volunteers/aid/behind.html", context, status=422 if form.is_bound else 200)
