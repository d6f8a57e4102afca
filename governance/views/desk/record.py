"""Recording a request for a resident, and the slip they take home."""

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.htmx import go
from governance import policies
from governance.actors import RECORDERS
from governance.forms.desk import RecordForm
from governance.lifecycle import Channel
from governance.lifecycle.hotline import plain_number
from governance.models import Category
from governance.selectors.detail import desk_issue
from governance.selectors.issues import issues_visible_to
from governance.selectors.places import path_of, place_of
from governance.selectors.recording import find_places, record_areas
from governance.selectors.reference import categories, category_by_code
from governance.services.links import follow_url
from governance.services.submit import KnownNumberError, Report, submit_issue
from governance.views.desk.detail import refuse
from neighborhoods.actors import Actor
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area
from neighborhoods.selectors.finding import place_label


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue_record(request: PortalRequest) -> HttpResponse:
    """One page: where, what, who. The buttons beside place and category only fill the page in; nothing is lost."""
    require(policies.can_record_issue(request.actor))
    if request.method != "POST":
        form = _form(
            request, initial={"submission_key": uuid.uuid4(), "channel": request.GET.get("channel") or Channel.PHONE}
        )
        return _page(request, form)
    if "find" in request.POST:
        return _page(request, _unchecked(request))
    form = _form(request, data=request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    area: Area = get_object_or_404(record_areas(request.actor), pk=form.cleaned_data["place"])
    try:
        issue = submit_issue(actor=request.actor, report=_report(request.actor, area, form.cleaned_data))
    except KnownNumberError as error:
        refuse(form, error)
        known = issues_visible_to(request.actor).filter(pk=error.issue.pk).values_list("number", flat=True)
        return _page(request, form, status=422, known=known.first())
    except RuleError as error:
        refuse(form, error)
        return _page(request, form, status=422)
    return go(request, reverse("governance:issue-slip", args=[issue.number]))


def _report(actor: Actor, area: Area, clean: dict[str, Any]) -> Report:
    category = next(c for c in categories() if c.code == clean["category"])
    role = next((g.role for g in sorted(actor.grants_of(RECORDERS), key=lambda g: -g.level)), "")
    kept = ("place_note", "external_channel", "text", "name", "phone", "door")
    return Report(
        area=area,
        category=category,
        submission_key=clean["submission_key"],
        channel=Channel(clean["channel"]),
        is_public=clean["is_public"] and not clean["hide_requester"],
        collector_role=role,
        is_danger=clean["is_danger"],
        hide_requester=clean["hide_requester"],
        external_number=plain_number(clean["external_number"]),
        **{key: clean[key] for key in kept},
    )


def _form(request: PortalRequest, **kwargs: Any) -> RecordForm:
    return RecordForm(categories=categories(), places=_places(request), **kwargs)


def _unchecked(request: PortalRequest) -> RecordForm:
    """The page with everything typed so far and the places found, without complaints."""
    return _form(request, initial=request.POST.dict())


def _places(request: PortalRequest) -> list[tuple[str, str]]:
    sent = request.POST if request.method == "POST" else request.GET
    found = find_places(request.actor, sent.get("place_words", "").replace("\x00", "")[:60])
    chosen = sent.get("place", "")
    if chosen.isdecimal() and len(chosen) < 16 and not any(str(area.pk) == chosen for area in found):
        known = record_areas(request.actor).select_related("compound", "parent__parent__parent")
        found += list(known.filter(pk=chosen))
    return [(str(area.pk), place_label(area)) for area in found]


def _page(request: PortalRequest, form: RecordForm, *, status: int = 200, known: str | None = None) -> HttpResponse:
    context = {**_context(form), "known": known}
    return render(request, "governance/issue_record.html", context, status=status)


def _context(form: RecordForm) -> dict[str, Any]:
    code = str(form["category"].value() or "")
    return {"form": form, "category": category_by_code(code), "has_places": bool(form.fields["place"].choices)}  # type: ignore[attr-defined]


@require_safe
@login_required
def record_places(request: PortalRequest) -> HttpResponse:
    """The places found so far, while the clerk types."""
    require(policies.can_record_issue(request.actor))
    return render(request, "governance/_record_places.html", _context(_form(request, initial=request.GET.dict())))


@require_safe
@login_required
def record_question(request: PortalRequest) -> HttpResponse:
    """The question that makes the chosen category urgent."""
    require(policies.can_record_issue(request.actor))
    category: Category | None = category_by_code(request.GET.get("category", ""))
    form = _form(request, initial=request.GET.dict())
    return render(request, "governance/_record_question.html", {"category": category, "form": form})


@require_safe
@login_required
def issue_slip(request: PortalRequest, number: str) -> HttpResponse:
    """Half a page of paper for the resident: number, private link, who asked and who typed."""
    issue = get_object_or_404(desk_issue(request.actor), number=number)
    require(policies.can_print_slip(request.actor, issue))
    running = issue.clocks.running().order_by("due_at", "pk")
    at = timezone.now()
    context = {
        "issue": issue,
        "link": follow_url(issue) if policies.hands_out_link(request.actor, issue, at) else "",
        "place": place_of(issue),
        "shows_contact": policies.sees_masked_contact(request.actor, issue),
        "path": path_of(issue),
        "clocks": list(running),
    }
    return render(request, "governance/issue_slip.html", context)
