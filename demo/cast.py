"""The stored district, found by the keys of the plan."""

from dataclasses import dataclass, field

from neighborhoods.actors import Actor, Level
from neighborhoods.models import Area, PartnerUnit, Post
from neighborhoods.models.areas import CODE_LENGTH
from neighborhoods.services.stamps import Stamp

_COLUMNS = {
    Level.STREET: "street_id",
    Level.COMMUNITY: "community_id",
    Level.GRID: "grid_id",
    Level.BRANCH: "branch_id",
    Level.BUILDING: "building_id",
}


@dataclass
class Cast:
    """The stored district, by the keys of the plan."""

    areas: dict[str, Area] = field(default_factory=dict)
    units: dict[str, PartnerUnit] = field(default_factory=dict)
    people: dict[str, Actor] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)

    def stamp(self, code: str) -> Stamp:
        """Ids of the levels whose codes the code begins with."""
        ids = {
            column: self.areas[code[: CODE_LENGTH[level]]].pk
            for level, column in _COLUMNS.items()
            if len(code) >= CODE_LENGTH[level]
        }
        return Stamp(**ids)
