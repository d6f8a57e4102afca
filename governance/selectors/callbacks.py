"""The calls to be made: who is called, in which order, and what the caller has to know."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils import timezone

from governance.actors import DISPATCHERS
from governance.lifecycle import State
from governance.lifecycle.asking import Asked
from governance.models import Callback, ContactLog, Dispatch, Issue, Reply
from governance.querysets import IssueQuerySet
from governance.selectors.counting import Count
from governance.selectors.rows import IssueRow, row_of, with_step_columns
from neighborhoods.actors import Actor, Role
from neighborhoods.querysets import scope

SHOWN = 25
COUNTED = 99


def is_called(pk: int, reopened: int, every: int) -> bool:
    """Whether a case is in the sample of its category. Its id decides; who was let down once is always called."""
    return reopened > 0 or pk % every == 0


# `is_called` as a condition.
IS_CALLED = Q(reopened_count__gt=0) | Q(Exact(Mod(F("pk"), F("category__callback_every")), 0))


# Not solved, written by the private link: it waits for a decision, and nobody has to be called.
SAID_BY_LINK = Q(asked=Asked.REOPEN, asked_by_id=None)


def calls_of(actor: Actor) -> IssueQuerySet:
    """Cases that wait for a call this person may make: neither handled nor checked by them, the earliest due first."""
    callers = actor.grants_of({*DISPATCHERS, Role.CALLBACK_AGENT})
    if not callers:
        return Issue.objects.none()
    waiting = Issue.objects.unresolved().filter(scope(callers), IS_CALLED, state=State.CALLBACK)
    # else asked, or tried often enough: a dispatcher decides
    undecided = waiting.filter(called_back_by_id=None).exclude(SAID_BY_LINK)
    return undecided.exclude(_had_a_hand(actor)).order_by(F("due_at").asc(nulls_last=True), "pk")


def _had_a_hand(actor: Actor) -> Q:
    """Whoever replied, checked, signed for it or talked with the resident about it (services.moves), or whose unit."""
    who = actor.user_id or 0
    signed = Dispatch.objects.filter(issue=OuterRef("pk"), at__gte=OuterRef("dispatched_at"), signed_by_id=who)
    talked = ContactLog.objects.filter(issue=OuterRef("pk"), at__gte=OuterRef("dispatched_at"), by_id=who)
    hand = Q(replied_by_id=who) | Q(checked_by_id=who) | Q(Exists(signed)) | Q(Exists(talked))
    return hand | Q(holder_unit_id__in=sorted(actor.unit_ids)) if actor.unit_ids else hand


@dataclass(frozen=True)
class Call:
    """One line of the list."""

    row: IssueRow
    reply: str
    tries: tuple[datetime, ...]  # that reached nobody
    is_enough_today: bool  # a third try on the same day would not count

    @property
    def days(self) -> int:
        """On how many days it was tried."""
        return len({timezone.localdate(at) for at in self.tries})


@dataclass(frozen=True)
class Calls:
    """The list as far as it is shown, and how long it is."""

    lines: list[Call]
    count: Count


def calls_to_make(actor: Actor, at: datetime) -> Calls:
    """Four statements, however long the list is."""
    found = calls_of(actor)
    count = Count(found.order_by()[: COUNTED + 1].count(), COUNTED)
    issues = list(with_step_columns(found)[:SHOWN])
    ids = [issue.pk for issue in issues]
    replies: dict[int, Reply] = {}
    for reply in Reply.objects.filter(issue__in=ids).order_by("at", "pk"):
        replies[reply.issue_id] = reply
    tries = _tries_since(replies)
    today = timezone.localdate(at)
    lines = []
    for issue in issues:
        said, made = replies.get(issue.pk), tries.get(issue.pk, [])
        on_today = [one for one in made if timezone.localdate(one) == today]
        lines.append(Call(row_of(issue), said.text if said else "", tuple(made), is_enough_today=len(on_today) > 1))
    return Calls(lines, count)


def _tries_since(replies: dict[int, Reply]) -> dict[int, list[datetime]]:
    """When each case was called since its last reply and nobody was reached."""
    made: dict[int, list[datetime]] = {}
    rows = Callback.objects.filter(issue__in=sorted(replies), outcome=Callback.Outcome.UNREACHED)
    for issue_id, at in rows.order_by("at", "pk").values_list("issue", "at"):
        if at >= replies[issue_id].at:
            made.setdefault(issue_id, []).append(at)
    return made


def tries_of(issue: Issue) -> list[datetime]:
    """The same for one case."""
    since = issue.replied_at or issue.submitted_at
    tries = issue.callbacks.filter(outcome=Callback.Outcome.UNREACHED, at__gte=since)
    return list(tries.order_by("at", "pk").values_list("at", flat=True))
