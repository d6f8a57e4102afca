"""Follow: read it, answer, add, urge, open again, take back, hide. The private link is the key."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError
from core.limits import client_address, too_many
from governance.forms.follow import AddForm, AnswerForm, AppealForm, QuestionForm, ReasonForm, WithdrawForm
from governance.lifecycle import CLOSED, State, Step, Urgency
from governance.lifecycle.asking import Asked
from governance.models import Issue
from governance.policies import is_at_work_on
from governance.selectors.follow import Following, following, issue_by_digest, issue_by_token, running_due
from governance.selectors.home import duty_of, emergency
from governance.selectors.places import place_of
from governance.services.answers import answer_issue, may_reopen, reopen_issue
from governance.services.appeals import appeal_issue, came_after_the_answer, may_appeal
from governance.services.following import hide_issue, may_urge, supplement_issue, urge_issue, withdraw_issue
from governance.services.links import follow_token, follow_url
from governance.services.preview import is_unconfirmed, promised
from governance.services.questions import answer_question
from governance.views.report import store_photos
from governance.views.steps import duty_for, see
from neighborhoods.actors import NOBODY
from neighborhoods.middleware import PortalRequest

form_page = require_http_methods(["GET", "HEAD", "POST"])
IssueView = Callable[..., HttpResponse]


def private_page(view: IssueView) -> IssueView:
    """Loads the case of the link. The page is not kept, not indexed, and its address is told to nobody."""

    @wraps(view)
    def opened(request: PortalRequest, token: str) -> HttpResponse:
        issue = issue_by_token(token)
        if issue is None:
            response = _unknown(request, 404)
        elif issue.follow_expires_at and issue.follow_expires_at < timezone.now():
            response = _unknown(request, 410)
        else:
            response = view(request, issue)
        return keep_private(response)

    return opened


def keep_private(response: HttpResponse) -> HttpResponse:
    """Not kept by the browser, not indexed, its address told to nobody.

    The referrer policy is not "no-referrer": browsers then send `Origin: null` with the forms of this page, which CSRF
    must refuse.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, no_store=True, private=True)
    return response


def _unknown(request: PortalRequest, status: int) -> HttpResponse:
    context = {"is_expired": status == 410, "duty": duty_for(request)}
    return render(request, "governance/issue_follow_unknown.html", context, status=status)


# ---- reading it ----
@require_safe
@private_page
def receipt(request: PortalRequest, issue: Issue) -> HttpResponse:
    """Number, link, code to scan, who has it, by when. Prints on half a page."""
    view = following(issue)
    context = {
        **_shared(request, view),
        **_promises(view.case),
        "url": follow_url(issue),
        "dial": _numbers_to_call(view.case),
        "has_phone": bool(issue.contact and issue.contact.phone),
    }
    return render(request, "governance/issue_receipt.html", context)


def _promises(case: Issue) -> dict[str, Any]:
    """By when somebody signs and when it is done, from the first day on: clocks that run, else the limits in force."""
    dispatched = case.dispatched_at is not None
    sign, done = running_due(case, Step.SIGN, Step.ACCEPT), running_due(case, Step.DONE)
    _soon, expected = promised(case.urgency, case.dispatched_at or case.submitted_at, dispatched=dispatched)
    done_at = done.at if done else expected
    return {
        "sign": sign,
        "done_at": done_at,
        "is_unconfirmed": is_unconfirmed(sign.at if sign else None, done_at),
    }


def _numbers_to_call(case: Issue) -> list[tuple[str, str]]:
    """While nobody has dealt with danger to life, the numbers to call stand above everything else."""
    if case.urgency != Urgency.CRITICAL or case.replied_at or not case.is_open:
        return []
    return emergency(case.category.danger_numbers or "110 119 120")


@require_safe
@private_page
def follow(request: PortalRequest, issue: Issue) -> HttpResponse:
    """The plain sentence first."""
    return _follow_page(request, issue)


def _shared(request: PortalRequest, view: Following) -> dict[str, Any]:
    return {
        "view": view,
        "issue": view.issue,
        "case": view.case,
        "token": follow_token(view.issue),
        "place": place_of(view.issue),
        "duty": duty_of(view.path),
    }


def _follow_page(
    request: PortalRequest, issue: Issue, *, form: forms.Form | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    view = following(issue)
    first = QuestionForm() if view.question else AnswerForm()
    context = {**page_context(request, view), "form": form or first, "error": error}
    return render(request, "governance/issue_follow.html", context, status=status)


def page_context(request: PortalRequest, view: Following) -> dict[str, Any]:
    """What the page of a case shows, to whoever holds its link and to whoever has looked it up."""
    return {
        **_shared(request, view),
        **(_promises(view.case) if view.is_before_work else {}),
        "dial": _numbers_to_call(view.case),
        "may": _allowed(view),
        "reopen_days": settings.REOPEN_DAYS,
    }


def _allowed(view: Following) -> dict[str, bool]:
    """What the page offers. The services decide again."""
    issue, case, at = view.issue, view.case, timezone.now()
    # who has joined a case waits for that one
    can_wait = (issue.is_open or (view.is_merged and case.is_open)) and not view.is_mine_to_answer
    return {
        "answer": view.is_mine_to_answer or (view.is_merged and case.state in CLOSED and may_reopen(case, at)),
        "add": issue.is_open or (view.is_merged and case.is_open),
        "urge": can_wait and may_urge(case, at),
        "urge_later": can_wait and not may_urge(case, at),
        "reopen": may_reopen(issue, at),
        "appeal": may_appeal(case, at) and not came_after_the_answer(issue, case),
        "withdraw": issue.can_move_to(State.WITHDRAWN),
        "hide": issue.is_public,
    }


# ---- doing something ----
def _require_resident(request: PortalRequest, issue: Issue) -> None:
    """Staff who know the link, because they printed it, do not speak for the resident."""
    if request.actor.is_somebody and is_at_work_on(request.actor, issue.parent or issue):
        raise RuleError(
            _("You are signed in and at work on this case. Only whoever asked can say this; sign out if that is you.")
        )


@require_http_methods(["POST"])
@private_page
def answer(request: PortalRequest, issue: Issue) -> HttpResponse:
    """Solved or not solved. The same answer sent twice counts once."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _follow_page(request, issue, form=form, status=422)
    said = form.cleaned_data
    if said["solved"] and issue.state == State.CLOSED_SOLVED:
        return see("issue-follow", follow_token(issue))
    try:
        _require_resident(request, issue)
        answer_issue(issue_id=issue.pk, solved=said["solved"], satisfaction=said["satisfaction"], words=said["words"])
    except RuleError as refusal:
        return _follow_page(request, _fresh(issue), form=form, error=str(refusal), status=422)
    messages.success(request, _("Thank you. Your answer has been passed on."))
    return see("issue-follow", follow_token(issue))


@require_http_methods(["POST"])
@private_page
def question(request: PortalRequest, issue: Issue) -> HttpResponse:
    """What the holder asked is answered, and the clock goes on."""
    form = QuestionForm(request.POST)
    if not form.is_valid():
        if issue.asked != Asked.QUESTION:  # over meanwhile: there is no field to show the error at
            return see("issue-follow", follow_token(issue))
        return _follow_page(request, issue, form=form, status=422)
    try:
        _require_resident(request, issue)
        answer_question(issue_id=issue.pk, text=form.cleaned_data["text"])
    except RuleError as refusal:
        fresh = _fresh(issue)
        kept = form if fresh.asked == Asked.QUESTION else None
        return _follow_page(request, fresh, form=kept, error=str(refusal), status=422)
    messages.success(request, _("Thank you. Whoever asked can read it now, and goes on."))
    return see("issue-follow", follow_token(issue))


def _fresh(issue: Issue) -> Issue:
    """As it is by now: somebody else was quicker."""
    return issue_by_digest(issue.follow_digest) or issue


@form_page
@private_page
def add(request: PortalRequest, issue: Issue) -> HttpResponse:
    """More words, more photos."""
    form = AddForm(request.POST, request.FILES) if request.method == "POST" else AddForm()
    if form.is_valid():
        response = _add(request, issue, form)
        if response:
            return response
    context = {**_shared(request, following(issue)), "form": form, "limit": settings.PHOTO_MAX_COUNT}
    return render(request, "governance/issue_follow_add.html", context, status=422 if form.is_bound else 200)


def _add(request: PortalRequest, issue: Issue, form: AddForm) -> HttpResponse | None:
    """None when something stood in the way; the form says what."""
    limit = settings.REPORTS_PER_ADDRESS_HOUR * settings.PHOTO_MAX_COUNT
    if too_many("supplement", str(issue.pk), limit=settings.ADDITIONS_PER_HOUR, seconds=3600):
        form.add_error(None, _("You have added a lot within the last hour. Go on a little later, or call."))
    elif len(form.uploads) > settings.PHOTO_MAX_COUNT:
        form.add_error("photo", _("At most %(limit)d photos at a time.") % {"limit": settings.PHOTO_MAX_COUNT})
    elif form.uploads and too_many("photos", client_address(request), limit=limit, seconds=3600):
        form.add_error("photo", _("Too many photos from this connection. Send the words now, the photos later."))
    else:
        photos, faults = store_photos(form.uploads)
        for fault in faults:
            form.add_error("photo", fault)
        if not faults:
            try:
                supplement_issue(issue_id=issue.pk, text=form.cleaned_data["text"], photos=tuple(photos))
            except RuleError as refusal:
                form.add_error(None, str(refusal))
    if form.errors:
        return None
    messages.success(request, _("Added. Whoever is in charge can read it now."))
    return see("issue-follow", follow_token(issue))


def _confirmed(
    request: PortalRequest,
    issue: Issue,
    step: str,
    act: Callable[[dict[str, Any]], Issue],
    *,
    form: type[forms.Form] = forms.Form,
    by_resident_only: bool = False,
) -> HttpResponse:
    """A page that asks once more, and the deed with what was filled in."""
    filled = form(request.POST if request.method == "POST" else None)
    if not filled.is_valid():
        view = following(issue)
        if not filled.is_bound and not _allowed(view)[step]:  # an old page: say so before something is typed
            messages.info(request, _too_late(view, step))
            return see("issue-follow", follow_token(issue))
        context = {**_shared(request, view), "form": filled, "reopen_days": settings.REOPEN_DAYS}
        status = 422 if filled.is_bound else 200
        return render(request, f"governance/issue_follow_{step}.html", context, status=status)
    try:
        if by_resident_only:
            _require_resident(request, issue)
        done = act(filled.cleaned_data)
    except RuleError as refusal:
        return _follow_page(request, _fresh(issue), error=str(refusal), status=422)
    if done.follow_version != issue.follow_version:
        messages.success(request, _("You have left the case. Your name and phone are deleted from it."))
        return see("home")
    return see("issue-follow", follow_token(issue))


def _too_late(view: Following, step: str) -> str:
    if step == "urge" and view.case.is_open and not may_urge(view.case, timezone.now()):
        return _("You have urged within the last day. Whoever holds it has been told.")
    return _("That cannot be done any more. This is how it stands.")


@form_page
@private_page
def urge(request: PortalRequest, issue: Issue) -> HttpResponse:
    """Once a day."""

    def urge_and_say(_said: dict[str, Any]) -> Issue:
        urged = urge_issue(issue_id=issue.parent_id or issue.pk)
        messages.success(request, _("You have urged. Whoever has it was told. You can urge again tomorrow."))
        return urged

    return _confirmed(request, issue, "urge", urge_and_say)


@form_page
@private_page
def reopen(request: PortalRequest, issue: Issue) -> HttpResponse:
    """Not right after all."""

    def act(said: dict[str, Any]) -> Issue:
        return reopen_issue(issue_id=issue.pk, actor=NOBODY, reason=said["reason"])

    return _confirmed(request, issue, "reopen", act, form=ReasonForm, by_resident_only=True)


@form_page
@private_page
def appeal(request: PortalRequest, issue: Issue) -> HttpResponse:
    """Whoever disagrees with a refusal or a dismissal says why; somebody else decides."""

    def act(said: dict[str, Any]) -> Issue:
        done = appeal_issue(issue_id=issue.pk, words=said["reason"])
        messages.success(request, _("Your appeal is on its way. Somebody who had no part in the decision looks at it."))
        return done

    return _confirmed(request, issue, "appeal", act, form=AppealForm, by_resident_only=True)


@form_page
@private_page
def withdraw(request: PortalRequest, issue: Issue) -> HttpResponse:
    """Taken back; nothing is deleted, nobody works on it any more."""
    if issue.state == State.WITHDRAWN:
        return see("issue-follow", follow_token(issue))

    def act(said: dict[str, Any]) -> Issue:
        return withdraw_issue(issue_id=issue.pk, reason=said["reason"])

    return _confirmed(request, issue, "withdraw", act, form=WithdrawForm, by_resident_only=True)


@form_page
@private_page
def hide(request: PortalRequest, issue: Issue) -> HttpResponse:
    """Neighbours no longer read it, from this moment."""
    return _confirmed(request, issue, "hide", lambda _said: hide_issue(issue_id=issue.pk))
