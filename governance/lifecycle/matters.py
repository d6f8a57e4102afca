"""The seven steps of a matter (事件), a thing handled on the ground, and the only moves between them.

Collect, file, dispatch, handle, report, check, close (采集-立案-派遣-处置-反馈-核查-结案): the flow of grid work in
towns. A matter may have no request behind it, and a request may need several (docs/lifecycle.md, "Matters").
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look
from governance.lifecycle.duties import DutyStep


class MatterState(models.TextChoices):
    """Where a matter stands: the last of the seven steps that was taken, or that it was not filed."""

    COLLECTED = "collected", pgettext_lazy("matter", "collected")
    FILED = "filed", pgettext_lazy("matter", "filed")
    DISPATCHED = "dispatched", pgettext_lazy("matter", "dispatched")
    HANDLED = "handled", pgettext_lazy("matter", "handled")
    REPORTED = "reported", pgettext_lazy("matter", "reported")
    CHECKED = "checked", pgettext_lazy("matter", "checked")
    CLOSED = "closed", pgettext_lazy("matter", "closed")
    NOT_FILED = "not_filed", pgettext_lazy("matter", "not filed")


class MatterSource(models.TextChoices):
    """How somebody came to know of it."""

    PATROL = "patrol", _("seen on patrol")
    VISIT = "visit", _("a representative's visit")
    PHONE = "phone", pgettext_lazy("source of a matter", "by phone")
    MEETING = "meeting", pgettext_lazy("source of a matter", "at a meeting")
    ISSUE = "issue", _("from a resident's request")


class HelperRole(models.TextChoices):
    """As what somebody helped."""

    REPRESENTATIVE = "representative", _("residents' representative")
    VOLUNTEER = "volunteer", _("volunteer")
    PROPERTY = "property", _("property company")
    MEMBER = "member", _("Party member")
    BUILDING_LEAD = "building_lead", _("building lead")
    UNIT = "unit", _("partner unit")
    NEIGHBOUR = "neighbour", _("neighbour")


S = MatterState
MATTER_FINAL = frozenset({S.CLOSED, S.NOT_FILED})
MATTER_OPEN = frozenset(S) - MATTER_FINAL
MATTER_MOVES: dict[MatterState, frozenset[MatterState]] = {
    S.COLLECTED: frozenset({S.FILED, S.NOT_FILED}),
    S.FILED: frozenset({S.DISPATCHED}),
    S.DISPATCHED: frozenset({S.HANDLED}),
    S.HANDLED: frozenset({S.REPORTED}),
    S.REPORTED: frozenset({S.CHECKED, S.DISPATCHED}),
    S.CHECKED: frozenset({S.CLOSED}),
    S.CLOSED: frozenset(),
    S.NOT_FILED: frozenset(),
}


def matter_before(*goals: MatterState) -> frozenset[MatterState]:
    """The states from which a matter can move to one of these."""
    return frozenset(state for state, nexts in MATTER_MOVES.items() if nexts & set(goals))


# In which states each step fits: of buttons, policies and services.
MATTER_FITS: dict[str, frozenset[MatterState]] = {
    "file": matter_before(S.FILED),
    "not-file": matter_before(S.NOT_FILED),
    "dispatch": frozenset({S.FILED}),
    "redispatch": frozenset({S.DISPATCHED}),  # to another hand; where it stands does not change
    "handle": matter_before(S.HANDLED),
    "report": matter_before(S.REPORTED),
    "check": matter_before(S.CHECKED),
    "close": matter_before(S.CLOSED),
    "help": MATTER_OPEN,
    "link": frozenset(S) - {S.NOT_FILED},
}
MATTER_LOOKS: dict[MatterState, Look] = {
    S.COLLECTED: Look("soon", "inbox"),
    S.FILED: Look("soon", "wait"),
    S.DISPATCHED: Look("run", "run"),
    S.HANDLED: Look("run", "run"),
    S.REPORTED: Look("run", "message"),
    S.CHECKED: Look("run", "eye"),
    S.CLOSED: Look("done", "done"),
    S.NOT_FILED: Look("", "x"),
}
# The one clock that runs in a state; handling and reporting are one limit.
MATTER_CLOCKS: dict[MatterState, DutyStep] = {
    S.COLLECTED: DutyStep.FILE,
    S.FILED: DutyStep.SEND,
    S.DISPATCHED: DutyStep.DONE,
    S.HANDLED: DutyStep.DONE,
    S.REPORTED: DutyStep.CHECK,
    S.CHECKED: DutyStep.CLOSE,
}


class MatterStep(models.TextChoices):
    """The seven steps everybody sees; each is taken when the matter has reached the state of the same place."""

    COLLECT = "collected", _("collect")
    FILE = "filed", pgettext_lazy("step of a matter", "file")
    DISPATCH = "dispatched", pgettext_lazy("step of a matter", "dispatch")
    HANDLE = "handled", _("handle")
    REPORT = "reported", pgettext_lazy("step of a matter", "report back")
    CHECK = "checked", pgettext_lazy("step of a matter", "look at it")
    CLOSE = "closed", pgettext_lazy("step of a matter", "close")


MATTER_COLLECTED = "matter.collected"
MATTER_FILED = "matter.filed"
MATTER_NOT_FILED = "matter.not_filed"
MATTER_DISPATCHED = "matter.dispatched"
MATTER_REDISPATCHED = "matter.redispatched"
MATTER_HANDLED = "matter.handled"
MATTER_REPORTED = "matter.reported"
MATTER_CHECKED = "matter.checked"
MATTER_SENT_BACK = "matter.sent_back"
MATTER_CLOSED = "matter.closed"
MATTER_HELPED = "matter.helped"
MATTER_LINKED = "matter.linked"  # with a request
MATTER_UNLINKED = "matter.unlinked"
MATTER_ESCALATED = "matter.escalated"

MATTER_EVENTS = frozenset(
    {
        *(MATTER_COLLECTED, MATTER_FILED, MATTER_NOT_FILED, MATTER_DISPATCHED, MATTER_REDISPATCHED),
        *(MATTER_HANDLED, MATTER_REPORTED, MATTER_CHECKED, MATTER_SENT_BACK, MATTER_CLOSED),
        *(MATTER_HELPED, MATTER_LINKED, MATTER_UNLINKED, MATTER_ESCALATED),
    }
)
