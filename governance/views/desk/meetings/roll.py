"""The roll: who said they come, who is there; the code at the door; the paper roll typed later."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import RuleError, require
from core.htmx import go
from governance.forms.meetings import RollForm
from governance.lifecycle.meetings import Presence
from governance.models import Meeting
from governance.policies import meetings as policies
from governance.selectors.meetings.detail import roll_of
from governance.services.meetings.roll import checkin_code, lines_of, mark_presence, type_roll
from governance.views.desk.meetings.detail import meeting_for
from neighborhoods.middleware import PortalRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_roll(request: PortalRequest, number: str) -> HttpResponse:
    """Read by those who keep it; typed while it may still change."""
    meeting = meeting_for(request, number)
    require(policies.is_organizer(request.actor, meeting) or policies.is_officer(request.actor, meeting))
    form = RollForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        people = lines_of(form.cleaned_data["names"])
        try:
            type_roll(meeting_id=meeting.pk, actor=request.actor, people=people, on_paper=form.cleaned_data["on_paper"])
        except RuleError as error:
            form.add_error("names", str(error))
        else:
            messages.success(request, _("Written on the roll."))
            return go(request, reverse("governance:meeting-roll", args=[meeting.number]))
    return _page(request, meeting, form, status=422 if request.method == "POST" else 200)


def _page(request: PortalRequest, meeting: Meeting, form: RollForm, *, status: int = 200) -> HttpResponse:
    lines = list(meeting.roll.select_related("proxy", "user").order_by("pk"))
    here = [line for line in lines if line.presence == Presence.PRESENT]
    context: dict[str, Any] = {
        "meeting": meeting,
        "form": form,
        "lines": lines,
        "here": here if meeting.rule.allows_proxy else [],
        "roll": roll_of(meeting),
        "presences": Presence.choices,
        "can_change": policies.can_keep_roll(request.actor, meeting, "roll"),
        "can_code": policies.can_keep_roll(request.actor, meeting, "check-in"),
    }
    return render(request, "governance/meeting_roll.html", context, status=status)


@login_required
@require_POST
def meeting_presence(request: PortalRequest, number: str, line_id: int) -> HttpResponse:
    """Put one line of the roll right."""
    meeting = meeting_for(request, number)
    presence, _sep, proxy = request.POST.get("presence", "").partition(":")
    try:
        mark_presence(
            meeting_id=meeting.pk,
            actor=request.actor,
            attendance_id=line_id,
            presence=presence,
            proxy_id=int(proxy) if proxy.isdecimal() and len(proxy) < 16 else None,
        )
    except RuleError as error:
        messages.error(request, str(error))
    return go(request, reverse("governance:meeting-roll", args=[meeting.number]))


@login_required
@require_safe
def meeting_code(request: PortalRequest, number: str) -> HttpResponse:
    """The sheet for the door: whoever scans it signs in."""
    meeting = meeting_for(request, number)
    require(policies.can_keep_roll(request.actor, meeting, "check-in"))
    path = reverse("governance:meeting-check-in", args=[meeting.number, checkin_code(meeting)])
    context = {"meeting": meeting, "link": f"{settings.PUBLIC_URL.rstrip('/')}{path}"}
    return render(request, "governance/meeting_code.html", context)
