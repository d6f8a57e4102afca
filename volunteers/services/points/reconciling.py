"""The nightly count: all lines add up to zero, every balance is the sum of its lines and what is left of its lots."""

from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from django.db import connection, transaction
from django.db.models import Max, Min

from core import events
from neighborhoods.actors import SYSTEM
from volunteers.lifecycle.points import HELD, POINTS_UNBALANCED
from volunteers.models import Account, Lot, PointsLine, Reconciliation

_LINES, _ACCOUNTS, _LOTS = (model._meta.db_table for model in (PointsLine, Account, Lot))
SHOWN = 100  # accounts named in a report
SHARES = 8  # of the accounts, for the processes PostgreSQL has free
# One pass over each index in the order of the accounts: what is summed is in the index, nothing is sorted or hashed.
# A process gets whole shares and sends back one row of each; passing on single lines would cost more than it saves.
_PLANNING = {
    "enable_hashagg": "off",
    "enable_hashjoin": "off",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "100",
}
_SHARE = f"""
SELECT coalesce(sum(summed.lines), 0)::bigint AS lines, coalesce(sum(summed.total), 0) AS total,
    (array_agg(account.id ORDER BY account.id)
        FILTER (WHERE account.kind = ANY(%s) AND account.balance <> coalesce(summed.total, 0)))[1:{SHOWN}] AS off,
    (array_agg(account.id ORDER BY account.id)
        FILTER (WHERE account.kind = ANY(%s) AND account.balance <> coalesce(remaining.total, 0)))[1:{SHOWN}] AS lots
FROM {_ACCOUNTS} account
LEFT JOIN (SELECT account_id, sum(amount) AS total, count(*) AS lines FROM {_LINES}
    WHERE account_id >= %s AND account_id < %s GROUP BY account_id) summed ON summed.account_id = account.id
LEFT JOIN (SELECT account_id, sum("left") AS total FROM {_LOTS}
    WHERE "left" > 0 AND account_id >= %s AND account_id < %s GROUP BY account_id) remaining
    ON remaining.account_id = account.id
WHERE account.id >= %s AND account.id < %s
"""  # noqa: S608 - names of our tables
_END = 2**62  # behind the last key, also of an account opened a moment from now


@transaction.atomic
def reconcile(*, at: datetime) -> Reconciliation:
    """Count everything in one statement, keep what was found, and tell who runs the portal if something differs."""
    lines, total, off_accounts, off_lots = _count(_shares())
    found = Reconciliation.objects.create(
        at=at, lines=lines, total=total, off_accounts=off_accounts[:SHOWN], off_lots=off_lots[:SHOWN]
    )
    if not found.is_clean:
        events.record(POINTS_UNBALANCED, actor=SYSTEM, subject=found)
    return found


def _shares() -> list[tuple[int, int]]:
    """Keys of accounts from and below. Accounts that are nobody's are each alone: one has half of all lines."""
    first, last = Account.objects.aggregate(first=Min("pk"), last=Max("pk")).values()
    if first is None:
        return [(0, _END)]
    cuts = {first + (last + 1 - first) * share // SHARES for share in range(1, SHARES)}
    for pk in Account.objects.filter(resident=None).values_list("pk", flat=True):
        cuts |= {pk, pk + 1}
    return list(pairwise([0, *sorted(cuts), _END]))


def _count(shares: list[tuple[int, int]]) -> tuple[int, Decimal, list[int], list[int]]:
    """Lines, their sum, accounts whose balance is another than their lines, and than what is left of their lots."""
    held = sorted(HELD)
    values = [value for share in shares for value in (held, held, *share, *share, *share)]
    union = " UNION ALL ".join([f"({_SHARE})"] * len(shares))
    with connection.cursor() as cursor:
        for name, value in _PLANNING.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
        cursor.execute(f"SELECT lines, total, off, lots FROM ({union}) AS shares", values)  # noqa: S608
        rows = cursor.fetchall()
        cursor.execute("; ".join(f"RESET {name}" for name in _PLANNING))
    lines, totals, off, off_lots = zip(*rows, strict=True)
    return sum(lines), sum(totals, Decimal(0)), _joined(off), _joined(off_lots)


def _joined(found: tuple[list[int] | None, ...]) -> list[int]:
    return sorted(pk for part in found for pk in part or [])
