"""The sweep against one raw statement that writes the same rows."""

import statistics
import time
from datetime import datetime

from django.db import connection
from django.utils import timezone

from benchmarks import stores
from benchmarks.table import Row, at_least
from benchmarks.volume import fill
from governance.lifecycle import Urgency
from governance.models import Clock, Escalation, Issue
from governance.services.sweep import sweep_clocks

COUNT = 20_000
# Everything the sweep inserts, without deciding anything.
_RAW = """
WITH due AS (
    SELECT c.id, c.issue_id, i.number FROM governance_clock c JOIN governance_issue i ON i.id = c.issue_id
    WHERE c.state = 'running' AND c.next_rung_at <= %(at)s
), climbed AS (
    INSERT INTO governance_escalation (clock_id, issue_id, rung, target, level, at)
    SELECT id, issue_id, 3, 'level_up', 1, %(at)s FROM due
), line AS (
    INSERT INTO governance_timelineentry
        (issue_id, kind, at, actor_label, from_state, to_state, text, reason, audience, photo_ids)
    SELECT issue_id, 'issue.escalated', %(at)s, 'system', '', '', '', 'level_up', 0, '{}' FROM due
), event AS (
    INSERT INTO core_event (name, at, actor_label, subject_type, subject_id, payload)
    SELECT 'issue.escalated', %(at)s, 'system', 'governance.issue', issue_id,
        jsonb_build_object('issue_id', issue_id, 'number', number, 'clock_id', id, 'step', 'accept', 'rung', 3,
            'target', 'level_up', 'level', 1)
    FROM due RETURNING id
)
INSERT INTO core_outboxmessage (event_id, due_at, tries, last_error) SELECT id, %(at)s, 0, '' FROM event
"""


def _due() -> datetime:
    """Twenty thousand clocks whose third rung is reached at one moment."""
    at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM governance_escalation")
        cursor.execute(
            "UPDATE governance_clock SET state = 'running', step = 'accept', ended_at = NULL, next_rung = 3,"
            " started_at = %s - interval '5 days', due_at = %s, next_rung_at = %s",
            [at, at, at],
        )
        cursor.execute("VACUUM ANALYZE governance_clock, governance_escalation")
    return at


def _raw() -> float:
    at = _due()
    before = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(_RAW, {"at": at})
    return COUNT / (time.monotonic() - before)


def _swept() -> float:
    at = _due()
    before = time.monotonic()
    climbed = sweep_clocks(at=at, seconds=300)
    passed = time.monotonic() - before
    if climbed != COUNT or Escalation.objects.count() != COUNT or Clock.objects.filter(next_rung=3).exists():
        raise SystemExit(f"The sweep climbed {climbed} rungs of {COUNT}.")
    return COUNT / passed


def run() -> list[Row]:
    """Interleaved, three times each."""
    stores.create("sweep")
    fill(COUNT)
    Issue.objects.update(urgency=Urgency.ORDINARY)  # one ladder, so that one rung of each is due
    pairs = [(_swept(), _raw()) for _round in range(3)]
    swept, raw = (statistics.median(side) for side in zip(*pairs, strict=True))
    note = f"{swept:,.0f} against {raw:,.0f} rows/s"
    return [at_least("sweep of 20,000 due clocks, of one raw statement", swept / raw, 0.2, note)]
