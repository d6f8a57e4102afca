"""The one place that writes the ledger.

Order of locks: accounts by id, then their lots. Accounts that neighbours hold are locked, so that two presses at once
are one after the other; those of the portal itself (issued, redeemed, expired) are never locked and keep no balance,
because everybody's points pass through them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from core.errors import RuleError
from core.events import ActorLike
from neighborhoods.models import Resident
from volunteers.lifecycle.points import HELD, AccountKind, EntryKind
from volunteers.models import Account, Lot, LotUse, PointsEntry, PointsLine

ZERO = Decimal(0)


def account_of(resident: Resident | int) -> Account:
    """The account of a neighbour, opened with the first question about it."""
    pk = resident if isinstance(resident, int) else resident.pk
    account, _is_new = Account.objects.get_or_create(kind=AccountKind.PERSON, resident_id=pk)
    return account


def account_for(kind: AccountKind) -> Account:
    """The one account of this kind that the portal has."""
    account, _is_new = Account.objects.get_or_create(kind=kind, resident=None)
    return account


def require_known(resident: Resident | None) -> None:
    """Nobody spends or gives away the points of somebody who was forgotten or joined with another record."""
    if resident is not None and (resident.erased_at or resident.merged_into_id):
        raise RuleError(_("This record is closed."))


@dataclass(frozen=True)
class Movement:
    """What moves: by account id, what comes (above zero) and goes. The sum is zero."""

    kind: EntryKind
    source: str
    moves: Mapping[int, Decimal]
    at: datetime
    note: str = ""
    expires_on: date | None = None  # of what is new; what was given keeps its end
    reverses: PointsEntry | None = None
    first_from: frozenset[int] = field(default_factory=frozenset)  # lots that are used before the oldest


def book(movement: Movement, by: ActorLike) -> PointsEntry:
    """Write it, inside the caller's transaction; the same source twice is one entry. Refuses to go below zero."""
    if sum(movement.moves.values()) != ZERO:
        raise ValueError(f"{movement.source} does not add up to zero")
    accounts = lock_accounts(movement.moves)
    known = PointsEntry.objects.filter(source=movement.source).first()
    if known:
        return known
    after = {pk: accounts[pk].balance + amount for pk, amount in movement.moves.items() if pk in accounts}
    if any(balance < ZERO for balance in after.values()):
        raise RuleError(_("There are not enough points for that."), field="points")
    entry = PointsEntry.objects.create(
        kind=movement.kind,
        source=movement.source,
        at=movement.at,
        note=movement.note[:200],
        by_id=by.user_id,
        by_label=by.label,
        reverses=movement.reverses,
    )
    PointsLine.objects.bulk_create(
        [
            PointsLine(entry=entry, account_id=pk, amount=amount, balance=after.get(pk, ZERO))
            for pk, amount in sorted(movement.moves.items())
            if amount
        ]
    )
    for pk, balance in after.items():
        accounts[pk].balance = balance
        accounts[pk].save(update_fields=["balance"])
    _move_lots(entry, movement, accounts)
    return entry


def lock_accounts(ids: Mapping[int, Decimal] | set[int]) -> dict[int, Account]:
    """Those of them that neighbours hold, locked by id until the transaction ends."""
    if not connection.in_atomic_block:
        raise RuntimeError("points move inside the transaction that makes it true")
    rows = Account.objects.select_for_update().filter(pk__in=list(ids), kind__in=sorted(HELD)).order_by("pk")
    return {account.pk: account for account in rows}


# ---- lots ----
def _move_lots(entry: PointsEntry, movement: Movement, accounts: dict[int, Account]) -> None:
    if movement.reverses is not None and movement.kind == EntryKind.TAKEN_BACK:
        _give_back(entry, movement, accounts)
    used: list[tuple[Lot, Decimal]] = []
    for pk in sorted(accounts):
        amount = movement.moves[pk]
        if amount < ZERO:
            used += _use_lots(entry, pk, -amount, movement.first_from)
    if movement.reverses is not None:
        return  # what came back lies in the lots it was taken from
    for pk in sorted(accounts):
        if movement.moves[pk] > ZERO:
            _open_lots(entry, pk, movement, used)


def _use_lots(
    entry: PointsEntry, account_id: int, amount: Decimal, first_from: frozenset[int]
) -> list[tuple[Lot, Decimal]]:
    """The oldest first; says what was taken from which."""
    lots = Lot.objects.select_for_update().filter(account=account_id, left__gt=0).order_by("expires_on", "pk")
    taken: list[tuple[Lot, Decimal]] = []
    for lot in sorted(lots, key=lambda lot: lot.pk not in first_from):
        part = min(lot.left, amount)
        if part <= ZERO:
            break
        lot.left -= part
        lot.save(update_fields=["left"])
        taken.append((lot, part))
        amount -= part
    if amount > ZERO:
        raise RuntimeError(f"the lots of account {account_id} hold less than its balance")
    LotUse.objects.bulk_create([LotUse(entry=entry, lot=lot, amount=part) for lot, part in taken])
    return taken


def _open_lots(entry: PointsEntry, account_id: int, movement: Movement, used: list[tuple[Lot, Decimal]]) -> None:
    """What is new lies in one lot; what came from somebody else keeps the day on which it expires."""
    if movement.expires_on is not None:
        parts = [(movement.expires_on, movement.moves[account_id])]
    else:
        parts = [(lot.expires_on, part) for lot, part in used]
    Lot.objects.bulk_create(
        [
            Lot(account_id=account_id, entry=entry, amount=part, left=part, expires_on=expires_on)
            for expires_on, part in parts
        ]
    )


def _give_back(entry: PointsEntry, movement: Movement, accounts: dict[int, Account]) -> None:
    """Points return into the lots they were taken from; to somebody joined with that account, with the same end."""
    if movement.reverses is None:
        return
    receiver = next((pk for pk in accounts if movement.moves[pk] > ZERO), None)
    for use in movement.reverses.uses.select_related("lot").order_by("pk"):
        if use.lot.account_id in accounts:
            lot = Lot.objects.select_for_update().get(pk=use.lot_id)
            lot.left += use.amount
            lot.save(update_fields=["left"])
        elif receiver is not None:
            part, ends = use.amount, use.lot.expires_on
            Lot.objects.create(account_id=receiver, entry=entry, amount=part, left=part, expires_on=ends)
