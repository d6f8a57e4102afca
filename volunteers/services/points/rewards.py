"""Rewards are offered, reserved for some hours, handed over, or go back into the stock.

Order of locks: the reward, then the account, then the redemption.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.database import get_locked
from core.errors import RuleError, require
from core.events import ActorLike
from core.numbers import next_number
from neighborhoods.actors import SYSTEM, Actor, Level
from neighborhoods.models import Area
from neighborhoods.services.stamps import stamp_for_new
from volunteers.lifecycle import points as life
from volunteers.lifecycle.points import AccountKind, EntryKind, RedemptionState
from volunteers.models import Account, Redemption, Reward
from volunteers.policies import points as policies
from volunteers.selectors.points import redeemed_in_month, rule_on
from volunteers.services.points.booking import Movement, account_for, book, lock_accounts, require_known
from volunteers.services.points.expiring import expire_of
from volunteers.services.registration import stamps_of

LETTER = "D"
BATCH = 200


@dataclass(frozen=True)
class RewardFacts:
    """What is offered."""

    name: str
    price: int
    stock: int
    note: str = ""
    is_offered: bool = True


@transaction.atomic
def set_reward(*, actor: Actor, area: Area | int, facts: RewardFacts, reward_id: int | None = None) -> Reward:
    """Offer something new in an area, or change what is there."""
    known = Reward.objects.select_for_update(of=("self",)).get(pk=reward_id) if reward_id else None
    place, stamp = stamp_for_new(known.area_id if known else area)
    require(policies.can_keep_rewards(actor, stamp))
    if not facts.name.strip():
        raise RuleError(_("Say what you offer."), field="name")
    if facts.price < 1 or facts.stock < 0:
        raise RuleError(_("Points and stock are whole numbers; it costs at least one point."), field="price")
    if known is None and place.level > Level.COMMUNITY:
        raise RuleError(_("Rewards belong to a community or a street."), field="area")
    reward = known or Reward(area_id=place.pk, **stamp.as_fields())
    reward.name, reward.note = facts.name.strip()[:60], facts.note.strip()[:200]
    reward.price, reward.stock, reward.is_offered = facts.price, facts.stock, facts.is_offered
    reward.save()
    events.record(life.REWARD_SET, actor=actor, subject=reward, price=reward.price, stock=reward.stock)
    return reward


# ---- taking one ----
@transaction.atomic
def reserve(
    *,
    actor: Actor,
    account_id: int,
    reward_id: int,
    submission_key: uuid.UUID,
    is_on_paper: bool = False,
    price_read: int | None = None,
) -> Redemption:
    """Points leave at once and the thing is kept. The same form sent twice is one redemption.

    Whoever read another price on the page is asked anew.
    """
    reward = Reward.objects.select_for_update(of=("self",)).get(pk=reward_id)
    lock_accounts({account_id})
    account = Account.objects.select_related("resident").get(pk=account_id)
    require(policies.can_redeem(actor, account))
    known = Redemption.objects.filter(submission_key=submission_key).first()
    if known:
        require(known.account_id == account.pk)
        return known
    at = timezone.now()
    if price_read not in {None, reward.price}:
        raise RuleError(_("It costs %(n)d points now. Please look again.") % {"n": reward.price}, field="reward")
    expire_of(account.pk, at=at)
    _check(reward, account, at)
    number = next_number("redemption", timezone.localdate(at).year, LETTER)
    moves = {account.pk: -Decimal(reward.price), account_for(AccountKind.SPENT).pk: Decimal(reward.price)}
    source = f"redemption:{submission_key}"
    entry = book(Movement(EntryKind.REDEEMED, source, moves, at, note=f"{reward.name} {number}"), actor)
    reward.stock -= 1
    reward.save(update_fields=["stock"])
    redemption = Redemption.objects.create(
        number=number,
        account=account,
        reward=reward,
        **stamps_of(reward),
        points=reward.price,
        entry=entry,
        submission_key=submission_key,
        reserved_at=at,
        reserved_by_id=actor.user_id,
        keep_until=at + timedelta(hours=rule_on(timezone.localdate(at)).hold_hours),
        is_on_paper=is_on_paper,
    )
    events.record(life.REWARD_RESERVED, actor=actor, subject=redemption, resident_id=account.resident_id)
    return redemption


def _check(reward: Reward, account: Account, at: datetime) -> None:
    if not reward.is_offered:
        raise RuleError(_("This is not offered any more."), field="reward")
    if reward.stock < 1:
        raise RuleError(_("There is none left."), field="reward")
    resident = account.resident
    require_known(resident)
    if (
        resident is None
        or reward.street_id != resident.street_id
        or reward.community_id not in {None, resident.community_id}
    ):
        raise RuleError(_("This is for neighbours of another area."), field="reward")
    cap = rule_on(timezone.localdate(at)).monthly_cap
    if redeemed_in_month(account, timezone.localdate(at)) + reward.price > cap:
        raise RuleError(_("At most %(n)d points can be redeemed in a month.") % {"n": cap}, field="reward")


@transaction.atomic
def hand_out(*, redemption_id: int, actor: Actor, signed_by: str = "", witness: str = "") -> Redemption:
    """Given to whoever came. Two people sign, who fetches it and somebody who saw it: on paper, and also where one
    person of the desk both reserved it for somebody and hands it over.
    """
    redemption = _locked(redemption_id)
    _require_reserved(redemption)
    require(policies.can_hand_out(actor, redemption))
    signed_by, witness = signed_by.strip()[:60], witness.strip()[:60]
    is_alone = actor.user_id == redemption.reserved_by_id
    if (redemption.is_on_paper or is_alone) and (not signed_by or not witness or signed_by == witness):
        raise RuleError(
            _("Two different people sign: on paper, and when one person reserved it and hands it over."),
            field="witness",
        )
    redemption.signed_by, redemption.witness = signed_by, witness
    redemption.handed_by_id, redemption.handed_by_label = actor.user_id, actor.label
    return _end(redemption, RedemptionState.COLLECTED, life.REWARD_COLLECTED, actor)


@transaction.atomic
def cancel(*, redemption_id: int, actor: Actor) -> Redemption:
    """Not wanted any more: points and thing go back."""
    redemption = _locked(redemption_id)
    _require_reserved(redemption)
    require(policies.can_cancel_redemption(actor, redemption))
    _give_back(redemption, actor)
    return _end(redemption, RedemptionState.CANCELLED, life.REWARD_CANCELLED, actor)


def lapse_reserved(*, at: datetime) -> int:
    """What nobody fetched in time goes back; each once, however often this runs."""
    over = Redemption.objects.filter(state=RedemptionState.RESERVED, keep_until__lt=at)
    return sum(
        _lapse_one(pk, at) for pk in list(over.order_by("keep_until", "pk").values_list("pk", flat=True)[:BATCH])
    )


@transaction.atomic
def _lapse_one(redemption_id: int, at: datetime) -> bool:
    redemption = _locked(redemption_id)
    if redemption.state != RedemptionState.RESERVED or redemption.keep_until >= at:
        return False
    _give_back(redemption, SYSTEM)
    _end(redemption, RedemptionState.LAPSED, life.REWARD_LAPSED, SYSTEM)
    return True


# ---- what every verb does ----
def _locked(redemption_id: int) -> Redemption:
    """The redemption with its account and resident; the reward and the account are locked before it."""
    found = Redemption.objects.only("reward_id", "account_id").get(pk=redemption_id)
    Reward.objects.select_for_update(of=("self",)).get(pk=found.reward_id)
    lock_accounts({found.account_id})
    rows = Redemption.objects.select_for_update(of=("self",)).select_related(
        "account__resident__guardian", "reward", "entry"
    )
    return get_locked(rows, redemption_id)


def _require_reserved(redemption: Redemption) -> None:
    if redemption.state != RedemptionState.RESERVED:
        raise RuleError(
            _("%(number)s is already “%(state)s”.")
            % {"number": redemption.number, "state": redemption.get_state_display()}
        )


def _give_back(redemption: Redemption, by: ActorLike) -> None:
    """A reverse entry: the points lie again where they were taken from, with the end they had."""
    amount = Decimal(redemption.points)
    moves = {redemption.account_id: amount, account_for(AccountKind.SPENT).pk: -amount}
    source = f"back:{redemption.entry.source}"
    book(
        Movement(
            EntryKind.TAKEN_BACK, source, moves, timezone.now(), note=redemption.number, reverses=redemption.entry
        ),
        by,
    )
    reward = redemption.reward
    reward.stock += 1
    reward.save(update_fields=["stock"])


def _end(redemption: Redemption, state: RedemptionState, event: str, by: ActorLike) -> Redemption:
    redemption.state, redemption.ended_at = state, timezone.now()
    redemption.save()
    events.record(event, actor=by, subject=redemption, resident_id=redemption.account.resident_id)
    return redemption
