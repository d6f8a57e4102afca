"""Records of service at the desk: what waits, one record, its steps, calls that chance asks for."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.sheets import csv_response, xlsx_response
from neighborhoods.middleware import PortalRequest
from volunteers.forms.activities import AnswerForm, ExportForm
from volunteers.forms.base import ReasonForm, refuse
from volunteers.lifecycle.records import RECORD_FITS, Asked
from volunteers.models import AidNeed, RecordCheck, ServiceRecord
from volunteers.policies import records as policies
from volunteers.policies.teams import can_organise_somewhere
from volunteers.policies.volunteers import can_read_register
from volunteers.selectors.records import (
    TABS,
    forgotten,
    listed_records,
    open_checks,
    record_related,
    records_open_to,
)
from volunteers.selectors.volunteers import entries_of
from volunteers.services.exports import WIDTHS, export_records, headings
from volunteers.services.records import confirming
from volunteers.views.steps import Step, Where, open_steps, step_page, steps_by_verb

PAGE = 25
STEPS = steps_by_verb(
    Step(
        "confirm", gettext_lazy("It was so: confirm"), "done", policies.can_confirm, confirming.confirm,
        gettext_lazy("Confirmed."), fits=RECORD_FITS["confirm"],
    ),
    Step(
        "approve", gettext_lazy("Agree as the second person"), "done", policies.can_approve, confirming.approve,
        gettext_lazy("Confirmed."), fits=RECORD_FITS["approve"],
    ),
    Step(
        "reject", gettext_lazy("It was not so"), "x", policies.can_reject, confirming.reject,
        gettext_lazy("Not confirmed. The volunteer reads why."), form=ReasonForm, fits=RECORD_FITS["reject"],
        stops=True,
    ),
    Step(
        "reverse", gettext_lazy("Take it back"), "return", policies.can_reverse, confirming.reverse,
        gettext_lazy("Taken back. Write down the right hours anew."), form=ReasonForm, fits=RECORD_FITS["reverse"],
        stops=True, hint=gettext_lazy("The record stays; a second one with the minutes below zero points at it."),
    ),
)  # fmt: skip
ANSWER = Step(
    "answer", gettext_lazy("Write down the answer"), "phone",
    lambda actor, check: policies.can_ask(actor, check.record),
    confirming.write_answer, gettext_lazy("Saved."), form=AnswerForm,
    hint=gettext_lazy("Ask whoever was helped, or a neighbour of the place: was it so?"),
)  # fmt: skip


@require_safe
@login_required
def record_list(request: PortalRequest) -> HttpResponse:
    """What waits, forgotten check-outs, calls to make, and everything else by state."""
    require(can_read_register(request.actor))
    tab = TABS.get(request.GET.get("tab", ""), TABS["confirm"])
    at = timezone.now()
    page = Paginator(listed_records(request.actor, tab), PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": TABS.values(), "tab": tab, "page": page, "can_export": policies.can_export(request.actor),
        "can_load": can_organise_somewhere(request.actor),
        "forgotten": forgotten(request.actor, at) if tab.key == "confirm" else [],
        "checks": open_checks(request.actor) if tab.key == "confirm" else [],
    }  # fmt: skip
    return render(request, "volunteers/record_list.html", context)


def _record(request: PortalRequest, record_id: int) -> ServiceRecord:
    found: ServiceRecord = get_object_or_404(record_related(records_open_to(request.actor)), pk=record_id)
    return found


@require_safe
@login_required
def record_detail(request: PortalRequest, record_id: int) -> HttpResponse:
    """Who did what, when, for how long it counts, and who said so. The volunteer reads it on their own page."""
    own = ServiceRecord.objects.filter(pk=record_id, volunteer__in=entries_of(request.user))
    if not can_read_register(request.actor) and own.exists():
        return redirect("volunteers:me")
    record = _record(request, record_id)
    check = RecordCheck.objects.filter(record=record).first()
    steps = open_steps(STEPS, request.actor, record, "record", record.pk)
    if check and check.outcome in {"", Asked.NOT_REACHED} and policies.can_ask(request.actor, record):
        steps.insert(0, (ANSWER, reverse("volunteers:record-answer", args=[record.pk])))
    context = {
        "record": record,
        "steps": steps,
        "reverse": ServiceRecord.objects.filter(reverses=record).first(),
        "need": AidNeed.objects.filter(record=record).first(),
        "check": check,
    }
    return render(request, "volunteers/record_detail.html", context)


def _where(record: ServiceRecord) -> Where:
    back = reverse("volunteers:record-detail", args=[record.pk])
    return Where(back, record.content, ((reverse("volunteers:record-list"), _("Hours of service")),))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record_step(request: PortalRequest, record_id: int, verb: str) -> HttpResponse:
    """One step of a record."""
    record = _record(request, record_id)
    return step_page(request, STEPS[verb], record, _where(record), record_id=record.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record_answer(request: PortalRequest, record_id: int) -> HttpResponse:
    """What was said on the phone about a record chance picked."""
    record = _record(request, record_id)
    check = get_object_or_404(RecordCheck, record=record)
    check.record = record
    return step_page(request, ANSWER, check, _where(record), check_id=check.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def record_export(request: PortalRequest) -> HttpResponseBase:
    """Confirmed records as a file, for a purpose."""
    require(policies.can_export(request.actor))
    is_sent = request.method == "POST"
    form = ExportForm(request.POST if is_sent else None, may_names=policies.can_export_names(request.actor))
    if is_sent and form.is_valid():
        kind, name = form.cleaned_data["kind"], f"service-{timezone.localdate():%Y%m%d}"
        try:
            lines = export_records(actor=request.actor, excerpt=form.excerpt(), kind=kind)
        except RuleError as error:
            refuse(form, error)
        else:
            rows = headings()
            return csv_response(rows, lines, name) if kind == "csv" else xlsx_response(rows, lines, name, WIDTHS)
    return render(request, "volunteers/record_export.html", {"form": form}, status=422 if is_sent else 200)
