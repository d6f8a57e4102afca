"""Minutes as a Word file."""

import io
from typing import Any

from django.utils.translation import gettext as _

from governance.selectors.meetings.votes_of_minutes import print_of
from governance.selectors.meetings.words_of_minutes import Sheet

FONT = "SimSun"  # every office computer here has it; another one is taken where it is missing


def word_file(sheet: Sheet) -> bytes:
    """Heading, facts, items with what was resolved, who confirmed, the fingerprint."""
    from docx import Document  # noqa: PLC0415 - a tenth of a second of every start, rarely needed
    from docx.oxml.ns import qn  # noqa: PLC0415 - as above

    document = Document()
    normal = document.styles["Normal"]
    normal.font.name = FONT
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    document.core_properties.title = sheet.title
    document.core_properties.author = ""
    document.add_heading(sheet.title, level=1)
    document.add_paragraph(f"{sheet.number}，{_('version %(n)d') % {'n': sheet.version}}")
    _facts(document, sheet)
    for text in (sheet.reason, sheet.opening):
        if text:
            document.add_paragraph(text)
    for item in sheet.items:
        document.add_heading(f"{item.order}. {item.title}", level=2)
        for line in item.text.splitlines():
            document.add_paragraph(line)
        for vote in item.votes:
            for line in print_of(vote):
                document.add_paragraph(line)
        for resolution in item.resolutions:
            document.add_paragraph(f"{_('Resolved')}：{resolution}", style="List Bullet")
    document.add_paragraph("")
    document.add_paragraph(sheet.confirmed)
    document.add_paragraph(f"SHA-256 {sheet.fingerprint}")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _facts(document: Any, sheet: Sheet) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for name, value in sheet.facts:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, value
