"""Which branch covers which compound, and where nobody does."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from neighborhoods.actors import Grant
from neighborhoods.models import Compound, Coverage
from neighborhoods.selectors.areas import compounds_within


def live_coverages(on: date | None = None) -> QuerySet[Coverage]:
    """Coverage rows whose period includes the day."""
    on = on or timezone.localdate()
    return Coverage.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)


def covering_branch_id(compound_id: int, on: date | None = None) -> int | None:
    """The branch that covers a compound on a day."""
    return live_coverages(on).filter(compound=compound_id).values_list("branch", flat=True).first()


def covered_in_grid(branch_id: int, grid_id: int | None) -> QuerySet[Any]:
    """Ids of the compounds a branch covers that stand in a grid."""
    return live_coverages().filter(branch=branch_id, compound__grid=grid_id).values_list("compound", flat=True)


def gaps_in_coverage(grants: Iterable[Grant], on: date | None = None) -> QuerySet[Compound]:
    """Open compounds inside the grants that no open branch covers: "leave no gap" (全域覆盖)."""
    covered = live_coverages(on).filter(compound=OuterRef("pk"), branch__closed_on=None)
    return compounds_within(grants).filter(~Exists(covered)).select_related("grid").order_by("code")
