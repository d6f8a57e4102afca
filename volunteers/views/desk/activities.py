"""Activities at the desk: the list, one activity with its shifts, its steps."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.htmx import sent_before
from core.wording import comma, say_moment
from neighborhoods.actors import Actor
from neighborhoods.middleware import PortalRequest
from volunteers.actors import ORGANISERS
from volunteers.forms import activities as forms
from volunteers.forms.base import ReasonForm, refuse
from volunteers.lifecycle.activities import ACTIVITY_FITS
from volunteers.models import Activity, Series, Team
from volunteers.policies.records import can_propose
from volunteers.policies.teams import can_organise, can_organise_somewhere, can_read_teams
from volunteers.selectors.activities import (
    ACTIVITY_TABS,
    LEADS,
    activities_visible_to,
    listed_activities,
    shifts_of,
    teams_visible_to,
)
from volunteers.services.activities import planning, shifts
from volunteers.services.records.proposing import propose
from volunteers.views.places import chosen_area, open_areas, place_choices
from volunteers.views.steps import Step, Where, open_steps, pressed, step_page, steps_by_verb

PAGE = 25


def _plan(activity: Activity) -> dict[str, Any]:
    names = ("title", "text", "place_note", "team", "min_age", "needs_insurance", "is_hard")
    lead = activity.lead.number if activity.lead else ""
    return {name: getattr(activity, name) for name in names} | {"lead": lead, "partners": activity.partners.all()}


def _teams(activity: Activity) -> dict[str, Any]:
    return {"teams": Team.objects.filter(street_id=activity.street_id, closed_at=None).order_by("name")}


STEPS = steps_by_verb(
    Step(
        "open", gettext_lazy("Open it for everybody"), "run", can_organise, planning.open_activity,
        gettext_lazy("People may sign up now."), fits=ACTIVITY_FITS["open"],
    ),
    Step(
        "shift", gettext_lazy("Add a shift"), "plus", can_organise, shifts.add_shift, gettext_lazy("Saved."),
        form=forms.ShiftForm, fits=ACTIVITY_FITS["shift"],
    ),
    Step(
        "series", gettext_lazy("Add shifts every week"), "again", can_organise, shifts.add_series,
        gettext_lazy("Saved."), form=forms.SeriesForm, fits=ACTIVITY_FITS["series"],
    ),
    Step(
        "record", gettext_lazy("Write down hours"), "write", can_propose, propose,
        gettext_lazy("Written down. Somebody else confirms it."), form=forms.RecordForm,
        hint=gettext_lazy("For somebody who was on no list. After seven days a second person has to agree."),
    ),
    Step(
        "edit", gettext_lazy("Change"), "write", can_organise, planning.revise_activity, gettext_lazy("Saved."),
        form=forms.ActivityForm, fits=ACTIVITY_FITS["edit"], initial=_plan, more=_teams,
    ),
    Step(
        "close", gettext_lazy("It is over"), "done", can_organise, planning.close_activity, gettext_lazy("Closed."),
        fits=ACTIVITY_FITS["close"],
    ),
    Step(
        "cancel", gettext_lazy("Call the activity off"), "x", can_organise, planning.cancel_activity,
        gettext_lazy("Called off. Whoever had a seat is told."), form=ReasonForm, fits=ACTIVITY_FITS["cancel"],
        stops=True,
    ),
)  # fmt: skip


@require_safe
@login_required
def activity_list(request: PortalRequest) -> HttpResponse:
    """By state, newest first."""
    require(can_read_teams(request.actor))
    tab = ACTIVITY_TABS.get(request.GET.get("tab", ""), ACTIVITY_TABS["open"])
    page = Paginator(listed_activities(request.actor, tab), PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": ACTIVITY_TABS.values(), "tab": tab, "page": page, "can_plan": can_organise_somewhere(request.actor)
    }  # fmt: skip
    return render(request, "volunteers/activity_list.html", context)


def _activity(request: PortalRequest, number: str) -> Activity:
    rows = activities_visible_to(request.actor).select_related("area", *LEADS).prefetch_related("partners", "series")
    found: Activity = get_object_or_404(rows, number=number.replace("\x00", ""))
    return found


@require_safe
@login_required
def activity_detail(request: PortalRequest, number: str) -> HttpResponse:
    """What, where, who leads, and every shift."""
    activity = _activity(request, number)
    context = {
        "activity": activity,
        "steps": open_steps(STEPS, request.actor, activity, "activity", activity.number),
        "shifts": shifts_of(activity),
        "units": list(activity.partners.all()),
        "series": list(activity.series.all()),
        "can_run": can_organise(request.actor, activity) and activity.is_open,
        "can_list": can_organise(request.actor, activity),
        "at": timezone.now(),
    }
    return render(request, "volunteers/activity_detail.html", context)


def _where(activity: Activity) -> Where:
    back = reverse("volunteers:activity-detail", args=[activity.number])
    return Where(back, activity.number, ((reverse("volunteers:activity-list"), _("Activities")),))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def activity_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """One step of an activity."""
    activity = _activity(request, number)
    return step_page(request, STEPS[verb], activity, _where(activity), activity_id=activity.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def series_change(request: PortalRequest, number: str, series_id: int) -> HttpResponse:
    """Another rule for the shifts to come; those somebody signed up for are named afterwards and stay."""
    activity = _activity(request, number)
    series: Series = get_object_or_404(activity.series, pk=series_id)

    def change(*, actor: Actor, rule: shifts.Rule) -> None:
        changed = shifts.change_series(series_id=series.pk, actor=actor, rule=rule)
        if changed.kept:
            days = "、".join(say_moment(shift.starts_at) for shift in changed.kept)
            messages.warning(request, _("Somebody signed up for these, so they stay: %(days)s.") % {"days": days})

    initial = {
        "weekdays": list(series.weekdays), "begins": series.begins, "ends": series.ends,
        "capacity": series.capacity, "from_on": series.from_on, "until_on": series.until_on,
    }  # fmt: skip
    step = Step(
        "series", gettext_lazy("Change the weekly shifts"), "again", can_organise, change, gettext_lazy("Saved."),
        form=forms.SeriesForm, fits=ACTIVITY_FITS["series"], initial=lambda _activity: initial,
        hint=gettext_lazy("Past shifts, and those somebody signed up for, stay as they are."),
    )  # fmt: skip
    return step_page(request, step, activity, _where(activity))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def shift_off(request: PortalRequest, number: str, shift_id: int) -> HttpResponse:
    """Call one shift off, which is asked first because people are told; or change its seats."""
    activity = _activity(request, number)
    require(can_organise(request.actor, activity))
    shift = get_object_or_404(activity.shifts, pk=shift_id)
    if "capacity" in request.POST:
        form = forms.CapacityForm(request.POST)
        if form.is_valid():
            keys: dict[str, Any] = {"shift_id": shift.pk, "actor": request.actor, **form.arguments()}
            pressed(request, lambda: shifts.change_capacity(**keys), _("Saved."))
        else:
            messages.warning(request, _("For at least one and at most %(most)d people.") % {"most": shifts.MOST_SEATS})
        return redirect("volunteers:activity-detail", activity.number)
    taken = ngettext("%(n)d seat is taken", "%(n)d seats are taken", shift.taken) % {"n": shift.taken}
    step = Step(
        "off", gettext_lazy("Call the shift off"), "x", can_organise, shifts.cancel_shift,
        gettext_lazy("Called off. Whoever had a seat is told."), stops=True,
        hint=comma().join((activity.title, say_moment(shift.starts_at), taken)),
    )  # fmt: skip
    return step_page(request, step, activity, _where(activity), shift_id=shift.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def activity_new(request: PortalRequest) -> HttpResponse:
    """A draft."""
    require(can_organise_somewhere(request.actor))
    grants = request.actor.grants_of(ORGANISERS)
    areas = open_areas(grants)
    start: dict[str, Any] = {"places": place_choices(request, areas, grants)}
    start["teams"] = teams_visible_to(request.actor).filter(closed_at=None).order_by("name")
    if request.method != "POST" or "find" in request.POST:
        form = forms.NewActivityForm(**start, initial=request.POST.dict())
        return render(request, "volunteers/activity_new.html", {"form": form})
    form = forms.NewActivityForm(request.POST, **start)
    if form.is_valid():
        if sent_before(request):
            return redirect("volunteers:activity-list")
        area = chosen_area(areas, form.cleaned_data["place"])
        try:
            activity = planning.plan_activity(actor=request.actor, area=area, plan=form.plan())
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved as a draft. Add a shift, then open it."))
            return redirect("volunteers:activity-detail", activity.number)
    return render(request, "volunteers/activity_new.html", {"form": form}, status=422)
