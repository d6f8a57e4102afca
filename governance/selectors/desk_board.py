"""The desk's list as a board: a column for each stage, with its first cases by the clock."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import CharField, F, QuerySet, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.lifecycle import ASKED, FITS, IN_WORK, State, in_order
from governance.models import Issue
from governance.selectors.counting import Count, capped_counts
from governance.selectors.desk_list import Filters, filtered
from governance.selectors.issues import desk_issues
from governance.selectors.rows import IssueRow, issue_rows
from neighborhoods.actors import Actor

SHOWN = 12  # cases in a column


@dataclass(frozen=True)
class BoardColumn:
    """A state, or a few that look alike, with the first issues by the clock."""

    key: str
    title: Promise
    states: tuple[State, ...]
    rows: list[IssueRow] = field(default_factory=list)
    count: Count = Count(0)  # noqa: RUF009 - a frozen value


COLUMNS: tuple[tuple[str, Promise, tuple[State, ...]], ...] = (
    ("new", _("to dispatch"), in_order(FITS["dispatch"])),
    ("dispatched", _("waiting to be signed for"), (State.DISPATCHED,)),
    ("working", _("in hand"), in_order(IN_WORK)),
    ("ruling", _("waiting for a ruling"), (State.RULING,)),
    ("answered", _("replied, waiting for the resident"), in_order(ASKED)),
    ("parked", _("parked"), (State.PARKED,)),
)


def board_columns(actor: Actor, filters: Filters, at: datetime) -> list[BoardColumn]:
    """Three statements for the whole board: counts, ids, rows."""
    rows = filtered(desk_issues(actor).unresolved(), filters, at)
    parts = {key: rows.in_states(list(states)) for key, _title, states in COLUMNS}
    counts = capped_counts(parts)
    firsts: list[QuerySet] = [
        part.order_by(F("due_at").asc(nulls_last=True), "pk")
        .annotate(part=Value(key, CharField()))
        .values_list("part", "pk")[:SHOWN]
        for key, part in parts.items()
    ]
    ids = list(firsts[0].union(*firsts[1:], all=True))
    by_pk = {row.pk: row for row in issue_rows(Issue.objects.filter(pk__in=[pk for _key, pk in ids]))}
    return [
        BoardColumn(
            key, title, states, _by_clock([by_pk[pk] for k, pk in ids if k == key and pk in by_pk]), counts[key]
        )
        for key, title, states in COLUMNS
    ]


def _by_clock(rows: list[IssueRow]) -> list[IssueRow]:
    return sorted(rows, key=lambda row: (row.due_at is None, row.due_at or row.submitted_at, row.pk))
