"""The forty kinds of requests under headings people look for."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.models import Category
from governance.selectors.reference import categories

GROUP_NAMES: dict[str, Promise] = {
    "EN": _("Clean and green"),
    "IN": _("Roads, lamps, houses, lifts"),
    "UT": _("Water, power, gas, cables"),
    "PR": _("Property company and owners"),
    "TR": _("Parking and e-bikes"),
    "SF": _("Safety"),
    "LW": _("Building and trading without leave"),
    "NS": _("Noise and fumes"),
    "ND": _("Neighbours and dogs"),
    "EL": _("Old people"),
    "CH": _("Children"),
    "WF": _("Allowances, insurance, jobs"),
    "HL": _("Health"),
    "CU": _("Culture and sports"),
    "PA": _("Party and mass work"),
    "IQ": _("Questions"),
    "SG": _("Ideas"),
    "OT": _("Something else"),
}


@dataclass(frozen=True)
class Group:
    """A heading and what stands under it."""

    letters: str
    name: Promise | str
    categories: list[Category]


def category_groups() -> list[Group]:
    """The categories under the headings of their letters, in the administrators' order."""
    groups: dict[str, list[Category]] = {}
    for category in categories():
        groups.setdefault(category.group, []).append(category)
    return [Group(letters, GROUP_NAMES.get(letters, letters), found) for letters, found in groups.items()]
