"""The list as CSV or Excel: masked, streamed, safe to open in a spreadsheet."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.masking import mask_text
from core.sheets import csv_response, xlsx_response
from governance.models import Issue
from governance.querysets import IssueQuerySet
from governance.selectors.places import place_names

CHUNK = 500
WIDTHS = (17, 17, 16, 9, 14, 34, 24, 60, 10, 22, 17, 17, 8, 8)


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


def _lines(rows: IssueQuerySet) -> Iterator[list[Any]]:
    """Rows in chunks, so that a long file never stands in memory."""
    found = rows.iterator(chunk_size=CHUNK)
    while chunk := list(islice(found, CHUNK)):
        names = place_names(chunk)
        for issue in chunk:
            yield _cells(issue, names[issue.pk])


def csv_file(rows: IssueQuerySet, name: str) -> StreamingHttpResponse:
    """CSV, line by line."""
    return csv_response(_headings(), _lines(rows), name)


def xlsx_file(rows: IssueQuerySet, name: str) -> FileResponse:
    """Excel."""
    return xlsx_response(_headings(), _lines(rows), name, WIDTHS)
