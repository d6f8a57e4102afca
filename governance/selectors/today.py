"""What a person must do now, in the order of the clock."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import CharField, F, Q, QuerySet, Value
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.lifecycle import State, Urgency
from governance.models import Issue
from governance.querysets import IssueQuerySet
from governance.selectors.counting import Count
from governance.selectors.responsibility import NOTHING, escalated_to, on_desk_of, waiting_for
from neighborhoods.actors import Actor

COUNTED = 99  # as far as a group is counted
SHOWN = 15  # rows of a group on the page
TO_TAKE = (State.SUBMITTED, State.DISPATCHED)
IN_WORK = (State.SIGNED, State.WORKING)
TITLES: dict[str, Promise] = {
    "take": _("to sign for"),
    "today": _("due today"),
    "late": _("overdue"),
    "escalated": _("escalated to me"),
    "waiting": _("waiting for me"),
}


@dataclass(frozen=True)
class TodayGroup:
    """One section of the page."""

    key: str
    issues: list[Issue]
    count: Count

    @property
    def title(self) -> Promise:
        return TITLES[self.key]


@dataclass(frozen=True)
class Today:
    """The most urgent thing, and the rest in groups."""

    first: Issue | None
    groups: list[TodayGroup]

    @property
    def total(self) -> int:
        return sum(group.count.number for group in self.groups)


def today_conditions(actor: Actor, at: datetime) -> OrderedDict[str, Q]:
    """What belongs into each group; an issue stands in the first group that fits."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    mine = on_desk_of(actor)
    return OrderedDict(
        take=mine & Q(state__in=TO_TAKE),
        today=mine & Q(state__in=IN_WORK, due_at__gte=at, due_at__lt=midnight),
        late=mine & Q(state__in=IN_WORK, due_at__lt=at),
        escalated=escalated_to(actor) if actor.grants else NOTHING,
        # signed for and nobody talked to yet: it stands still until the holder calls
        waiting=waiting_for(actor) | (mine & Q(state=State.SIGNED)),
    )


def today_of(actor: Actor, at: datetime) -> Today:
    """Two statements, however much there is to do: the ids of each group, then the rows that are shown."""
    ids = _ids_by_group(actor, at)
    shown = {pk for pks in ids.values() for pk in pks[:SHOWN]}
    rows = {issue.pk: issue for issue in with_desk_relations(Issue.objects.filter(pk__in=shown))}
    first = min(rows.values(), key=lambda issue: _haste(issue, at), default=None)
    groups = [
        TodayGroup(key, [rows[pk] for pk in pks[:SHOWN] if pk in rows and rows[pk] != first], Count(len(pks), COUNTED))
        for key, pks in ids.items()
    ]
    return Today(first=first, groups=groups)


def with_desk_relations(issues: IssueQuerySet) -> IssueQuerySet:
    """What rows of a desk list and the policies ask of an issue."""
    return issues.select_related("category", "area__compound", "holder_area", "holder_unit")


def _ids_by_group(actor: Actor, at: datetime) -> dict[str, list[int]]:
    parts: list[QuerySet] = []
    conditions = today_conditions(actor, at)
    for key, condition in conditions.items():
        part = Issue.objects.unresolved().filter(condition).order_by(F("due_at").asc(nulls_last=True), "pk")
        parts.append(part.annotate(part=Value(key, CharField())).values_list("part", "pk", "due_at")[: COUNTED + 1])
    found: dict[str, list[tuple[datetime | None, int]]] = {key: [] for key in conditions}
    seen: set[int] = set()
    rows = list(parts[0].union(*parts[1:], all=True))
    for key in conditions:
        for part_key, pk, due_at in rows:
            if part_key == key and pk not in seen:
                seen.add(pk)
                found[key].append((due_at, pk))
    latest = at + timedelta(days=36500)
    return {
        key: [pk for _due, pk in sorted(pairs, key=lambda p: (p[0] or latest, p[1]))] for key, pairs in found.items()
    }


def _haste(issue: Issue, at: datetime) -> tuple[bool, datetime, int]:
    """Danger to life first, then the clock."""
    return issue.urgency != Urgency.CRITICAL, issue.due_at or at + timedelta(days=36500), issue.pk


def today_total(actor: Actor, at: datetime) -> QuerySet:
    """Everything on the page as one query set, for the number in the navigation."""
    condition = NOTHING
    for part in today_conditions(actor, at).values():
        condition |= part
    return Issue.objects.unresolved().filter(condition)
