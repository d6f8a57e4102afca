"""The agenda builder: order, minutes, what is voted on; it has to fit the time of the meeting."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import formset_factory
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import RuleError, require
from core.htmx import go
from governance.forms.meetings import AgendaRowForm
from governance.models import Meeting
from governance.policies import meetings as policies
from governance.selectors.meetings.lists import proposed_for, topics_for
from governance.services.meetings.agenda import Row, set_agenda
from governance.views.desk.meetings.detail import meeting_for
from neighborhoods.middleware import PortalRequest

EMPTY_ROWS = 2
USUAL_MINUTES = 20
AgendaFormSet = formset_factory(AgendaRowForm, extra=0, max_num=60, absolute_max=60)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_agenda(request: PortalRequest, number: str) -> HttpResponse:
    """All items at once; topics that wait stand below them, without a place in the order."""
    meeting = meeting_for(request, number)
    require(policies.can_organize_meeting(request.actor, meeting, "agenda"))
    if request.method != "POST":
        return _page(request, meeting, AgendaFormSet(initial=_initial(meeting)))
    formset = AgendaFormSet(request.POST)
    if not formset.is_valid():
        return _page(request, meeting, formset, status=422)
    try:
        set_agenda(meeting_id=meeting.pk, actor=request.actor, rows=_rows(formset.cleaned_data))
    except RuleError as error:
        return _page(request, meeting, formset, error=str(error), status=422)
    messages.success(request, _("Agenda saved."))
    return go(request, reverse("governance:meeting-detail", args=[meeting.number]))


def _initial(meeting: Meeting) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "item_id": item.pk,
            "topic_id": item.topic_id,
            "order": item.order,
            "title": item.title,
            "minutes": item.minutes,
            "is_vote": item.is_vote,
        }
        for item in meeting.agenda.order_by("order")
    ]
    rows += [
        {"topic_id": topic.pk, "title": topic.title, "minutes": USUAL_MINUTES} for topic in topics_for(meeting)[:30]
    ]
    return rows + [{} for _empty in range(EMPTY_ROWS)]


def _rows(data: list[dict[str, Any]]) -> list[Row]:
    """Those with a place in the order, sorted by it; equal places keep the order of the page."""
    wanted = [row for row in data if row.get("order") and (row.get("title") or row.get("topic_id"))]
    return [
        Row(
            title=row["title"],
            minutes=row.get("minutes") or 0,
            topic_id=row.get("topic_id"),
            is_vote=row["is_vote"],
            item_id=row.get("item_id"),
        )
        for row in sorted(wanted, key=lambda row: row["order"])
    ]


def _page(
    request: PortalRequest, meeting: Meeting, formset: Any, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "meeting": meeting,
        "formset": formset,
        "error": error,
        "proposed": proposed_for(meeting).count(),
        "total": sum(item.minutes for item in meeting.agenda.all()),
    }
    return render(request, "governance/meeting_agenda.html", context, status=status)
