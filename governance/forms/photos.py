"""Which parts of a photo are painted over."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.services.photos import Box

COLUMNS, ROWS = 12, 9
BOXES_LIMIT = 60


@dataclass(frozen=True)
class Cell:
    """A cell of the grid laid over the photo."""

    row: int
    column: int
    is_on: bool

    @property
    def value(self) -> str:
        """As the form sends it: row and column, from 0."""
        return f"{self.row}-{self.column}"


class CoverForm(forms.Form):
    """Rectangles drawn by hand (JSON, shares of width and height), cells of the grid, and the word that one looked."""

    drawn = forms.CharField(required=False, max_length=8000, widget=forms.HiddenInput)
    cells = forms.MultipleChoiceField(
        required=False,
        choices=[(f"{r}-{c}", f"{r}-{c}") for r in range(1, ROWS + 1) for c in range(1, COLUMNS + 1)],
    )
    looked = forms.BooleanField(
        label=_("No face, number plate, door number or name can be recognised"),
        error_messages={"required": _("Look at the whole photo first, then tick this.")},
    )

    def grid(self) -> list[list[Cell]]:
        """The cells in rows, ticked as they were sent."""
        on = set(self.data.getlist("cells")) if hasattr(self.data, "getlist") else set()
        return [[Cell(r, c, f"{r}-{c}" in on) for c in range(1, COLUMNS + 1)] for r in range(1, ROWS + 1)]

    def clean_drawn(self) -> list[Box]:
        raw = self.cleaned_data["drawn"]
        if not raw:
            return []
        try:
            boxes = [Box(*(float(share) for share in box)) for box in json.loads(raw)]
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise forms.ValidationError(_("The rectangles could not be read. Draw them again.")) from error
        if len(boxes) > BOXES_LIMIT or any(not _is_share(box) for box in boxes):
            raise forms.ValidationError(_("The rectangles could not be read. Draw them again."))
        return boxes

    def boxes(self) -> list[Box]:
        """Everything to be covered."""
        cells: list[Any] = [tuple(int(n) for n in cell.split("-")) for cell in self.cleaned_data["cells"]]
        grid = [Box((c - 1) / COLUMNS, (r - 1) / ROWS, 1 / COLUMNS, 1 / ROWS) for r, c in cells]
        return [*self.cleaned_data["drawn"], *grid]


def _is_share(box: Box) -> bool:
    return all(0 <= share <= 1 for share in (box.left, box.top, box.width, box.height))
