"""Lines of the history in the words of the office: who did what."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.statements import Records
from core.wording import say_day
from governance import lifecycle
from governance.lifecycle import State, Target
from governance.lifecycle.asking import ParkReason
from governance.models import Callback, ClockPause, Issue, TimelineEntry
from governance.models.issues import Audience


class StaffLine(NamedTuple):
    """One line as the desk shows it."""

    at: datetime
    icon: str
    title: str
    text: str
    reason: str
    who: str
    is_staff_only: bool
    earlier: tuple["StaffLine", ...] = ()  # reminders before this one that nothing came between


@dataclass(frozen=True)
class _Kind:
    icon: str
    title: Promise


_KINDS: dict[str, _Kind] = {
    lifecycle.ISSUE_SUBMITTED: _Kind("write", gettext_lazy("Received")),
    lifecycle.ISSUE_ACCEPTED: _Kind("check", gettext_lazy("Accepted")),
    lifecycle.ISSUE_NOT_ACCEPTED: _Kind("x", gettext_lazy("Not accepted")),
    lifecycle.ISSUE_MERGED: _Kind("merge", gettext_lazy("Joined with")),
    lifecycle.ISSUE_DISPATCHED: _Kind("go", gettext_lazy("Dispatched to")),
    lifecycle.ISSUE_RULED: _Kind("flag", gettext_lazy("Ruled: goes to")),
    lifecycle.ISSUE_SIGNED: _Kind("done", gettext_lazy("Signed for by")),
    lifecycle.ISSUE_CONTACTED: _Kind("phone", gettext_lazy("Talked with the resident")),
    lifecycle.ISSUE_REPLIED: _Kind("message", gettext_lazy("Replied by")),
    lifecycle.ISSUE_CHECKED: _Kind("eye", gettext_lazy("Reply checked")),
    lifecycle.ISSUE_ANSWERED: _Kind("message", gettext_lazy("The resident answered")),
    lifecycle.ISSUE_CALLED_BACK: _Kind("phone", gettext_lazy("Call-back")),
    lifecycle.ISSUE_CLOSED: _Kind("doc", gettext_lazy("Closed with an explanation")),
    lifecycle.ISSUE_REOPENED: _Kind("again", gettext_lazy("Reopened")),
    lifecycle.ISSUE_RETURNED: _Kind("return", gettext_lazy("Sent back by")),
    lifecycle.ISSUE_RULING_ASKED: _Kind("flag", gettext_lazy("Put to the street for a ruling")),
    lifecycle.ISSUE_WITHDRAWN: _Kind("x", gettext_lazy("Withdrawn by the resident")),
    lifecycle.ISSUE_URGED: _Kind("bell", gettext_lazy("Reminded")),
    lifecycle.ISSUE_SUPPLEMENTED: _Kind("plus", gettext_lazy("The resident added something")),
    lifecycle.ISSUE_NOTED: _Kind("write", gettext_lazy("Note")),
    lifecycle.ISSUE_HIDDEN: _Kind("hide", gettext_lazy("Hidden from neighbours by the resident")),
    lifecycle.ISSUE_LEFT: _Kind("x", gettext_lazy("Left by whoever asked first; it goes on for the others")),
    lifecycle.ISSUE_URGENCY_CHANGED: _Kind("flag", gettext_lazy("Urgency changed")),
    lifecycle.ISSUE_ESCALATED: _Kind("late", gettext_lazy("Escalated")),
    lifecycle.ISSUE_PUBLISHED: _Kind("eye", gettext_lazy("Shown to neighbours")),
    lifecycle.ISSUE_PAUSE_ASKED: _Kind("wait", gettext_lazy("Asked to pause the clock")),
    lifecycle.ISSUE_PAUSE_REFUSED: _Kind("x", gettext_lazy("Pause refused")),
    lifecycle.ISSUE_PAUSED: _Kind("idle", gettext_lazy("Clock paused")),
    lifecycle.ISSUE_RESUMED: _Kind("run", gettext_lazy("Clock goes on")),
    lifecycle.ISSUE_PARKED: _Kind("idle", gettext_lazy("Parked")),
    lifecycle.ISSUE_PARK_NOTED: _Kind("write", gettext_lazy("Public note: how it stands")),
    lifecycle.ISSUE_PARK_REVIEWED: _Kind("eye", gettext_lazy("Looked at anew: stays parked")),
    lifecycle.ISSUE_SPLIT: _Kind("split", gettext_lazy("Split into parts")),
    lifecycle.ISSUE_SPLIT_OFF: _Kind("return", gettext_lazy("Taken apart again from")),
    lifecycle.ISSUE_ORDERED: _Kind("flag", gettext_lazy("Supervision ordered")),
    lifecycle.ISSUE_ORDER_REPORTED: _Kind("message", gettext_lazy("Reported to the supervisor")),
    lifecycle.ISSUE_ORDER_ENDED: _Kind("done", gettext_lazy("Supervision ended")),
    lifecycle.ISSUE_EXTENSION_ASKED: _Kind("wait", gettext_lazy("Asked for more time")),
    lifecycle.ISSUE_EXTENSION_REFUSED: _Kind("x", gettext_lazy("No more time given")),
    lifecycle.ISSUE_EXTENDED: _Kind("clock", gettext_lazy("More time given, until")),
    lifecycle.ISSUE_QUESTION_ASKED: _Kind("message", gettext_lazy("Asked the resident")),
    lifecycle.ISSUE_QUESTION_ANSWERED: _Kind("message", gettext_lazy("The resident answered the question")),
    lifecycle.ISSUE_QUESTION_OVER: _Kind("run", gettext_lazy("No answer to the question; the clock goes on")),
    lifecycle.ISSUE_ON_AGENDA: _Kind("people", gettext_lazy("Put to a meeting")),
    lifecycle.ISSUE_DISCUSSED: _Kind("people", gettext_lazy("Talked about at a meeting")),
    lifecycle.ISSUE_WHISTLED: _Kind("whistle", gettext_lazy("Whistle blown for")),
    lifecycle.ISSUE_UNIT_CAME: _Kind("people", gettext_lazy("Came after the whistle:")),
    lifecycle.ISSUE_REFUSED: _Kind("doc", gettext_lazy("Not opened again")),
    lifecycle.ISSUE_DISMISSAL_ASKED: _Kind("wait", gettext_lazy("Proposed to dismiss it")),
    lifecycle.ISSUE_DISMISSAL_REFUSED: _Kind("x", gettext_lazy("Not dismissed: work goes on")),
    lifecycle.ISSUE_DISMISSED: _Kind("x", gettext_lazy("Dismissed as unreasonable")),
    lifecycle.ISSUE_APPEALED: _Kind("flag", gettext_lazy("The resident appeals")),
    lifecycle.ISSUE_APPEAL_UPHELD: _Kind("done", gettext_lazy("Appeal decided: the decision stands")),
    lifecycle.ISSUE_WHISTLE_ENDED: _Kind("whistle", gettext_lazy("The whistle has ended")),
}
_INSTEAD = _Kind("swap", gettext_lazy("Given instead to"))
_WITH_GOAL = {
    lifecycle.ISSUE_DISPATCHED,
    lifecycle.ISSUE_RULED,
    lifecycle.ISSUE_SIGNED,
    lifecycle.ISSUE_REPLIED,
    lifecycle.ISSUE_RETURNED,
    lifecycle.ISSUE_UNIT_CAME,
}
# What stands in `reason` belongs to the title: the other case, or a day.
_WITH_NUMBER = {lifecycle.ISSUE_MERGED, lifecycle.ISSUE_SPLIT_OFF, lifecycle.ISSUE_SPLIT}
_REASON_IN_TITLE = {*_WITH_NUMBER, lifecycle.ISSUE_EXTENDED}
# Some kinds keep a code instead of a sentence in `reason`.
_Outcome = Callback.Outcome
_PAUSES = {
    lifecycle.ISSUE_PAUSE_ASKED: gettext_lazy("Asked to pause: {why}"),
    lifecycle.ISSUE_PAUSED: gettext_lazy("Clock paused: {why}"),
}
_PARKED = gettext_lazy("Parked: {why}")
_CODES: dict[tuple[str, str], Promise] = {
    (lifecycle.ISSUE_CONTACTED, "unreached"): gettext_lazy("Tried to contact the resident, not reached"),
    (lifecycle.ISSUE_CALLED_BACK, _Outcome.UNREACHED): gettext_lazy("Call-back: not reached"),
    (lifecycle.ISSUE_CALLED_BACK, _Outcome.NOT_SOLVED): gettext_lazy("Call-back: the resident says it is not solved"),
    (lifecycle.ISSUE_ANSWERED, _Outcome.NOT_SOLVED): gettext_lazy("The resident says it is not solved"),
    (lifecycle.ISSUE_ORDER_ENDED, "goes_on"): gettext_lazy("Supervision goes on: something is missing"),
    (lifecycle.ISSUE_PUBLISHED, "withheld"): gettext_lazy("Withheld from neighbours"),
    (lifecycle.ISSUE_ESCALATED, Target.HANDLER): gettext_lazy("Reminder: the holder is told"),
    (lifecycle.ISSUE_ESCALATED, Target.HANDLER_LEAD): gettext_lazy("Reminder: the holder and their lead are told"),
    (lifecycle.ISSUE_ESCALATED, Target.LEVEL_UP): gettext_lazy("Escalated: one level up is told"),
    (lifecycle.ISSUE_ESCALATED, Target.STREET): gettext_lazy("Escalated: under the street's supervision"),
    (lifecycle.ISSUE_ESCALATED, Target.DISTRICT): gettext_lazy("Escalated: on the district's list"),
    **{
        (kind, why.value): format_lazy(title, why=why.label)
        for kind, title in _PAUSES.items()
        for why in ClockPause.Reason
    },
    **{(lifecycle.ISSUE_PARKED, why.value): format_lazy(_PARKED, why=why.label) for why in ParkReason},
}


_OWN = [field.name for field in TimelineEntry._meta.concrete_fields]


def newest_first(entries: QuerySet[TimelineEntry], most: int | None = None) -> list[TimelineEntry]:
    """Lines with the names of area and unit. Sorted here when all are wanted: Django compiles an order at a price."""
    if most is not None:
        return list(_named(entries).order_by("-at", "-pk")[:most])
    return sorted(_named(entries), key=lambda entry: (entry.at, entry.pk), reverse=True)


def newest_of(issue: Issue, most: int) -> list[TimelineEntry]:
    """The same of one case with nothing left out: every page of a case asks, so it is put together once."""
    return _whole_statement(most).load({_CASE: issue.pk})


def _named(entries: QuerySet[TimelineEntry]) -> QuerySet[TimelineEntry]:
    return entries.select_related("area", "unit").only(*_OWN, "area__name", "unit__short_name")


_CASE = -1  # a mark


@cache
def _whole_statement(most: int) -> Records[TimelineEntry]:
    return Records(_named(TimelineEntry.objects.filter(issue=_CASE)).order_by("-at", "-pk")[:most])


def staff_lines(entries: list[TimelineEntry]) -> list[StaffLine]:
    """Entries, ready to be read; areas and units are loaded already.

    An answer by the link passes the state of the call-back; that it did is no news. A case that is given to somebody
    else passes "returned", though nobody sent it back: the new dispatch says so in one line.
    """
    recalls = frozenset(entry.at for entry in entries if _is_recall(entry))
    told = [entry for entry in entries if not _is_passing(entry) and not _is_recall(entry)]
    runs = [list(run) for _key, run in groupby(told, key=_run_of)]
    return [_folded([_line(entry, is_instead=entry.at in recalls) for entry in run]) for run in runs]


def _run_of(entry: TimelineEntry) -> tuple[str, int]:
    """Reminders that follow each other are one run; every other line is one by itself."""
    return ("reminders", 0) if entry.kind == lifecycle.ISSUE_ESCALATED else ("line", entry.pk)


def _folded(run: list[StaffLine]) -> StaffLine:
    """The newest line of a run, the others behind it: a case nobody touched would show nothing but reminders."""
    newest, *earlier = run
    return newest._replace(earlier=tuple(earlier))


def _is_passing(entry: TimelineEntry) -> bool:
    return entry.kind == lifecycle.ISSUE_ANSWERED and entry.to_state == State.CALLBACK


def _is_recall(entry: TimelineEntry) -> bool:
    """Taken from its holder by a dispatcher; a return names who sent it back."""
    return entry.kind == lifecycle.ISSUE_RETURNED and entry.area_id is None and entry.unit_id is None


def _line(entry: TimelineEntry, *, is_instead: bool = False) -> StaffLine:
    kind = _INSTEAD if is_instead else _KINDS.get(entry.kind, _Kind("info", gettext_lazy("Noted")))
    code = _CODES.get((entry.kind, entry.reason))
    who = entry.actor_label if entry.actor_id else _system_or_resident(entry)
    return StaffLine(
        at=entry.at,
        icon=kind.icon,
        title=str(code) if code else _title(entry, kind),
        text="" if entry.kind == lifecycle.ISSUE_SUBMITTED else entry.text,  # it stands above the history
        reason="" if code or entry.kind in _REASON_IN_TITLE else entry.reason,
        who=who,
        is_staff_only=entry.audience == Audience.STAFF,
    )


def _title(entry: TimelineEntry, kind: _Kind) -> str:
    if entry.to_state == State.CLOSED_SOLVED:
        return _("The resident says it is solved")
    if entry.kind == lifecycle.ISSUE_ANSWERED and entry.to_state == State.REOPENED:
        return _("The resident says it is not solved")
    if entry.kind == lifecycle.ISSUE_CHECKED and entry.to_state == State.REOPENED:
        return _("Checked: something is missing")
    if entry.kind in _WITH_NUMBER:
        return f"{kind.title} {entry.reason}".strip()
    if entry.kind == lifecycle.ISSUE_EXTENDED:
        return f"{kind.title} {say_day(date.fromisoformat(entry.reason))}"
    goal = entry.unit.short_name if entry.unit else entry.area.name if entry.area else ""
    return _beside(str(kind.title), goal) if entry.kind in _WITH_GOAL and goal else str(kind.title)


def _beside(title: str, goal: str) -> str:
    """Chinese puts no space between two words, nor after its colon."""
    return f"{title}{goal}" if not (title[-1].isascii() or goal[0].isascii()) else f"{title} {goal}"


def _system_or_resident(entry: TimelineEntry) -> str:
    if entry.kind == lifecycle.ISSUE_UNIT_CAME:  # by the link of a unit without accounts
        return entry.actor_label
    return _("automatically") if entry.actor_label == "system" else _("the resident")
