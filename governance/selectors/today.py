"""What a person must do now, in the order of the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.statements import Records, Statement, compiled
from governance.lifecycle import FITS, IN_WORK, State, Urgency, in_order
from governance.models import Issue
from governance.selectors.counting import Count
from governance.selectors.responsibility import (
    NOTHING,
    escalated_to,
    on_desk_of,
    ordered_for,
    parked_by,
    supervised_by,
    to_decide_for,
    waiting_for,
)
from governance.selectors.rows import with_step_columns
from neighborhoods.actors import Actor, Grant, UnitGrant

COUNTED = 99  # as far as a group is counted
SHOWN = 15  # rows of a group on the page
TITLES: dict[str, Promise] = {
    "ordered": _("under supervision"),
    "take": _("to sign for"),
    "today": _("due today"),
    "late": _("overdue"),
    "decide": _("to agree to or refuse"),
    "urged": _("urged three times"),
    "escalated": _("escalated to me"),
    "notes": _("parked, a note is due"),
    "waiting": _("waiting for me"),
}
# Marks in compiled statements.
_IDS = -1
_NOW = datetime(1, 1, 2, tzinfo=UTC)
_MIDNIGHT = datetime(1, 1, 3, tzinfo=UTC)


@dataclass(frozen=True)
class TodayGroup:
    """One section of the page."""

    key: str
    issues: list[Issue]
    count: Count
    is_cut: bool = False  # there is more than the page shows
    has_first: bool = False  # the one on top of the page is of this group

    @property
    def title(self) -> Promise:
        """What the section says above its rows."""
        return TITLES[self.key]


@dataclass(frozen=True)
class Today:
    """The most urgent thing, and the rest in groups."""

    first: Issue | None
    groups: list[TodayGroup]

    @property
    def total(self) -> int:
        """Cases of all groups, the first one too; each group counts to `COUNTED` at most."""
        return sum(group.count.number for group in self.groups)


def _midnight_after(at: datetime) -> datetime:
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _conditions(actor: Actor, at: datetime, midnight: datetime) -> dict[str, Q]:
    """What belongs into each group; an issue stands in the first group that fits."""
    mine, in_work = on_desk_of(actor), in_order(IN_WORK)
    return {
        "ordered": ordered_for(actor),
        "take": mine & Q(state__in=in_order(FITS["take"] | FITS["sign"])),
        "today": mine & Q(state__in=in_work, due_at__gte=at, due_at__lt=midnight),
        "late": mine & Q(state__in=in_work, due_at__lt=at),
        "decide": to_decide_for(actor),
        "urged": supervised_by(actor),
        "escalated": escalated_to(actor) if actor.grants else NOTHING,
        "notes": parked_by(actor) & Q(due_at__lt=midnight),
        # signed for and nobody talked to yet: it stands still until the holder calls
        "waiting": waiting_for(actor) | (mine & Q(state=State.SIGNED)),
    }


def group_condition(actor: Actor, key: str, at: datetime) -> Q:
    """All of one group, for the list behind it: what stands in a group before it is not in it."""
    conditions = _conditions(actor, at, _midnight_after(at))
    condition = conditions.pop(key)
    for earlier in list(TITLES)[: list(TITLES).index(key)]:
        condition &= ~conditions[earlier]
    return Q(closed_at=None) & condition


def today_of(actor: Actor, at: datetime) -> Today:
    """Two statements, however much there is to do: the ids of each group, then the rows that are shown."""
    ids = _ids_by_group(actor, at)
    shown = {pk for pks in ids.values() for pk in pks[:SHOWN]}
    rows = {issue.pk: issue for issue in _rows_statement().load({_IDS: sorted(shown)})} if shown else {}
    first = min(rows.values(), key=lambda issue: _haste(issue, at), default=None)
    groups = [
        TodayGroup(
            key,
            [rows[pk] for pk in pks[:SHOWN] if pk in rows and rows[pk] != first],
            Count(len(pks), COUNTED),
            is_cut=len(pks) > SHOWN,
            has_first=first is not None and first.pk in pks,
        )
        for key, pks in ids.items()
    ]
    return Today(first=first, groups=groups)


def _ids_by_group(actor: Actor, at: datetime) -> dict[str, list[int]]:
    rows = _statement(actor.user_id, actor.grants, actor.units).rows({_NOW: at, _MIDNIGHT: _midnight_after(at)})
    found: dict[str, list[tuple[datetime | None, int]]] = {key: [] for key in TITLES}
    seen: set[int] = set()
    for key, group in found.items():
        for part_key, pk, due_at in rows:
            if part_key == key and pk not in seen:
                seen.add(pk)
                group.append((due_at, pk))
    latest = at + timedelta(days=36500)
    return {
        key: [pk for _due, pk in sorted(pairs, key=lambda p: (p[0] or latest, p[1]))] for key, pairs in found.items()
    }


@lru_cache(maxsize=500)
def _statement(user_id: int | None, grants: frozenset[Grant], units: frozenset[UnitGrant]) -> Statement:
    """The union of all groups. It depends on the posts only, and putting it together cost as much as all the rest."""
    parts: list[QuerySet] = []
    actor = Actor(user_id=user_id, label="", grants=grants, units=units)
    for key, condition in _conditions(actor, _NOW, _MIDNIGHT).items():
        part = Issue.objects.unresolved().filter(condition).order_by(F("due_at").asc(nulls_last=True), "pk")
        parts.append(part.annotate(part=Value(key, CharField())).values_list("part", "pk", "due_at")[: COUNTED + 1])
    return compiled(parts[0].union(*parts[1:], all=True))


@cache
def _rows_statement() -> Records[Issue]:
    chosen = RawSQL("SELECT unnest(%s::bigint[])", (_IDS,))
    return Records(with_step_columns(Issue.objects.filter(pk__in=chosen)))


def _haste(issue: Issue, at: datetime) -> tuple[bool, datetime, int]:
    """Danger to life first, then the clock."""
    return issue.urgency != Urgency.CRITICAL, issue.due_at or at + timedelta(days=36500), issue.pk


def today_total(actor: Actor, at: datetime) -> QuerySet:
    """Everything on the page as one query set, for the number in the navigation."""
    condition = NOTHING
    for part in _conditions(actor, at, _midnight_after(at)).values():
        condition |= part
    return Issue.objects.unresolved().filter(condition)
