"""Cases that are about the same thing: same category, near enough, recent enough; each category says how near.

One ordered index scan each: building by building for a building and a compound, else the community's index, in which a
grid is a filter (docs/performance.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from governance.lifecycle import CLOSED, GOES_ON, in_order
from governance.models import Category, Issue
from governance.models.reference import SimilarScope
from governance.querysets import IssueQuerySet
from governance.selectors.reference import known_category
from neighborhoods.models import Area
from neighborhoods.services.stamps import Stamp

CLOSED_DAYS = 30  # "recently closed"


@dataclass(frozen=True)
class Place:
    """Where one looks: the area itself and the areas above it."""

    area_id: int
    stamp: Stamp

    @classmethod
    def of(cls, issue: Issue) -> "Place":
        """Where a case is."""
        columns = ("street_id", "community_id", "grid_id", "branch_id", "building_id")
        return cls(issue.area_id, Stamp(**{name: getattr(issue, name) for name in columns}))


def near(category: Category, place: Place) -> Q:
    """Within the scope of the category; a place without that level is compared with itself alone."""
    stamp = place.stamp
    here = Q(area_id=place.area_id, community_id=stamp.community_id)
    if category.similar_scope == SimilarScope.COMMUNITY and stamp.community_id:
        return Q(community_id=stamp.community_id)
    if category.similar_scope == SimilarScope.GRID and stamp.grid_id:
        return Q(community_id=stamp.community_id, grid_id=stamp.grid_id)
    if category.similar_scope == SimilarScope.COMPOUND and stamp.branch_id:
        whole = Q(area_id=stamp.branch_id, community_id=stamp.community_id)  # reported for the compound as a whole
        return Q(building_id__in=_buildings_around(stamp)) | whole
    return Q(building_id=stamp.building_id) if stamp.building_id else here


def _buildings_around(stamp: Stamp) -> Sequence[int]:
    """The buildings of the same compound; of a place without building, all those under its branch."""
    if stamp.building_id:
        compound = Area.objects.filter(pk=stamp.building_id).values("compound_id")
        same = list(Area.objects.filter(compound_id__in=compound, closed_on=None).values_list("pk", flat=True))
        return same or [stamp.building_id]
    return list(Area.objects.filter(parent_id=stamp.branch_id, closed_on=None).values_list("pk", flat=True))


def recent(category: Category, at: datetime) -> Q:
    """Reported in the window of the category, open; closed a short time ago where the category says so."""
    window = Q(submitted_at__gte=at - timedelta(days=category.similar_days))
    if not category.includes_recently_closed:
        return window & Q(closed_at=None)
    settled = Q(state__in=in_order(CLOSED), closed_at__gte=at - timedelta(days=CLOSED_DAYS))
    return window & (Q(closed_at=None) | settled)


def similar_issues(category: Category, place: Place, at: datetime) -> IssueQuerySet:
    """All of them, the newest first. Parts of a case are not: their whole is."""
    found = Issue.objects.filter(near(category, place), category=category, part_of=None)
    return found.filter(recent(category, at)).order_by("-submitted_at", "-pk")


def similar_to(issue: Issue, at: datetime) -> IssueQuerySet:
    """Those similar to a case, without itself and whoever joined it."""
    others = similar_issues(known_category(issue.category_id), Place.of(issue), at).exclude(pk=issue.pk)
    return others.exclude(parent_id=issue.pk) if issue.voices > 1 else others


MERGEABLE_SHOWN = 6


def mergeable(issue: Issue, at: datetime) -> list[Issue]:
    """Those a case can be joined to, the one with most voices first: of the same street, and not answered yet."""
    found = similar_to(issue, at).filter(street_id=issue.street_id, state__in=in_order(GOES_ON))
    return list(found.order_by("-voices", "submitted_at", "pk")[:MERGEABLE_SHOWN])
