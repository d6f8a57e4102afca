"""Back office of the tree, its compounds, units and posts. Everything with a rule goes through the services."""

from neighborhoods.admin.areas import AreaAdmin
from neighborhoods.admin.history import AreaChangeAdmin
from neighborhoods.admin.places import BodyAdmin, CompoundAdmin, CoverageAdmin, PlaceCodeAdmin
from neighborhoods.admin.posts import PartnerUnitAdmin, PostAdmin, TitleAdmin

__all__ = [
    "AreaAdmin",
    "AreaChangeAdmin",
    "BodyAdmin",
    "CompoundAdmin",
    "CoverageAdmin",
    "PartnerUnitAdmin",
    "PlaceCodeAdmin",
    "PostAdmin",
    "TitleAdmin",
]
