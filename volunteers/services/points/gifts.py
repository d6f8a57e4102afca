"""Points for one's wife, husband or parent, or for the care pool: by request, and with somebody's agreement.

They cannot be traded, so nobody else can be given any; the community looks whether it is so.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods.actors import Actor
from neighborhoods.models import Resident
from volunteers.lifecycle import points as life
from volunteers.lifecycle.points import AccountKind, EntryKind, GiftState, GiftTo
from volunteers.models import Account, Gift
from volunteers.policies import points as policies
from volunteers.services.points.booking import (
    ZERO,
    Movement,
    account_for,
    account_of,
    book,
    lock_accounts,
    require_known,
)
from volunteers.services.points.expiring import expire_of
from volunteers.services.registration import stamps_of

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Wish:
    """To whom, how much, and why. A person is known to the portal; the care pool needs none."""

    to: GiftTo
    amount: Decimal
    receiver_id: int | None = None
    reason: str = ""


@transaction.atomic
def ask_gift(*, actor: Actor, account_id: int, wish: Wish) -> Gift:
    """One at a time. Nothing moves until it is agreed to."""
    lock_accounts({account_id})
    expire_of(account_id, at=timezone.now())
    account = Account.objects.select_related("resident").get(pk=account_id)
    require(policies.can_redeem(actor, account))
    require_known(account.resident)
    amount = wish.amount.quantize(CENT, ROUND_DOWN)
    if amount <= ZERO or amount > account.balance:
        raise RuleError(_("There are not enough points for that."), field="amount")
    if Gift.objects.filter(giver=account, state=GiftState.ASKED).exists():
        raise RuleError(_("One request waits already. Please wait for the answer."))
    receiver = _receiver(account, wish)
    resident = account.resident
    if resident is None:
        raise RuleError(_("Only neighbours give points."))
    gift = Gift.objects.create(
        giver=account,
        receiver=receiver,
        **stamps_of(resident),
        to=wish.to,
        amount=amount,
        reason=wish.reason.strip()[:200],
        asked_at=timezone.now(),
        asked_by_id=actor.user_id,
    )
    events.record(life.GIFT_ASKED, actor=actor, subject=gift, to=gift.to)
    return gift


def _receiver(account: Account, wish: Wish) -> Account:
    if wish.to == GiftTo.POOL:
        return account_for(AccountKind.POOL)
    person = Resident.objects.known().filter(pk=wish.receiver_id).first() if wish.receiver_id else None
    if person is None or person.pk == account.resident_id:
        raise RuleError(_("Choose the person who is to have them."), field="receiver")
    return account_of(person)


@transaction.atomic
def decide_gift(*, gift_id: int, actor: Actor, agreed: bool, answer: str = "") -> Gift:
    """Agreed, the points move and keep the day on which they expire."""
    found = Gift.objects.only("giver_id", "receiver_id").get(pk=gift_id)
    lock_accounts({found.giver_id, found.receiver_id})
    rows = Gift.objects.select_for_update(of=("self",)).select_related(
        "giver__resident__guardian", "receiver__resident__guardian"
    )
    gift = rows.get(pk=gift_id)
    if gift.state != GiftState.ASKED:
        raise RuleError(_("This was decided already."))
    require(policies.can_decide_gift(actor, gift))
    if not agreed and not answer.strip():
        raise RuleError(_("Say why not; the giver reads it."), field="answer")
    at = timezone.now()
    if agreed:
        require_known(gift.giver.resident)
        require_known(gift.receiver.resident)
        expire_of(gift.giver_id, at=at)
        moves = {gift.giver_id: -gift.amount, gift.receiver_id: gift.amount}
        gift.entry = book(Movement(EntryKind.GIVEN, f"gift:{gift.pk}", moves, at), actor)
    gift.state = GiftState.AGREED if agreed else GiftState.REFUSED
    gift.decided_at, gift.decided_by_id, gift.decided_by_label = at, actor.user_id, actor.label
    gift.answer = answer.strip()[:200]
    gift.save()
    events.record(life.GIFT_DECIDED, actor=actor, subject=gift, agreed=agreed, resident_id=gift.giver.resident_id)
    return gift
