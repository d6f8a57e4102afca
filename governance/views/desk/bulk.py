"""One step for several issues, with one reason; each issue answers for itself."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.htmx import go
from governance import policies
from governance.forms.desk import BulkForm, BulkGoalForm, BulkUrgencyForm, StepForm
from governance.forms.hard import BulkMergeForm
from governance.models import Issue
from governance.models.issues import first_clause
from governance.selectors.desk_list import areas_of
from governance.selectors.detail import Goals, all_units
from governance.selectors.issues import issues_visible_to
from governance.selectors.places import place_names
from governance.selectors.rows import with_desk_relations
from governance.services.bulk import (
    BULK_LIMIT,
    RowResult,
    change_urgency_of_many,
    dispatch_many,
    merge_many,
    nudge_many,
)
from governance.views.desk.detail import refuse
from neighborhoods.middleware import PortalRequest

RESULT = "bulk_result"  # session key: the answer to the last one, shown once


@dataclass(frozen=True)
class BulkKind:
    """A step that can be taken for several issues."""

    verb: str
    label: Promise
    title: Promise
    icon: str
    form: type[StepForm]
    run: Callable[..., list[RowResult]]


KINDS = {
    kind.verb: kind
    for kind in (
        BulkKind("dispatch", _("Dispatch"), _("Dispatch these cases"), "go", BulkGoalForm, dispatch_many),
        BulkKind("nudge", _("Remind the holder"), _("Remind whoever holds these cases"), "bell", BulkForm, nudge_many),
        BulkKind(
            "urgency", _("Change the urgency"), _("How urgent are these cases?"), "flag", BulkUrgencyForm,
            change_urgency_of_many,
        ),
        BulkKind("merge", _("Join"), _("Join these cases into one"), "merge", BulkMergeForm, merge_many),
    )
}  # fmt: skip


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def issue_bulk(request: PortalRequest, verb: str) -> HttpResponse:
    """A page with the chosen cases and one reason; then each case goes through its own service."""
    require(policies.can_act_on_many(request.actor))
    kind = KINDS[verb]
    sent = request.POST if request.method == "POST" else request.GET
    numbers = list(dict.fromkeys(number[:20] for number in sent.getlist("pick")))[: BULK_LIMIT + 1]
    picked = _picked(request, numbers)
    form = kind.form(request.POST if request.method == "POST" else None, goals=_goals(request, kind))
    if isinstance(form, BulkMergeForm):
        form.offer(picked)
    if request.method != "POST":
        return _page(request, kind, picked, form)
    if not form.is_valid():
        return _page(request, kind, picked, form, status=422)
    try:
        results = kind.run(numbers=numbers, actor=request.actor, **form.arguments())
    except RuleError as error:
        refuse(form, error)
        return _page(request, kind, picked, form, status=422)
    request.session[RESULT] = {"verb": verb, "rows": [asdict(result) for result in results]}
    return go(request, reverse("governance:issue-bulk-result"))


def _goals(request: PortalRequest, kind: BulkKind) -> Goals | None:
    if kind.form is not BulkGoalForm:
        return None
    return Goals(areas=areas_of(request.actor), suggested=[], units=all_units())


def _picked(request: PortalRequest, numbers: list[str]) -> list[Issue]:
    """Those of the chosen ones that may be seen."""
    seen = issues_visible_to(request.actor).filter(number__in=numbers)
    return list(with_desk_relations(seen).order_by("due_at", "pk"))


def _page(
    request: PortalRequest, kind: BulkKind, picked: list[Issue], form: StepForm, *, status: int = 200
) -> HttpResponse:
    names = place_names(picked)
    context: dict[str, Any] = {
        "kind": kind,
        "form": form,
        "lines": [(issue, names[issue.pk]) for issue in picked],
    }
    return render(request, "governance/issue_bulk.html", context, status=status)


@require_safe
@login_required
def issue_bulk_result(request: PortalRequest) -> HttpResponse:
    """What became of each case."""
    result = request.session.get(RESULT)
    if not result:
        return redirect("governance:issue-list")
    seen = issues_visible_to(request.actor).filter(number__in=[row["number"] for row in result["rows"]])
    titles = {number: first_clause(text) for number, text in seen.values_list("number", "text")}
    rows = [{**row, "title": titles.get(row["number"], "")} for row in result["rows"]]
    context = {
        "kind": KINDS[result["verb"]],
        "rows": rows,
        "done": sum(row["done"] for row in rows),
        "refused": sum(not row["done"] for row in rows),
    }
    return render(request, "governance/issue_bulk_result.html", context)
