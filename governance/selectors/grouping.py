"""The forty kinds of requests: the commonest of a place, under headings people look for, and by a word."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.models import Category, Issue
from governance.selectors.reference import categories
from neighborhoods.models import Area

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
# What a neighbour would say instead of the name the offices use. A kind somebody added has its name alone.
PLAIN_WORDS: dict[str, Promise] = {
    "EN01": _("not collected, bins overflowing"),
    "EN02": _("things left in stairwells and corridors"),
    "EN03": _("branches, dead trees, weeds"),
    "EN04": _("mosquitoes, flies, rats, cockroaches"),
    "IN01": _("toilet or floor drain coming up"),
    "IN02": _("potholes, a missing cover"),
    "IN03": _("street or stairwell lamp out"),
    "IN04": _("water through the roof, plaster coming down"),
    "IN05": _("out of order, somebody stuck"),
    "IN06": _("wanting a lift, old house to be done up"),
    "UT01": _("no water, weak, dirty"),
    "UT02": _("no power, a cable hanging down"),
    "UT03": _("smell of gas, no gas"),
    "UT04": _("tangles of wires overhead"),
    "PR01": _("nobody cares, wrong charges"),
    "PR02": _("choosing those who speak for owners"),
    "PR03": _("money for big repairs"),
    "TR01": _("a car in the way, a place taken"),
    "TR02": _("left in the way, cables from windows"),
    "SF01": _("blocked way, broken extinguisher"),
    "SF02": _("thieves, swindlers, fights"),
    "SF03": _("water in the street, things thrown down"),
    "LW01": _("sheds and rooms without leave"),
    "LW02": _("stalls in the way, beds on common ground"),
    "NS01": _("building, dancing, decorating"),
    "NS02": _("smoke and stench"),
    "ND01": _("quarrels, water from upstairs"),
    "ND02": _("bites, no lead, barking"),
    "EL01": _("an old person alone"),
    "EL02": _("canteen, meals brought home"),
    "CH01": _("after school, in the holidays"),
    "WF01": _("hard up, disabled, needing help"),
    "WF02": _("pension, medical insurance, yearly proof"),
    "WF03": _("looking for work, learning a trade"),
    "HL01": _("doctor, blood pressure"),
    "CU01": _("ball games, dancing, events"),
    "PA01": _("finding one's party branch"),
    "IQ01": _("how to go about something"),
    "SG01": _("something could be better"),
    "OT99": _("not sure: choose this one"),
}
# Where little has come in yet.
USUAL = ("EN01", "IN03", "TR01", "IN01", "NS01", "PR01")
REST = "OT99"  # no kind of its own: it stands at the end, however often it is chosen
COUNTED_DAYS = 90
_REMEMBER_SECONDS = 3600


@dataclass(frozen=True)
class Kind:
    """A category and its plain words."""

    category: Category
    plain: str

    def has(self, word: str) -> bool:
        """Whether the word, folded to small letters, stands in its name, its plain words or its group."""
        return self.is_called(word) or word in str(GROUP_NAMES.get(self.category.group, "")).casefold()

    def is_called(self, word: str) -> bool:
        """Whether the word stands in its own name or plain words, and not only in the heading above."""
        return word in f"{self.category.name} {self.plain}".casefold()


@dataclass(frozen=True)
class Group:
    """A heading and what stands under it."""

    letters: str
    name: Promise | str
    kinds: list[Kind]


def category_groups() -> list[Group]:
    """The categories under the headings of their letters, in the administrators' order."""
    groups: dict[str, list[Kind]] = {}
    for kind in _kinds():
        groups.setdefault(kind.category.group, []).append(kind)
    return [Group(letters, GROUP_NAMES.get(letters, letters), found) for letters, found in groups.items()]


def _kinds() -> list[Kind]:
    return [Kind(category, str(PLAIN_WORDS.get(category.code, ""))) for category in categories()]


def kinds_named(words: str) -> list[Kind]:
    """Kinds whose name, plain words or heading contain all the words; those that say it themselves stand first."""
    wanted = words.casefold().split()
    found = [kind for kind in _kinds() if all(kind.has(word) for word in wanted)]
    return sorted(found, key=lambda kind: not all(kind.is_called(word) for word in wanted))


def commonest_kinds(community: Area | None) -> list[Kind]:
    """The six that come in most in this community, filled up with those that are common everywhere."""
    known = {kind.category.code: kind for kind in _kinds() if kind.category.code != REST}
    codes = [code for code in (*_counted(community), *USUAL) if code in known]
    return [known[code] for code in dict.fromkeys(codes)][: len(USUAL)]


def _counted(community: Area | None) -> list[str]:
    """Counted once an hour: which kinds are common changes slowly."""
    if community is None:
        return []
    key = f"common-kinds:{community.pk}"
    codes = cache.get(key)
    if codes is None:
        since = timezone.now() - timedelta(days=COUNTED_DAYS)
        recent = Issue.objects.filter(community_id=community.pk, submitted_at__gte=since)
        counted = recent.values("category__code").annotate(n=Count("pk")).order_by("-n", "category__code")
        codes = [row["category__code"] for row in counted[: len(USUAL) + 1]]
        cache.set(key, codes, timeout=_REMEMBER_SECONDS)
    return codes
