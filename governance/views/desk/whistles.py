"""Whistles on the desk: list, draft, detail, figures, and a form page for every step."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotAllowedError, RuleError, require
from core.htmx import sent_before
from governance.actors import DISPATCHERS, VIEWERS
from governance.lifecycle.duties import DutyStep, WhistleKind
from governance.models import Call, Whistle
from governance.policies import can_read_dismissals
from governance.policies import meetings as meeting_policies
from governance.policies import whistles as policies
from governance.selectors.detail import all_units
from governance.selectors.dismissals import figures_for
from governance.selectors.extension_figures import extension_figures, pause_figures
from governance.selectors.kept_counts import kept_figures
from governance.selectors.places import place_of
from governance.selectors.whistle_figures import WINDOW_DAYS, whistle_figures
from governance.selectors.whistles import (
    WHISTLE_TABS,
    WhistleFilters,
    calls_for,
    clocks_of,
    desk_whistle,
    is_missed,
    lines_of,
    listed_whistles,
    met_of,
    track_of,
    whistle_rows,
    with_rows,
)
from governance.services.whistles.links import call_url, give_link, link_is_alive
from governance.views.desk.detail import refuse
from governance.views.desk.photos import stored_photos
from governance.views.desk.whistle_lines import call_lines, history_lines, own_steps
from governance.views.desk.whistle_steps import (
    CALL_VERBS,
    WHISTLE_VERBS,
    CallStep,
    WhistleStep,
    open_whistle_steps,
)
from neighborhoods.actors import Actor
from neighborhoods.middleware import PortalRequest

PAGE = 30
FORM_METHODS = ["GET", "HEAD", "POST"]


def whistle_for(request: PortalRequest, number: str) -> Whistle:
    """The whistle with this number, if the actor may see it at all: everything else is 404."""
    return get_object_or_404(desk_whistle(request.actor), number=number)


@require_safe
@login_required
def whistle_list(request: PortalRequest) -> HttpResponse:
    """Open ones by the clock; what is over, by age."""
    require(bool(request.actor.grants_of(VIEWERS) or request.actor.units))
    tab, kind = request.GET.get("tab", ""), request.GET.get("kind", "")
    filters = WhistleFilters(
        tab=tab if tab in WHISTLE_TABS else "open",
        kind=kind if kind in WhistleKind.values else "",
        words=request.GET.get("words", "").replace("\x00", "").strip()[:60],
    )
    at = timezone.now()
    rows = listed_whistles(request.actor, filters, at)
    page = Paginator(with_rows(rows, at), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": whistle_rows(page),
        "filters": filters,
        "tabs": WHISTLE_TABS.items(),
        "kinds": WhistleKind.choices,
        "can_draft": bool(request.actor.grants_of(DISPATCHERS)),
        "can_count": bool(request.actor.grants_of(VIEWERS)),
    }
    return render(request, "governance/whistle_list.html", context)


@require_safe
@login_required
def whistle_figures_page(request: PortalRequest) -> HttpResponse:
    """How many, how often units came, and how often cases were given more time. No targets."""
    require(bool(request.actor.grants_of(VIEWERS)))
    return render(
        request,
        "governance/whistle_figures.html",
        kept_figures(request.actor, "whistles", lambda: _figures(request.actor)),
    )


def _figures(actor: Actor) -> dict[str, Any]:
    at = timezone.now()
    return {
        "at": at,
        "figures": whistle_figures(actor, at),
        "extensions": extension_figures(actor, at),
        "pauses": pause_figures(actor, at),
        "dismissals": figures_for(actor, at) if can_read_dismissals(actor) else None,
        "days": WINDOW_DAYS,
    }


@require_safe
@login_required
def whistle_detail(request: PortalRequest, number: str) -> HttpResponse:
    """The track on top, each unit's stamps and clocks, the steps at the side."""
    return _detail(request, whistle_for(request, number))


def _detail(request: PortalRequest, whistle: Whistle, *, refused: str = "", status: int = 200) -> HttpResponse:
    calls = calls_for(whistle)
    clocks = clocks_of(whistle, calls)
    met = met_of(whistle)
    confirms = met is not None and meeting_policies.can_confirm_minutes(request.actor, met.meeting)
    units = call_lines(request.actor, calls, clocks)
    buttons = open_whistle_steps(request.actor, whistle, calls, may_lead=not confirms)
    context = {
        "whistle": whistle,
        "place": place_of(whistle),
        "track": track_of(whistle, clocks, calls),
        "calls": units,
        "own_steps": own_steps(units, is_main=not confirms and not any(button.is_main for button in buttons)),
        "confirms": confirms,
        "own_clocks": sorted(clocks.own.values(), key=lambda clock: clock.due_at),
        "buttons": buttons,
        "can_edit": policies.can_edit_whistle(request.actor, whistle),
        "links": list(whistle.links.select_related("issue").order_by("pk")),
        "sees_issues": bool(request.actor.grants_of(VIEWERS)),
        "tasks": list(whistle.tasks.select_related("holder_unit", "holder_area").order_by("due_at", "pk")),
        "lines": history_lines(lines_of(whistle)),
        "met": met,
        "is_review_missed": is_missed(clocks.own.get(DutyStep.REVIEW)),
        "refused": refused,
    }
    return render(request, "governance/whistle_detail.html", context, status=status)


# ---- steps ----
@login_required
@require_http_methods(FORM_METHODS)
def whistle_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """A form page for one step of the whole."""
    whistle, step = whistle_for(request, number), WHISTLE_VERBS[verb]
    if not whistle.fits(verb):
        return _too_late(request, whistle)
    calls = calls_for(whistle)
    require(step.allowed(request.actor, whistle, calls))
    units = all_units() if verb == "add-unit" else []
    return _step(request, step, calls, units=units, whistle_id=whistle.pk)


@login_required
@require_http_methods(FORM_METHODS)
def call_step(request: PortalRequest, number: str, call_id: int, verb: str) -> HttpResponse:
    """A form page for one step of one unit."""
    whistle, step = whistle_for(request, number), CALL_VERBS[verb]
    calls = calls_for(whistle)
    call = _call(calls, call_id)
    if not whistle.fits(verb):
        return _too_late(request, whistle)
    require(step.allowed(request.actor, call))
    return _step(request, step, calls, call=call, call_id=call.pk)


def _call(calls: list[Call], call_id: int) -> Call:
    found = next((call for call in calls if call.pk == call_id), None)
    if found is None:
        raise Http404
    return found


def _step(
    request: PortalRequest,
    step: WhistleStep | CallStep,
    calls: list[Call],
    *,
    call: Call | None = None,
    units: list[Any] | None = None,
    **which: int,
) -> HttpResponse:
    whistle = (call or calls[0]).whistle
    sent = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    initial = {"resolution": request.GET["resolution"]} if "resolution" in request.GET else {}
    form = step.form(**sent, initial=initial, whistle=whistle, calls=calls, units=units)
    if request.method == "POST" and form.is_valid():
        if sent_before(request):
            return redirect("governance:whistle-detail", whistle.number)
        arguments = form.arguments()
        if arguments.get("photos"):
            arguments["photos"] = stored_photos(arguments["photos"])
        try:
            step.run(**which, actor=request.actor, **arguments)
        except RuleError as error:
            refuse(form, error)
        except NotAllowedError:
            fresh = whistle_for(request, whistle.number)
            if fresh.state == whistle.state:
                raise
            return _too_late(request, fresh)
        else:
            messages.success(request, _("%(number)s: %(done)s") % {"number": whistle.number, "done": step.done})
            response = redirect("governance:whistle-detail", whistle.number)
            response.status_code = 303
            return response
    context = {"whistle": whistle, "call": call, "step": step, "form": form}
    return render(request, "governance/whistle_step.html", context, status=422 if form.is_bound else 200)


def _too_late(request: PortalRequest, whistle: Whistle) -> HttpResponse:
    """The step does not fit (any more): say what the whistle is by now, beside the steps that fit."""
    message = _("%(number)s is now “%(state)s”, so this step does not fit any more.") % {
        "number": whistle.number,
        "state": whistle.state_label,
    }
    if request.method != "POST":
        messages.info(request, message)
        return redirect("governance:whistle-detail", whistle.number)
    return _detail(request, whistle, refused=message, status=422)


# ---- the notice on paper, and the unit's link ----
@require_safe
@login_required
def call_notice(request: PortalRequest, number: str, call_id: int) -> HttpResponse:
    """The notice for one unit, to print; with its link when it answers by one."""
    whistle = whistle_for(request, number)
    call = _call(calls_for(whistle), call_id)
    require(policies.blows(request.actor, whistle) and call.called_at is not None)
    context = {
        "whistle": whistle,
        "call": call,
        "place": place_of(whistle),
        "link": call_url(call) if link_is_alive(call, timezone.now()) else "",
        "can_link": policies.can_give_link(request.actor, call),
    }
    response = render(request, "governance/call_notice.html", context)
    response["Cache-Control"] = "no-store"  # it shows a link that speaks for the unit
    return response


@require_POST
@login_required
def call_link_new(request: PortalRequest, number: str, call_id: int) -> HttpResponse:
    """A new link for the unit; the old one opens nothing any more."""
    whistle = whistle_for(request, number)
    call = _call(calls_for(whistle), call_id)
    require(policies.can_give_link(request.actor, call))
    give_link(call_id=call.pk, actor=request.actor)
    messages.success(request, _("A new link. The old one opens nothing any more."))
    response = redirect("governance:call-notice", whistle.number, call.pk)
    response.status_code = 303
    return response
