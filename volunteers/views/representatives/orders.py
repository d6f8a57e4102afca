"""Orders of households at the desk: the list, one order, its steps."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from core.forms import PortalForm
from neighborhoods.actors import Actor
from neighborhoods.middleware import PortalRequest
from neighborhoods.selectors.finding import place_label
from volunteers.forms import representatives as forms
from volunteers.lifecycle.orders import ORDER_FITS, OrderChannel
from volunteers.models import HelpOrder
from volunteers.policies import orders as policies
from volunteers.selectors.households import doors_visible_to
from volunteers.selectors.order_history import order_lines
from volunteers.selectors.orders import open_orders, orders_visible_to
from volunteers.services.representatives import orders as services
from volunteers.views.representatives.desk import refuse

PAGE = 25


@dataclass(frozen=True)
class OrderStep:
    """A verb. `ORDER_FITS` says when it fits, `allowed` who may take it then; the service asks again."""

    verb: str
    label: Promise
    icon: str
    allowed: Callable[[Actor, HelpOrder], bool]
    form: type[Form]
    run: Callable[..., HelpOrder]

    def is_open_to(self, actor: Actor, order: HelpOrder) -> bool:
        """Fits, and this person may."""
        return order.state in ORDER_FITS[self.verb] and self.allowed(actor, order)

    @property
    def url_name(self) -> str:
        """Where the step's own page is."""
        return f"volunteers:order-{self.verb}"


STEPS: dict[str, OrderStep] = {
    step.verb: step
    for step in (
        OrderStep("take", gettext_lazy("Take it"), "hand", policies.can_take, PortalForm, services.take),
        OrderStep(
            "finish", gettext_lazy("Say it is done"), "done", policies.can_finish, forms.FinishForm, services.finish
        ),
        OrderStep(
            "confirm",
            gettext_lazy("What the household says"),
            "phone",
            policies.can_confirm_for,
            forms.ConfirmForm,
            services.confirm_for,
        ),
        OrderStep(
            "pass-up", gettext_lazy("Pass it up"), "go", policies.can_pass_up, forms.PassUpForm, services.pass_up
        ),
        OrderStep(
            "withdraw",
            gettext_lazy("No longer needed"),
            "x",
            policies.can_withdraw_for,
            PortalForm,
            services.withdraw_for,
        ),
    )
}


@require_safe
@login_required
def order_list(request: PortalRequest) -> HttpResponse:
    """What still waits for somebody, by its hour."""
    require(policies.can_see_orders(request.actor))
    page = Paginator(open_orders(request.actor), PAGE).get_page(request.GET.get("page"))
    return render(request, "volunteers/order_list.html", {"page": page})


def _order_for(request: PortalRequest, number: str) -> HelpOrder:
    order: HelpOrder = get_object_or_404(orders_visible_to(request.actor), number=number)
    return order


@require_safe
@login_required
def order_detail(request: PortalRequest, number: str) -> HttpResponse:
    """What is needed, who has it, what happened; passed up, how the case stands."""
    order = _order_for(request, number)
    context = {
        "order": order,
        "place": place_label(order.area),
        "steps": [step for step in STEPS.values() if step.is_open_to(request.actor, order)],
        "lines": order_lines(order)[::-1],
        "case": services.cases_of([order]).get(order.issue_number),
    }
    return render(request, "volunteers/order_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def order_step(request: PortalRequest, number: str, verb: str) -> HttpResponse:
    """A form page for one step; the POST runs its service."""
    order, step = _order_for(request, number), STEPS[verb]
    if order.state not in ORDER_FITS[verb]:
        state = {"state": order.get_state_display()}
        messages.info(request, _("This step does not fit any more: it is “%(state)s”.") % state)
        return redirect("volunteers:order-detail", order.number)
    require(step.allowed(request.actor, order))
    more: dict[str, Any] = {"kinds": services.case_kinds()} if verb == "pass-up" else {}
    form = step.form(request.POST if request.method == "POST" else None, **more)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        if verb == "confirm":
            data["is_done"] = data["is_done"] == "yes"
        try:
            step.run(order_id=order.pk, actor=request.actor, **data)
        except RuleError as error:
            refuse(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("volunteers:order-detail", order.number)
    context = {"order": order, "step": step, "form": form}
    return render(request, "volunteers/order_step.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def order_new(request: PortalRequest, household_id: int) -> HttpResponse:
    """Typed for a household that called."""
    doors = doors_visible_to(request.actor).select_related("area__compound")
    household = get_object_or_404(doors, pk=household_id)
    require(policies.can_place_for(request.actor, household))
    form = forms.OrderForm(request.POST if request.method == "POST" else None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            order = services.place_order(
                actor=request.actor, household_id=household.pk, channel=OrderChannel.PHONE, **form.cleaned_data
            )
        except RuleError as error:
            refuse(form, error)
        else:
            return redirect("volunteers:order-detail", order.number)
    context = {"form": form, "household": household, "place": place_label(household.area)}
    return render(request, "volunteers/order_new.html", context, status=422 if form.is_bound else 200)
