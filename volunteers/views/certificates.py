"""Certificates: the sheet, the Word file, the desk's list and steps, and the check by strangers."""

import io
from typing import Any

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import require
from core.limits import client_address, too_many
from core.masking import mask_name
from core.tokens import digest_of
from neighborhoods.middleware import PortalRequest
from volunteers.actors import VIEWERS
from volunteers.forms.base import ReasonForm
from volunteers.lifecycle.certificates import CERTIFICATE_FITS, CertificateState
from volunteers.models import Certificate
from volunteers.policies import certificates as policies
from volunteers.policies.volunteers import can_read_register
from volunteers.services import certificates as services
from volunteers.templatetags.volunteers import hours
from volunteers.views.steps import Step, Where, open_steps, step_page, steps_by_verb

PAGE, TRIES = 25, 30
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
STEPS = steps_by_verb(
    Step(
        "agree", gettext_lazy("It agrees with the records"), "eye", policies.can_check_certificate,
        services.check_certificate, gettext_lazy("Saved. Another person issues it."), fits=CERTIFICATE_FITS["check"],
    ),
    Step(
        "issue", gettext_lazy("Issue the certificate"), "done", policies.can_issue_certificate,
        services.issue_certificate, gettext_lazy("Issued."), fits=CERTIFICATE_FITS["issue"],
        hint=gettext_lazy("Whoever issues it answers for it. Nothing of it can be changed afterwards."),
    ),
    Step(
        "refuse", gettext_lazy("Do not issue it"), "x", policies.can_refuse_certificate, services.refuse_certificate,
        gettext_lazy("Not issued. The volunteer reads why."), form=ReasonForm, fits=CERTIFICATE_FITS["refuse"],
        stops=True,
    ),
    Step(
        "revoke", gettext_lazy("Revoke it"), "x", policies.can_revoke_certificate, services.revoke_certificate,
        gettext_lazy("Revoked."), form=ReasonForm, fits=CERTIFICATE_FITS["revoke"], stops=True,
    ),
)  # fmt: skip


@require_safe
@login_required
def certificate_list(request: PortalRequest) -> HttpResponse:
    """Of the actor's area, newest first."""
    require(can_read_register(request.actor))
    rows = Certificate.objects.within(request.actor.grants_of(VIEWERS)).select_related("volunteer__resident")
    page = Paginator(rows.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "volunteers/certificate_list.html", {"page": page, "today": timezone.localdate()})


def _certificate(request: PortalRequest, number: str) -> Certificate:
    rows = Certificate.objects.select_related("volunteer__resident__guardian", "area")
    found = rows.filter(number=number.replace("\x00", "")).first()
    if found is None or not policies.can_read_certificate(request.actor, found):
        raise Http404
    return found


@require_safe
@never_cache
@login_required
def certificate_sheet(request: PortalRequest, number: str) -> HttpResponse:
    """As it is printed, with the code strangers check it by; at the desk also its next step."""
    certificate = _certificate(request, number)
    context: dict[str, Any] = {
        "certificate": certificate,
        "is_frozen": bool(certificate.fingerprint),
        "is_shown": certificate.is_shown(timezone.localdate()),
        "steps": open_steps(STEPS, request.actor, certificate, "certificate", certificate.number),
        "total": hours(certificate.minutes),
    }
    context["is_stale"] = bool(context["steps"]) and services.counts_too_much(certificate)
    if certificate.digest:
        context |= {"code": services.code_of(certificate), "link": _link(certificate)}
    return render(request, "volunteers/certificate_sheet.html", context)


def _link(certificate: Certificate) -> str:
    """Where a stranger checks it, as the QR code says."""
    path = reverse("volunteers:certificate-check", args=[services.code_of(certificate)])
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def certificate_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """One step of a certificate."""
    certificate = _certificate(request, number)
    back = reverse("volunteers:certificate-sheet", args=[certificate.number])
    where = Where(back, certificate.number, ((reverse("volunteers:certificate-list"), _("Certificates")),))
    return step_page(request, STEPS[verb], certificate, where, certificate_id=certificate.pk)


@require_safe
@never_cache
@login_required
def certificate_word(request: PortalRequest, number: str) -> HttpResponse:
    """The same as a Word file."""
    certificate = _certificate(request, number)
    if not certificate.fingerprint:
        raise Http404
    response = HttpResponse(_word(certificate), content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{certificate.number}.docx"'
    return response


def lines_of(certificate: Certificate) -> list[tuple[str, str]]:
    """What stands on it, heading by heading."""
    body = certificate.body
    content = "；".join(f"{content} {hours(minutes)}" for content, minutes in body["content"])
    return [
        (_("Name"), certificate.name or "—"),
        (_("Volunteer number"), body["volunteer"]),
        (_("From"), body["from"]),
        (_("Until"), body["until"]),
        (_("Confirmed hours"), hours(certificate.minutes)),
        (_("What was done"), content),
        (_("Issued by"), body["issuer"]),
        (_("Responsible person"), body["responsible"]),
        (_("Handled by"), body["handler"]),
        (pgettext("certificate", "Contact"), body["contact"]),
        (_("Date"), body["date"]),
        (_("Remarks"), body["remarks"] or "—"),
        (_("Serial number"), body["serial"]),
        (_("Code to check it by"), services.code_of(certificate)),
    ]


def _word(certificate: Certificate) -> bytes:
    from docx import Document  # noqa: PLC0415 - a tenth of a second of every start, rarely needed
    from docx.oxml.ns import qn  # noqa: PLC0415 - as above
    from docx.shared import Cm  # noqa: PLC0415 - as above

    document = Document()
    normal = document.styles["Normal"]
    normal.font.name = "SimSun"
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "SimSun")
    document.core_properties.author = ""
    document.add_heading(_("Certificate of volunteer service"), level=1)
    if certificate.state == CertificateState.REVOKED:
        document.add_paragraph(_("Revoked: it does not hold any more."))
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in lines_of(certificate):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, value
    picture = io.BytesIO()
    segno.make(_link(certificate), error="m", micro=False).save(picture, kind="png", scale=4)
    document.add_picture(picture, width=Cm(3))
    document.add_paragraph(_("Seal of the issuer"))
    document.add_paragraph(f"SHA-256 {certificate.fingerprint}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@require_safe
@never_cache
def certificate_find(request: PortalRequest, code: str = "") -> HttpResponse:
    """For strangers: is this certificate real, and does it still hold? The name is masked."""
    typed = (code or request.GET.get("code", "")).replace("\x00", "").strip()[:40]
    context: dict[str, Any] = {"typed": typed}
    status = 200
    if typed:
        if too_many("certificate", client_address(request), limit=TRIES, seconds=3600):
            context["too_many"], status = True, 429
        else:
            found = Certificate.objects.filter(digest=digest_of(typed)).exclude(digest="").first()
            status = 200 if found else 404
            context |= {"certificate": found, "name": mask_name((found.name if found else "") or "") or "—"}
            context["holds"] = found is not None and services.fingerprint_of(found) == found.fingerprint
    return render(request, "volunteers/certificate_check.html", context, status=status)
