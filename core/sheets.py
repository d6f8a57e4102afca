"""Lists as CSV or Excel: streamed, safe to open in a spreadsheet, never kept by a cache."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

from django.http import FileResponse, StreamingHttpResponse

Sent = TypeVar("Sent", StreamingHttpResponse, FileResponse)
_FORMULA = frozenset("=+-@＝＋－＠\t\r")  # what a spreadsheet takes for the beginning of a formula
BOM = "\ufeff"  # without it Excel reads Chinese as Latin letters
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def harmless(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula is shown as text.

    Cleaned first and judged afterwards: what hides the first sign of a formula is gone by then.
    """
    if not isinstance(value, str):
        return value
    text = "".join(s for s in value if s.isprintable() or s == "\n")
    return f"'{text}" if text[:1] in _FORMULA or text.strip()[:1] in _FORMULA else text


def csv_response(headings: Sequence[str], lines: Iterable[Sequence[Any]], name: str) -> StreamingHttpResponse:
    """CSV with a byte-order mark, line by line."""

    def stream() -> Iterator[str]:
        yield BOM
        for line in chain([headings], lines):
            buffer = io.StringIO()
            csv.writer(buffer).writerow([harmless(value) for value in line])
            yield buffer.getvalue()

    response = StreamingHttpResponse(stream(), content_type="text/csv; charset=utf-8")
    return _as_download(response, f"{name}.csv")


def xlsx_response(
    headings: Sequence[str], lines: Iterable[Sequence[Any]], name: str, widths: Sequence[int]
) -> FileResponse:
    """Excel, written row by row into a temporary file."""
    from openpyxl import Workbook  # noqa: PLC0415 - a fifth of a second of every start
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.styles import Font  # noqa: PLC0415 - as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    bold = Font(bold=True)
    cells = [WriteOnlyCell(sheet, value=str(text)) for text in headings]
    for cell in cells:
        cell.font = bold
    sheet.append(cells)
    for line in lines:
        sheet.append([harmless(value) for value in line])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it after sending
    book.save(file)
    file.seek(0)
    response = FileResponse(file, content_type=XLSX)
    return _as_download(response, f"{name}.xlsx")


def _as_download(response: Sent, name: str) -> Sent:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
