"""The one place that writes where a fact belongs."""

from dataclasses import dataclass

from neighborhoods.actors import STAMP_COLUMN, Level
from neighborhoods.models import Area


@dataclass(frozen=True)
class Stamp:
    """The ids of the five levels of a place; those below it are empty. Also what policies check a place by."""

    street_id: int | None = None
    community_id: int | None = None
    grid_id: int | None = None
    branch_id: int | None = None
    building_id: int | None = None

    def as_fields(self) -> dict[str, int | None]:
        return {column: getattr(self, column) for column in STAMP_COLUMN.values()}


def stamp_of(area: Area) -> Stamp:
    """Ids of the area and everything above it, in one query."""
    path = [*area.get_ancestors().values_list("level", "pk"), (area.level, area.pk)]
    return Stamp(**{STAMP_COLUMN[Level(level)]: pk for level, pk in path})
