"""What points do when something else happens: a record is confirmed or taken back, two people turn out to be one."""

from django.utils import timezone

from neighborhoods.actors import SYSTEM
from neighborhoods.models import Resident
from volunteers.lifecycle.points import EntryKind
from volunteers.models import Gift, Redemption, ServiceRecord
from volunteers.selectors.points import account_of_resident
from volunteers.services.points.booking import ZERO, Movement, account_of, book, lock_accounts
from volunteers.services.points.earning import earn, take_back


def source_of(record: ServiceRecord) -> str:
    """By which a record is booked once."""
    return f"record:{record.pk}"


def follow_confirmed(record: ServiceRecord) -> None:
    """Confirmed minutes become points."""
    earn(
        resident_id=record.volunteer.resident_id,
        source=source_of(record),
        minutes=record.minutes,
        served_at=record.starts_at,
        by=SYSTEM,
        is_hard=record.is_hard,
    )


def follow_reversed(record: ServiceRecord, reverse: ServiceRecord) -> None:
    """A record taken back takes its points along."""
    take_back(source=source_of(record), by=SYSTEM, note=reverse.reason)


def follow_merged(kept: Resident, dropped: Resident) -> None:
    """Points, debts, redemptions and gifts of the second record belong to the first; every lot keeps its end."""
    old = account_of_resident(dropped.pk)
    if old is None:
        return
    new = account_of(kept)
    accounts = lock_accounts({old.pk, new.pk})
    balance, owed = accounts[old.pk].balance, accounts[old.pk].owed
    if balance > ZERO:
        moves = {old.pk: -balance, new.pk: balance}
        book(Movement(EntryKind.JOINED, f"joined:{old.pk}", moves, timezone.now()), SYSTEM)
    if owed > ZERO:
        accounts = lock_accounts({old.pk, new.pk})
        accounts[old.pk].owed, accounts[new.pk].owed = ZERO, accounts[new.pk].owed + owed
        for account in accounts.values():
            account.save(update_fields=["owed"])
    Redemption.objects.filter(account=old).update(account=new)
    Gift.objects.filter(giver=old, state="asked").update(giver=new)
