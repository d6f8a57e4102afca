"""Figures are declared once and counted from records; nobody types one (docs/glossary.md, "Figures")."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import QuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise


@dataclass(frozen=True)
class Metric:
    """A figure: what it counts, in which unit, over which window, and the rows behind it."""

    key: str
    name: "StrOrPromise"
    definition: "StrOrPromise"
    unit: str
    window: str
    rows: Callable[[date], QuerySet]
    measure: Callable[[date], int] | None = None  # something else than how many rows there are

    def value(self, on: date) -> int:
        """The number of rows behind the figure on a day, or what is measured of them."""
        return self.measure(on) if self.measure else self.rows(on).count()
