"""Finding cases about the same thing: every scope, in the busiest place of the commonest category."""

from django.db.models import Count
from django.utils import timezone

from benchmarks.search import milliseconds
from benchmarks.table import Row, at_most
from governance.models import Category, Issue
from governance.models.reference import SimilarScope
from governance.selectors.similar import Place, similar_issues


def run() -> list[Row]:
    """All that a case page, its look-alikes and the offer to residents ask for; warm, the middle of five."""
    busiest = Issue.objects.values("building_id", "category_id").annotate(n=Count("pk")).order_by("-n").first()
    if busiest is None:
        return []
    category = Category.objects.get(pk=busiest["category_id"])
    issue = Issue.objects.filter(building_id=busiest["building_id"], category=category).order_by("-submitted_at")[0]
    category.similar_days, rows = 365, []
    for scope in SimilarScope:
        category.similar_scope = scope
        found = similar_issues(category, Place.of(issue), timezone.now())
        times = sorted(milliseconds(found) for _round in range(5))
        rows.append(at_most(f"cases similar within “{scope.value}” among 200,000", times[2], 20, " ms"))
    return rows
