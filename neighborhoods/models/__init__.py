"""The five-level tree, compounds and who covers them, bodies, units, posts."""

from neighborhoods.models.areas import Area, AreaChange
from neighborhoods.models.imports import DistrictImport
from neighborhoods.models.places import Body, Compound, Coverage, PlaceCode
from neighborhoods.models.posts import PartnerUnit, Post, Title
from neighborhoods.models.residents import Household, Resident, ResidentReveal
from neighborhoods.models.stamps import AreaStamped

__all__ = [
    "Area",
    "AreaChange",
    "AreaStamped",
    "Body",
    "Compound",
    "Coverage",
    "DistrictImport",
    "Household",
    "PartnerUnit",
    "PlaceCode",
    "Post",
    "Resident",
    "ResidentReveal",
    "Title",
]
