"""Figures about more time: how often it was asked for, given and refused, by category. No targets, and no ranking."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q

from governance.actors import VIEWERS
from governance.lifecycle.asking import ExtensionOutcome
from governance.models import Category, Extension
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
