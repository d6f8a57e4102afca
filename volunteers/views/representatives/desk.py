"""Representatives at the desk: the list, one term, its steps, a nomination."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.htmx import sent_before
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area
from neighborhoods.selectors.finding import place_label
from neighborhoods.services.residents import PersonFacts, register_for
from neighborhoods.services.stamps import stamp_of
from volunteers.forms.representatives import NominateForm
from volunteers.lifecycle.representatives import IN_TERM, REPRESENTATIVE_FITS
from volunteers.models import Representative
from volunteers.policies import representatives as policies
from volunteers.policies.links import can_link_at
from volunteers.selectors import representatives as selectors
from volunteers.selectors.households import buildings_visible_to, coverage_of, doors_of, links_of, orphans
from volunteers.selectors.incentives import waiting_incentives
from volunteers.services.representatives import nominating
from volunteers.services.representatives.nominating import Nomination
from volunteers.views.representatives.steps import STEPS

PAGE = 25


def refuse(form: Form, error: RuleError) -> None:
    """Put what the service said beside its field, or on top."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


@require_safe
@login_required
def representative_list(request: PortalRequest) -> HttpResponse:
    """By place: serving, being chosen, with fewer than five households, ended. Nothing here ranks anybody."""
    require(policies.can_read_representatives(request.actor))
    at = timezone.now()
    today = timezone.localdate(at)
    tab = selectors.TABS.get(request.GET.get("tab", ""), selectors.TABS["serving"])
    page = Paginator(selectors.listed(request.actor, tab, today), PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": selectors.TABS.values(),
        "tab": tab,
        "page": page,
        "coverage": coverage_of(request.actor, today),
        "orphans": orphans(request.actor, at).count(),
        "rewards": waiting_incentives(request.actor).count(),
    }
    return render(request, "volunteers/representative_list.html", context)


@require_safe
@login_required
def orphan_list(request: PortalRequest) -> HttpResponse:
    """Households without anybody for thirty days."""
    require(policies.can_read_representatives(request.actor))
    page = Paginator(orphans(request.actor, timezone.now()), PAGE).get_page(request.GET.get("page"))
    return render(request, "volunteers/orphan_list.html", {"page": page})


def term_for(request: PortalRequest, number: str) -> Representative:
    """The term, if the actor may see it at all: everything else is 404. One's own is always seen."""
    seen = Q(pk__in=selectors.representatives_visible_to(request.actor).values("pk"))
    if request.actor.user_id is not None:
        seen |= Q(resident__user=request.actor.user_id)
    rows = Representative.objects.filter(seen).select_related("resident__household", "area__compound")
    return get_object_or_404(rows, number=number)


@require_safe
@login_required
def representative_detail(request: PortalRequest, number: str) -> HttpResponse:
    """How somebody was chosen, whom they look after, what happened, and the next step."""
    term = term_for(request, number)
    keeps = can_link_at(request.actor, term)
    context = {
        "term": term,
        "place": place_label(term.area),
        "steps": [step for step in STEPS.values() if step.is_open_to(request.actor, term)],
        "lines": selectors.term_lines(term),
        "links": links_of(term),
        "consents": term.consents.count(),
        "objections": term.objections.order_by("at", "pk"),
        "trainings": term.trainings.all(),
        "reads_terms": policies.can_read_representatives(request.actor),
        "may_end": keeps,
        "serves": term.state in IN_TERM,  # nothing has to be done next
        "may_answer": keeps or policies.is_self(request.actor, term),
    }
    return render(request, "volunteers/representative_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def representative_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """A form page for one step; the POST runs its service."""
    term, step = term_for(request, number), STEPS[verb]
    if term.state not in REPRESENTATIVE_FITS[verb]:
        state = {"state": term.get_state_display()}
        messages.info(request, _("This step does not fit any more: it is “%(state)s”.") % state)
        return redirect("volunteers:representative-detail", term.number)
    require(step.allowed(request.actor, term))
    initial = {"words": term.reach_words, "shows_phone": term.shows_phone} if verb == "reach" else {}
    form = step.form(request.POST if request.method == "POST" else None, term=term, initial=initial)
    if request.method == "POST" and form.is_valid():
        if sent_before(request):
            return redirect("volunteers:representative-detail", term.number)
        try:
            step.run(representative_id=term.pk, actor=request.actor, **form.arguments())
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("volunteers:representative-detail", term.number)
    context = {"term": term, "step": step, "form": form}
    context["reads_terms"] = policies.can_read_representatives(request.actor)
    return render(request, "volunteers/representative_step.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def representative_new(request: PortalRequest, building_id: int) -> HttpResponse:
    """Put somebody of a building forward: who they are, and what speaks for them."""
    building: Area = get_object_or_404(buildings_visible_to(request.actor), pk=building_id)
    require(policies.can_nominate_for(request.actor, stamp_of(building)))
    form = NominateForm(request.POST if request.method == "POST" else None, doors=doors_of(building))
    if request.method == "POST" and form.is_valid():
        if sent_before(request):
            return redirect("volunteers:representative-list")
        try:
            term = _nominated(request, building, form)
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Put forward. Now two sides have to say yes."))
            return redirect("volunteers:representative-detail", term.number)
    context = {"form": form, "building": building, "place": place_label(building)}
    return render(request, "volunteers/representative_new.html", context, status=422 if form.is_bound else 200)


@transaction.atomic
def _nominated(request: PortalRequest, building: Area, form: NominateForm) -> Representative:
    data = form.cleaned_data
    facts = PersonFacts(data["name"], data["phone"])
    person = register_for(actor=request.actor, facts=facts, area=building, household_id=data["household"].pk)
    nomination = Nomination(data["source"], data["qualities"], data["capacity"])
    return nominating.nominate(actor=request.actor, resident_id=person.pk, nomination=nomination)
