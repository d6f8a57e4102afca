"""The list of meetings, the month at a glance, and a new one."""

import calendar
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.calendar import CHINA
from core.errors import NotAllowedError, RuleError, require
from core.htmx import go
from governance.forms.meetings import OpenForm
from governance.lifecycle.meetings import MeetingKind
from governance.policies import meetings as policies
from governance.selectors.meetings.detail import officers_for
from governance.selectors.meetings.lists import (
    TABS,
    areas_to_convene,
    listed_meetings,
    meeting_tab_counts,
    meetings_visible_to,
)
from governance.services.meetings.planning import open_meeting
from governance.views.desk.issues import CappedPaginator
from neighborhoods.middleware import PortalRequest
from neighborhoods.services.stamps import stamp_of

PER_PAGE = 25
FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
@login_required
def meeting_list(request: PortalRequest) -> HttpResponse:
    """What is to come, what has to be finished, and everything else."""
    tab = TABS.get(request.GET.get("tab", ""), TABS["coming"])
    kind = request.GET.get("kind", "")
    kind = kind if kind in MeetingKind.values else ""
    rows = listed_meetings(request.actor, tab, kind=kind)
    page = CappedPaginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": tab,
        "kind": kind,
        "kinds": MeetingKind.choices,
        "tabs": [(item, _counts(request).get(item.key)) for item in TABS.values()],
        "topics": _counts(request)["topics"],
        "page": page,
        "rows": list(page.object_list),
        "can_convene": policies.can_convene(request.actor),
        "now": timezone.now(),
    }
    return render(request, "governance/meeting_list.html", context)


def _counts(request: PortalRequest) -> dict[str, Any]:
    known = getattr(request, "_meeting_counts", None)
    if known is None:
        known = request._meeting_counts = meeting_tab_counts(request.actor)  # type: ignore[attr-defined]
    return known


@require_safe
@login_required
def meeting_calendar(request: PortalRequest) -> HttpResponse:
    """A month, day by day."""
    first = _month_of(request.GET.get("month", ""))
    after = (first + timedelta(days=32)).replace(day=1)
    begin, end = (datetime(day.year, day.month, 1, tzinfo=CHINA) for day in (first, after))
    rows = meetings_visible_to(request.actor).filter(starts_at__gte=begin, starts_at__lt=end)
    by_day: dict[date, list[Any]] = {}
    for meeting in rows.select_related("area").order_by("starts_at", "pk")[:300]:
        by_day.setdefault(timezone.localdate(meeting.starts_at), []).append(meeting)
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    context = {
        "first": first,
        "previous": (first - timedelta(days=1)).strftime("%Y-%m"),
        "following": after.strftime("%Y-%m"),
        "weeks": [[(day, day.month == first.month, by_day.get(day, [])) for day in week] for week in weeks],
        "weekdays": [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")],
        "today": timezone.localdate(),
        "count": sum(len(found) for found in by_day.values()),
    }
    return render(request, "governance/meeting_calendar.html", context)


def _month_of(text: str) -> date:
    year, _sep, month = text.partition("-")
    is_written = year.isdecimal() and month.isdecimal() and len(text) <= len("2026-05")
    if is_written and FIRST_YEAR < int(year) < LAST_YEAR and 1 <= int(month) <= 12:
        return date(int(year), int(month), 1)
    return timezone.localdate().replace(day=1)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_new(request: PortalRequest) -> HttpResponse:
    """Call a meeting."""
    require(policies.can_convene(request.actor))
    areas = areas_to_convene(request.actor)
    chosen = next((area for area in areas if str(area.pk) == request.POST.get("area")), areas[0] if areas else None)
    people = officers_for(stamp_of(chosen)) if chosen else {}
    form = OpenForm(request.POST or None, areas=areas, people=people, kinds=policies.kinds_to_call(request.actor))
    if request.method == "POST" and form.is_valid():
        arguments = form.arguments()
        try:
            meeting = open_meeting(actor=request.actor, submission_key=_key(request), **arguments)
        except RuleError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except NotAllowedError:
            form.add_error("kind", _("Your post does not call this kind of meeting."))
        else:
            messages.success(request, _("Called. Collect the topics, then put the agenda together."))
            return go(request, reverse("governance:meeting-detail", args=[meeting.number]))
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "key": request.POST.get("key") or uuid.uuid4()}
    return render(request, "governance/meeting_new.html", context, status=status)


def _key(request: PortalRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None
