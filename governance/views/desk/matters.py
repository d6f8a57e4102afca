"""Matters on the desk: the lists, one matter in its seven steps, and a form page for every step."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotAllowedError, RuleError, require
from core.htmx import sent_before
from governance.actors import DISPATCHERS
from governance.forms import matters as forms
from governance.lifecycle.matters import MatterSource
from governance.models import Issue, Matter
from governance.policies import matters as policies
from governance.selectors.detail import all_units
from governance.selectors.issues import issues_visible_to
from governance.selectors.matter_history import lines_of, matter_lines, track_of
from governance.selectors.matters import (
    HANDS,
    MATTER_TABS,
    NEIGHBOURS,
    MatterFilters,
    first_tab,
    listed_matters,
    matters_visible_to,
    posts_near,
)
from governance.selectors.places import place_of
from governance.selectors.reference import category_by_code, category_choices
from governance.services.matters.around import unlink_matter
from governance.views.desk.detail import refuse
from governance.views.desk.matter_steps import STEPS, MatterStep
from neighborhoods.actors import Level
from neighborhoods.middleware import PortalRequest

PAGE = 25


@require_safe
@login_required
def matter_list(request: PortalRequest) -> HttpResponse:
    """By their clock: what I have to do, what waits to be filed or looked at, everything open, overdue, over."""
    require(policies.can_read_matters(request.actor))
    at, asked = timezone.now(), request.GET
    tab = MATTER_TABS.get(asked.get("tab", "")) or MATTER_TABS[first_tab(request.actor)]
    filters = _filters(asked)
    page = Paginator(listed_matters(request.actor, tab, filters, at), PAGE).get_page(asked.get("page"))
    context = {
        "tabs": MATTER_TABS.values(),
        "tab": tab,
        "page": page,
        "filters": filters,
        "is_filtered": filters != MatterFilters(),
        "categories": category_choices(request.LANGUAGE_CODE),
        "sources": MatterSource.choices,
        "can_collect": policies.can_collect(request.actor),
    }
    return render(request, "governance/matter_list.html", context)


def _filters(asked: QueryDict) -> MatterFilters:
    category, source = asked.get("category", ""), asked.get("source", "")
    return MatterFilters(
        category=category if category_by_code(category) else "",
        source=source if source in MatterSource.values else "",
        words=asked.get("words", "").replace("\x00", "").strip()[:60],
        is_helped=asked.get("helped") == "1",
    )


def _matter_for(request: PortalRequest, number: str) -> Matter:
    """The matter with this number, if the actor may see it at all: everything else is 404."""
    related = ("holder_area", "holder_unit", "owner_post__user", "owner_post__title", "area__compound", "category")
    return get_object_or_404(matters_visible_to(request.actor).select_related(*related), number=number)


@require_safe
@login_required
def matter_detail(request: PortalRequest, number: str) -> HttpResponse:
    """The seven steps on top, what happened in the middle, the next step always in the same corner."""
    return _detail(request, _matter_for(request, number))


def _detail(request: PortalRequest, matter: Matter, *, refused: str = "", status: int = 200) -> HttpResponse:
    actor, lines = request.actor, lines_of(matter)
    seen = issues_visible_to(actor).filter(pk=OuterRef("issue_id"))  # a matter reaches further than its requests
    steps = [step for step in STEPS.values() if step.is_open_to(actor, matter)]
    context = {
        "matter": matter,
        "place": place_of(matter),
        "track": track_of(matter, lines),
        "lines": matter_lines(lines),
        "steps": steps,
        "main": next((step.verb for step in steps if step.is_main), ""),
        "helpers": list(matter.helpers.order_by("pk")),
        "links": list(matter.links.select_related("issue").annotate(is_seen=Exists(seen)).order_by("pk")),
        "can_link": policies.can_link_matter(actor, matter),
        "clocks": matter.clocks.order_by("pk"),
        "refused": refused,
    }
    return render(request, "governance/matter_detail.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def matter_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """A form page for one step; the POST runs its service."""
    matter, step = _matter_for(request, number), STEPS[verb]
    if not step.is_open_to(request.actor, matter):
        return _too_late(request, matter, step)
    form = _form(request, matter, step)
    if request.method == "POST" and form.is_valid():
        if sent_before(request):
            return redirect("governance:matter-detail", number)
        try:
            step.run(matter_id=matter.pk, actor=request.actor, **_arguments(request, form))
        except RuleError as error:
            refuse(form, error)
        except NotAllowedError:
            return _too_late(request, _matter_for(request, number), step)
        else:
            return _after(request, number, str(step.done))
    context = {"matter": matter, "step": step, "form": form, "place": place_of(matter)}
    return render(request, "governance/matter_step.html", context, status=422 if form.is_bound else 200)


def _form(request: PortalRequest, matter: Matter, step: MatterStep) -> forms.MatterStepForm:
    sent: dict[str, Any] = {"data": request.POST} if request.method == "POST" else {}
    if not issubclass(step.form, forms.DispatchForm | forms.HelpForm):
        return step.form(**sent, matter=matter)
    if issubclass(step.form, forms.HelpForm):
        return step.form(**sent, matter=matter, posts=posts_near(matter, NEIGHBOURS))
    is_above = request.actor.holds(DISPATCHERS, matter)
    posts = posts_near(matter, HANDS, Level.STREET if is_above else Level.GRID)
    return step.form(**sent, matter=matter, posts=posts, units=all_units() if is_above else [])


def _arguments(request: PortalRequest, form: forms.MatterStepForm) -> dict[str, Any]:
    """What the form says; numbers of requests are those the actor may see."""
    if not isinstance(form, forms.LinkForm):
        return form.arguments()
    numbers = form.numbers()
    found = list(issues_visible_to(request.actor).filter(number__in=numbers))
    missing = set(numbers) - {issue.number for issue in found}
    if missing:
        raise RuleError(_("There is no case %(number)s in your area.") % {"number": min(missing)}, field="issues")
    if any(not policies.can_link_issue(request.actor, issue) for issue in found):
        raise RuleError(_("Choose cases of your own area."), field="issues")
    return {"issue_ids": tuple(issue.pk for issue in found)}


def _too_late(request: PortalRequest, matter: Matter, step: MatterStep) -> HttpResponse:
    """Not allowed at all, or the step does not fit any more: then say what the matter is by now."""
    require(not step.fits(matter))
    message = _("%(number)s is now “%(state)s”, so this step does not fit any more.") % {
        "number": matter.number,
        "state": matter.state_label,
    }
    if request.method != "POST":
        messages.info(request, message)
        return redirect("governance:matter-detail", matter.number)
    return _detail(request, matter, refused=message, status=422)


@require_POST
@login_required
def matter_unlink(request: PortalRequest, number: str, issue_number: str) -> HttpResponse:
    """It does not belong to this request after all."""
    matter = _matter_for(request, number)
    require(policies.can_link_matter(request.actor, matter))
    issue = get_object_or_404(Issue.objects.filter(matter_links__matter=matter), number=issue_number)
    unlink_matter(matter_id=matter.pk, actor=request.actor, issue_id=issue.pk)
    return _after(request, number, _("No longer linked."))


def _after(request: PortalRequest, number: str, done: str) -> HttpResponse:
    messages.success(request, _("%(number)s: %(done)s") % {"number": number, "done": done})
    response = redirect("governance:matter-detail", number)
    response.status_code = 303
    return response
