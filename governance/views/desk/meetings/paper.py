"""What goes on paper: the notice, the minutes, and the minutes as a Word file."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance.models import Meeting, Minutes
from governance.selectors.meetings.words_of_minutes import Sheet, sheet_of
from governance.views.desk.meetings.detail import meeting_for
from governance.views.desk.meetings.word import word_file
from neighborhoods.middleware import PortalRequest

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@login_required
@require_safe
def meeting_notice_sheet(request: PortalRequest, number: str) -> HttpResponse:
    """The newest notice, A4, with a code that leads to the page of the meeting."""
    meeting = meeting_for(request, number)
    notice = meeting.notices.order_by("-version").first()
    if notice is None:
        raise Http404
    path = reverse("governance:meeting-public", args=[meeting.number])
    context = {"meeting": meeting, "notice": notice, "link": f"{settings.PUBLIC_URL.rstrip('/')}{path}"}
    return render(request, "governance/meeting_notice_sheet.html", context)


def _frozen(meeting: Meeting) -> tuple[Minutes, Sheet]:
    minutes = meeting.minutes.filter(confirmed_at__isnull=False).order_by("-version").first()
    if minutes is None:
        raise Http404
    return minutes, sheet_of(minutes)


@login_required
@require_safe
def meeting_minutes_sheet(request: PortalRequest, number: str) -> HttpResponse:
    """The newest confirmed minutes, to be printed and signed."""
    meeting = meeting_for(request, number)
    minutes, sheet = _frozen(meeting)
    return render(
        request, "governance/meeting_minutes_sheet.html", {"meeting": meeting, "minutes": minutes, "sheet": sheet}
    )


@login_required
@require_safe
def meeting_minutes_word(request: PortalRequest, number: str) -> HttpResponse:
    """The same as a Word file."""
    meeting = meeting_for(request, number)
    _minutes, sheet = _frozen(meeting)
    response = HttpResponse(word_file(sheet), content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{meeting.number}-{sheet.version}.docx"'
    return response
