"""My check-in, on a phone: checking in, duty posts, services, what neighbours read, the year's page, ending it."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
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
from neighborhoods.models import Area, Resident
from neighborhoods.selectors.finding import place_label
from neighborhoods.selectors.residents import resident_of
from neighborhoods.services.residents import PersonFacts, move_resident, register_self
from volunteers.forms import checkins as forms
from volunteers.forms.base import refuse
from volunteers.lifecycle.checkins import CHECKIN_FITS
from volunteers.models import CheckIn, DutyPost
from volunteers.policies import checkins as policies
from volunteers.selectors.checkins import checkin_of, offered_posts, services_of
from volunteers.services.checkins import applying, feedback, pledges, posts
from volunteers.views.checkins.desk import facts_of, in_season, may_offer, with_checkin
from volunteers.views.places import open_areas, place_choices
from volunteers.views.steps import Step, Where, open_steps, pressed, step_page, steps_by_verb

SHOWN = 20


STEPS = steps_by_verb(
    Step(
        "pledge", gettext_lazy("Make a pledge"), "write", may_offer, pledges.offer_pledge, gettext_lazy("Saved."),
        form=forms.MyPledgeForm, fits=CHECKIN_FITS["pledge"], more=with_checkin,
        hint=gettext_lazy("Only if you like. Nobody reads it before you agree, and you take it back with one tap."),
    ),
    Step(
        "draft", gettext_lazy("Draw up the page for my employer"), "doc", policies.can_draft, feedback.draft,
        gettext_lazy("Drawn up. Read it, then decide."), fits=CHECKIN_FITS["feedback"],
        hint=gettext_lazy("Facts out of the records. It goes nowhere without your yes."),
    ),
    Step(
        "revise", gettext_lazy("Change employer, skills or times"), "write", policies.can_revise, applying.revise,
        gettext_lazy("Saved."), form=forms.FactsForm, fits=CHECKIN_FITS["revise"], initial=facts_of,
    ),
    Step(
        "leave", gettext_lazy("End my check-in"), "x", policies.can_leave, applying.leave,
        gettext_lazy("Ended. You may check in again at any time."), fits=CHECKIN_FITS["leave"], stops=True,
        hint=gettext_lazy("You need no reason, and nothing follows from it. Confirmed hours stay yours."),
    ),
)  # fmt: skip


def _mine(request: PortalRequest) -> CheckIn:
    checkin = checkin_of(request.actor.user_id)
    if checkin is None:
        raise Http404
    return checkin


@require_safe
@never_cache
@login_required
def my_checkin(request: PortalRequest) -> HttpResponse:
    """Where it stands and what I may do; the invitation to check in for everybody else."""
    checkin = checkin_of(request.actor.user_id)
    context: dict[str, Any] = {"checkin": checkin}
    if checkin is not None:
        services = services_of(checkin.resident_id).select_related("activity").order_by("-starts_at")
        context |= {
            "place": place_label(checkin.area),
            "steps": in_season(open_steps(STEPS, request.actor, checkin, "my-checkin"), checkin),
            "offered": offered_posts(checkin) if checkin.is_here else [],
            "services": list(services[:SHOWN]),
            "pages": list(checkin.resident.feedbacks.order_by("-year")[:5]),
        }
    return render(request, "volunteers/checkins/mine.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_step(request: PortalRequest, verb: str) -> HttpResponse:
    """A step of my own check-in."""
    checkin = _mine(request)
    where = Where(reverse("volunteers:my-checkin"), checkin.number, template="volunteers/my_step.html")
    return step_page(request, STEPS[verb], checkin, where, checkin_id=checkin.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: PortalRequest) -> HttpResponse:
    """Check in: where I live (if that is not known yet), where I work, what I can do and when."""
    live = checkin_of(request.actor.user_id)
    if live is not None and live.is_open:
        return redirect("volunteers:my-checkin")
    user = cast("User", request.user)
    known = resident_of(user)
    is_known = known is not None and known.branch_id is not None
    places = [] if is_known else place_choices(request, open_areas())
    is_sent = request.method == "POST" and "find" not in request.POST
    data: Any = request.POST if is_sent else None
    form: Any
    if is_known:
        form = forms.KnownApplyForm(data)
    else:
        start = {name: request.POST.getlist(name) for name in ("skills", "free_times")}
        form = forms.ApplyForm(data, places=places, initial={**request.POST.dict(), **start})
    if is_sent and form.is_valid():
        try:
            with transaction.atomic():
                resident = known if known is not None and is_known else _settled(request, user, known, form)
                applying.apply(actor=request.actor, resident_id=resident.pk, facts=form.facts())
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Checked in. The branch answers within three working days."))
            return redirect("volunteers:my-checkin")
    context = {"form": form, "place": place_label(known.area) if known is not None and is_known else ""}
    return render(request, "volunteers/checkins/apply.html", context, status=422 if form.is_bound else 200)


def _settled(request: PortalRequest, user: User, known: Resident | None, form: Any) -> Resident:
    """The person at the place they chose; somebody known at no branch goes there."""
    area: Area = get_object_or_404(open_areas(), pk=form.cleaned_data["place"])
    if known is None:
        return register_self(user=user, facts=PersonFacts(user.name), area=area)
    return move_resident(actor=request.actor, resident_id=known.pk, area=area)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: PortalRequest) -> HttpResponse:
    """I live elsewhere now: the old check-in is closed and the new branch is asked, at once."""
    checkin = _mine(request)
    if not checkin.is_open:
        return redirect("volunteers:my-checkin")
    places = place_choices(request, open_areas())
    is_sent = request.method == "POST" and "find" not in request.POST
    form = forms.MoveForm(request.POST if is_sent else None, places=places, initial=request.POST.dict())
    if is_sent and form.is_valid():
        area: Area = get_object_or_404(open_areas(), pk=form.cleaned_data["place"])
        try:
            move_resident(actor=request.actor, resident_id=checkin.resident_id, area=area)
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved. The branch there answers within three working days."))
            return redirect("volunteers:my-checkin")
    return render(request, "volunteers/checkins/move.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@login_required
def take_or_leave(request: PortalRequest, post_id: int) -> HttpResponse:
    """Take a duty post, or leave it."""
    checkin = _mine(request)
    post = get_object_or_404(DutyPost, pk=post_id, branch_id=checkin.branch_id)
    run, done = (posts.leave_post, _("Left.")) if "leave" in request.POST else (posts.take_post, _("It is yours."))
    keys: dict[str, Any] = {"post_id": post.pk, "checkin_id": checkin.pk, "actor": request.actor}
    pressed(request, lambda: run(**keys), done)
    return redirect(f"{reverse('volunteers:my-checkin')}#posts")


def _press_pledge(request: PortalRequest, service: Any, done: str) -> HttpResponse:
    pledge = _mine(request).pledge
    if pledge is not None:
        pressed(request, lambda: service(pledge_id=pledge.pk, actor=request.actor), done)
    return redirect(f"{reverse('volunteers:my-checkin')}#pledge")


@require_POST
@login_required
def withdraw_pledge(request: PortalRequest) -> HttpResponse:
    """One tap, and it is off the page."""
    return _press_pledge(request, pledges.withdraw, _("It is off the page."))


@require_POST
@login_required
def agree_pledge(request: PortalRequest) -> HttpResponse:
    """Agree to a proposal of the branch being shown."""
    return _press_pledge(request, pledges.consent, _("Agreed. The branch puts it on its page."))
