"""One step for several issues, with one reason; each issue answers for itself."""

from collections import Counter
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
from governance.forms.bulk import BulkForm, BulkGoalForm, BulkMergeForm, BulkUrgencyForm
from governance.forms.desk import StepForm
from governance.lifecycle import Urgency
from governance.models import Issue
from governance.models.issues import first_clause
from governance.selectors.desk_list import areas_of
from governance.selectors.detail import Goals, all_units, units_near, usual_leads
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
from governance.services.routing import ruled_holder
from governance.views.desk.detail import refuse
from neighborhoods.actors import STAMP_COLUMN
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import PartnerUnit
from neighborhoods.services.stamps import Stamp

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
    form = _form(request, kind, picked)
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


def _picked(request: PortalRequest, numbers: list[str]) -> list[Issue]:
    seen = issues_visible_to(request.actor).filter(number__in=numbers)
    return list(with_desk_relations(seen).order_by("due_at", "pk"))


def _form(request: PortalRequest, kind: BulkKind, picked: list[Issue]) -> StepForm:
    sent = request.POST if request.method == "POST" else None
    if kind.form is BulkMergeForm:
        return BulkMergeForm(sent, picked=picked)
    if kind.form is not BulkGoalForm:
        return kind.form(sent)
    goals = Goals(areas=areas_of(request.actor), suggested=[], units=all_units())
    going = [issue for issue in picked if issue.urgency != Urgency.CRITICAL]
    return BulkGoalForm(sent, goals=goals, usual=_usual(going, goals.units), of=len(going))


def _usual(issues: list[Issue], units: list[PartnerUnit]) -> Counter[str]:
    """Of how many of the cases a goal is the usual lead: whom a rule names, else the one unit its category names."""
    found: Counter[str] = Counter()
    for issue in issues:
        stamp = Stamp(**{column: getattr(issue, column) for column in STAMP_COLUMN.values()})
        ruled = ruled_holder(issue.category, stamp)
        leads = usual_leads(issue.category, units_near(issue, units))
        if ruled:
            found[f"unit:{ruled.unit.pk}" if ruled.unit else f"area:{ruled.area_id}"] += 1
        elif len(leads) == 1:
            found[f"unit:{leads[0].pk}"] += 1
    return found


def _page(
    request: PortalRequest, kind: BulkKind, picked: list[Issue], form: StepForm, *, status: int = 200
) -> HttpResponse:
    names = place_names(picked)
    lines = [(issue, names[issue.pk]) for issue in picked]
    apart = {issue.pk for issue in picked if issue.urgency == Urgency.CRITICAL and kind.verb == "dispatch"}
    context: dict[str, Any] = {
        "kind": kind,
        "form": form,
        "lines": [line for line in lines if line[0].pk not in apart],
        "apart": [line for line in lines if line[0].pk in apart],
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
