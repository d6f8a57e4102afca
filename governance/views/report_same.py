"""Report, the short way: "this is mine too". One page names the case, asks how to reach you, and sends."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from governance.forms.draft import Draft
from governance.forms.proof import challenge_for
from governance.forms.report import JoinForm
from governance.models import Issue
from governance.selectors.choosing import place_at
from governance.selectors.public import joinable_public, public_place_of
from governance.services.submit import TEXT_LIMIT
from governance.views.report_check import Whole, send
from governance.views.steps import refuse, refused_before, sent_to, step_page, with_faults
from neighborhoods.middleware import PortalRequest


@require_http_methods(["GET", "HEAD", "POST"])
def report_same(request: PortalRequest, number: str) -> HttpResponse:
    """A draft of its own: a report somebody has begun on this device is not touched."""
    issue = joinable_public(number)
    place = place_at(issue.area.code) if issue else None
    if issue is None or place is None:
        raise Http404
    draft = _draft_of(request, issue)
    form = JoinForm(sent_to(request, None))
    with_faults(form, refused_before(request, None))
    if request.method == "POST":
        if not form.is_valid():
            return refuse(request, None, form) or _page(request, issue, draft, form, status=422)
        whole = Whole(draft.having(**form.cleaned_data), place, issue.category)

        def ask_again(error: str) -> HttpResponse:
            form.add_error(None, error)
            return refuse(request, None, form, [("", error)]) or _page(request, issue, draft, form, status=422)

        return send(request, whole, ask_again, shown=draft)
    return _page(request, issue, draft, form)


def _draft_of(request: PortalRequest, issue: Issue) -> Draft:
    """The one this page was drawn with, so that sending it twice stores it once; else a new one."""
    sent = Draft.from_token(request.POST["draft"]) if request.POST.get("draft") else None
    if sent and sent.same_as == issue.number:
        return sent
    text = _("It is the same with me: %(summary)s") % {"summary": issue.public_summary}
    return Draft(
        area=issue.area.code, category=issue.category.code, text=text[:TEXT_LIMIT], told=True, same_as=issue.number
    )


def _page(request: PortalRequest, issue: Issue, draft: Draft, form: JoinForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "issue": issue,
        "where": public_place_of(issue),
        "place": place_at(issue.area.code),
        "challenge": challenge_for(draft.submission_key.hex) if settings.ALTCHA_ENABLED else "",
    }
    return step_page(request, "issue_report_same.html", draft, context, status=status)
