"""Enlarged committees on the desk: the list, one committee, and a form page for every step."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotAllowedError, RuleError, require
from core.htmx import sent_before
from governance.actors import VIEWERS
from governance.forms.committees import OpenForm
from governance.models import Committee, Meeting, PartTimeMember, Promise
from governance.policies import committees as policies
from governance.selectors.committees import (
    areas_without,
    committees_visible_to,
    history_of,
    late_for,
    listed_committees,
    meetings_of,
    members_of,
    met_this_quarter,
    promises_of,
    promises_visible_to,
)
from governance.services.committees import members
from governance.views.desk.committee_steps import COMMITTEE_VERBS, MEMBER_VERBS, PROMISE_VERBS, Step
from governance.views.desk.detail import refuse
from neighborhoods.middleware import PortalRequest

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
@login_required
def committee_list(request: PortalRequest) -> HttpResponse:
    """The areas I may see, with seats, members and promises; what is long overdue on top."""
    require(policies.can_read_committees(request.actor))
    context = {
        "rows": list(listed_committees(request.actor)),
        "late": late_for(request.actor),
        "can_open": bool(areas_without(request.actor)),
    }
    return render(request, "governance/committee_list.html", context)


@login_required
@require_http_methods(FORM_METHODS)
def committee_new(request: PortalRequest) -> HttpResponse:
    """For a street or community that has none."""
    areas = areas_without(request.actor)
    require(bool(areas))
    form = OpenForm(request.POST or None, offered=areas)
    if request.method == "POST" and form.is_valid():
        try:
            committee = members.open_committee(
                actor=request.actor, area=form.chosen(), seats=form.cleaned_data["seats"]
            )
        except RuleError as error:
            refuse(form, error)
        else:
            return _after(request, committee.pk, _("Set up."))
    context = {"form": form, "title": _("Set up an enlarged committee"), "icon": "plus"}
    return render(request, "governance/committee_step.html", context, status=422 if form.is_bound else 200)


def _committee_for(request: PortalRequest, committee_id: int) -> Committee:
    """If the actor may see it at all: everything else is 404."""
    if committee_id >= 2**63:
        raise Http404
    return get_object_or_404(committees_visible_to(request.actor).select_related("area"), pk=committee_id)


@require_safe
@login_required
def committee_detail(request: PortalRequest, committee_id: int) -> HttpResponse:
    """Members with their terms and duties, promises, meetings with who came."""
    committee, actor, today = _committee_for(request, committee_id), request.actor, timezone.localdate()
    listed = members_of(committee)
    meetings = meetings_of(committee, listed)
    context = {
        "committee": committee,
        "taken": sum(member.approved_by_id is not None and member.state != "ended" for member in listed),
        "steps": _open(COMMITTEE_VERBS, actor, committee),
        "members": [(m, m.is_over(today), _open(MEMBER_VERBS, actor, m)) for m in listed],
        "promises": [(p, p.is_overdue(today), _open(PROMISE_VERBS, actor, p)) for p in promises_of(committee)],
        "meetings": meetings,
        "met": met_this_quarter(meetings, today),
        "sees_meetings": bool(actor.grants_of(VIEWERS)),
        "can_keep": policies.can_keep_committee(actor, committee),
        "history": history_of(committee),
    }
    return render(request, "governance/committee_detail.html", context)


def _open(verbs: dict[str, Step], actor: Any, row: Any) -> list[Step]:
    return [step for step in verbs.values() if step.is_open_to(actor, row)]


# ---- steps ----
@login_required
@require_http_methods(FORM_METHODS)
def committee_step(request: PortalRequest, committee_id: int, verb: str) -> HttpResponse:
    """Of the committee itself."""
    committee = _committee_for(request, committee_id)
    start = {"seats": committee.seats}
    return _step(request, COMMITTEE_VERBS[verb], committee, committee, start, committee_id=committee.pk)


@login_required
@require_http_methods(FORM_METHODS)
def member_step(request: PortalRequest, member_id: int, verb: str) -> HttpResponse:
    """Of one member."""
    if member_id >= 2**63:
        raise Http404
    rows = PartTimeMember.objects.filter(committee__in=committees_visible_to(request.actor))
    member = get_object_or_404(rows.select_related("committee__area", "unit"), pk=member_id)
    start = {"duties": member.duties}
    return _step(request, MEMBER_VERBS[verb], member, member.committee, start, member_id=member.pk)


@login_required
@require_http_methods(FORM_METHODS)
def promise_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """Of one promise."""
    rows = promises_visible_to(request.actor).select_related("committee__area", "holder_unit")
    promise: Promise = get_object_or_404(rows, number=number)
    return _step(request, PROMISE_VERBS[verb], promise, promise.committee, {}, promise_id=promise.pk)


def _step(
    request: PortalRequest, step: Step, row: Any, committee: Committee, start: dict[str, Any], **which: int
) -> HttpResponse:
    if not step.fits_now(row):
        messages.info(request, _("This step does not fit any more."))
        return redirect("governance:committee-detail", committee.pk)
    require(step.allowed(request.actor, row))
    sent: dict[str, Any] = {"data": request.POST} if request.method == "POST" else {}
    form = step.form(**sent, initial=start, offered=step.offers(row) if step.offers else [])
    if request.method == "POST" and form.is_valid():
        if sent_before(request):
            return redirect("governance:committee-detail", committee.pk)
        try:
            step.run(actor=request.actor, **which, **form.arguments())
        except RuleError as error:
            refuse(form, error)
        except NotAllowedError:
            row.refresh_from_db()
            if step.fits_now(row):
                raise
            messages.info(request, _("This step does not fit any more."))
            return redirect("governance:committee-detail", committee.pk)
        else:
            return _after(request, committee.pk, str(step.done))
    context = {"form": form, "title": step.label, "icon": step.icon, "step": step, "row": row, "committee": committee}
    return render(request, "governance/committee_step.html", context, status=422 if form.is_bound else 200)


@require_POST
@login_required
def meeting_unlink(request: PortalRequest, committee_id: int, number: str) -> HttpResponse:
    """It was not a meeting of the committee after all."""
    committee = _committee_for(request, committee_id)
    require(policies.can_keep_committee(request.actor, committee))
    meeting = get_object_or_404(Meeting.objects.filter(committee_links__committee=committee), number=number)
    members.unlink_meeting(committee_id=committee.pk, actor=request.actor, meeting_id=meeting.pk)
    return _after(request, committee.pk, _("No longer linked."))


def _after(request: PortalRequest, committee_id: int, done: str) -> HttpResponse:
    messages.success(request, done)
    response = redirect("governance:committee-detail", committee_id)
    response.status_code = 303
    return response
