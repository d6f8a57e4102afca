"""Dismissed requests: the reasons of today, what the resident reads, and figures that keep them apart."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Case, Count, Q, QuerySet, When
from django.utils import timezone

from governance.actors import DISPATCHERS
from governance.lifecycle.asking import AppealOutcome, DismissalOutcome
from governance.models import Dismissal, DismissalReason, Issue
from neighborhoods.actors import Actor, Role
from neighborhoods.querysets import scope

SHOWN = 100


def reasons_on(day: date) -> list[DismissalReason]:
    """The reasons in force, in their order."""
    valid = Q(valid_until=None) | Q(valid_until__gte=day)
    return list(DismissalReason.objects.filter(valid, valid_from__lte=day))


def asked_dismissal(issue: Issue) -> Dismissal | None:
    """The proposal that waits for a second person."""
    return issue.dismissals.select_related("reason").filter(outcome=DismissalOutcome.ASKED).first()


def standing_dismissal(issue: Issue) -> Dismissal | None:
    """The last one that a second person agreed to; the resident reads its reason, basis and words."""
    return issue.dismissals.select_related("reason").filter(outcome=DismissalOutcome.AGREED).last()


def dismissals_visible_to(actor: Actor) -> QuerySet[Dismissal]:
    """Proposals about cases of the actor's area, whatever became of them."""
    grants = actor.grants_of({*DISPATCHERS, Role.DISTRICT_DUTY})
    return Dismissal.objects.filter(scope(grants, prefix="issue__")) if grants else Dismissal.objects.none()


def listed_dismissals(rows: QuerySet[Dismissal]) -> list[Dismissal]:
    """Those that wait for a second person first, then the newest; each with its case, reason and appeal."""
    waits = Case(When(outcome=DismissalOutcome.ASKED, then=0), default=1)
    whole = rows.select_related("issue__category", "reason", "appeal")
    return list(whole.order_by(waits, "-proposed_at", "-pk")[:SHOWN])


class DismissalFigures(NamedTuple):
    """How many requests of a time were dismissed, and what became of the appeals. Dismissed ones stay in `received`.

    Whoever works out a rate names both numbers, so that nothing is left out of it silently.
    """

    received: int
    proposed: int
    agreed: int
    refused: int
    appealed: int
    upheld: int
    reopened: int  # after an appeal, also one that nobody decided in time

    @property
    def standing(self) -> int:
        """Dismissed and not opened again."""
        return self.agreed - self.reopened


def figures_for(actor: Actor, at: datetime) -> DismissalFigures:
    """Of the actor's area, about what came in this year."""
    since = timezone.localtime(at).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return dismissal_figures(since, at, scope(actor.grants_of({*DISPATCHERS, Role.DISTRICT_DUTY})))


def dismissal_figures(since: datetime, until: datetime, place: Q | None = None) -> DismissalFigures:
    """Of requests that came in from one moment to another; `place` narrows them, as `querysets.scope` does."""
    came = Issue.objects.filter(place or Q(), submitted_at__gte=since, submitted_at__lt=until, part_of=None)
    reopened = [AppealOutcome.REOPENED, AppealOutcome.SILENT]
    counted = Dismissal.objects.filter(issue__in=came).aggregate(
        proposed=Count("pk"),
        agreed=Count("pk", filter=Q(outcome=DismissalOutcome.AGREED)),
        refused=Count("pk", filter=Q(outcome=DismissalOutcome.REFUSED)),
        appealed=Count("appeal"),
        upheld=Count("appeal", filter=Q(appeal__outcome=AppealOutcome.UPHELD)),
        reopened=Count("appeal", filter=Q(appeal__outcome__in=reopened)),
    )
    return DismissalFigures(received=came.count(), **counted)
