"""People without an account who were promised an answer: the list, the contact for a reason, what came of the call."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Resident
from neighborhoods.policies import can_keep_residents
from neighborhoods.services.residents import reveal_resident
from volunteers.forms.aid import CallForm
from volunteers.forms.base import refuse
from volunteers.forms.register import RevealForm
from volunteers.policies import aid as policies
from volunteers.selectors.aid import open_calls
from volunteers.services.calls import write_call
from volunteers.views.aid.desk import PAGE, desk_need
from volunteers.views.steps import Step, Where, step_page

CALL = Step(
    "call", gettext_lazy("Called or visited"), "phone", policies.can_call, write_call, gettext_lazy("Saved."),
    form=CallForm,
)  # fmt: skip


@require_safe
@login_required
def call_list(request: PortalRequest) -> HttpResponse:
    """Whom no message reaches, the oldest first."""
    require(policies.can_see_calls(request.actor))
    page = Paginator(open_calls(request.actor), PAGE).get_page(request.GET.get("page"))
    return render(request, "volunteers/aid/call_list.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_done(request: PortalRequest, call_id: int) -> HttpResponse:
    """Somebody called or went there."""
    call = get_object_or_404(open_calls(request.actor), pk=call_id)
    where = Where(reverse("volunteers:call-list"), _("Calls to make"))
    return step_page(request, CALL, call, where, call_id=call.pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_contact(request: PortalRequest, call_id: int) -> HttpResponse:
    """Name and phone of somebody to call."""
    call = get_object_or_404(open_calls(request.actor), pk=call_id)
    return _contact(request, call.resident, reverse("volunteers:call-list"), _("Calls to make"))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def aid_contact(request: PortalRequest, number: str) -> HttpResponse:
    """Name and phone of who needs a hand, to ask them."""
    need = desk_need(request, number)
    return _contact(request, need.resident, reverse("volunteers:aid-detail", args=[need.number]), need.number)


def _contact(request: PortalRequest, resident: Resident, back: str, name: str) -> HttpResponse:
    """In clear, once, for a reason the person can read."""
    require(can_keep_residents(request.actor, resident))
    form, shown = RevealForm(request.POST if request.method == "POST" else None), None
    if form.is_bound and form.is_valid():
        try:
            shown = reveal_resident(actor=request.actor, resident_id=resident.pk, **form.arguments())
        except RuleError as error:
            refuse(form, error)
    door = resident.household.door if shown and resident.household else ""
    context = {"form": form, "shown": shown, "door": door, "back": back, "name": name}
    status = 422 if form.is_bound and shown is None else 200
    return render(request, "volunteers/aid/contact.html", context, status=status)
