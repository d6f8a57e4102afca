"""The nightly count: all lines add up to zero, every balance is the sum of its lines and what is left of its lots."""

from datetime import datetime

from django.db import connection, transaction

from core import events
from neighborhoods.actors import SYSTEM
from volunteers.lifecycle.points import HELD, POINTS_UNBALANCED
from volunteers.models import Account, Lot, PointsLine, Reconciliation

_LINES, _ACCOUNTS, _LOTS = (model._meta.db_table for model in (PointsLine, Account, Lot))
SHOWN = 100  # accounts named in a report
# One pass over the lines; accounts and lots are few beside them.
_COUNT = f"""
WITH summed AS MATERIALIZED (
    SELECT account_id, sum(amount) AS total, count(*) AS lines FROM {_LINES} GROUP BY account_id
), remaining AS (
    SELECT account_id, sum("left") AS total FROM {_LOTS} WHERE "left" > 0 GROUP BY account_id
)
SELECT (SELECT coalesce(sum(lines), 0)::bigint FROM summed), (SELECT coalesce(sum(total), 0) FROM summed),
    ARRAY(SELECT account.id FROM {_ACCOUNTS} account LEFT JOIN summed ON summed.account_id = account.id
        WHERE account.kind = ANY(%(held)s) AND account.balance <> coalesce(summed.total, 0)
        ORDER BY account.id LIMIT {SHOWN}),
    ARRAY(SELECT account.id FROM {_ACCOUNTS} account LEFT JOIN remaining ON remaining.account_id = account.id
        WHERE account.kind = ANY(%(held)s) AND account.balance <> coalesce(remaining.total, 0)
        ORDER BY account.id LIMIT {SHOWN})
"""  # noqa: S608 - names of our tables


@transaction.atomic
def reconcile(*, at: datetime) -> Reconciliation:
    """Count everything in one statement, keep what was found, and tell who runs the portal if something differs."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"held": sorted(HELD)})
        lines, total, off_accounts, off_lots = cursor.fetchone()
    found = Reconciliation.objects.create(at=at, lines=lines, total=total, off_accounts=off_accounts, off_lots=off_lots)
    if not found.is_clean:
        events.record(POINTS_UNBALANCED, actor=SYSTEM, subject=found)
    return found
