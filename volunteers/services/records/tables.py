"""Hours from a table (Excel or CSV): each row is proposed by the rule of the desk, none is confirmed by it.

Looking through is the same as taking in, with everything taken back afterwards: overlaps are found across activities,
teams and rows of the table itself, and a moment counts by its instant, whatever time zone it was written in.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.calendar import CHINA
from core.errors import NotAllowedError, RuleError, require
from neighborhoods.actors import Actor
from neighborhoods.services.district_file.columns import in_language
from neighborhoods.services.district_file.reading import Layout, RawRow, read_rows
from volunteers.lifecycle.records import RECORDS_LOADED
from volunteers.models import Activity, Volunteer
from volunteers.policies.teams import can_organise_somewhere
from volunteers.services.records.proposing import CONTENT_LIMIT, Stretch, propose

COLUMNS = {
    "number": ("志愿者编号", "编号", "number"),
    "activity": ("活动编号", "活动", "activity"),
    "starts": ("开始时间", "起始时间", "starts"),
    "ends": ("结束时间", "截止时间", "ends"),
    "content": ("服务内容", "内容", "content"),
}
LAYOUT = Layout(
    COLUMNS,
    required=("number", "activity", "starts", "ends"),
    mark="number",
    max_rows=300,
    max_cell=CONTENT_LIMIT,
    keeps_time=True,
)


@dataclass(frozen=True)
class HourRow:
    """A row of the table: what it says, and why it cannot be taken in."""

    line: int
    number: str
    activity: str
    when: str
    wrong: str = ""


def template_csv() -> bytes:
    """The headings, readable by spreadsheets."""
    return f"{','.join(in_language(words) for words in COLUMNS.values())}\r\n".encode("utf-8-sig")


def read_table(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """Lines and cells, fit to be kept until they are confirmed."""
    return [(row.line, row.cells) for row in read_rows(content, LAYOUT)]


def look_through(*, actor: Actor, rows: list[tuple[int, dict[str, str]]]) -> list[HourRow]:
    """What taking them in would say; nothing is written."""
    require(can_organise_somewhere(actor))
    with transaction.atomic():
        found = [_one(actor, RawRow("", line, cells)) for line, cells in rows]
        transaction.set_rollback(True)
    return found


@transaction.atomic
def take_in(*, actor: Actor, rows: list[tuple[int, dict[str, str]]]) -> int:
    """The right rows are proposed; somebody else confirms each of them."""
    require(can_organise_somewhere(actor))
    found = [_one(actor, RawRow("", line, cells)) for line, cells in rows]
    count = sum(not row.wrong for row in found)
    if count:
        account = User.objects.get(pk=actor.user_id or 0)
        events.record(RECORDS_LOADED, actor=actor, subject=account, count=count)
    return count


def _one(actor: Actor, row: RawRow) -> HourRow:
    wrong = ""
    try:
        with transaction.atomic():
            _propose(actor, row)
    except RuleError as error:
        wrong = str(error)
    except NotAllowedError:
        wrong = _("This activity is not in your area.")
    return HourRow(row.line, row["number"], row["activity"], f"{row['starts']}–{row['ends']}", wrong)


def _propose(actor: Actor, row: RawRow) -> None:
    volunteer = Volunteer.objects.filter(number=_key(row["number"])).first()
    if volunteer is None:
        raise RuleError(_("There is no volunteer with this number."))
    activity = Activity.objects.filter(number=_key(row["activity"])).first()
    if activity is None:
        raise RuleError(_("There is no activity with this number."))
    stretch = Stretch(moment_of(row["starts"]), moment_of(row["ends"]), row["content"])
    propose(actor=actor, volunteer_id=volunteer.pk, activity_id=activity.pk, stretch=stretch)


def _key(number: str) -> str:
    return number.upper().replace(" ", "").replace("\x00", "")


def moment_of(text: str) -> datetime:
    """As people write it; without a time zone it is the clock on the wall here."""
    try:
        found = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        raise RuleError(_("Write the time like 2026-05-20 09:15.")) from None
    if len(text.strip()) < len("2026-05-20 9") or not 2000 <= found.year <= 2100:
        raise RuleError(_("Write the time like 2026-05-20 09:15."))
    return found if timezone.is_aware(found) else found.replace(tzinfo=CHINA)
