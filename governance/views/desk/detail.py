"""One issue, and every step that can be taken on it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import NotAllowedError, RuleError, require
from core.htmx import go, page_or_part, sent_before, wants_part
from core.masking import mask_text
from governance import policies
from governance.forms.desk import RevealForm, StepForm
from governance.models import Issue
from governance.selectors.callbacks import tries_of
from governance.selectors.detail import (
    TABS,
    clock_lines,
    desk_issue,
    desk_issue_numbered,
    facts_of,
    goals_of,
    look_alikes,
    said_before,
    tab_numbers,
    tab_rows,
)
from governance.selectors.issues import sight_of
from governance.selectors.joint import joint_of
from governance.selectors.matters import matters_of
from governance.selectors.places import crumbs_of, place_of
from governance.selectors.rows import the_only
from governance.services.contacts import reveal_contact
from governance.views.desk.photos import stored_photos
from governance.views.desk.ready import ready_choices, ready_texts
from governance.views.desk.steps import CALL_REASONS, STEPS, StepKind, open_steps
from governance.views.desk.today import line_of
from governance.views.desk.ways import ways_on
from neighborhoods.middleware import PortalRequest


def issue_for(request: PortalRequest, number: str) -> Issue:
    """The issue with this number, if the actor may see it at all: everything else is 404."""
    issue = desk_issue_numbered(request.actor, number)
    if issue is None:
        raise Http404
    return issue


@require_safe
@login_required
def issue_detail(request: PortalRequest, number: str) -> HttpResponse:
    """History in the middle, facts and clocks at the side, the next step always in the same corner."""
    issue = issue_for(request, number)
    return page_or_part(
        request, "governance/issue_detail.html", "governance/_issue_tab.html", detail_context(request, issue)
    )


def detail_context(request: PortalRequest, issue: Issue) -> dict[str, Any]:
    """What page and fragment need."""
    actor, at = request.actor, timezone.now()
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    alike, sight = look_alikes(actor, issue, at), sight_of(actor, issue)
    numbers = tab_numbers(issue, sight)
    return {
        "issue": issue,
        "tab": tab,
        "rows": tab_rows(issue, tab, sight),
        "numbers": numbers,
        "clocks": clock_lines(issue),
        "crumbs": crumbs_of(issue),
        "place": place_of(issue),
        "alike": alike,
        "joint": joint_of(issue, actor),
        "matters": matters_of(issue),
        "facts": facts_of(issue, alike, sight),
        "buttons": open_steps(actor, issue),
        "can_reveal": policies.can_reveal_contact(actor, issue),
        "can_print_slip": policies.can_print_slip(actor, issue),
        **ways_on(actor, issue),
        "can_publish": policies.can_publish_issue(actor, issue),
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """A form page for one step; the POST runs the step's service."""
    issue, step = issue_for(request, number), STEPS[verb]
    if not step.fits(issue):
        return _too_late(request, issue)
    require(step.allowed(request.actor, issue))
    form = _form(request, issue, step)
    if request.method != "POST":
        return _step_page(request, issue, step, form)
    if not form.is_valid():
        return _step_page(request, issue, step, form, status=422)
    return _run(request, issue, step, form)


def _run(request: PortalRequest, issue: Issue, step: StepKind, form: StepForm) -> HttpResponse:
    if sent_before(request):
        return go(request, reverse("governance:issue-detail", args=[issue.number]))
    try:
        step.run(issue_id=issue.pk, actor=request.actor, **_arguments(form))
    except RuleError as error:
        refuse(form, error)
        return _step_page(request, issue_for(request, issue.number), step, form, status=422)
    except NotAllowedError:
        return _not_allowed(request, issue)
    return _after(request, issue, step)


def _form(request: PortalRequest, issue: Issue, step: StepKind) -> StepForm:
    goals = goals_of(issue, issue.category) if step.form.wants_goals else None
    may_units = policies.is_dispatcher(request.actor, issue) or step.verb == "rule"
    if request.method == "POST":
        sent: dict[str, Any] = {"data": request.POST, "files": request.FILES}
    else:
        sent = {"initial": ready_texts(request, issue, step)}
    return step.form(**sent, issue=issue, goals=goals, may_units=may_units)


def _arguments(form: StepForm) -> dict[str, Any]:
    """What the form says, its photos cleaned and stored."""
    arguments = form.arguments()
    if arguments.get("photos"):
        arguments["photos"] = stored_photos(arguments["photos"])
    return arguments


def refuse(form: Form, error: RuleError) -> None:
    """Put what the service said beside its field, or on top."""
    field = "photos" if error.field == "photo" else error.field
    form.add_error(field if field in form.fields else None, str(error))


def _not_allowed(request: PortalRequest, seen: Issue) -> HttpResponse:
    """Refused although the page offered it: somebody moved the case in between, or the post does not allow it."""
    now = Issue.objects.get(pk=seen.pk)
    if now.state == seen.state and now.holder_area_id == seen.holder_area_id:
        raise NotAllowedError
    return _too_late(request, now)


def _too_late(request: PortalRequest, issue: Issue) -> HttpResponse:
    """The step does not fit (any more): say what the case is by now, beside the steps that fit."""
    message = _("%(number)s is now “%(state)s”, so this step does not fit any more.") % {
        "number": issue.number,
        "state": issue.state_label,
    }
    if request.method != "POST":
        messages.info(request, message)
        return redirect("governance:issue-detail", issue.number)
    fresh = the_only(desk_issue(request.actor).filter(pk=issue.pk))
    if fresh is None:
        raise Http404
    context = {**detail_context(request, fresh), "refused": message}
    return page_or_part(request, "governance/issue_detail.html", "governance/_issue_refused.html", context, status=422)


def _as_neighbours_read(issue: Issue) -> str:
    return mask_text(issue.text, for_neighbours=True, buildings=issue.category.is_sensitive)


def _step_page(
    request: PortalRequest, issue: Issue, step: StepKind, form: StepForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "issue": issue,
        "step": step,
        "form": form,
        **ready_choices(request, issue, step),
        "next": _next(request),
        "masked": _as_neighbours_read(issue) if step.verb == "publish" else "",
        "said": said_before(issue, step.verb),
        "still_fits": step.is_open_to(request.actor, issue),
        "call_reason": _call_reason(request, issue, step),
        "whistle": ways_on(request.actor, issue)["whistle"],
    }
    if step.verb == "callback":
        context |= {"tries": tries_of(issue), "tries_needed": settings.CALLBACK_TRIES}
    return page_or_part(request, "governance/issue_step.html", "governance/_issue_step.html", context, status=status)


def _call_reason(request: PortalRequest, issue: Issue, step: StepKind) -> str:
    """Why a step needs the phone number, in words for the resident; empty when it does not, or there is none."""
    reason = CALL_REASONS.get(step.verb)
    return str(reason) if reason and policies.can_reveal_contact(request.actor, issue) else ""


def _next(request: PortalRequest) -> str:
    """Where the step was opened from, when that is a page of ours."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    return url if url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""


def _after(request: PortalRequest, issue: Issue, step: StepKind) -> HttpResponse:
    """Back to where it came from; Today gets its line back in place."""
    url = _next(request)
    if wants_part(request) and url == reverse("governance:desk-today"):
        fresh = the_only(desk_issue(request.actor).filter(pk=issue.pk)) or issue
        line = line_of(fresh, request.actor)
        context = {"row": line.row, "step": line.step, "done": _done(step, issue), "today_url": url}
        response = render(request, "governance/_today_row.html", context)
        # the form stood inside the row: the fresh row takes its place, and is not put into it
        response["HX-Retarget"], response["HX-Reswap"] = f"#row-{issue.number}", "outerHTML"
        return response
    closed = step.ended and not Issue.objects.unresolved().filter(pk=issue.pk).exists()
    done = step.ended if closed else _done(step, issue)
    messages.success(request, _("%(number)s: %(done)s") % {"number": issue.number, "done": done})
    return go(request, url or reverse("governance:issue-detail", args=[issue.number]))


def _done(step: StepKind, issue: Issue) -> Promise:
    return step.done_part if step.done_part and issue.part_of_id else step.done


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue_reveal(request: PortalRequest, number: str) -> HttpResponse:
    """Name and phone in clear, once, after a reason; the answer to the POST itself carries them and is never stored."""
    issue = issue_for(request, number)
    require(policies.can_reveal_contact(request.actor, issue))
    form = RevealForm(request.POST if request.method == "POST" else None, issue=issue)
    contact, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                contact, status = reveal_contact(issue_id=issue.pk, actor=request.actor, **form.arguments()), 200
            except RuleError as error:
                refuse(form, error)
    context = {"issue": issue, "form": form, "revealed": contact}
    return page_or_part(
        request, "governance/issue_reveal.html", "governance/_issue_reveal.html", context, status=status
    )
