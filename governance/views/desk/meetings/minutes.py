"""Minutes typed live from the agenda, saved by themselves; how items ended, what was resolved, who speaks."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import RuleError, require
from core.fields import plain_text
from core.htmx import go, wants_part
from governance.forms.meetings import OutcomeForm, ResolutionForm
from governance.lifecycle.meetings import MEETING_FITS, ItemOutcome
from governance.models import Meeting, Minutes
from governance.policies import meetings as policies
from governance.selectors.meetings.detail import view_of
from governance.services.meetings.minutes import Typed, save_correction, save_minutes
from governance.services.meetings.results import mark_information_only
from governance.services.meetings.session import add_resolution, finish_item
from governance.views.desk.meetings.detail import meeting_for
from neighborhoods.middleware import PortalRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_minutes(request: PortalRequest, number: str) -> HttpResponse:
    """One text for each item. htmx saves every few seconds; without a script the button does."""
    meeting = meeting_for(request, number)
    is_correction = meeting.state not in MEETING_FITS["minutes"]
    require(policies.can_write_minutes(request.actor, meeting, "correct" if is_correction else "minutes"))
    if request.method != "POST":
        return _page(request, meeting)
    save = save_correction if is_correction else save_minutes
    try:
        minutes = save(meeting_id=meeting.pk, actor=request.actor, typed=_typed(request))
    except RuleError as error:
        if wants_part(request):
            return _saved(request, meeting, None, error=str(error))
        return _page(request, meeting, error=str(error), status=422)
    if wants_part(request):
        return _saved(request, meeting, minutes)
    messages.success(request, _("Saved."))
    return go(request, reverse("governance:meeting-minutes", args=[meeting.number]))


def _typed(request: PortalRequest) -> Typed:
    texts = {
        int(name[5:]): plain_text(value)
        for name, value in request.POST.items()
        if name.startswith("item-") and name[5:].isdecimal() and len(name) < 21 and isinstance(value, str)
    }
    revision = request.POST.get("revision", "")
    opening = plain_text(request.POST.get("opening", ""))
    return Typed(opening, texts, int(revision) if revision.isdecimal() and len(revision) < 16 else 0)


def _saved(request: PortalRequest, meeting: Meeting, minutes: Minutes | None, *, error: str = "") -> HttpResponse:
    context = {"meeting": meeting, "minutes": minutes, "error": error, "revision": request.POST.get("revision", "0")}
    return render(request, "governance/_meeting_saved.html", context)


def _page(
    request: PortalRequest,
    meeting: Meeting,
    *,
    error: str = "",
    resolution: ResolutionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    view = view_of(meeting)
    resolves = policies.can_lead_session(request.actor, meeting, "resolve")
    context: dict[str, Any] = {
        "meeting": meeting,
        "view": view,
        "minutes": view.draft,
        "opening": request.POST.get("opening", view.draft.opening if view.draft else ""),
        "error": error,
        "outcomes": ItemOutcome.choices,
        "can_lead": policies.can_lead_session(request.actor, meeting, "item"),
        "resolution": (resolution or _resolution_form(None, view)) if resolves else None,
    }
    return render(request, "governance/meeting_minutes.html", context, status=status)


def _resolution_form(data: Any, view: Any) -> ResolutionForm:
    return ResolutionForm(data, items=[(str(one.item.pk), f"{one.item.order}. {one.item.title}") for one in view.items])


@login_required
@require_POST
def meeting_outcome(request: PortalRequest, number: str) -> HttpResponse:
    """How the talk about an item ended."""
    meeting = meeting_for(request, number)
    form = OutcomeForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            finish_item(meeting_id=meeting.pk, actor=request.actor, item_id=data["item"], outcome=data["outcome"])
        except RuleError as error:
            messages.error(request, str(error))
    else:
        require(policies.can_lead_session(request.actor, meeting, "item"))
    return go(request, _back(request, meeting))


@login_required
@require_POST
def meeting_resolve(request: PortalRequest, number: str) -> HttpResponse:
    """What was resolved about an item."""
    meeting = meeting_for(request, number)
    require(policies.can_lead_session(request.actor, meeting, "resolve"))
    form = _resolution_form(request.POST, view_of(meeting))
    if not form.is_valid():
        if policies.can_write_minutes(request.actor, meeting):
            return _page(request, meeting, resolution=form, status=422)
        messages.error(request, _("Write what was resolved."))
        return go(request, _back(request, meeting))
    data = form.cleaned_data
    try:
        add_resolution(
            meeting_id=meeting.pk,
            actor=request.actor,
            item_id=int(data["item"]),
            text=data["text"],
            is_information_only=data["is_information_only"],
        )
    except RuleError as error:
        messages.error(request, str(error))
    return go(request, _back(request, meeting))


@login_required
@require_POST
def meeting_inform(request: PortalRequest, number: str, resolution_id: int) -> HttpResponse:
    """Nothing has to be done about a resolution."""
    meeting = meeting_for(request, number)
    try:
        mark_information_only(meeting_id=meeting.pk, actor=request.actor, resolution_id=resolution_id)
    except RuleError as error:
        messages.error(request, str(error))
    return go(request, reverse("governance:meeting-detail", args=[meeting.number]))


def _back(request: PortalRequest, meeting: Meeting) -> str:
    writes = policies.can_write_minutes(request.actor, meeting)
    return reverse("governance:meeting-minutes" if writes else "governance:meeting-detail", args=[meeting.number])
