"""The private page of a household: who looks after it, yes or no, and what it asks for. No account."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.errors import RuleError
from core.limits import too_many
from neighborhoods.actors import NOBODY
from neighborhoods.middleware import PortalRequest
from neighborhoods.selectors.finding import place_label
from volunteers.forms.representatives import OrderForm
from volunteers.lifecycle.orders import ORDER_FITS, OrderChannel
from volunteers.models import HouseholdCard
from volunteers.policies import links as policies
from volunteers.selectors.households import live_link_of
from volunteers.selectors.orders import orders_of_card
from volunteers.services.representatives import orders as services
from volunteers.services.representatives.cards import card_by_token
from volunteers.services.representatives.links import answer_by_card
from volunteers.views.representatives.desk import refuse

ORDERS_PER_HOUR = 10


def _card(token: str) -> HouseholdCard:
    card = card_by_token(token)
    if card is None:
        raise Http404
    return card


def _require_household(request: PortalRequest, card: HouseholdCard) -> None:
    """Whoever printed the card, or takes its orders, does not speak for the household."""
    link = live_link_of(card.household)
    if request.user.is_authenticated and policies.can_keep_card(request.actor, card.household, link):
        raise RuleError(
            _("You are signed in and look after this door. Only the household can say this; sign out if that is you.")
        )


@require_safe
@never_cache
def household_page(request: PortalRequest, token: str) -> HttpResponse:
    """Who my representative is and how to reach them, as they allow it; an old card says that there is a newer one."""
    card = card_by_token(token)
    if card is None:
        return render(request, "volunteers/household_gone.html", status=404)
    return _page(request, token, card, OrderForm(initial={"key": uuid.uuid4()}))


def _page(request: PortalRequest, token: str, card: HouseholdCard, form: OrderForm) -> HttpResponse:
    link = live_link_of(card.household)
    orders = list(orders_of_card(card)[:10])
    cases = services.cases_of(orders)
    context = {
        "token": token,
        "card": card,
        "place": place_label(card.household.area),
        "link": link,
        "form": form,
        "orders": [(order, cases.get(order.issue_number)) for order in orders],
        "may_confirm": ORDER_FITS["confirm"],
        "may_withdraw": ORDER_FITS["withdraw"],
    }
    return render(request, "volunteers/household_page.html", context, status=422 if form.is_bound else 200)


@require_POST
def household_answer(request: PortalRequest, token: str) -> HttpResponse:
    """Yes or no to being looked after; a no may be taken back, a yes too. Anything else is no answer."""
    card, answer = _card(token), request.POST.get("answer", "")
    if answer not in {"yes", "no"}:
        messages.error(request, _("Choose one of the answers."))
        return redirect("volunteers:household-page", token)
    try:
        _require_household(request, card)
        answer_by_card(household_id=card.household_id, actor=NOBODY, is_yes=answer == "yes")
        messages.success(request, _("Saved."))
    except RuleError as error:
        messages.error(request, str(error))
    return redirect("volunteers:household-page", token)


@require_POST
def household_order(request: PortalRequest, token: str) -> HttpResponse:
    """Place an order (点单)."""
    card, form = _card(token), OrderForm(request.POST)
    if form.is_valid():
        if too_many("household-order", str(card.household_id), limit=ORDERS_PER_HOUR, seconds=3600):
            form.add_error(None, _("That was a lot within an hour. Please try again later, or call us."))
        else:
            try:
                services.place_order(
                    actor=NOBODY, household_id=card.household_id, channel=OrderChannel.PAGE, **form.cleaned_data
                )
                return redirect("volunteers:household-page", token)
            except RuleError as error:
                refuse(form, error)
    return _page(request, token, card, form)


@require_POST
def household_order_step(request: PortalRequest, token: str, number: str, verb: str) -> HttpResponse:
    """Done, not done yet, or no longer needed."""
    card = _card(token)
    order = get_object_or_404(orders_of_card(card), number=number.replace("\x00", ""))
    try:
        _require_household(request, card)
        if verb == "withdraw":
            services.withdraw_by_card(order_id=order.pk, household_id=card.household_id)
        else:
            services.confirm_by_card(order_id=order.pk, household_id=card.household_id, is_done=verb == "confirm")
        messages.success(request, _("Saved."))
    except RuleError as error:
        messages.error(request, str(error))
    return redirect("volunteers:household-page", token)
