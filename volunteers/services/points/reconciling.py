"""The nightly count: all lines add up to zero, every balance is the sum of its lines and what is left of its lots."""

from datetime import datetime

from django.db import connection, transaction

from core import events
from neighborhoods.actors import SYSTEM
from volunteers.lifecycle.points import HELD, POINTS_UNBALANCED
from volunteers.models import Account, Lot, PointsLine, Reconciliation

_LINES, _ACCOUNTS, _LOTS = (model._meta.db_table for model in (PointsLine, Account, Lot))
SHOWN = 100  # accounts named in a report
# One pass over each index in the order of the accounts: what is summed is in the index, nothing is sorted or hashed.
_IN_ORDER = "SET LOCAL enable_hashagg = off; SET LOCAL enable_hashjoin = off"
_COUNT = f"""
SELECT coalesce(sum(summed.lines), 0)::bigint, coalesce(sum(summed.total), 0),
    (array_agg(account.id ORDER BY account.id)
        FILTER (WHERE account.kind = ANY(%(held)s) AND account.balance <> coalesce(summed.total, 0)))[1:{SHOWN}],
    (array_agg(account.id ORDER BY account.id)
        FILTER (WHERE account.kind = ANY(%(held)s) AND account.balance <> coalesce(remaining.total, 0)))[1:{SHOWN}]
FROM {_ACCOUNTS} account
LEFT JOIN (SELECT account_id, sum(amount) AS total, count(*) AS lines FROM {_LINES} GROUP BY account_id) summed
    ON summed.account_id = account.id
LEFT JOIN (SELECT account_id, sum("left") AS total FROM {_LOTS} WHERE "left" > 0 GROUP BY account_id) remaining
    ON remaining.account_id = account.id
"""  # noqa: S608 - names of our tables


@transaction.atomic
def reconcile(*, at: datetime) -> Reconciliation:
    """Count everything in one statement, keep what was found, and tell who runs the portal if something differs."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_ORDER)
        cursor.execute(_COUNT, {"held": sorted(HELD)})
        lines, total, off_accounts, off_lots = cursor.fetchone()
        cursor.execute("RESET enable_hashagg; RESET enable_hashjoin")
    found = Reconciliation.objects.create(
        at=at, lines=lines, total=total, off_accounts=off_accounts or [], off_lots=off_lots or []
    )
    if not found.is_clean:
        events.record(POINTS_UNBALANCED, actor=SYSTEM, subject=found)
    return found
