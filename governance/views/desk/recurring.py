"""What keeps coming back in one compound: give a task, or say why not now."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from governance.forms.hard import evening_of
from governance.forms.recurring import RecurrenceForm
from governance.models import Recurrence
from governance.policies.recurring import can_decide_recurrence, can_read_recurrences
from governance.selectors.recurring import listed_recurrences, recurrences_visible_to
from governance.services.recurring import give_recurrence_task, leave_recurrence
from governance.views.desk.detail import refuse
from neighborhoods.middleware import PortalRequest


@require_safe
@login_required
def recurrence_list(request: PortalRequest) -> HttpResponse:
    """Those to be decided first."""
    require(can_read_recurrences(request.actor))
    context = {
        "rows": listed_recurrences(request.actor),
        "days": settings.RECURRENCE_DAYS,
        "least": settings.RECURRENCE_CASES,
    }
    return render(request, "governance/recurrence_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def recurrence_decide(request: PortalRequest, recurrence_id: int) -> HttpResponse:
    """The cases it was counted from, and the decision."""
    found = get_object_or_404(recurrences_visible_to(request.actor), pk=recurrence_id)
    if found.decided_at:
        messages.info(request, _("This was decided already."))
        return redirect("governance:recurrence-list")
    require(can_decide_recurrence(request.actor, found))
    title = _("%(place)s: %(category)s") % {"place": found.place, "category": found.category.name}
    form = RecurrenceForm(request.POST if request.method == "POST" else None, initial={"title": title})
    if form.is_bound and form.is_valid():
        try:
            _decide(request, found, form)
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Decided."))
            return redirect("governance:recurrence-list")
    context = {"found": found, "numbers": found.numbers.split(","), "form": form}
    return render(request, "governance/recurrence_form.html", context, status=422 if form.is_bound else 200)


def _decide(request: PortalRequest, found: Recurrence, form: RecurrenceForm) -> None:
    said = form.cleaned_data
    if form.gives:
        due_at = evening_of(said["until"])
        give_recurrence_task(recurrence_id=found.pk, actor=request.actor, title=said["title"], due_at=due_at)
    else:
        leave_recurrence(recurrence_id=found.pk, actor=request.actor, reason=said["reason"])
