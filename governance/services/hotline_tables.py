"""A table of a hotline: kept encrypted until it is confirmed, loaded in one transaction, as often as one likes."""

import json
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from core import events
from core.errors import require
from governance.lifecycle.hotline import HOTLINE_LOADED
from governance.models import HotlineImport
from governance.policies.hotline import can_import_hotline
from governance.services.hotline import Slip, lock_numbers, read_slips, store
from governance.services.submit import TEXT_LIMIT
from neighborhoods.actors import Actor
from neighborhoods.services.district_file.reading import Layout, read_rows

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
    upload.created = sum(is_new for _issue, is_new in done)
    upload.known = len(done) - upload.created
    upload.loaded_at, upload.rows = timezone.now(), None
    upload.save()
    events.record(HOTLINE_LOADED, actor=actor, subject=upload, created=upload.created, known=upload.known)
    return upload
