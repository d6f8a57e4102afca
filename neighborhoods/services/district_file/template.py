"""The table an administrator starts from: a small invented district that loads as it is."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.seeds import rows_of
from neighborhoods.models import Title
from neighborhoods.policies import ADMIN_ROLES
from neighborhoods.services.district_file.columns import (
    COLUMN_WORDS,
    COMPOUND_KIND_WORDS,
    KIND_WORDS,
    MODE_WORDS,
    UNIT_LEVEL_WORDS,
    Kind,
    column_title,
    in_language,
    meaning_of,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SAMPLE = Path(__file__).resolve().parents[2] / "reference" / "sample_district.csv"
AREA_COLUMNS = ("kind", "code", "name", "parent", "approval_no", "approved_on", "duty_phone", "duty_hours")
BUILDING_COLUMNS = ("kind", "code", "name", "parent", "compound", "entrances", "floors", "households")
COMPOUND_COLUMNS = ("kind", "code", "name", "parent", "compound_kind", "covered_by", "mode", "built_year")
UNIT_COLUMNS = ("kind", "name", "short_name", "unit_level", "duty_phone")
POST_COLUMNS = ("kind", "name", "parent", "title", "phone", "unit")
TEXT_FORMAT = "@"  # keeps twenty digits as they are typed
ROOM = 500  # rows prepared as text below the sample


def sample_rows() -> list[dict[str, str]]:
    """The sample, by column."""
    return rows_of(SAMPLE)


def template_csv() -> bytes:
    """One table with every column, readable by spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column_title(column) for column in COLUMN_WORDS])
    writer.writerows([row.get(column, "") for column in COLUMN_WORDS] for row in sample_rows())
    return text.getvalue().encode("utf-8-sig")


def template_xlsx() -> bytes:
    """A workbook with a sheet for each kind of row, and one that explains the words."""
    from openpyxl import Workbook  # noqa: PLC0415 - a fifth of a second of every start

    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    rows = sample_rows()
    kinds = [meaning_of(row["kind"], KIND_WORDS) for row in rows]
    for name, wanted, columns in _sheets():
        sheet = book.create_sheet(name)
        mine = [row for row, kind in zip(rows, kinds, strict=True) if kind in wanted]
        fill(sheet, [column_title(column) for column in columns], [[r.get(c, "") for c in columns] for r in mine])
    _explain(book.create_sheet(_("Words")))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _sheets() -> list[tuple[str, set[Kind], tuple[str, ...]]]:
    areas = {Kind.STREET, Kind.PARK, Kind.COMMUNITY, Kind.GRID, Kind.BRANCH}
    return [
        (_("Areas"), areas, AREA_COLUMNS),
        (_("Compounds"), {Kind.COMPOUND}, COMPOUND_COLUMNS),
        (_("Buildings"), {Kind.BUILDING}, BUILDING_COLUMNS),
        (_("Units"), {Kind.UNIT}, UNIT_COLUMNS),
        (_("Posts"), {Kind.POST}, POST_COLUMNS),
    ]


def fill(sheet: "Worksheet", headings: list[str], rows: list[list[str]]) -> None:
    """Headings that stay on top, the rows, and room below them that keeps what is typed as text."""
    from openpyxl.styles import Font, PatternFill  # noqa: PLC0415 - as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    for row in (headings, *rows):
        sheet.append(row)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="EFE9DC")
    for number in range(1, len(headings) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = 22
        for line in range(2, len(rows) + ROOM):
            sheet.cell(line, number).number_format = TEXT_FORMAT
    sheet.freeze_panes = "A2"


def _explain(sheet: "Worksheet") -> None:
    """No column here is called "kind", so the reader passes this sheet over."""
    sheet.append([_("Which column"), _("What may stand there")])
    lists: dict[str, Mapping[Any, tuple[str, ...]]] = {
        "kind": KIND_WORDS,
        "compound_kind": COMPOUND_KIND_WORDS,
        "mode": MODE_WORDS,
        "unit_level": UNIT_LEVEL_WORDS,
    }
    for column, words in lists.items():
        sheet.append([column_title(column), "、".join(in_language(spellings) for spellings in words.values())])
    titles = [title for title in Title.objects.all() if not ADMIN_ROLES & title.role_set]
    sheet.append([column_title("title"), "、".join(title.name_zh for title in titles)])
    sheet.append([column_title("code"), _("Street 9 digits, community 12, grid 15, branch 17, building 20")])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, 100
