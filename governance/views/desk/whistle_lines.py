"""Units and history of a whistle, ready to be shown."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.lifecycle import Target
from governance.lifecycle import whistles as kinds
from governance.lifecycle.duties import DutyStep
from governance.models import Call, DutyClock, WhistleLine
from governance.policies import whistles as policies
from governance.selectors.whistles import Clocks
from governance.views.desk.whistle_steps import CallStep, open_call_steps
from neighborhoods.actors import Actor

FOLDED = 2  # so many reminders stand alone


@dataclass(frozen=True)
class CallLine:
    """A row of the table of units."""

    call: Call
    sign: DutyClock | None
    arrive: DutyClock | None
    steps: list[CallStep]
    can_notice: bool

    @property
    def by_us(self) -> list[CallStep]:
        """What the side that called does about this unit; its own steps stand among the next steps."""
        return [step for step in self.steps if not step.by_unit]


def own_steps(lines: list[CallLine], *, is_main: bool) -> list[tuple[CallStep, int, str, bool, bool]]:
    """What this person's own units can say now, for the panel of next steps; the first one is the main one.

    The unit is named for everybody only when there are several.
    """
    found = [(step, line.call) for line in lines for step in line.steps if step.by_unit]
    several = len({call.pk for _step, call in found}) > 1
    return [
        (step, call.pk, call.unit.short_name, is_main and not place, several)
        for place, (step, call) in enumerate(found)
    ]


def call_lines(actor: Actor, calls: list[Call], clocks: Clocks) -> list[CallLine]:
    """The units with their clocks and the steps open to this person."""
    lines = []
    for call in calls:
        mine = clocks.of_calls.get(call.pk, {})
        can_notice = call.called_at is not None and policies.blows(actor, call.whistle)
        steps = open_call_steps(actor, call)
        lines.append(CallLine(call, mine.get(DutyStep.SIGN), mine.get(DutyStep.ARRIVE), steps, can_notice))
    return lines


class HistoryLine(NamedTuple):
    """One line as the page shows it."""

    at: datetime
    icon: str
    title: str
    text: str
    reason: str
    who: str


@dataclass(frozen=True)
class _Kind:
    icon: str
    title: Promise


HISTORY: dict[str, _Kind] = {
    kinds.WHISTLE_DRAFTED: _Kind("write", _("Drafted")),
    kinds.WHISTLE_EDITED: _Kind("write", _("Draft changed")),
    kinds.WHISTLE_REVIEWED: _Kind("eye", _("Reviewed")),
    kinds.WHISTLE_SENT_BACK: _Kind("return", _("Given back")),
    kinds.WHISTLE_ISSUED: _Kind("whistle", _("Signed and blown")),
    kinds.WHISTLE_CANCELLED: _Kind("x", _("Called off")),
    kinds.WHISTLE_UNIT_ADDED: _Kind("plus", _("One more unit called")),
    kinds.WHISTLE_ACKNOWLEDGED: _Kind("done", _("Signed for")),
    kinds.WHISTLE_CONTACTED: _Kind("phone", _("Talked with the street")),
    kinds.WHISTLE_ARRIVED: _Kind("people", _("Came")),
    kinds.WHISTLE_ABSENT: _Kind("late", _("Did not come")),
    kinds.WHISTLE_REPORTED: _Kind("message", _("Said what was done")),
    kinds.WHISTLE_DISPUTED: _Kind("return", _("Says it is not its duty")),
    kinds.WHISTLE_RULED: _Kind("flag", _("Ruled")),
    kinds.WHISTLE_NUDGED: _Kind("bell", _("Reminded")),
    kinds.WHISTLE_MEETING_MOVED: _Kind("calendar", _("Meeting moved")),
    kinds.WHISTLE_MEETING_HELD: _Kind("people", _("Meeting held")),
    kinds.WHISTLE_RESOLVED: _Kind("flag", _("Task given")),
    kinds.WHISTLE_BACKFILLED: _Kind("write", _("Written up afterwards")),
    kinds.WHISTLE_CLAIMED: _Kind("done", _("Said to be done")),
    kinds.WHISTLE_CHECKED: _Kind("eye", _("Checked: it is done")),
    kinds.WHISTLE_NOT_DONE: _Kind("again", _("Checked: something is missing")),
    kinds.WHISTLE_RATED: _Kind("done", _("Rated")),
    kinds.WHISTLE_CLOSED: _Kind("message", _("Residents answered, closed")),
    kinds.WHISTLE_RAISED: _Kind("upload", _("Raised to the district")),
    kinds.WHISTLE_LOOKED_AT: _Kind("eye", _("Monthly review")),
    kinds.WHISTLE_ESCALATED: _Kind("late", _("Reminder")),
    kinds.WHISTLE_LINKED: _Kind("link", _("Link given")),
}
CODES: dict[tuple[str, str], Promise] = {
    (kinds.WHISTLE_RULED, "stays"): _("Ruled: has to come"),
    (kinds.WHISTLE_RULED, "released"): _("Ruled: released"),
    (kinds.WHISTLE_ESCALATED, Target.HANDLER): _("Reminder: whoever has to act is told"),
    (kinds.WHISTLE_ESCALATED, Target.HANDLER_LEAD): _("Reminder: the unit and its lead are told"),
    (kinds.WHISTLE_ESCALATED, Target.LEVEL_UP): _("Escalated: the street is told"),
    (kinds.WHISTLE_ESCALATED, Target.STREET): _("Escalated: the street is told"),
    (kinds.WHISTLE_ESCALATED, Target.DISTRICT): _("Escalated: the district is told"),
}
_ALL = {
    kinds.WHISTLE_ACKNOWLEDGED: _("Signing is over"),
    kinds.WHISTLE_ARRIVED: _("Arrival is over"),
}


def history_lines(lines: list[WhistleLine]) -> list[HistoryLine]:
    """Lines in the words of the office. Reminders that follow each other are one line, the newest first in it."""
    folded: list[HistoryLine] = []
    for is_reminder, run in groupby(lines, key=lambda line: line.kind == kinds.WHISTLE_ESCALATED):
        found = [_line(line) for line in run]
        folded += [_folded(found)] if is_reminder and len(found) > FOLDED else found
    return folded


def _folded(run: list[HistoryLine]) -> HistoryLine:
    titles = list(dict.fromkeys(line.title for line in run))
    title = ngettext("%(n)d reminder", "%(n)d reminders", len(run)) % {"n": len(run)}
    return run[0]._replace(title=title, text="\n".join(titles), reason="")


def _line(line: WhistleLine) -> HistoryLine:
    kind = HISTORY[line.kind]
    code = CODES.get((line.kind, line.reason))
    title = str(code or (kind.title if line.call else _ALL.get(line.kind, kind.title)))
    if line.call:
        title = f"{line.call.unit.short_name}：{title}"
    reason = "" if code or line.kind == kinds.WHISTLE_RATED else line.reason
    who = line.actor_label if line.actor_label != "system" else str(_("automatically"))
    return HistoryLine(line.at, kind.icon, title, line.text, reason, who)
