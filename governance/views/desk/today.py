"""What I must do now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from governance import policies
from governance.models import Issue
from governance.policies.matters import can_read_matters
from governance.selectors.meetings.mine import my_meetings
from governance.selectors.rows import IssueRow, row_of
from governance.selectors.today import Today, today_of
from governance.selectors.waiting import WaitingLine, matter_lines, task_lines, whistle_lines
from governance.selectors.waiting_people import people_lines
from governance.views.desk.steps import StepKind, main_step
from neighborhoods.actors import Actor
from neighborhoods.middleware import PortalRequest


@dataclass(frozen=True)
class Line:
    """One line of the page: the case and the one thing to do."""

    row: IssueRow
    step: StepKind | None


@require_safe
@login_required
def desk_today(request: PortalRequest) -> HttpResponse:
    """The most urgent thing first, then groups in the order of the clock."""
    if not request.actor.is_somebody:
        return render(request, "governance/desk_no_post.html")
    return render(request, "governance/desk_today.html", today_context(request.actor))


def today_context(actor: Actor) -> dict[str, Any]:
    """Lines for the template."""
    at = timezone.now()
    today = today_of(actor, at)
    lines = _lines(today, actor)
    return {
        "at": at,
        "today": today,
        "first": lines.get(today.first.pk) if today.first else None,
        "groups": [(group, [lines[issue.pk] for issue in group.issues]) for group in today.groups],
        "can_record": policies.can_record_issue(actor),
        "today_url": reverse("governance:desk-today"),
        "meetings": my_meetings(actor, at),
        **_duties(actor, at),
    }


@dataclass(frozen=True)
class Duties:
    """A section of what waits besides cases."""

    key: str
    title: Promise
    list_url: str
    lines: list[WaitingLine]

    @property
    def due_at(self) -> datetime | None:
        """The first limit in it."""
        return min((line.due_at for line in self.lines if line.due_at), default=None)


def _duties(actor: Actor, at: datetime) -> dict[str, list[Duties]]:
    """Sections in the order of the clock: what holds something overdue stands above the cases, the rest below."""
    people = people_lines(actor)
    sections = [
        Duties("whistles", _("Whistles waiting for me"), "governance:whistle-list", whistle_lines(actor)),
        Duties("tasks", _("Tasks waiting for me"), "governance:task-list", task_lines(actor)),
        Duties(
            "matters",
            _("Matters waiting for me"),
            "governance:matter-list",
            matter_lines(actor) if can_read_matters(actor) else [],
        ),
        Duties("checkins", _("Check-ins to answer"), "volunteers:checkin-list", people["checkins"]),
        Duties("volunteers", _("Volunteers to verify"), "volunteers:volunteer-list", people["volunteers"]),
        Duties("orders", _("Orders of households waiting for me"), "volunteers:order-list", people["orders"]),
    ]
    filled = sorted((one for one in sections if one.lines), key=lambda one: (one.due_at is None, one.due_at or at))
    late = [one for one in filled if one.due_at and one.due_at < at]
    return {"late_duties": late, "duties": [one for one in filled if one not in late]}


def _lines(today: Today, actor: Actor) -> dict[int, Line]:
    issues = [issue for group in today.groups for issue in group.issues] + ([today.first] if today.first else [])
    return {issue.pk: line_of(issue, actor) for issue in issues}


def line_of(issue: Issue, actor: Actor) -> Line:
    """The line of a case that came with the columns of `with_step_columns`, or more."""
    return Line(row_of(issue), main_step(actor, issue))
