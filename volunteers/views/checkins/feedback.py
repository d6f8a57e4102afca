"""The year's page: the member's and the community's sheet, the Word file, its steps, and what the link opens."""

import io
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.limits import client_address, too_many
from neighborhoods.middleware import PortalRequest
from volunteers.forms.checkins import AgreeForm
from volunteers.lifecycle.feedback import FEEDBACK_FITS, FeedbackState
from volunteers.models import EmployerFeedback
from volunteers.policies import checkins as policies
from volunteers.services.checkins import feedback as services
from volunteers.templatetags.volunteers import hours
from volunteers.views.steps import Step, Where, open_steps, step_page, steps_by_verb

TRIES = 30
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
STEPS = steps_by_verb(
    Step(
        "agree", gettext_lazy("Agree to this page"), "done", policies.can_agree, services.agree,
        gettext_lazy("Agreed. The community issues it."), form=AgreeForm, fits=FEEDBACK_FITS["agree"],
        hint=gettext_lazy("Only then may it be issued. What you comment stands on it."),
    ),
    Step(
        "issue", gettext_lazy("Issue the page"), "done", policies.can_issue, services.issue,
        gettext_lazy("Issued."), fits=FEEDBACK_FITS["issue"],
        hint=gettext_lazy("It is sealed as the member agreed to it. The link opens for 30 days."),
    ),
    Step(
        "redraft", gettext_lazy("Draw it up again"), "again", policies.can_redraft, services.redraft,
        gettext_lazy("Drawn up again. The member reads it first."), fits=FEEDBACK_FITS["redraft"],
    ),
    Step(
        "withhold", gettext_lazy("It stays here"), "lock", policies.can_withhold, services.withhold,
        gettext_lazy("It stays here. Nobody is told why."), fits=FEEDBACK_FITS["withhold"], stops=True,
        hint=gettext_lazy("No reason is needed. A link that was passed on opens nothing any more."),
    ),
)  # fmt: skip


def _feedback(request: PortalRequest, number: str) -> EmployerFeedback:
    rows = EmployerFeedback.objects.select_related("resident", "checkin__resident", "area")
    found = rows.filter(number=number.replace("\x00", "")).first()
    if found is None or not policies.can_read_feedback(request.actor, found):
        raise Http404
    return found


@require_safe
@never_cache
@login_required
def feedback_sheet(request: PortalRequest, number: str) -> HttpResponse:
    """As it is printed, with the next step; the member sees it before anybody else does something with it."""
    found = _feedback(request, number)
    is_open = found.state == FeedbackState.ISSUED and found.link_until is not None and found.link_until > timezone.now()
    context = {
        "feedback": found,
        "name": found.name or (found.resident.name if policies.is_person(request.actor, found.resident) else None),
        "is_own": policies.is_person(request.actor, found.resident),
        "steps": open_steps(STEPS, request.actor, found, "feedback", found.number),
        "link": services.link_of(found) if is_open else "",
    }
    return render(request, "volunteers/checkins/feedback_sheet.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def feedback_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """One step of a page."""
    found = _feedback(request, number)
    where = Where(
        reverse("volunteers:feedback-sheet", args=[found.number]), found.number, template="volunteers/my_step.html"
    )
    return step_page(request, STEPS[verb], found, where, feedback_id=found.pk)


@require_safe
@never_cache
@login_required
def feedback_word(request: PortalRequest, number: str) -> HttpResponse:
    """The issued page as a Word file."""
    found = _feedback(request, number)
    if found.state != FeedbackState.ISSUED:
        raise Http404
    response = HttpResponse(_word(found), content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{found.number}.docx"'
    return response


def lines_of(feedback: EmployerFeedback) -> list[tuple[str, str]]:
    """What stands on it, heading by heading."""
    body = feedback.body
    content = "；".join(
        f"{what or _('help between neighbours')} {hours(minutes)}" for what, _n, minutes in body["content"]
    )
    return [
        (_("Name"), feedback.name or "—"),
        (_("Employer"), body["employer"]),
        (_("Checked in at"), f"{body['branch']}，{body['since']}"),
        (_("Year"), str(body["year"])),
        (_("Duty posts"), "、".join(body["posts"]) or "—"),
        (_("Confirmed services"), str(body["services"])),
        (_("Confirmed hours"), hours(body["minutes"])),
        (_("What was done"), content or "—"),
        (_("The member's comment"), feedback.comment or "—"),
        (_("Issued by"), body["issuer"]),
        (_("Phone"), body["contact"] or "—"),
        (_("Date"), timezone.localdate(feedback.issued_at).isoformat() if feedback.issued_at else "—"),
        (_("Number"), feedback.number),
    ]


def _word(feedback: EmployerFeedback) -> bytes:
    from docx import Document  # noqa: PLC0415 - a tenth of a second of every start, rarely needed
    from docx.oxml.ns import qn  # noqa: PLC0415 - as above

    document = Document()
    normal = document.styles["Normal"]
    normal.font.name = "SimSun"
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    document.core_properties.author = ""
    document.add_heading(_("Feedback on a member in service"), level=1)
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in lines_of(feedback):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, value
    document.add_paragraph("")
    document.add_paragraph(_("Seal of the issuer"))
    document.add_paragraph(f"SHA-256 {feedback.fingerprint}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@require_safe
@never_cache
def feedback_link(request: PortalRequest, token: str) -> HttpResponse:
    """What the employer opens: this one page, until the link ends or the member takes it back. There is no other."""
    context: dict[str, Any] = {}
    if too_many("feedback", client_address(request), limit=TRIES, seconds=3600):
        context["too_many"] = True
        return render(request, "volunteers/checkins/feedback_link.html", context, status=429)
    found = services.feedback_by_token(token.replace("\x00", "")[:40], timezone.now())
    context = {"feedback": found, "holds": found is not None and services.fingerprint_of(found) == found.fingerprint}
    status = 200 if found else 404
    return render(request, "volunteers/checkins/feedback_link.html", context, status=status)
