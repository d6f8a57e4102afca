"""The list as CSV or Excel: masked, streamed, safe to open in a spreadsheet."""

import csv
import io
import tempfile
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.masking import mask_text
from governance.models import Issue
from governance.querysets import IssueQuerySet
from governance.selectors.places import place_names

Sent = TypeVar("Sent", StreamingHttpResponse, FileResponse)
CHUNK = 500
_FORMULA = frozenset("=+-@＝＋－＠\t\r")  # what a spreadsheet takes for the beginning of a formula
BOM = "\ufeff"  # without it Excel reads Chinese as Latin letters
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _headings() -> list[str]:
    return [
        _("Number"), _("Received"), _("Category"), _("Urgency"), _("State"), _("Place"), _("Where exactly"),
        _("Text"), _("Channel"), _("Held by"), _("Due"), _("Closed"), _("Voices"), _("Reopened"),
    ]  # fmt: skip


def _cells(issue: Issue, place: str) -> list[Any]:
    return [
        issue.number,
        _moment(issue.submitted_at),
        issue.category.name,
        issue.get_urgency_display(),
        issue.state_label,
        place,
        mask_text(issue.place_note),
        mask_text(issue.text),
        issue.get_channel_display(),
        issue.holder_name,
        _moment(issue.due_at),
        _moment(issue.closed_at),
        issue.voices,
        issue.reopened_count,
    ]


def _moment(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


def _harmless(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula is shown as text.

    Cleaned first and judged afterwards: what hides the first sign of a formula is gone by then.
    """
    if not isinstance(value, str):
        return value
    text = "".join(s for s in value if s.isprintable() or s == "\n")
    return f"'{text}" if text[:1] in _FORMULA or text.strip()[:1] in _FORMULA else text


def _lines(rows: IssueQuerySet) -> Iterator[list[Any]]:
    """Rows in chunks, so that a long file never stands in memory."""
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        names = place_names(chunk)
        for issue in chunk:
            yield [_harmless(value) for value in _cells(issue, names[issue.pk])]


def csv_file(rows: IssueQuerySet, name: str) -> StreamingHttpResponse:
    """CSV with a byte-order mark, line by line."""

    def stream() -> Iterator[str]:
        yield BOM
        for line in _with_headings(rows):
            buffer = io.StringIO()
            csv.writer(buffer).writerow(line)
            yield buffer.getvalue()

    response = StreamingHttpResponse(stream(), content_type="text/csv; charset=utf-8")
    return _as_download(response, f"{name}.csv")


def _with_headings(rows: IssueQuerySet) -> Iterator[list[Any]]:
    yield _headings()
    yield from _lines(rows)


def xlsx_file(rows: IssueQuerySet, name: str) -> FileResponse:
    """Excel, written row by row into a temporary file."""
    from openpyxl import Workbook  # noqa: PLC0415 - a fifth of a second of every start
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.styles import Font  # noqa: PLC0415 - as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFGHIJKLMN", (17, 17, 16, 9, 14, 34, 24, 60, 10, 22, 17, 17, 8, 8), strict=True):
        sheet.column_dimensions[column].width = width
    bold = Font(bold=True)
    headings = [WriteOnlyCell(sheet, value=str(text)) for text in _headings()]
    for cell in headings:
        cell.font = bold
    sheet.append(headings)
    for line in _lines(rows):
        sheet.append(line)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it after sending
    book.save(file)
    file.seek(0)
    response = FileResponse(file, content_type=XLSX)
    return _as_download(response, f"{name}.xlsx")


def _as_download(response: Sent, name: str) -> Sent:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
