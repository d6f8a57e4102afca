"""What points do when something else happens: a record is confirmed or taken back, two people turn out to be one."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core import events
from neighborhoods.actors import SYSTEM
from neighborhoods.models import Resident
from volunteers.lifecycle import points as life
from volunteers.lifecycle.points import EntryKind, GiftState
from volunteers.models import Account, Gift, Redemption, ServiceRecord
from volunteers.selectors.points import account_of_resident
from volunteers.services.aid.common import stored_words
from volunteers.services.points.booking import ZERO, Movement, account_of, book, lock_accounts
from volunteers.services.points.earning import earn, take_back

GONE = "—"  # two signatures stay two
JOINED = gettext_lazy("Giver or receiver turned out to be known twice; please ask anew.")


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
    _join_gifts(old, new, kept)


def _join_gifts(old: Account, new: Account, kept: Resident) -> None:
    """What was asked goes on under the one account; a gift to oneself, or a second one at a time, is refused."""
    asked, both = Gift.objects.select_for_update(of=("self",)).filter(state=GiftState.ASKED), [old.pk, new.pk]
    refused = list(asked.filter(giver__in=both, receiver__in=both))
    given = list(asked.filter(giver__in=both).exclude(receiver__in=both).order_by("pk"))
    for gift in [*refused, *given[1:]]:
        gift.state, gift.decided_at, gift.answer = GiftState.REFUSED, timezone.now(), stored_words(JOINED)
        gift.save(update_fields=["state", "decided_at", "answer"])
        events.record(life.GIFT_DECIDED, actor=SYSTEM, subject=gift, agreed=False, resident_id=kept.pk)
    asked.filter(giver=old).update(giver=new)
    asked.filter(receiver=old).update(receiver=new)


def follow_erased(resident: Resident) -> None:
    """Names that were signed and words that were written go; that something was fetched or given stays."""
    Redemption.objects.filter(account__resident=resident).exclude(signed_by="").update(signed_by=GONE)
    Gift.objects.filter(Q(giver__resident=resident) | Q(receiver__resident=resident)).update(reason="", answer="")
