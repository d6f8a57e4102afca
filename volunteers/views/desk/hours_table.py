"""Hours from a table: choose it, look at every row, take the right ones in. Somebody else confirms them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from neighborhoods.middleware import PortalRequest
from neighborhoods.services.district_file.columns import in_language
from neighborhoods.services.district_file.reading import MAX_BYTES
from volunteers.forms.tables import TableForm
from volunteers.policies.teams import can_organise_somewhere
from volunteers.services.records.tables import COLUMNS, look_through, read_table, take_in, template_csv

KEPT = "hours_table"


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hours_table(request: PortalRequest) -> HttpResponse:
    """A file is looked through; its rows wait in the session until they are confirmed or another file is chosen."""
    require(can_organise_somewhere(request.actor))
    form = TableForm(request.POST, request.FILES) if request.method == "POST" else TableForm()
    if form.is_bound and form.is_valid():
        try:
            rows = read_table(form.cleaned_data["file"].read(MAX_BYTES + 1))
        except RuleError as refused:
            form.add_error("file", str(refused))
        else:
            request.session[KEPT] = rows
            return redirect("volunteers:hours-preview")
    context = {"form": form, "columns": [in_language(words) for words in COLUMNS.values()]}
    return render(request, "volunteers/hours_table.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hours_preview(request: PortalRequest) -> HttpResponse:
    """Row by row what would happen; POST takes the right ones in."""
    require(can_organise_somewhere(request.actor))
    rows: Any = request.session.get(KEPT)
    if not rows:
        return redirect("volunteers:hours-table")
    if request.method == "POST":
        count = take_in(actor=request.actor, rows=rows)
        del request.session[KEPT]
        said = ngettext(
            "%(n)d record proposed. Somebody else confirms it.",
            "%(n)d records proposed. Somebody else confirms them.",
            count,
        )
        messages.success(request, said % {"n": count})
        return redirect("volunteers:record-list")
    found = sorted(look_through(actor=request.actor, rows=rows), key=lambda row: (not row.wrong, row.line))
    wrong = sum(bool(row.wrong) for row in found)
    context = {"rows": found, "wrong": wrong, "right": len(found) - wrong}
    return render(request, "volunteers/hours_preview.html", context)


@require_safe
@login_required
def hours_template(request: PortalRequest) -> HttpResponse:
    """An empty table to fill in."""
    require(can_organise_somewhere(request.actor))
    headers = {"Content-Disposition": 'attachment; filename="mulin-hours.csv"'}
    return HttpResponse(template_csv(), content_type="text/csv; charset=utf-8", headers=headers)
