"""Points expire, after two notices. Every sweep may run late, twice or in parallel."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core import events
from neighborhoods.actors import SYSTEM
from volunteers.lifecycle.points import POINTS_EXPIRING, AccountKind, EntryKind
from volunteers.models import Account, Lot
from volunteers.selectors.points import rule_on
from volunteers.services.points.booking import Movement, account_for, book, lock_accounts

BATCH = 500


def expire_points(*, at: datetime, limit: int = BATCH) -> int:
    """What has expired leaves the accounts of neighbours; the care pool keeps what it was given. Says how many lots."""
    ids = list(_over(at).order_by("expires_on", "pk").values_list("pk", flat=True)[:limit])
    return sum(_expire_one(pk, at) for pk in ids)


def expire_of(account_id: int, *, at: datetime) -> None:
    """Before somebody spends: what expired since the last sweep is gone. The account is locked by the caller."""
    for pk in _over(at).filter(account=account_id).order_by("expires_on", "pk").values_list("pk", flat=True):
        _expire_one(pk, at)


def _over(at: datetime) -> QuerySet[Lot]:
    return Lot.objects.filter(left__gt=0, expires_on__lte=timezone.localdate(at), account__kind=AccountKind.PERSON)


@transaction.atomic
def _expire_one(lot_id: int, at: datetime) -> bool:
    account_id = Lot.objects.values_list("account_id", flat=True).get(pk=lot_id)
    lock_accounts({account_id})
    lot = Lot.objects.get(pk=lot_id)  # read again under the lock
    if lot.left <= 0:
        return False
    expired, today = account_for(AccountKind.EXPIRED), timezone.localdate(at)
    moves = {account_id: -lot.left, expired.pk: lot.left}
    source = f"expired:{lot_id}:{today}"  # what comes back into it later expires on another day
    book(Movement(EntryKind.EXPIRED, source, moves, at, first_from=frozenset({lot_id})), SYSTEM)
    return True


@transaction.atomic
def tell_expiring(*, at: datetime, limit: int = BATCH) -> int:
    """60 and 15 days before (by the rule of the day), each once. Says how many lots were told of."""
    today = timezone.localdate(at)
    rule = rule_on(today)
    told = 0
    steps = ((2, rule.last_notice_days), (1, rule.first_notice_days))  # who is late for the first one reads the last
    for number, days in steps:
        soon = Lot.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            left__gt=0,
            told__lt=number,
            expires_on__gt=today,
            expires_on__lte=today + timedelta(days=days),
            account__kind=AccountKind.PERSON,
        )
        lots = list(soon.select_related("account").order_by("expires_on", "pk")[:limit])
        Lot.objects.filter(pk__in=[lot.pk for lot in lots]).update(told=number)
        rows = [(lot.account_id, {"resident_id": lot.account.resident_id, "days": days}) for lot in lots]
        events.record_rows(POINTS_EXPIRING, actor=SYSTEM, model=Account, rows=rows)
        told += len(lots)
    return told
