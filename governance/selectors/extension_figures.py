"""Figures about more time: extensions by category, and pauses by reason. No targets, and no ranking."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, DateTimeField, ExpressionWrapper, F, Q, Sum, Value
from django.db.models.fields import DurationField
from django.db.models.functions import Least

from governance.actors import VIEWERS
from governance.lifecycle.asking import ExtensionOutcome
from governance.models import Category, ClockPause, Extension
from governance.selectors.whistle_figures import WINDOW_DAYS
from neighborhoods.actors import Actor
from neighborhoods.querysets import scope


class ExtensionsOf(NamedTuple):
    """Extensions of one category, asked for within the window; `open` waits for a decision."""

    name: str
    asked: int
    agreed: int
    refused: int
    lapsed: int
    open: int


class ExtensionFigures(NamedTuple):
    """By category, and together. A category nobody asked for is left out."""

    rows: list[ExtensionsOf]
    total: ExtensionsOf


class PausesOf(NamedTuple):
    """Pauses of one reason that began within the window: in how many cases, how long, how many last still."""

    name: str
    pauses: int
    cases: int
    stood: timedelta
    open: int

    @property
    def days(self) -> float:
        """How long together, in days of 24 hours."""
        return self.stood / timedelta(days=1)


def pause_figures(actor: Actor, at: datetime) -> list[PausesOf]:
    """Time that did not count, of the actor's area, until now or the end of the pause or of its clock. One statement.

    In days of the calendar: what it was in working time stands on each clock (`paused_seconds`).
    """
    window = at - timedelta(days=WINDOW_DAYS)
    found = ClockPause.objects.filter(
        scope(actor.grants_of(VIEWERS), "clock__issue__"), starts_at__gte=window, starts_at__lte=at
    )
    until = Least("ends_at", "clock__ended_at", Value(at, DateTimeField()))  # PostgreSQL leaves out what is empty
    stood = ExpressionWrapper(until - F("starts_at"), DurationField())
    rows = (
        found.order_by("reason")
        .values("reason")
        .annotate(
            pauses=Count("pk"),
            cases=Count("clock__issue", distinct=True),
            stood=Sum(stood),
            open=Count("pk", filter=Q(is_over=False)),
        )
    )
    label = dict(ClockPause.Reason.choices)
    return [PausesOf(str(label[r["reason"]]), r["pauses"], r["cases"], r["stood"], r["open"]) for r in rows]


def extension_figures(actor: Actor, at: datetime) -> ExtensionFigures:
    """Of the actor's area, in two statements: what was asked for in the last days, by what became of it.

    The categories stand in the order of their codes, not of their numbers.
    """
    window = at - timedelta(days=WINDOW_DAYS)
    found = Extension.objects.filter(scope(actor.grants_of(VIEWERS), "issue__"), asked_at__gte=window)
    by = {
        name: Count("pk", filter=Q(outcome=outcome))
        for name, outcome in (
            ("agreed", ExtensionOutcome.AGREED),
            ("refused", ExtensionOutcome.REFUSED),
            ("lapsed", ExtensionOutcome.LAPSED),
            ("open", ExtensionOutcome.ASKED),
        )
    }
    counted = {
        category: numbers
        for category, *numbers in found.order_by()
        .values("issue__category")
        .annotate(asked=Count("pk"), **by)
        .values_list("issue__category", "asked", *by)
    }
    categories = Category.objects.filter(pk__in=list(counted)).order_by("code") if counted else []
    rows = [ExtensionsOf(str(category.name), *counted[category.pk]) for category in categories]
    names = ExtensionsOf._fields[1:]
    return ExtensionFigures(rows, ExtensionsOf("", *(sum(getattr(row, name) for row in rows) for name in names)))
