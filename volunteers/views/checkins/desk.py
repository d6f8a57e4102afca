"""Members checking in at the desk of their branch and community: the list, one of them, the steps, the counter."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.htmx import sent_before
from neighborhoods.actors import Actor
from neighborhoods.middleware import PortalRequest
from neighborhoods.services.residents import register_for
from volunteers.actors import CHECKIN_KEEPERS
from volunteers.forms import checkins as forms
from volunteers.forms.base import refuse
from volunteers.lifecycle.checkins import CHECKIN_FITS
from volunteers.lifecycle.feedback import year_in_window
from volunteers.models import CheckIn, Pledge
from volunteers.policies import checkins as policies
from volunteers.selectors import checkins as selectors
from volunteers.selectors.checkins import CheckInFilters
from volunteers.services.checkins import applying, feedback, pledges
from volunteers.views.desk.volunteers import reveal_page
from volunteers.views.places import chosen_area, open_areas, place_choices
from volunteers.views.steps import Step, Where, open_steps, step_page, steps_by_verb

PAGE, SHOWN = 25, 30


def facts_of(checkin: CheckIn) -> dict[str, Any]:
    """What the form shows at first."""
    return {"employer": checkin.employer, "skills": checkin.skills, "free_times": checkin.free_times}


def _on_pledge(policy: Any) -> Any:
    def allowed(actor: Actor, checkin: CheckIn) -> bool:
        return checkin.pledge is not None and policy(actor, checkin.pledge)

    return allowed


def _with_pledge(service: Any) -> Any:
    def run(*, checkin_id: int, actor: Actor, **arguments: Any) -> Any:
        pledge = get_object_or_404(Pledge, checkin=checkin_id, withdrawn_at=None)
        return service(pledge_id=pledge.pk, actor=actor, **arguments)

    return run


def may_offer(actor: Actor, checkin: CheckIn) -> bool:
    """While there is no pledge."""
    return checkin.pledge is None and policies.can_offer_pledge(actor, checkin)


def in_season(steps: list[tuple[Step, str]], checkin: CheckIn) -> list[tuple[Step, str]]:
    """The year's page is offered in its weeks, while there is none yet; the service says so to whoever comes anyway."""
    year = year_in_window(timezone.localdate())
    if year is not None and not checkin.resident.feedbacks.filter(year=year).exists():
        return steps
    return [(step, url) for step, url in steps if step.verb != "draft"]


def with_checkin(checkin: CheckIn) -> dict[str, Any]:
    """The form of a pledge knows the posts somebody has."""
    return {"checkin": checkin}


STEPS = steps_by_verb(
    Step(
        "accept", gettext_lazy("Accept the check-in"), "done", policies.can_accept, applying.accept,
        gettext_lazy("Accepted."), fits=CHECKIN_FITS["accept"],
        hint=gettext_lazy("Whoever is no volunteer yet becomes one, so that hours can be confirmed."),
    ),
    Step(
        "show", gettext_lazy("Put the pledge on the page"), "eye", _on_pledge(policies.can_show),
        _with_pledge(pledges.show), gettext_lazy("It is on the page."), fits=CHECKIN_FITS["pledge"],
        hint=gettext_lazy("The member agreed. It is off the page the moment they take it back."),
    ),
    Step(
        "consent", gettext_lazy("Write down the consent"), "check", _on_pledge(policies.can_consent),
        _with_pledge(pledges.consent), gettext_lazy("Saved."), fits=CHECKIN_FITS["pledge"],
        hint=gettext_lazy("Only of somebody without an account, who said so themselves."),
    ),
    Step(
        "kept", gettext_lazy("Write down that the pledge was kept"), "check", _on_pledge(policies.can_fulfil),
        _with_pledge(pledges.fulfil), gettext_lazy("Saved."), form=forms.FulfilForm, fits=CHECKIN_FITS["pledge"],
    ),
    Step(
        "draft", gettext_lazy("Draw up the page for the employer"), "doc", policies.can_draft, feedback.draft,
        gettext_lazy("Drawn up. The member reads it first."), fits=CHECKIN_FITS["feedback"],
        hint=gettext_lazy("Facts out of the records. It goes nowhere without the member's yes."),
    ),
    Step(
        "offer", gettext_lazy("Propose a pledge"), "write", may_offer, pledges.offer_pledge,
        gettext_lazy("Saved. The member decides."), form=forms.PledgeForm, fits=CHECKIN_FITS["pledge"],
        more=with_checkin,
    ),
    Step(
        "revise", gettext_lazy("Change employer, skills or times"), "write", policies.can_revise, applying.revise,
        gettext_lazy("Saved."), form=forms.FactsForm, fits=CHECKIN_FITS["revise"], initial=facts_of,
    ),
    Step(
        "hide", gettext_lazy("Take the pledge off the page"), "hide", _on_pledge(policies.can_withdraw),
        _with_pledge(pledges.withdraw), gettext_lazy("It is off the page."), stops=True,
    ),
    Step(
        "refuse", gettext_lazy("Do not accept it"), "x", policies.can_accept, applying.refuse,
        gettext_lazy("Not accepted. The person reads why."), form=forms.RefuseForm, fits=CHECKIN_FITS["refuse"],
        stops=True,
    ),
    Step(
        "leave", gettext_lazy("End the check-in"), "x", policies.can_leave, applying.leave,
        gettext_lazy("It is over now."), fits=CHECKIN_FITS["leave"], stops=True,
        hint=gettext_lazy("When the member said so. Nobody asks why, nothing follows from it."),
    ),
)  # fmt: skip


@require_safe
@login_required
def checkin_list(request: PortalRequest) -> HttpResponse:
    """By state, branch and number, in the actor's area. Names are masked; nobody is ranked."""
    require(policies.can_read_checkins(request.actor))
    branch = request.GET.get("branch", "")
    filters = CheckInFilters(
        request.GET.get("state", ""),
        int(branch) if branch.isdecimal() and len(branch) < 16 else 0,
        request.GET.get("words", "").replace("\x00", "").strip()[:20],
    )
    page = Paginator(selectors.listed_checkins(request.actor, filters), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "filters": filters,
        "states": [(state.value, state.label) for state in selectors.LISTED],
        "branches": selectors.branches_to_choose(request.actor),
    }
    return render(request, "volunteers/checkins/list.html", context)


def _checkin(request: PortalRequest, number: str) -> CheckIn:
    rows = selectors.checkins_visible_to(request.actor).select_related("resident", "area__compound")
    found: CheckIn = get_object_or_404(rows, number=number.replace("\x00", ""))
    return found


@require_safe
@login_required
def checkin_detail(request: PortalRequest, number: str) -> HttpResponse:
    """One member: what they offer, posts, services, pledge, the year's pages, the next step."""
    if not policies.can_read_checkins(request.actor):
        own = selectors.checkin_of(request.actor.user_id)
        if own is not None and own.number == number:
            return redirect("volunteers:my-checkin")
    checkin = _checkin(request, number)
    services = selectors.services_of(checkin.resident_id).filter(starts_at__gte=checkin.applied_at)
    context = {
        "checkin": checkin,
        "resident": checkin.resident,
        "steps": in_season(open_steps(STEPS, request.actor, checkin, "checkin", checkin.number), checkin),
        "takings": list(checkin.takings.filter(left_at=None).select_related("post").order_by("pk")),
        "services": list(services.order_by("-starts_at")[:SHOWN]),
        "pages": [
            page
            for page in checkin.feedbacks.select_related("resident").order_by("-year")
            if policies.can_read_feedback(request.actor, page)
        ],
        "lines": selectors.history_of(checkin),
    }
    return render(request, "volunteers/checkins/detail.html", context)


def _where(checkin: CheckIn) -> Where:
    back = reverse("volunteers:checkin-detail", args=[checkin.number])
    return Where(back, checkin.number, ((reverse("volunteers:checkin-list"), _("Members checking in")),))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkin_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """One step of a check-in."""
    checkin = _checkin(request, number)
    return step_page(request, STEPS[verb], checkin, _where(checkin), checkin_id=checkin.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkin_reveal(request: PortalRequest, number: str) -> HttpResponse:
    """Name and phone of a member in clear, to talk with them before the branch answers."""
    checkin = _checkin(request, number)
    return reveal_page(request, checkin.resident, _where(checkin))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def checkin_new(request: PortalRequest) -> HttpResponse:
    """Typed for somebody at the counter or on the phone."""
    require(policies.can_read_checkins(request.actor))
    grants = request.actor.grants_of(CHECKIN_KEEPERS)
    areas = open_areas(grants)
    places = place_choices(request, areas, grants)
    if request.method != "POST" or "find" in request.POST:
        start = {**request.POST.dict(), "skills": request.POST.getlist("skills")}
        start["free_times"] = request.POST.getlist("free_times")
        form = forms.CounterCheckInForm(places=places, initial=start)
        return render(request, "volunteers/checkins/new.html", {"form": form})
    form = forms.CounterCheckInForm(request.POST, places=places)
    if form.is_valid():
        if sent_before(request):
            return redirect("volunteers:checkin-list")
        try:
            with transaction.atomic():
                area = chosen_area(areas, form.cleaned_data["place"])
                resident = register_for(actor=request.actor, facts=form.person(), area=area)
                checkin = applying.apply(actor=request.actor, resident_id=resident.pk, facts=form.facts())
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("%(number)s is written down.") % {"number": checkin.number})
            return redirect("volunteers:checkin-detail", checkin.number)
    return render(request, "volunteers/checkins/new.html", {"form": form}, status=422)
