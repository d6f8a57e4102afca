"""Foresight (未诉先办): what keeps coming back in one compound is put before the community, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from governance.lifecycle import State
from governance.lifecycle.recurring import RECURRENCE_DECIDED, RECURRENCE_FOUND
from governance.models import Issue, Recurrence
from governance.policies.recurring import can_decide_recurrence
from governance.services.moves import person
from governance.services.tasks import Order, give_task
from neighborhoods.actors import SYSTEM, Actor
from neighborhoods.models import Compound
from neighborhoods.services.stamps import stamp_of

NOT_COUNTED = (State.MERGED, State.NOT_ACCEPTED, State.WITHDRAWN)  # voices, and what was none of our business


@dataclass(frozen=True)
class _Group:
    compound_id: int
    category_id: int
    numbers: list[str]
    first_at: datetime


def find_recurrences(*, at: datetime) -> int:
    """Every category that came up often enough in a compound, unless it lies before the community already.

    After a decision only newer cases count. Run twice, it finds nothing new.
    """
    known = set(Recurrence.objects.filter(decided_at=None).values_list("compound_id", "category_id"))
    decided = Recurrence.objects.exclude(decided_at=None).values_list("compound_id", "category_id")
    last = {(compound, category): when for compound, category, when in decided.annotate(when=Max("decided_at"))}
    since = at - timedelta(days=settings.RECURRENCE_DAYS)
    found = [_counted(group, last) for group in _groups(since) if group[:2] not in known]
    return sum(_store(group, at) for group in found if group)


def _groups(since: datetime) -> list[tuple[int, int, list[str], datetime]]:
    rows = Issue.objects.filter(submitted_at__gte=since, part_of=None, area__compound__isnull=False)
    grouped = rows.exclude(state__in=NOT_COUNTED).order_by().values("area__compound_id", "category_id")
    often = grouped.annotate(n=Count("pk"), first=Min("submitted_at")).filter(n__gte=settings.RECURRENCE_CASES)
    numbered = often.annotate(numbers=ArrayAgg("number", order_by="submitted_at"))
    return list(numbered.values_list("area__compound_id", "category_id", "numbers", "first"))


def _counted(group: tuple[int, int, list[str], datetime], last: dict[tuple[int, int], datetime]) -> _Group | None:
    compound_id, category_id, numbers, first_at = group
    decided_at = last.get((compound_id, category_id))
    if decided_at:
        newer = Issue.objects.filter(number__in=numbers, submitted_at__gt=decided_at).order_by("submitted_at")
        rows = list(newer.values_list("number", "submitted_at"))
        if len(rows) < settings.RECURRENCE_CASES:
            return None
        numbers, first_at = [number for number, _at in rows], rows[0][1]
    return _Group(compound_id, category_id, numbers, first_at)


@transaction.atomic
def _store(group: _Group, at: datetime) -> bool:
    compound = Compound.objects.select_related("grid__parent").get(pk=group.compound_id)
    community = compound.grid.parent
    made, is_new = Recurrence.objects.get_or_create(
        compound_id=compound.pk,
        category_id=group.category_id,
        decided_at=None,
        defaults={
            "area": community,
            **stamp_of(community).as_fields(),
            "place": compound.name,
            "found_at": at,
            "first_at": group.first_at,
            "cases": len(group.numbers),
            "numbers": ",".join(group.numbers),
        },
    )
    if is_new:
        events.record(RECURRENCE_FOUND, actor=SYSTEM, subject=made, cases=made.cases)
    return is_new


def _locked(recurrence_id: int, actor: Actor) -> Recurrence:
    Recurrence.objects.select_for_update().only("pk").get(pk=recurrence_id)
    found = Recurrence.objects.select_related("area", "category").get(pk=recurrence_id)
    if found.decided_at:
        raise RuleError(_("This was decided already."))
    require(can_decide_recurrence(actor, found))
    return found


@transaction.atomic
def give_recurrence_task(*, recurrence_id: int, actor: Actor, title: str, due_at: datetime) -> Recurrence:
    """The community sees to it before the next one complains."""
    found = _locked(recurrence_id, actor)
    text = _("%(cases)d cases in %(place)s: %(numbers)s")
    facts = {"cases": found.cases, "place": found.place, "numbers": found.numbers.replace(",", "、")}
    found.task = give_task(actor=actor, order=Order(area=found.area, title=title, due_at=due_at, text=text % facts))
    return _decide(found, actor, task_id=found.task.pk)


@transaction.atomic
def leave_recurrence(*, recurrence_id: int, actor: Actor, reason: str) -> Recurrence:
    """Not now, because; found again when as many new cases have come in."""
    found = _locked(recurrence_id, actor)
    if not reason.strip():
        raise RuleError(_("Say why not now."), field="reason")
    found.not_now = reason.strip()[:200]
    return _decide(found, actor, task_id=None)


def _decide(found: Recurrence, actor: Actor, *, task_id: int | None) -> Recurrence:
    found.decided_at, found.decided_by_id, found.decided_by_label = timezone.now(), person(actor), actor.label
    found.save()
    events.record(RECURRENCE_DECIDED, actor=actor, subject=found, task_id=task_id)
    return found
