"""Orders of the street and the district: those that stand, and how the year's were answered."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.errors import require
from governance import policies
from governance.selectors.joint import listed_orders, order_numbers, orders_visible_to
from neighborhoods.middleware import PortalRequest


@require_safe
@login_required
def order_list(request: PortalRequest) -> HttpResponse:
    """Numbers of the year on top, then every order, the open ones first."""
    require(policies.can_read_orders(request.actor))
    at = timezone.now()
    since = timezone.localtime(at).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    orders = orders_visible_to(request.actor)
    context = {"numbers": order_numbers(orders, since, at), "orders": listed_orders(orders), "at": at, "since": since}
    return render(request, "governance/order_list.html", context)
