"""Finding a case again by its number and phone: to read it at once, to speak for it after a code to that phone."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError
from core.limits import client_address, too_many
from core.tokens import keyed_hash
from governance.forms.follow import CodeForm, FindForm
from governance.models import Issue
from governance.selectors.follow import following, issue_by_pk, issue_by_receipt
from governance.services.links import follow_token
from governance.services.proving import is_right_code, send_code
from governance.views.follow import form_page, keep_private, page_context
from governance.views.steps import duty_for, see
from neighborhoods.middleware import PortalRequest

LOOKED_UP = "looked_up"  # of the session: which case, and until when
FOR = timedelta(minutes=30)


@form_page
def follow_find(request: PortalRequest) -> HttpResponse:
    """Number and last four digits. One answer for a wrong number and wrong digits: nothing can be learned by trying."""
    return keep_private(_find(request))


def _find(request: PortalRequest) -> HttpResponse:
    form = FindForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "duty": duty_for(request)}
    if not form.is_valid():
        return render(request, "governance/issue_follow_find.html", context, status=422 if form.is_bound else 200)
    number, tail = form.cleaned_data["number"], form.cleaned_data["tail"]
    limit = settings.FOLLOW_TRIES_PER_ADDRESS_HOUR
    by_address = too_many("follow", client_address(request), limit=limit, seconds=3600)
    # ten thousand endings: whoever comes from many addresses meets the limit of the number
    if by_address or too_many("follow-number", number, limit=limit, seconds=3600):
        return render(request, "governance/issue_follow_often.html", context, status=429)
    issue = issue_by_receipt(number, keyed_hash("tail", tail))
    if issue is None:
        form.add_error(None, _("We found nothing with this number and these four digits. Check both."))
        return render(request, "governance/issue_follow_find.html", context, status=422)
    request.session[LOOKED_UP] = [issue.pk, (timezone.now() + FOR).isoformat()]
    return see("issue-looked-up")


def _looked_up(request: PortalRequest) -> Issue | None:
    """The case this browser has just looked up, as long as its private link would open."""
    pk, until = request.session.get(LOOKED_UP) or (None, "")
    if pk is None or datetime.fromisoformat(until) < timezone.now():
        return None
    issue = issue_by_pk(pk)
    is_over = issue and issue.follow_expires_at and issue.follow_expires_at < timezone.now()
    return None if is_over else issue


@require_safe
def looked_up(request: PortalRequest) -> HttpResponse:
    """The case to read. Number and four digits are known to others too, so nothing can be said or changed here."""
    issue = _looked_up(request)
    if issue is None:
        return keep_private(see("issue-follow-find"))
    context = {**page_context(request, following(issue)), "token": ""}
    return keep_private(render(request, "governance/issue_follow.html", context))


@require_http_methods(["POST"])
def ask_code(request: PortalRequest) -> HttpResponse:
    """Text a code to the phone left with the case."""
    issue = _looked_up(request)
    if issue is None:
        return keep_private(see("issue-follow-find"))
    form = CodeForm()
    try:
        send_code(issue)
    except RuleError as refusal:
        return _code_page(request, issue, form, refusal=str(refusal), status=422)
    return keep_private(see("issue-code"))


@form_page
def type_code(request: PortalRequest) -> HttpResponse:
    """The code opens the private link, with everything it allows."""
    issue = _looked_up(request)
    if issue is None:
        return keep_private(see("issue-follow-find"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _code_page(request, issue, form, status=422 if form.is_bound else 200)
    if not is_right_code(issue, form.cleaned_data["code"]):
        form.add_error("code", _("That code is not right, or it is too old. Look at the newest message."))
        return _code_page(request, issue, form, status=422)
    del request.session[LOOKED_UP]
    return keep_private(see("issue-follow", follow_token(issue)))


def _code_page(
    request: PortalRequest, issue: Issue, form: CodeForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {"issue": issue, "form": form, "refusal": refusal, "duty": duty_for(request)}
    return keep_private(render(request, "governance/issue_follow_code.html", context, status=status))
