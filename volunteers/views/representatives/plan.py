"""The building plan: whose each door is, doors to tick and assign; links, answers and cards of single doors."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import RuleError, require
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area, Household
from neighborhoods.policies import can_keep_residents
from neighborhoods.selectors.finding import areas_named, place_label
from neighborhoods.services.households import DoorPlan, add_doors
from neighborhoods.services.stamps import stamp_of
from volunteers.forms.representatives import AnswerForm, DoorsForm, WordsForm
from volunteers.models import HouseholdLink
from volunteers.policies import links as policies
from volunteers.policies.representatives import can_nominate_for, can_read_representatives
from volunteers.selectors import households as selectors
from volunteers.services.representatives import cards, links
from volunteers.views.representatives.desk import refuse

PAGE = 40


@require_safe
@login_required
def building_list(request: PortalRequest) -> HttpResponse:
    """Buildings of one's area, to open their plan."""
    require(can_read_representatives(request.actor))
    words = request.GET.get("words", "").strip()[:40].replace("\x00", "")
    buildings = selectors.buildings_visible_to(request.actor)
    found: Any = areas_named(buildings, words) if words else buildings
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "volunteers/building_list.html", {"page": page, "words": words})


def _building(request: PortalRequest, building_id: int) -> Area:
    building: Area = get_object_or_404(selectors.buildings_visible_to(request.actor), pk=building_id)
    return building


@require_safe
@login_required
def building_plan(request: PortalRequest, building_id: int) -> HttpResponse:
    """Entrances, floors and doors. `?suggest=1` ticks a fair choice that nobody has to follow."""
    return _plan_page(request, _building(request, building_id))


def _plan_page(
    request: PortalRequest, building: Area, *, error: str = "", form: DoorsForm | None = None
) -> HttpResponse:
    stamp = stamp_of(building)
    can_assign = policies.can_link_at(request.actor, stamp)
    plan = selectors.plan_of(building)
    people = selectors.assignable(stamp.branch_id) if can_assign else []
    chosen: tuple[int, list[int]] = (0, [])
    if can_assign and "suggest" in request.GET:
        doors = [door for _entrance, floors in plan for floor in floors for door in floor.doors]
        chosen = selectors.fair_choice(doors, people) or (0, [])
    context = {
        "building": building,
        "place": place_label(building),
        "plan": plan,
        "people": people,
        "can_assign": can_assign,
        "can_add": can_keep_residents(request.actor, stamp),
        "can_nominate": can_nominate_for(request.actor, stamp),
        "chosen": chosen[0],
        "ticked": chosen[1],
        "form": form or DoorsForm(initial={"entrances": building.entrances or 1, "floors": building.floors or 6}),
        "error": error,
    }
    status = 422 if error or form else 200
    return render(request, "volunteers/building_plan.html", context, status=status)


@login_required
@require_POST
def building_doors_add(request: PortalRequest, building_id: int) -> HttpResponse:
    """Write the doors of a building down as a plan."""
    building = _building(request, building_id)
    require(can_keep_residents(request.actor, stamp_of(building)))
    form = DoorsForm(request.POST)
    if form.is_valid():
        try:
            add_doors(actor=request.actor, building=building, plan=DoorPlan(**form.cleaned_data))
            return redirect("volunteers:building-plan", building.pk)
        except RuleError as error:
            refuse(form, error)
    return _plan_page(request, building, form=form)


@login_required
@require_POST
def building_assign(request: PortalRequest, building_id: int) -> HttpResponse:
    """Ask the ticked doors whether the chosen representative may look after them."""
    building = _building(request, building_id)
    require(policies.can_link_at(request.actor, stamp_of(building)))
    people = {str(one.pk): one for one in selectors.assignable(stamp_of(building).branch_id)}
    chosen = people.get(request.POST.get("representative", ""))
    if chosen is None:
        return _plan_page(request, building, error=_("Choose a representative."))
    ticked = [int(pk) for pk in request.POST.getlist("door") if pk.isascii() and pk.isdigit() and len(pk) < 12]
    try:
        made = links.propose(representative_id=chosen.pk, actor=request.actor, household_ids=ticked)
    except RuleError as error:
        return _plan_page(request, building, error=str(error))
    messages.success(request, _("%(n)d households are asked. Write down what they say.") % {"n": len(made)})
    return redirect("volunteers:building-plan", building.pk)


# ---- one link ----
def _back(link: HouseholdLink, request: PortalRequest) -> str:
    if link.representative.resident.user_id == request.actor.user_id:
        return reverse("volunteers:my-households")
    return reverse("volunteers:representative-detail", args=[link.representative.number])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def link_step(request: PortalRequest, link_id: int, verb: str) -> HttpResponse:
    """What the household said, or why the link ends."""
    link = get_object_or_404(selectors.links_visible_to(request.actor), pk=link_id)
    allowed = policies.can_end_link if verb == "end" else policies.can_answer_for
    require(allowed(request.actor, link) or not link.is_live)
    if not link.is_live:
        return redirect(_back(link, request))
    data = request.POST if request.method == "POST" else None
    form = WordsForm(data) if verb == "end" else AnswerForm(data)
    if request.method == "POST" and form.is_valid():
        runs: dict[str, Any] = {"agree": links.agree, "decline": links.decline, "end": links.end_link}
        try:
            runs[verb](link_id=link.pk, actor=request.actor, **form.cleaned_data)
            return redirect(_back(link, request))
        except RuleError as error:
            refuse(form, error)
    context = {"link": link, "verb": verb, "form": form, "back": _back(link, request)}
    return render(request, "volunteers/link_step.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def household_consent(request: PortalRequest, household_id: int) -> HttpResponse:
    """A household that had declined says by itself that it may be asked after all."""
    doors = selectors.doors_visible_to(request.actor).select_related("area")
    household = get_object_or_404(doors, pk=household_id)
    require(policies.can_link_at(request.actor, household))
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        links.consent_again(household_id=household.pk, actor=request.actor, **form.cleaned_data)
        return redirect("volunteers:building-plan", household.area_id)
    back = reverse("volunteers:building-plan", args=[household.area_id])
    context = {"household": household, "form": form, "back": back}
    return render(request, "volunteers/household_consent.html", context, status=422 if form.is_bound else 200)


# ---- the card ----
def _household(request: PortalRequest, household_id: int) -> tuple[Household, HouseholdLink | None]:
    """A door one may see, with who looks after it: of one's area, or one's own as a representative."""
    doors = Household.objects.filter(closed_on=None).select_related("area__compound", "card")
    household = get_object_or_404(doors, pk=household_id)
    link = selectors.live_link_of(household)
    is_own = link is not None and link.representative.resident.user_id == request.actor.user_id
    if not is_own and not selectors.doors_visible_to(request.actor).filter(pk=household.pk).exists():
        raise Http404
    require(policies.can_keep_card(request.actor, household, link))
    return household, link


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def household_card(request: PortalRequest, household_id: int) -> HttpResponse:
    """The card to print; made by a press, because looking at a page changes nothing."""
    household, link = _household(request, household_id)
    if request.method == "POST":
        cards.issue_card(household_id=household.pk, actor=request.actor)
        return redirect("volunteers:household-card", household.pk)
    card = getattr(household, "card", None)
    url = cards.card_url(card) if card and card.digest else ""
    context = {"household": household, "place": place_label(household.area), "link": link, "url": url}
    return render(request, "volunteers/household_card.html", context)


@login_required
@require_POST
def household_card_revoke(request: PortalRequest, household_id: int) -> HttpResponse:
    """Lost, or other people live there now."""
    household, _link = _household(request, household_id)
    cards.revoke_card(household_id=household.pk, actor=request.actor)
    messages.success(request, _("The old card opens nothing any more."))
    return redirect("volunteers:household-card", household.pk)
