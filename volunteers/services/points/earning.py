"""Confirmed service becomes points, by the rule of its day; a record taken back takes its points along.

Hours are never spent: what happens here changes no record.
"""

from calendar import monthrange
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal

from django.db import transaction
from django.utils import timezone

from core import events
from core.events import ActorLike
from volunteers.lifecycle.points import POINTS_BOOKED, AccountKind, EntryKind
from volunteers.models import Account, PointsEntry, PointsRule
from volunteers.selectors.points import rule_on
from volunteers.services.points.booking import ZERO, Movement, account_for, account_of, book, lock_accounts

HOUR = Decimal(60)
CENT = Decimal("0.01")


def points_of(minutes: int, rule: PointsRule, *, is_hard: bool = False) -> Decimal:
    """Whole steps of minutes, up to the most that earns; a hard shift earns its surcharge by the rule alone."""
    counted = min(minutes, rule.most_minutes) // rule.step_minutes * rule.step_minutes
    points = rule.per_hour * counted / HOUR
    if is_hard:
        points *= 1 + Decimal(rule.hard_percent) / 100
    return points.quantize(CENT, ROUND_DOWN)


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


@transaction.atomic
def earn(
    *, resident_id: int, source: str, minutes: int, served_at: datetime, by: ActorLike, is_hard: bool = False
) -> PointsEntry | None:
    """For confirmed minutes; once for each source. Nothing is booked for less than a step."""
    day = timezone.localdate(served_at)
    rule, at = rule_on(day), timezone.now()
    amount = points_of(minutes, rule, is_hard=is_hard)
    if amount <= ZERO:
        return None
    account, issued = account_of(resident_id), account_for(AccountKind.ISSUED)
    moves = {account.pk: amount, issued.pk: -amount}
    ends = months_after(timezone.localdate(at), rule.expire_months)
    before = PointsEntry.objects.filter(source=source).exists()
    entry = book(Movement(EntryKind.EARNED, source, moves, at, expires_on=ends), by)
    if not before:
        _tell(entry, account, by, amount)
        _set_off(account.pk, issued.pk, entry, at, by)
    return entry


def _set_off(account_id: int, issued_id: int, entry: PointsEntry, at: datetime, by: ActorLike) -> None:
    """What could not be taken back, because it was spent already, is taken from what comes next."""
    account = lock_accounts({account_id})[account_id]
    part = min(account.owed, account.balance)
    if part <= ZERO:
        return
    book(Movement(EntryKind.SET_OFF, f"set-off:{entry.pk}", {account_id: -part, issued_id: part}, at), by)
    account.owed -= part
    account.save(update_fields=["owed"])


@transaction.atomic
def take_back(*, source: str, by: ActorLike, note: str = "") -> PointsEntry | None:
    """By a reverse entry, as far as the points are still there; what is missing is set off later. Twice is once."""
    earned = PointsEntry.objects.filter(source=source, kind=EntryKind.EARNED).first()
    if earned is None:
        return None
    line = earned.lines.select_related("account__resident").get(account__kind=AccountKind.PERSON)
    held_by = _holder(line.account)
    account = lock_accounts({held_by.pk})[held_by.pk]
    known = PointsEntry.objects.filter(reverses=earned).first()
    if known:
        return known
    part = min(line.amount, account.balance)
    issued = account_for(AccountKind.ISSUED)
    moves = {account.pk: -part, issued.pk: part}
    lots = frozenset(earned.lots.values_list("pk", flat=True))
    kind, at = EntryKind.TAKEN_BACK, timezone.now()
    entry = book(Movement(kind, f"back:{source}", moves, at, note=note, reverses=earned, first_from=lots), by)
    if part < line.amount:
        account.refresh_from_db()
        account.owed += line.amount - part
        account.save(update_fields=["owed"])
    _tell(entry, account, by, -part)
    return entry


def _holder(account: Account) -> Account:
    """Of points of a record that was joined with another one: the account they went to."""
    person = account.resident
    while person is not None and person.merged_into is not None:
        person = person.merged_into
    return account_of(person) if person is not None else account


def _tell(entry: PointsEntry, account: Account, by: ActorLike, amount: Decimal) -> None:
    events.record(
        POINTS_BOOKED,
        actor=by,
        subject=entry,
        account_id=account.pk,
        resident_id=account.resident_id,
        kind=entry.kind,
        amount=str(amount),
    )
