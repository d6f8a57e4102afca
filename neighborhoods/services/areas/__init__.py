"""All writes to a tree. Each locks the trees it touches, and only then reads (docs/tree.md)."""

from neighborhoods.services.areas.adding import add_area, rename_area, revise_area
from neighborhoods.services.areas.closing import close_area, merge_areas
from neighborhoods.services.areas.codes import AreaFacts
from neighborhoods.services.areas.moving import MoveConsequences, consequences_of_move, move_area

__all__ = [
    "AreaFacts",
    "MoveConsequences",
    "add_area",
    "close_area",
    "consequences_of_move",
    "merge_areas",
    "move_area",
    "rename_area",
    "revise_area",
]
