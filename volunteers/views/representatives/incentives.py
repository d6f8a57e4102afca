"""Proposed rewards at the desk: the list, and the steps of street, community and district."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.forms import PortalForm
from neighborhoods.middleware import PortalRequest
from volunteers.forms.representatives import GrantForm, ReasonForm
from volunteers.lifecycle.incentives import INCENTIVE_FITS
from volunteers.models import Incentive
from volunteers.policies.incentives import can_read_incentives, can_step
from volunteers.policies.representatives import can_read_representatives
from volunteers.selectors.incentives import incentives_visible_to, rule_on
from volunteers.services.representatives import incentives as services
from volunteers.views.representatives.desk import refuse

PAGE = 25
STEPS: dict[str, tuple[Any, str, type[PortalForm], Any]] = {
    "check": (gettext_lazy("I have looked at it"), "check", PortalForm, services.check_incentive),
    "notice": (gettext_lazy("Hang it out"), "eye", PortalForm, services.notice_incentive),
    "grant": (gettext_lazy("Grant it"), "done", GrantForm, services.grant_incentive),
    "refuse": (gettext_lazy("Do not grant it"), "x", ReasonForm, services.refuse_incentive),
}


@require_safe
@login_required
def incentive_list(request: PortalRequest) -> HttpResponse:
    """Open ones first, each with the steps one may take."""
    require(can_read_incentives(request.actor))
    page = Paginator(incentives_visible_to(request.actor), PAGE).get_page(request.GET.get("page"))
    rows = [(row, _open_steps(request, row)) for row in page]
    context = {"page": page, "rows": rows, "reads_terms": can_read_representatives(request.actor)}
    context["notice_days"] = rule_on(timezone.localdate()).notice_days
    return render(request, "volunteers/incentive_list.html", context)


def _open_steps(request: PortalRequest, row: Incentive) -> list[tuple[str, Any]]:
    """What one may do now; nothing is granted while it still hangs out."""
    may = [(verb, step[0]) for verb, step in STEPS.items() if can_step(request.actor, row, verb)]
    return [(verb, label) for verb, label in may if verb != "grant" or row.is_notice_over]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def incentive_step(request: PortalRequest, incentive_id: int, verb: str) -> HttpResponse:
    """A form page for one step; the POST runs its service."""
    row = get_object_or_404(incentives_visible_to(request.actor), pk=incentive_id)
    if row.state not in INCENTIVE_FITS[verb]:
        state = {"state": row.get_state_display()}
        messages.info(request, _("This step does not fit any more: it is “%(state)s”.") % state)
        return redirect("volunteers:incentive-list")
    require(can_step(request.actor, row, verb))
    label, icon, asked, run = STEPS[verb]
    form = asked(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            run(incentive_id=row.pk, actor=request.actor, **form.cleaned_data)
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("volunteers:incentive-list")
    context = {"row": row, "label": label, "icon": icon, "form": form}
    context["reads_terms"] = can_read_representatives(request.actor)
    return render(request, "volunteers/incentive_step.html", context, status=422 if form.is_bound else 200)
