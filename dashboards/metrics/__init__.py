"""Figures are declared once and counted from records; nobody types one (docs/glossary.md, "Figures")."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet


@dataclass(frozen=True)
class Metric:
    """A figure: what it counts, in which unit, over which window, and the rows behind it."""

    key: str
    name: str
    definition: str
    unit: str
    window: str
    rows: Callable[[date], QuerySet]

    def value(self, on: date) -> int:
        """The number of rows behind the figure on a day."""
        return self.rows(on).count()
