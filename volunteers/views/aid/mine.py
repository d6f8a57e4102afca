"""My mutual aid: what I asked for, what I help with, what I offer; the steps of each."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core.errors import RuleError
from neighborhoods.middleware import PortalRequest
from volunteers.forms import aid as forms
from volunteers.forms.base import ReasonForm, refuse
from volunteers.lifecycle.aid import AID_FITS
from volunteers.lifecycle.volunteers import VOLUNTEER_FITS
from volunteers.models import AidNeed, AidOffer
from volunteers.policies import aid as policies
from volunteers.policies.volunteers import is_own
from volunteers.selectors.aid import last_contact, my_helps, my_needs, my_offers, own_need
from volunteers.selectors.aid_history import aid_lines
from volunteers.selectors.volunteers import volunteer_of
from volunteers.services.aid import doing, matching, needs, offers
from volunteers.views.steps import Step, Where, open_steps, pressed, step_page, steps_by_verb

STEPS = steps_by_verb(
    Step(
        "confirm", gettext_lazy("Yes, it was so"), "done", policies.can_confirm, doing.confirm,
        gettext_lazy("Confirmed. Thank you."), fits=AID_FITS["confirm"],
        hint=gettext_lazy("Your neighbour then has the hours and the points for them."),
    ),
    Step(
        "finish", gettext_lazy("I have helped"), "done", policies.can_finish, doing.finish,
        gettext_lazy("Saved. Your neighbour confirms it."), form=forms.FinishAidForm, fits=AID_FITS["finish"],
    ),
    Step(
        "share", gettext_lazy("Show my contact to my neighbour"), "eye", policies.can_share, matching.share,
        gettext_lazy("Saved."), fits=AID_FITS["share"],
        hint=gettext_lazy("Name, phone and door, while one helps the other; only when both have agreed."),
    ),
    Step(
        "dispute", gettext_lazy("It was not so"), "flag", policies.can_dispute, doing.dispute,
        gettext_lazy("Saved. The community decides, by somebody who is neither of you."), form=ReasonForm,
        fits=AID_FITS["dispute"], stops=True,
    ),
    Step(
        "give-back", gettext_lazy("Look for another neighbour"), "return", policies.can_give_back, matching.give_back,
        gettext_lazy("Given back. Another neighbour is looked for."), form=forms.MaybeReasonForm,
        fits=AID_FITS["give-back"],
        hint=gettext_lazy("You need no reason."),
    ),
    Step(
        "cancel", gettext_lazy("No longer needed"), "x", policies.can_cancel, needs.cancel,
        gettext_lazy("Called off."), form=forms.MaybeReasonForm, fits=AID_FITS["cancel"], stops=True,
    ),
)  # fmt: skip
# the desk's, on the page of a volunteer
OFFER_FOR = Step(
    "aid-offer", gettext_lazy("What they like to do for neighbours"), "hand", policies.can_record_for, offers.offer,
    gettext_lazy("Saved."), form=forms.AidOfferForm, fits=VOLUNTEER_FITS["pause"],
)  # fmt: skip


def _wanted(step: Step, need: AidNeed, request: PortalRequest) -> bool:
    """Whoever has agreed already is not asked again."""
    if step.verb != "share":
        return True
    helps = policies.is_helper(request.actor, need)
    return (need.helper_agreed_at if helps else need.helped_agreed_at) is None


@require_safe
@never_cache
@login_required
def my_aid(request: PortalRequest) -> HttpResponse:
    """Everything of mine."""
    user = cast("User", request.user)
    volunteer = volunteer_of(user)
    context = {
        "needs": my_needs(user),
        "helps": my_helps(user),
        "offers": my_offers(volunteer) if volunteer else [],
        "volunteer": volunteer,
    }
    return render(request, "volunteers/aid/mine.html", context)


def _need(request: PortalRequest, number: str) -> AidNeed:
    """One of mine; anybody else's does not exist."""
    need = own_need(cast("User", request.user), number)
    if need is None or not policies.is_party(request.actor, need):
        raise Http404
    return need


@require_safe
@never_cache
@login_required
def my_aid_need(request: PortalRequest, number: str) -> HttpResponse:
    """How it stands, the contact of the other one once both agreed, what I can do next."""
    need = _need(request, number)
    helps = policies.is_helper(request.actor, need)
    other = need.resident if helps else (need.helper.resident if need.helper else None)
    steps = open_steps(STEPS, request.actor, need, "my-aid", need.number)
    context = {
        "need": need,
        "helps": helps,
        "other": other,
        "door": last_contact(need, other) if other and helps else "",
        "agreed": need.helper_agreed_at if helps else need.helped_agreed_at,
        "steps": [(step, url) for step, url in steps if _wanted(step, need, request)],
        "lines": aid_lines(need, names=False)[::-1],
    }
    return render(request, "volunteers/aid/need.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_aid_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """One step of mine."""
    need = _need(request, number)
    back = reverse("volunteers:my-aid-need", args=[need.number])
    where = Where(back, need.get_kind_display(), template="volunteers/my_step.html")
    return step_page(request, STEPS[verb], need, where, need_id=need.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_aid_offer(request: PortalRequest) -> HttpResponse:
    """What I like to do for neighbours; who is not registered yet does that first."""
    volunteer = volunteer_of(cast("User", request.user))
    if volunteer is None:
        return redirect("volunteers:register")
    form = forms.AidOfferForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            offers.offer(actor=request.actor, volunteer_id=volunteer.pk, facts=form.facts())
        except RuleError as error:
            refuse(form, error)
        else:
            return redirect("volunteers:my-aid")
    return render(request, "volunteers/aid/offer.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@login_required
def my_aid_offer_end(request: PortalRequest, offer_id: int) -> HttpResponse:
    """Take an offer back."""
    one = get_object_or_404(AidOffer.objects.select_related("volunteer__resident__guardian"), pk=offer_id)
    if not is_own(request.actor, one.volunteer):
        raise Http404
    if one.closed_at is None:
        pressed(request, lambda: offers.end_offer(offer_id=one.pk, actor=request.actor), _("Saved."))
    return redirect("volunteers:my-aid")
