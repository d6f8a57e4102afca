"""Loading a district from a table: upload, look at it, confirm."""

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from neighborhoods import policies
from neighborhoods.forms.setup import UploadForm
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import DistrictImport
from neighborhoods.selectors.setup import is_empty_district
from neighborhoods.services.district_file.columns import KIND_WORDS, Kind, in_language
from neighborhoods.services.district_file.loading import keep_upload, load_district, plan_of
from neighborhoods.services.district_file.plan import Plan
from neighborhoods.services.district_file.reading import MAX_BYTES
from neighborhoods.services.district_file.template import template_csv, template_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200
TO_FILES = "notifications.channels.sms.FileSms"  # what text messages go to until a provider is set up


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def district_import(request: PortalRequest) -> HttpResponse:
    """Choose a file; it is kept for the preview."""
    require(policies.can_load_district(request.actor))
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            kept = keep_upload(actor=request.actor, filename=upload.name, content=upload.read(MAX_BYTES + 1))
        except RuleError as refused:
            form.add_error("file", str(refused))
        else:
            return HttpResponseRedirect(reverse("neighborhoods:import-preview", args=[kept.uid]), status=303)
    context = {"form": form, "is_first": is_empty_district()}
    return render(request, "neighborhoods/import_form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def import_preview(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What the file would load, or what is wrong with it; POST loads it."""
    upload = _upload(request, uid)
    done = HttpResponseRedirect(reverse("neighborhoods:import-done", args=[uid]), status=303)
    if upload.loaded_at:
        return done
    refused = ""
    if request.method == "POST":
        try:
            load_district(import_id=upload.pk, actor=request.actor)
        except RuleError as error:
            refused = str(error)
        else:
            return done
    plan = plan_of(upload)
    context = {
        "upload": upload,
        "plan": plan,
        "counts": _counts(plan),
        "shown": plan.complaints[:SHOWN],
        "hidden": max(len(plan.complaints) - SHOWN, 0),
        "refused": refused,
    }
    return render(request, "neighborhoods/import_preview.html", context, status=422 if refused else 200)


@require_safe
@login_required
@never_cache
def import_done(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What was loaded, and what comes next."""
    upload = _upload(request, uid)
    if not upload.loaded_at:
        raise Http404
    counts = [(in_language(KIND_WORDS[kind]), upload.counts[kind]) for kind in Kind if kind in upload.counts]
    context = {"upload": upload, "counts": counts, "codes_are_files": settings.SMS_BACKENDS == [TO_FILES]}
    return render(request, "neighborhoods/import_done.html", context)


@require_safe
@login_required
def import_template(request: PortalRequest, form: str) -> HttpResponse | FileResponse:
    """The table to start from, as Excel or CSV."""
    require(policies.can_load_district(request.actor))
    content, kind = (template_xlsx(), XLSX) if form == "xlsx" else (template_csv(), "text/csv; charset=utf-8")
    headers = {"Content-Disposition": f'attachment; filename="mulin-district.{form}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def _upload(request: PortalRequest, uid: uuid.UUID) -> DistrictImport:
    require(policies.can_load_district(request.actor))
    return get_object_or_404(DistrictImport, uid=uid)


def _counts(plan: Plan) -> list[tuple[str, int, int]]:
    """Kind, new, there already – in the order of the tree."""
    kinds = [kind for kind in Kind if plan.new[kind] or plan.known[kind]]
    return [(in_language(KIND_WORDS[kind]), plan.new[kind], plan.known[kind]) for kind in kinds]
