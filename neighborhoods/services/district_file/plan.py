"""What a checked file will load, and what is wrong with it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from neighborhoods.services.areas.imports import AreaRow
from neighborhoods.services.district_file.columns import Kind, column_title
from neighborhoods.services.district_file.reading import RawRow


@dataclass(frozen=True)
class Complaint:
    """One thing wrong in one line, and what to do about it."""

    sheet: str
    line: int
    column: str  # as the template calls it
    message: str


@dataclass(frozen=True)
class NewCompound:
    """A compound the file adds."""

    code: str
    name: str
    kind: str
    grid_code: str
    built_year: int | None
    branch_code: str
    mode: str


@dataclass(frozen=True)
class NewUnit:
    """A partner unit the file adds."""

    name: str
    short_name: str
    level: str
    phone: str


@dataclass(frozen=True)
class NewPost:
    """Somebody the file puts into a title."""

    name: str
    phone: str
    title_id: int
    area_code: str
    unit_name: str


@dataclass
class Plan:
    """Rows to load by kind, rows that are there already, complaints and hints."""

    areas: list[AreaRow] = field(default_factory=list)
    building_compounds: dict[str, str] = field(default_factory=dict)  # building code → compound code
    compounds: list[NewCompound] = field(default_factory=list)
    units: list[NewUnit] = field(default_factory=list)
    posts: list[NewPost] = field(default_factory=list)
    new: Counter[Kind] = field(default_factory=Counter)
    known: Counter[Kind] = field(default_factory=Counter)
    complaints: list[Complaint] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)  # codes and names of lines that have a complaint of their own

    def complain(self, row: RawRow, column: str, message: Any) -> None:
        """Note what is wrong, with sheet, line and column as the person sees them."""
        self.complaints.append(Complaint(row.sheet, row.line, column_title(column), str(message)))

    def follows(self, name: str) -> bool:
        """Whether a line refers to one that was refused itself: that one is to be mended, and is said already."""
        return bool(name) and name in self.refused

    @property
    def is_sound(self) -> bool:
        """Whether it may be loaded: one complaint stops the whole file."""
        return not self.complaints

    @property
    def total(self) -> int:
        """How many rows would be new."""
        return sum(self.new.values())

    def counts(self) -> dict[str, int]:
        """New rows by kind; kinds without any are left out."""
        return {kind.value: count for kind, count in self.new.items() if count}
