"""Points at the desk: what is to be fetched, gifts to decide, what is offered, and whether the ledger adds up."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import RuleError, require
from neighborhoods.actors import Actor
from neighborhoods.middleware import PortalRequest
from neighborhoods.models import Area
from neighborhoods.services.stamps import stamp_of
from volunteers.actors import REGISTRARS
from volunteers.forms.base import refuse
from volunteers.forms.points import CounterForm, DecideForm, HandOutForm, RewardForm
from volunteers.lifecycle.points import GiftState, RedemptionState
from volunteers.models import Gift, Reward
from volunteers.policies import points as policies
from volunteers.selectors import points as selectors
from volunteers.services.points import gifts, rewards
from volunteers.services.points.booking import account_of
from volunteers.views.steps import Step, Where, open_steps, step_page, steps_by_verb

PAGE = 25
FORM_METHODS = ["GET", "HEAD", "POST"]
RESERVED = frozenset({RedemptionState.RESERVED})
STEPS = steps_by_verb(
    Step(
        "hand-out", gettext_lazy("Hand it over"), "hand", policies.can_hand_out, rewards.hand_out,
        gettext_lazy("It was handed over."), form=HandOutForm, fits=RESERVED,
        more=lambda redemption: {"on_paper": redemption.is_on_paper},
    ),
    Step(
        "cancel", pgettext_lazy("redemption", "Cancel it"), "x", policies.can_cancel_redemption, rewards.cancel,
        gettext_lazy("Cancelled. The points are back."), fits=RESERVED, stops=True,
    ),
)  # fmt: skip
DECIDE = Step(
    "decide", gettext_lazy("Decide about the gift"), "check", policies.can_decide_gift, gifts.decide_gift,
    gettext_lazy("Decided. The giver reads it."), form=DecideForm, fits=frozenset({GiftState.ASKED}),
    hint=gettext_lazy("Look whether it is the wife, husband or a parent. Points are never sold."),
)  # fmt: skip


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((reverse("volunteers:points-desk"), _("Points")),)


@require_safe
@login_required
def points_desk(request: PortalRequest) -> HttpResponse:
    """Redemptions with what is to be fetched first, gifts that wait, rewards, the last nightly count."""
    require(policies.can_see_points(request.actor))
    page = Paginator(selectors.redemptions_kept_by(request.actor), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": [(one, open_steps(STEPS, request.actor, one, "redemption", one.pk)) for one in page],
        "gifts": [
            (gift, policies.can_decide_gift(request.actor, gift))
            for gift in selectors.gifts_kept_by(request.actor)[:PAGE]
        ],
        "rewards": selectors.rewards_kept_by(request.actor).order_by("-is_offered", "name", "pk"),
        "count": selectors.newest_count(),
        "held": selectors.points_in_circulation(),
    }
    return render(request, "volunteers/points/desk.html", context)


@login_required
@require_http_methods(FORM_METHODS)
def redemption_step(request: PortalRequest, redemption_id: int, verb: str) -> HttpResponse:
    """Hand it over, or cancel it."""
    found = get_object_or_404(selectors.redemptions_kept_by(request.actor), pk=redemption_id)
    where = Where(reverse("volunteers:points-desk"), f"{found.reward.name} {found.number}", _crumbs())
    return step_page(request, STEPS[verb], found, where, redemption_id=found.pk)


@login_required
@require_http_methods(FORM_METHODS)
def gift_decide(request: PortalRequest, gift_id: int) -> HttpResponse:
    """Agree or not."""
    gift: Gift = get_object_or_404(selectors.gifts_kept_by(request.actor), pk=gift_id)
    name = _("%(points)s points, %(to)s") % {"points": f"{gift.amount.normalize():f}", "to": gift.get_to_display()}
    return step_page(request, DECIDE, gift, Where(reverse("volunteers:points-desk"), name, _crumbs()), gift_id=gift.pk)


# ---- rewards ----
@login_required
@require_http_methods(FORM_METHODS)
def reward_edit(request: PortalRequest, reward_id: int | None = None) -> HttpResponse:
    """Offer something new in one's own community, or change what is there."""
    reward: Reward | None = None
    if reward_id:
        reward = get_object_or_404(selectors.rewards_kept_by(request.actor), pk=reward_id)
    require(policies.can_see_points(request.actor))
    area = reward.area if reward else _own_area(request.actor)
    step = Step(
        "reward", gettext_lazy("Change the reward") if reward else gettext_lazy("Offer something"), "write",
        lambda actor, _thing: policies.can_keep_rewards(actor, stamp_of(area)),
        rewards.set_reward, gettext_lazy("Saved."), form=RewardForm,
        initial=lambda thing: {n: getattr(thing, n) for n in ("name", "price", "stock", "note", "is_offered")}
        if thing else {},
    )  # fmt: skip
    where = Where(reverse("volunteers:points-desk"), reward.name if reward else area.name, _crumbs())
    return step_page(request, step, reward, where, area=area, reward_id=reward_id)


def _own_area(actor: Actor) -> Area:
    nearest = min(actor.grants_of(REGISTRARS), key=lambda grant: (grant.level, grant.area_id))
    return Area.objects.get(pk=nearest.area_id)


@login_required
@require_http_methods(FORM_METHODS)
def reward_counter(request: PortalRequest, reward_id: int) -> HttpResponse:
    """For somebody at the counter or on the phone, by their number."""
    reward = get_object_or_404(selectors.rewards_kept_by(request.actor), pk=reward_id)
    form = CounterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entry = form.entry()
            found = rewards.reserve(
                actor=request.actor,
                account_id=account_of(entry.resident).pk,
                reward_id=reward.pk,
                submission_key=_key(request),
                is_on_paper=form.cleaned_data["is_on_paper"],
            )
        except RuleError as error:
            refuse(form, error)
        else:
            done = _("%(number)s is kept. Hand it over when it is fetched.") % {"number": found.number}
            messages.success(request, done)
            return redirect("volunteers:points-desk")
    context = {"form": form, "reward": reward, "key": request.POST.get("key") or uuid.uuid4()}
    return render(request, "volunteers/points/counter.html", context, status=422 if form.is_bound else 200)


def _key(request: PortalRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise RuleError(_("Please try again from this page.")) from None
