"""Where an issue is, in words: 麻石巷社区 纺织厂老家属院 3 栋."""

from collections.abc import Iterable

from governance.models import Issue
from neighborhoods.actors import Level
from neighborhoods.models import Area


def place_names(issues: Iterable[Issue]) -> dict[int, str]:
    """The place of each issue by its id; one statement for all of them. Areas come with their compound loaded."""
    issues = list(issues)
    wanted = {issue.community_id for issue in issues if issue.community_id}
    names = dict(Area.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    return {issue.pk: _place(issue, names) for issue in issues}


def _place(issue: Issue, names: dict[int, str]) -> str:
    area = issue.area
    parts = [names.get(issue.community_id or 0, "")] if area.level > Level.COMMUNITY else []
    if area.level == Level.BUILDING and area.compound:
        parts.append(area.compound.name)
    parts.append(area.name)
    return " ".join(part for part in parts if part)


def path_of(issue: Issue) -> list[Area]:
    """The areas an issue belongs to, the street first."""
    ids = [issue.street_id, issue.community_id, issue.grid_id, issue.branch_id, issue.building_id]
    return list(Area.objects.filter(pk__in=[pk for pk in ids if pk]).order_by("level"))
