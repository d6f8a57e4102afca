"""How a scope becomes a condition. Nothing outside this file knows how places are stored on rows."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from mptt.querysets import TreeQuerySet

from neighborhoods.actors import STAMP_COLUMN, Grant, Level


def scope(grants: Iterable[Grant], prefix: str = "") -> Q:
    """The condition "belongs to an area of one of these grants" for a stamped row; no grants, no rows."""
    by_column: dict[str, set[int]] = {}
    for grant in grants:
        if grant.level == Level.DISTRICT:
            return ~Q(pk__in=[])  # everything, also beside an OR: an empty Q() would vanish there and hide it all
        by_column.setdefault(STAMP_COLUMN[grant.level], set()).add(grant.area_id)
    condition = Q(pk__in=[])
    for column, ids in by_column.items():
        condition |= Q(**{f"{prefix}{column}__in": sorted(ids)})
    return condition


class AreaScopedQuerySet(models.QuerySet):
    """For every model that carries stamps."""

    def within(self, grants: Iterable[Grant]) -> Self:
        """Rows inside the areas of the grants: one comparison with the stamp of each grant's level."""
        return self.filter(scope(grants))


class AreaQuerySet(TreeQuerySet):
    """Areas themselves."""

    def open(self) -> Self:
        """Areas that are not closed."""
        return self.filter(closed_on=None)

    def of_level(self, level: Level) -> Self:
        """Areas of one level of the tree."""
        return self.filter(level=int(level))


class ResidentQuerySet(AreaScopedQuerySet):
    """People the portal knows."""

    def known(self) -> Self:
        """Neither joined to another record of the same person nor erased."""
        return self.filter(merged_into=None, erased_at=None)
