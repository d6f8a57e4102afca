"""How somebody without an account finds the place they mean: by code, by walking down, or by name."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, Value
from django.db.models.functions import Replace
from django.utils import timezone

from neighborhoods.actors import STAMP_COLUMN, Level
from neighborhoods.models import Area, Compound, Coverage, PlaceCode
from neighborhoods.selectors.areas import path_to
from neighborhoods.services.stamps import Stamp

FOUND_LIMIT = 20
_WORD = 30


@dataclass(frozen=True)
class Place:
    """A chosen place: the area work is given by, the way down to it, and the compound people know it by."""

    area: Area
    path: tuple[Area, ...]  # the street first, the area itself last
    whole: Compound | None = None  # when all of it is meant

    @property
    def compound(self) -> Compound | None:
        """The compound it lies in, or that is meant as a whole."""
        return self.whole or self.area.compound

    def at(self, level: Level) -> Area | None:
        """The area of this level on the way down; None below the place."""
        return next((area for area in self.path if area.level == level), None)

    @property
    def community(self) -> Area | None:
        """None when only a street was chosen."""
        return self.at(Level.COMMUNITY)

    @property
    def above(self) -> str:
        """Street and community: 大码头街道麻石巷社区."""
        return "".join(area.name for area in self.path if area.level <= Level.COMMUNITY)

    @property
    def name(self) -> str:
        """The part below the community, as neighbours say it; a branch is an organisation, so its compound speaks."""
        building = self.area.name if self.area.level == Level.BUILDING else ""
        if self.compound:
            return f"{self.compound.name} {building}".strip()
        return self.area.name if self.area.level > Level.COMMUNITY else ""

    @property
    def is_whole_compound(self) -> bool:
        """No building was named."""
        return self.whole is not None and self.area.level < Level.BUILDING

    @property
    def stamp(self) -> Stamp:
        """The ids that a case of this place carries."""
        return Stamp(**{STAMP_COLUMN[Level(area.level)]: area.pk for area in self.path})


def place_at(area_code: str, compound_code: str = "") -> Place | None:
    """The place with this area code, or the whole compound with this code; None when there is no such open place."""
    if compound_code and not area_code:
        return _whole_compound(compound_code)
    path = path_to(area_code) if area_code else ()
    return Place(path[-1], path) if path else None


def _place(area: Area, whole: Compound | None = None) -> Place:
    return Place(area, (*area.get_ancestors(), area), whole)


def _whole_compound(code: str) -> Place | None:
    """Work for a whole compound goes to the branch that covers it, or to its grid while none does."""
    compound = Compound.objects.filter(code=code, closed_on=None).select_related("grid").first()
    if compound is None or compound.grid.closed_on:
        return None
    today = timezone.localdate()
    now = Coverage.objects.filter(_in_force(today), compound=compound, branch__closed_on=None)
    coverage = now.select_related("branch").first()
    return _place(coverage.branch if coverage else compound.grid, compound)


def _in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))


def place_of_poster(code: str) -> tuple[Place, int | None] | None:
    """Building and entrance of a stairwell poster; None when the code is unknown, revoked or its building is gone."""
    poster = PlaceCode.objects.filter(code=code.upper(), revoked_at=None, area__closed_on=None)
    found = poster.select_related("area__compound").first()
    return (_place(found.area), found.entrance) if found else None


# ---- walking down ----
@dataclass(frozen=True)
class Street:
    """A street and its communities, in code order: nobody is ranked."""

    area: Area
    communities: list[Area]


def streets() -> list[Street]:
    """Every open street with its open communities; one statement."""
    areas = list(Area.objects.open().filter(level__lte=Level.COMMUNITY).order_by("code"))
    return [
        Street(street, [a for a in areas if a.parent_id == street.pk])
        for street in areas
        if street.level == Level.STREET
    ]


@dataclass(frozen=True)
class Inside:
    """What one can choose inside a community."""

    community: Area
    street: Area
    compounds: list[Compound]
    grids: list[Area]


def inside_community(code: str) -> Inside | None:
    """Compounds by the telephone-book order of their names, grids by code."""
    found = Area.objects.open().filter(code=code, level=Level.COMMUNITY).select_related("parent").first()
    if found is None:
        return None
    grids = list(Area.objects.open().filter(parent=found).order_by("code"))
    compounds = Compound.objects.filter(grid__in=grids, closed_on=None).order_by("pinyin", "code")
    return Inside(found, found.parent, list(compounds), grids)


def buildings_in(compound_code: str) -> tuple[Compound, list[Area]] | None:
    """A compound and its buildings, in code order."""
    open_buildings = Prefetch("buildings", Area.objects.open().order_by("code"), to_attr="open_buildings")
    compounds = Compound.objects.filter(code=compound_code, closed_on=None)
    compound = compounds.select_related("grid__parent").prefetch_related(open_buildings).first()
    return (compound, compound.open_buildings) if compound else None


# ---- finding by name ----
@dataclass(frozen=True)
class Hit:
    """A place found by name. `compound` leads on to its buildings, `area` is a choice by itself."""

    name: str
    above: str
    compound: str = ""
    area: str = ""
    community: str = ""


def places_named(words: str) -> list[Hit]:
    """Compounds, then communities, then grids whose name or pinyin contains the words."""
    words = words.strip()[:_WORD]
    if not words:
        return []
    condition = Q(name__icontains=words)
    if words.isascii():
        condition |= Q(in_one_word__contains="".join(words.lower().split()))
    compounds = _readable(Compound.objects.filter(closed_on=None)).filter(condition).select_related("grid__parent")
    hits = [
        Hit(c.name, _name_of(c.grid.parent), compound=c.code)
        for c in compounds.order_by("pinyin", "code")[:FOUND_LIMIT]
    ]
    areas = (
        _readable(Area.objects.open())
        .filter(condition, level__in=[Level.COMMUNITY, Level.GRID])
        .select_related("parent")
    )
    hits += [_area_hit(area) for area in areas.order_by("level", "code")[:FOUND_LIMIT]]
    return hits[:FOUND_LIMIT]


def _readable(places: Any) -> Any:
    """With the pinyin as people type it, without spaces: wenfengli."""
    return places.annotate(in_one_word=Replace("pinyin", Value(" "), Value("")))


def _area_hit(area: Area) -> Hit:
    if area.level == Level.COMMUNITY:
        return Hit(area.name, _name_of(area.parent), community=area.code)
    return Hit(area.name, _name_of(area.parent), area=area.code)


def _name_of(area: Area | None) -> str:
    return area.name if area else ""
