"""My points on the phone: what I have, what I can take for them, what expires, what I give away."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Resident
from neighborhoods.selectors.residents import resident_of
from volunteers.forms.points import GiftForm
from volunteers.models import Account, Redemption, Reward
from volunteers.policies.points import can_redeem
from volunteers.selectors import points as selectors
from volunteers.services.points import gifts, rewards
from volunteers.services.points.booking import account_of
from volunteers.views.steps import Step, Where, pressed, step_page

LINES = 20
GIVE = Step(
    "give", gettext_lazy("Give points away"), "hand", can_redeem, gifts.ask_gift,
    gettext_lazy("Asked. The community looks at it; the points move when it agrees."), form=GiftForm,
    hint=gettext_lazy("To your wife, husband or parent, or to the care pool. Points cannot be sold."),
)  # fmt: skip


def _resident(request: PortalRequest) -> Resident | None:
    return resident_of(request.user) if isinstance(request.user, User) else None


def _mine(request: PortalRequest) -> tuple[Resident, Account]:
    resident = _resident(request)
    if resident is None:
        raise Http404
    account = account_of(resident)
    account.resident = resident
    return resident, account


@require_safe
@never_cache
@login_required
def points(request: PortalRequest) -> HttpResponse:
    """Balance, what expires soon, rewards, what is reserved, and every line that moved."""
    resident = _resident(request)
    if resident is None:
        return redirect("volunteers:landing")
    account, today = account_of(resident), timezone.localdate()
    rule = selectors.rule_on(today)
    lines = Paginator(selectors.statement_of(account), LINES).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "account": account,
        "rule": rule,
        "expiring": selectors.expiring_of(account, today, rule.first_notice_days),
        "rewards": [(one, uuid.uuid4()) for one in selectors.rewards_for(resident)],
        "redemptions": selectors.redemptions_of(account)[:LINES],
        "gifts": selectors.gifts_of(account)[:LINES],
        "lines": lines,
    }
    return render(request, "volunteers/points/mine.html", context)


@require_POST
@login_required
def take(request: PortalRequest, reward_id: int) -> HttpResponse:
    """One press: the points leave and the thing is kept. The same press twice is one."""
    _resident, account = _mine(request)
    get_object_or_404(Reward, pk=reward_id)
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        messages.warning(request, _("Please try again from this page."))
        return redirect("volunteers:points")
    price = request.POST.get("price", "")
    pressed(
        request,
        lambda: rewards.reserve(
            actor=request.actor,
            account_id=account.pk,
            reward_id=reward_id,
            submission_key=key,
            price_read=int(price) if price.isdecimal() and len(price) < 10 else None,
        ),
        _("Kept for you. Please fetch it at the community."),
    )
    return redirect("volunteers:points")


@require_POST
@login_required
def give_back(request: PortalRequest, redemption_id: int) -> HttpResponse:
    """Not wanted any more: points and thing go back."""
    _resident, account = _mine(request)
    get_object_or_404(Redemption, pk=redemption_id, account=account)
    pressed(
        request,
        lambda: rewards.cancel(redemption_id=redemption_id, actor=request.actor),
        _("Cancelled. Your points are back."),
    )
    return redirect("volunteers:points")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: PortalRequest) -> HttpResponse:
    """Ask for a gift."""
    _resident, account = _mine(request)
    where = Where(reverse("volunteers:points"), _("My points"), template="volunteers/my_step.html")
    return step_page(request, GIVE, account, where, account_id=account.pk)
