"""From bytes that anybody may have sent to rows of text. Believes nothing the file says about itself."""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from core.errors import RuleError
from neighborhoods.services.district_file.columns import COLUMN_WORDS, REQUIRED_COLUMNS, in_language, meaning_of

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024  # a zip bomb unpacks to far more; an honest table of 20,000 rows to about 20 MB
MAX_BESIDES = 2 * 1024 * 1024  # of it that is read although it is no cell: what cells look like takes a hundredfold
MAX_PARTS = 400
MAX_ROWS = 20_000
MAX_LINES = 100_000  # blank lines included
MAX_COLUMNS = 60
MAX_CELL = 200
HEADER_WITHIN = 10
HEADING = 20  # signs of a heading that are repeated
SPARE = 4  # as much of a cell is looked at: one long text may stand in a million cells
EXACT = 10**15  # spreadsheets keep fifteen digits of a number
LOST_DIGITS = "#####"


@dataclass(frozen=True)
class Layout:
    """What a table holds: the words over its columns, which must be there, and the one that no header is without."""

    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    mark: str
    max_rows: int = MAX_ROWS
    max_cell: int = MAX_CELL
    keeps_time: bool = False  # a moment of a spreadsheet stays one; else it is a day


DISTRICT = Layout(COLUMN_WORDS, REQUIRED_COLUMNS, "kind")


@dataclass(frozen=True)
class RawRow:
    """A line of the table: where it stands and what it says, by column."""

    sheet: str
    line: int
    cells: dict[str, str]
    unread: frozenset[str] = frozenset()  # headings that mean nothing to us, with something below them in this line

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def refuse(message: str) -> RuleError:
    """The whole file cannot be used."""
    return RuleError(message, field="file")


def read_rows(content: bytes, layout: Layout = DISTRICT) -> list[RawRow]:
    """The filled rows of an Excel or CSV file; RuleError says in plain words why a file cannot be used."""
    if not content:
        raise refuse(_("The file is empty."))
    if len(content) > MAX_BYTES:
        raise refuse(_("The file is larger than %(limit)d MB. Split it.") % {"limit": MAX_BYTES // 1024 // 1024})
    if content[:4] == b"PK\x03\x04":
        sheets = _workbook(content)
    elif content[:4] == b"\xd0\xcf\x11\xe0":
        raise refuse(_("This is an old or password-protected Excel file. Save it as .xlsx without a password."))
    else:
        sheets = [("", _csv_lines(_decoded(content)))]
    tables = [_table(name, lines, layout) for name, lines in sheets]
    _check_columns({column for columns, _rows in tables for column in columns}, layout)
    rows = [row for _columns_found, found in tables for row in found]
    if len(rows) > layout.max_rows:
        raise refuse(_("More than %(limit)d rows. Split the file.") % {"limit": layout.max_rows})
    if not rows:
        raise refuse(_("There are no rows below the header line."))
    return rows


# ---- Excel ----
def _workbook(content: bytes) -> list[tuple[str, Iterable[tuple[Any, ...]]]]:
    import openpyxl  # noqa: PLC0415 - a fifth of a second of every start

    _check_archive(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        return _sheets(book.worksheets)
    except RuleError:
        raise
    except Exception as error:  # openpyxl lets any error of a damaged file through
        raise refuse(_("The Excel file cannot be read. Open it, save it again as .xlsx and retry.")) from error


def _check_archive(content: bytes) -> None:
    """Sizes are checked before anything is unpacked; defusedxml, which openpyxl uses, lets no part define entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            besides = sum(part.file_size for part in parts if _is_besides(part.filename))
            if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or besides > MAX_BESIDES:
                raise refuse(_("The file unpacks to far more than a table of this size needs."))
            if "xl/workbook.xml" not in archive.namelist():
                raise refuse(_("This is not an Excel table. Save it as .xlsx or .csv."))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise refuse(_("The Excel file cannot be read. Open it, save it again as .xlsx and retry.")) from error


def _is_besides(part: str) -> bool:
    holds_cells = part.startswith(("xl/worksheets/", "xl/sharedStrings"))
    return part.endswith((".xml", ".rels")) and not holds_cells and not part.startswith("xl/drawings/")


def _sheets(sheets: list[Any]) -> list[tuple[str, Iterable[tuple[Any, ...]]]]:
    """All lines of all sheets. Lines a sheet leaves out are made up by the reader, so a few bytes can be many."""
    found: list[tuple[str, Iterable[tuple[Any, ...]]]] = []
    left = MAX_LINES
    for sheet in sheets:
        lines = list(islice(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), left + 1))
        left -= len(lines)
        if left < 0:
            raise refuse(_("More than %(limit)d rows. Split the file.") % {"limit": MAX_ROWS})
        found.append((sheet.title[:40], lines))
    return found


# ---- CSV ----
def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise refuse(_("This is neither an Excel table nor a CSV file."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refuse(_("The text of this file cannot be read. Save it as CSV in UTF-8."))


def _csv_lines(text: str) -> list[tuple[Any, ...]]:
    head = text[:4000]
    delimiter = max(",;\t", key=head.count)
    try:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        lines = [tuple(line[:MAX_COLUMNS]) for line in islice(reader, MAX_LINES + 1)]
    except csv.Error as error:
        raise refuse(_("The text of this file cannot be read. Save it as CSV in UTF-8.")) from error
    if len(lines) > MAX_LINES:
        raise refuse(_("More than %(limit)d rows. Split the file.") % {"limit": MAX_ROWS})
    return lines


# ---- both ----
def _table(sheet: str, lines: Iterable[tuple[Any, ...]], layout: Layout) -> tuple[list[str], list[RawRow]]:
    """Columns and rows below the header. A sheet without a header (notes, explanations) is passed over."""
    numbered = list(enumerate(lines, start=1))
    read = [(n, _columns(line, layout)) for n, line in numbered[:HEADER_WITHIN]]
    header = next(((n, found) for n, found in read if _is_header(found, layout)), None)
    if header is None:
        return [], []
    at, columns = header
    headings = [text_of(word)[:HEADING] for word in numbered[at - 1][1]]
    strange = [place for place, name in enumerate(columns) if not name and headings[place]]
    rows = []
    for number, line in numbered[at:]:
        cells = {name: text_of(value, layout) for name, value in zip(columns, line, strict=False) if name}
        if any(cells.values()):
            unread = frozenset(headings[place] for place in strange if place < len(line) and text_of(line[place]))
            rows.append(RawRow(sheet, number, cells, unread))
    return columns, rows


def _is_header(columns: list[str], layout: Layout) -> bool:
    """More than one word of ours, the one that is never missing among them."""
    return layout.mark in columns and len(set(columns) - {""}) > 1


def _check_columns(found: set[str], layout: Layout) -> None:
    missing = [in_language(layout.columns[column]) for column in layout.required if column not in found]
    if not found:
        raise refuse(
            _("No header line was found in the first %(limit)d lines. Start from the template.")
            % {"limit": HEADER_WITHIN}
        )
    if missing:
        raise refuse(_("These columns are missing: %(columns)s.") % {"columns": "、".join(missing)})


def _columns(line: tuple[Any, ...], layout: Layout) -> list[str]:
    """The meaning of each header cell; unknown ones are empty."""
    return [meaning_of(text_of(value), layout.columns) or "" for value in line]


def text_of(value: Any, layout: Layout = DISTRICT) -> str:
    """A cell as text: full-width digits become plain ones, control characters go, long numbers are not guessed."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if layout.keeps_time else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        if abs(value) >= EXACT:
            return LOST_DIGITS
        value = int(value) if value.is_integer() else value
    most = layout.max_cell + 1
    if not isinstance(value, str):
        return unicodedata.normalize("NFKC", str(value)).strip()[:most]
    return _plain(value[: most * SPARE].strip()[:most]).strip()[:most]


def _plain(text: str) -> str:
    """Digits, letters and spaces as on a keyboard; Chinese punctuation stays as it is."""
    folded = "".join(unicodedata.normalize("NFKC", c) if c.isalnum() or c.isspace() else c for c in text)
    return "".join(" " if unicodedata.category(c) in {"Cc", "Cf"} else c for c in folded)
