"""A table of a hotline: choose it, look at every row, take the new ones in."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.sheets import XLSX
from governance.forms.hotline import HotlineForm
from governance.models import HotlineImport
from governance.policies.hotline import can_import_hotline
from governance.selectors.issues import issues_visible_to
from governance.services.hotline_tables import (
    COLUMNS,
    keep_table,
    load_table,
    slips_of,
    template_csv,
    template_xlsx,
)
from neighborhoods.middleware import PortalRequest
from neighborhoods.services.district_file.columns import in_language
from neighborhoods.services.district_file.reading import MAX_BYTES

SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def hotline_import(request: PortalRequest) -> HttpResponse:
    """Choose a file; its rows are kept for the preview, encrypted."""
    require(can_import_hotline(request.actor))
    form = HotlineForm(request.POST, request.FILES) if request.method == "POST" else HotlineForm()
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            kept = keep_table(actor=request.actor, filename=upload.name, content=upload.read(MAX_BYTES + 1))
        except RuleError as refused:
            form.add_error("file", str(refused))
        else:
            return HttpResponseRedirect(reverse("governance:hotline-preview", args=[kept.uid]), status=303)
    context = {"form": form, "columns": [in_language(words) for words in COLUMNS.values()]}
    return render(request, "governance/hotline_import.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def hotline_preview(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What the table would do, row by row; POST takes the new ones in. Only whoever uploaded it sees it."""
    require(can_import_hotline(request.actor))
    upload = get_object_or_404(HotlineImport, uid=uid, uploaded_by_id=request.actor.user_id)
    if request.method == "POST" and upload.loaded_at:  # pressed twice
        return redirect("governance:hotline-preview", upload.uid)
    if request.method == "POST":
        try:
            upload = load_table(import_id=upload.pk, actor=request.actor)
        except RuleError as refused:  # a place was closed while somebody looked
            messages.error(request, str(refused))
            return redirect("governance:hotline-preview", upload.uid)
        said = ngettext("%(n)d case taken in.", "%(n)d cases taken in.", upload.created) % {"n": upload.created}
        messages.success(request, said)
        return redirect("governance:hotline-preview", upload.uid)
    if upload.loaded_at:
        return render(request, "governance/hotline_loaded.html", _loaded(request, upload))
    return render(request, "governance/hotline_preview.html", _context(request, upload))


def _loaded(request: PortalRequest, upload: HotlineImport) -> dict[str, Any]:
    """The cases that were taken in, as far as they may still be seen."""
    seen = issues_visible_to(request.actor).filter(pk__in=upload.issue_ids).select_related("category")
    rows = seen.select_related("holder_area", "holder_unit").order_by("pk")
    return {"upload": upload, "rows": rows[:SHOWN], "hidden": max(len(upload.issue_ids) - SHOWN, 0)}


@require_safe
@login_required
def hotline_template(request: PortalRequest, form: str) -> HttpResponse:
    """An empty table to fill in, as Excel or CSV."""
    require(can_import_hotline(request.actor))
    content, kind = (template_xlsx(), XLSX) if form == "xlsx" else (template_csv(), "text/csv; charset=utf-8")
    headers = {"Content-Disposition": f'attachment; filename="mulin-hotline.{form}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


def _context(request: PortalRequest, upload: HotlineImport) -> dict[str, Any]:
    slips = slips_of(upload, request.actor)
    known = [slip.known.pk for slip in slips if slip.known]
    visible = set(issues_visible_to(request.actor).filter(pk__in=known).values_list("pk", flat=True))
    wrong, new = [s for s in slips if s.wrong], [s for s in slips if s.is_new]
    rows = sorted(slips, key=lambda slip: (not slip.wrong, not slip.is_new, slip.line))
    return {
        "upload": upload,
        "rows": [(slip, [(in_language(COLUMNS[c]), said) for c, said in slip.wrong]) for slip in rows[:SHOWN]],
        "hidden": max(len(slips) - SHOWN, 0),
        "visible": visible,
        "new": len(new),
        "known": len(slips) - len(new) - len(wrong),
        "wrong": len(wrong),
        "title": _("What the table would do"),
    }
