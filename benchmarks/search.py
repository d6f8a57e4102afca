"""A search in the database by two characters and by place, as a community and as the whole street see it."""

import json

from django.db import connection

from benchmarks.table import Row, at_most
from governance.models import Issue
from governance.querysets import IssueQuerySet
from governance.selectors.finding import mentioning
from neighborhoods.actors import Grant, Level, Role
from neighborhoods.models import Area, Compound

# One word in ten cases, one in four hundred, one in none.
WORDS = ("电梯", "马蜂", "鹦鹉")
PAGE = 25


def milliseconds(rows: IssueQuerySet) -> float:
    """How long the database takes, as it says itself."""
    sql, parameters = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", parameters)
        plan = cursor.fetchone()[0]
    found = json.loads(plan) if isinstance(plan, str) else plan
    return found[0]["Execution Time"]


def run() -> list[Row]:
    """The newest page of what is found, warm, the middle of five."""
    rows = []
    for level, role in ((Level.COMMUNITY, Role.COMMUNITY_STAFF), (Level.STREET, Role.STREET_DISPATCHER)):
        area = Area.objects.filter(level=int(level)).order_by("pk").first()
        if area is None:
            continue
        scoped = Issue.objects.within([Grant(role, level, area.pk)])
        place = Compound.objects.filter(grid__parent__in=[area.pk, *area.children.all()]).order_by("pk").first()
        for word in [*WORDS, *([place.name, f"{place.name}1栋", f"{place.name} 电梯"] if place else [])]:
            found = mentioning(scoped, word).order_by("-submitted_at", "-pk")[:PAGE]
            times = sorted(milliseconds(found) for _round in range(5))
            name = f"search “{word}” in a {level.name.lower()} of 200,000 cases"
            rows.append(at_most(name, times[2], 30, " ms"))
    return rows
