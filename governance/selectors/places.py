"""Where an issue is, in words: 麻石巷社区 纺织厂老家属院 3 栋."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlencode

from governance.models import Issue
from neighborhoods.actors import Level
from neighborhoods.models import AreaStamped
from neighborhoods.selectors.areas import NamedArea, community_names, named_areas


def place_names(issues: Iterable[Issue]) -> dict[int, str]:
    """The place of each issue by its id. Areas come with their compound loaded."""
    return {issue.pk: place_of(issue) for issue in issues}


def place_of(thing: AreaStamped) -> str:
    """The place of an issue or of whatever else has one. Its area comes with the compound loaded."""
    area = thing.area
    return place_name(thing.community_id, area.level, area.name, area.compound.name if area.compound else None)


def place_name(community_id: int | None, level: int, name: str, compound: str | None) -> str:
    """Community, compound and building, as far as the place goes."""
    parts = [community_names().get(community_id or 0, "")] if level > Level.COMMUNITY else []
    if level == Level.BUILDING and compound:
        parts.append(compound)
    parts.append(name)
    return " ".join(part for part in parts if part)


class Crumb(NamedTuple):
    """A step on the way down to a case: what it says, and the query of the list behind it."""

    name: str
    query: str


def crumbs_of(issue: Issue) -> tuple[Crumb, ...]:
    """The areas as neighbours call them: a compound stands by its own name, not by that of its Party branch."""
    compound = issue.area.compound
    return tuple(
        Crumb(compound.name, urlencode({"q": compound.name}))
        if compound and area.level == Level.BRANCH
        else Crumb(area.name, urlencode({"area": area.pk}))
        for area in path_of(issue)
    )


def path_of(issue: Issue) -> tuple[NamedArea, ...]:
    """The areas an issue belongs to, the street first."""
    return named_areas([issue.street_id, issue.community_id, issue.grid_id, issue.branch_id, issue.building_id])
