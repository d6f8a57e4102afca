"""A table of a hotline: kept encrypted until it is confirmed, loaded in one transaction, as often as one likes."""

import io
import json
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import events
from core.errors import require
from governance.lifecycle.hotline import HOTLINE_LOADED, ExternalChannel
from governance.models import HotlineImport
from governance.policies.hotline import can_import_hotline
from governance.services.hotline import Slip, lock_numbers, read_slips, store
from governance.services.submit import TEXT_LIMIT
from neighborhoods.actors import Actor
from neighborhoods.services.district_file.columns import in_language
from neighborhoods.services.district_file.reading import Layout, read_rows
from neighborhoods.services.district_file.template import fill

KEEP = timedelta(days=1)
# The first is what we write; what a table calls its columns is not looked at more closely than this.
COLUMNS = {
    "number": ("工单编号", "工单号", "编号", "受理编号", "number"),
    "channel": ("渠道", "来源", "诉求来源", "channel"),
    "received": ("受理时间", "来电时间", "登记时间", "受理日期", "received"),
    "place": ("所属地点", "地点", "社区", "所属社区", "区域", "place"),
    "address": ("详细地址", "具体位置", "地址", "address"),
    "category": ("类别", "诉求类别", "分类", "category"),
    "text": ("诉求内容", "内容", "反映内容", "text"),
    "name": ("姓名", "诉求人", "来电人", "name"),
    "phone": ("联系电话", "电话", "来电号码", "手机号", "phone"),
}
LAYOUT = Layout(
    COLUMNS,
    required=("number", "received", "place", "text"),
    mark="number",
    max_rows=1000,
    max_cell=TEXT_LIMIT,
    keeps_time=True,
)


def template_csv() -> bytes:
    """The headings, readable by spreadsheets."""
    return f"{','.join(in_language(words) for words in COLUMNS.values())}\r\n".encode("utf-8-sig")


def template_xlsx() -> bytes:
    """A sheet with the headings, whose cells keep long numbers as text, and one that says what goes where."""
    from openpyxl import Workbook  # noqa: PLC0415 - a fifth of a second of every start

    book = Workbook()
    first = book.active or book.create_sheet()
    first.title = _("Slips")
    fill(first, [in_language(words) for words in COLUMNS.values()], [])
    notes = book.create_sheet(_("Words"))  # its first row names no column, so the reader passes it over
    notes.append([_("Which column"), pgettext("column of a table", "Must it be filled in"), _("What may stand there")])
    for column, said in _meanings().items():
        needed = pgettext("column of a table", "yes") if column in LAYOUT.required else ""
        notes.append([in_language(COLUMNS[column]), needed, str(said)])
    notes.column_dimensions["A"].width, notes.column_dimensions["C"].width = 20, 100
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _meanings() -> dict[str, str]:
    return {
        "number": _("The number the hotline gave it, such as GD2026000123. Each is taken in once."),
        "channel": "、".join(str(one.label) for one in ExternalChannel),
        "received": _("Such as 2026-05-20 09:15"),
        "place": _("The community, the grid or the building: its code, or its name as in this portal."),
        "address": _("Where exactly, in words"),
        "category": _("Its code or name as in this portal; empty: others"),
        "text": _("What is wrong, at most %(limit)d characters") % {"limit": TEXT_LIMIT},
        "name": _("Who called, if they said so"),
        "phone": _("Their phone, if they left it"),
    }


@transaction.atomic
def keep_table(*, actor: Actor, filename: str, content: bytes) -> HotlineImport:
    """Read it and keep its rows for a day. What nobody confirmed before is dropped."""
    require(can_import_hotline(actor))
    rows = [(row.line, row.cells) for row in read_rows(content, LAYOUT)]
    HotlineImport.objects.filter(loaded_at=None, uploaded_at__lt=timezone.now() - KEEP).delete()
    name = filename.replace("\x00", "")[-120:] or "-"
    kept = json.dumps(rows, ensure_ascii=False)
    return HotlineImport.objects.create(uploaded_by_id=actor.user_id or 0, filename=name, rows=kept)


def slips_of(upload: HotlineImport, actor: Actor) -> list[Slip]:
    """Row by row: new, here already, or wrong."""
    slips = [Slip(cells, line) for line, cells in json.loads(upload.rows or "[]")]
    return read_slips(slips, actor)


@transaction.atomic
def load_table(*, import_id: int, actor: Actor) -> HotlineImport:
    """Every new row becomes a case, in one transaction. Twice, or the same table again, makes nothing new."""
    require(can_import_hotline(actor))
    lock_numbers()
    upload = HotlineImport.objects.select_for_update().get(pk=import_id)
    if upload.loaded_at:
        return upload
    done = [store(slip, actor) for slip in slips_of(upload, actor) if not slip.wrong]
    upload.issue_ids = [issue.pk for issue, is_new in done if issue and is_new]
    upload.created = len(upload.issue_ids)
    upload.known = len(done) - upload.created
    upload.loaded_at, upload.rows = timezone.now(), None
    upload.save()
    events.record(HOTLINE_LOADED, actor=actor, subject=upload, created=upload.created, known=upload.known)
    return upload
