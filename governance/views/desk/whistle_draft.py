"""Writing a whistle: prefilled from the case it is for."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import RuleError, require
from core.masking import mask_text
from governance.actors import DISPATCHERS
from governance.forms.whistles import DraftForm, initial_of
from governance.lifecycle import Urgency
from governance.lifecycle.duties import WhistleKind
from governance.lifecycle.whistles import Rank
from governance.models import Issue
from governance.policies import whistles as policies
from governance.selectors.detail import all_units, goals_of
from governance.selectors.issues import issues_visible_to
from governance.selectors.places import place_of
from governance.selectors.whistles import calls_for, similar_whistles
from governance.services.whistles.drafting import common_area, draft_whistle, edit_whistle
from governance.views.desk.detail import refuse
from governance.views.desk.whistles import FORM_METHODS, whistle_for
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area


@login_required
@require_http_methods(FORM_METHODS)
def whistle_new(request: PortalRequest) -> HttpResponse:
    """From a case (`?issue=`), from several, or from a topic of one's own area."""
    require(bool(request.actor.grants_of(DISPATCHERS)))
    start = _start(request)
    form = DraftForm(request.POST or None, units=all_units(), initial=_initial(start))
    if request.method == "POST" and form.is_valid():
        try:
            issues = _issues(request, form.numbers())
            area = common_area(issues) if issues else _own_area(request)
            whistle = draft_whistle(actor=request.actor, area=area, draft=form.draft(tuple(i.pk for i in issues)))
        except RuleError as error:
            refuse(form, error)
        else:
            return _written(request, whistle.number)
    similar = similar_whistles(request.actor, [start.category_id] if start else [])
    return _page(request, form, similar=similar)


@login_required
@require_http_methods(FORM_METHODS)
def whistle_edit(request: PortalRequest, number: str) -> HttpResponse:
    """The draft, written anew."""
    whistle = whistle_for(request, number)
    if not whistle.fits("edit"):
        return redirect("governance:whistle-detail", number)
    require(policies.can_edit_whistle(request.actor, whistle))
    linked = list(whistle.links.select_related("issue").order_by("pk"))
    initial = initial_of(whistle, calls_for(whistle), [link.issue.number for link in linked])
    form = DraftForm(request.POST or None, units=all_units(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            issues = _issues(request, form.numbers())
            edit_whistle(whistle_id=whistle.pk, actor=request.actor, draft=form.draft(tuple(i.pk for i in issues)))
        except RuleError as error:
            refuse(form, error)
        else:
            return _written(request, number)
    similar = similar_whistles(request.actor, [link.issue.category_id for link in linked])
    return _page(request, form, similar=similar, whistle=whistle)


def _written(request: PortalRequest, number: str) -> HttpResponse:
    messages.success(request, _("%(number)s is written. The street's principal reviews it next.") % {"number": number})
    response = redirect("governance:whistle-detail", number)
    response.status_code = 303
    return response


def _page(request: PortalRequest, form: DraftForm, **more: Any) -> HttpResponse:
    return render(request, "governance/whistle_form.html", {"form": form, **more}, status=422 if form.is_bound else 200)


def _start(request: PortalRequest) -> Issue | None:
    """The case the page was opened from."""
    number = (request.POST or request.GET).get("issue", "")[:20]
    if not number:
        return None
    seen = issues_visible_to(request.actor).select_related("category", "area__compound")
    return get_object_or_404(seen, number=number)


def _issues(request: PortalRequest, numbers: list[str]) -> list[Issue]:
    """The cases that were named, in that order; one that is not found is said, not skipped."""
    found = {i.number: i for i in issues_visible_to(request.actor).filter(number__in=numbers).select_related("area")}
    missing = [number for number in numbers if number not in found]
    if missing:
        raise RuleError(_("No such case: %(numbers)s.") % {"numbers": "、".join(missing)}, field="issues")
    return [found[number] for number in numbers]


def _own_area(request: PortalRequest) -> Area:
    """A topic belongs to the area of whoever writes it: the smallest they answer for."""
    grants = sorted(request.actor.grants_of(DISPATCHERS), key=lambda grant: -grant.level)
    return Area.objects.get(pk=grants[0].area_id)


def _initial(issue: Issue | None) -> dict[str, Any]:
    """What the case already says: place and problem without names, who usually leads, which duty that is."""
    if issue is None:
        return {"kind": WhistleKind.KEY_PROBLEM, "rank": Rank.BLUE}
    suggested = goals_of(issue, issue.category).suggested
    usual = issue.category.usual_lead
    basis = _("“%(category)s” is usually led by: %(lead)s.") % {"category": issue.category.name, "lead": usual}
    return {
        "title": mask_text(issue.summary)[:80],
        "kind": WhistleKind.EMERGENCY if issue.urgency == Urgency.CRITICAL else WhistleKind.ENFORCEMENT,
        "rank": Rank.BLUE,
        "problem": mask_text(issue.text),
        "basis": basis if usual else "",
        "lead": suggested[0].pk if suggested else "",
        **{f"helper_{place}": unit.pk for place, unit in enumerate(suggested[1:3], 1)},
        "meeting_place": f"{place_of(issue)} {issue.place_note}".strip()[:120],
        "issues": issue.number,
    }
