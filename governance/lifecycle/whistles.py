"""The states of a whistle and the only moves between them (docs/lifecycle.md, "Life of a whistle").

Data, not code, as for issues. The five steps people see (collect, plan, notify, meet, carry out) follow from the state.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look
from governance.lifecycle.duties import DutyStep, WhistleKind
from governance.lifecycle.issues import IN_HAND, TO_DISPATCH


class WhistleState(models.TextChoices):
    """Where a whistle stands."""

    DRAFT = "draft", pgettext_lazy("whistle", "draft")
    REVIEWED = "reviewed", pgettext_lazy("whistle", "reviewed")
    ISSUED = "issued", pgettext_lazy("whistle", "blown")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("whistle", "signed for by all")
    ARRIVED = "arrived", pgettext_lazy("whistle", "units have come")
    MEETING_HELD = "meeting_held", pgettext_lazy("whistle", "meeting held")
    CARRYING_OUT = "carrying_out", pgettext_lazy("whistle", "being carried out")
    CLAIMED_DONE = "claimed_done", pgettext_lazy("whistle", "said to be done")
    CHECKED = "checked", pgettext_lazy("whistle", "checked")
    RATED = "rated", pgettext_lazy("whistle", "rated")
    CLOSED = "closed", pgettext_lazy("whistle", "closed")
    CANCELLED = "cancelled", pgettext_lazy("whistle", "called off")


class Rank(models.TextChoices):
    """Who has to come (docs/glossary.md, "Whistle")."""

    BLUE = "blue", _("blue: the section head comes")
    YELLOW = "yellow", _("yellow: the deputy comes")
    RED = "red", _("red: the head of the unit comes")


S = WhistleState
WHISTLE_FINAL = frozenset({S.CLOSED, S.CANCELLED})
WHISTLE_OPEN = frozenset(S) - WHISTLE_FINAL
WHISTLE_MOVES: dict[WhistleState, frozenset[WhistleState]] = {
    S.DRAFT: frozenset({S.REVIEWED, S.CANCELLED}),
    S.REVIEWED: frozenset({S.ISSUED, S.DRAFT, S.CANCELLED}),
    S.ISSUED: frozenset({S.ACKNOWLEDGED}),
    S.ACKNOWLEDGED: frozenset({S.ARRIVED}),
    S.ARRIVED: frozenset({S.MEETING_HELD}),
    S.MEETING_HELD: frozenset({S.CARRYING_OUT}),
    S.CARRYING_OUT: frozenset({S.CLAIMED_DONE}),
    S.CLAIMED_DONE: frozenset({S.CHECKED, S.CARRYING_OUT}),
    S.CHECKED: frozenset({S.RATED}),
    S.RATED: frozenset({S.CLOSED}),
    S.CLOSED: frozenset(),
    S.CANCELLED: frozenset(),
}
# Danger does not wait for a plan and a meeting: both are written up afterwards (DutyStep.BACKFILL).
_IN_AN_EMERGENCY: dict[WhistleState, frozenset[WhistleState]] = {
    S.DRAFT: frozenset({S.ISSUED}),
    S.ARRIVED: frozenset({S.CARRYING_OUT}),
}


def whistle_moves(kind: str, state: str) -> frozenset[WhistleState]:
    """Where a whistle of this kind can go from this state."""
    moves = WHISTLE_MOVES[WhistleState(state)]
    return moves | _IN_AN_EMERGENCY.get(WhistleState(state), frozenset()) if kind == WhistleKind.EMERGENCY else moves


def _before(*goals: WhistleState) -> frozenset[WhistleState]:
    return frozenset(state for state, nexts in WHISTLE_MOVES.items() if nexts & set(goals))


# In which states each step fits: of buttons, policies and services. An emergency fits in some more.
CALLED = frozenset({S.ISSUED, S.ACKNOWLEDGED})  # units are on their way
AT_WORK = frozenset({S.ARRIVED, S.MEETING_HELD, S.CARRYING_OUT})
WHISTLE_FITS: dict[str, frozenset[WhistleState]] = {
    "edit": frozenset({S.DRAFT}),
    "review": _before(S.REVIEWED),
    "send-back": _before(S.DRAFT),
    "issue": _before(S.ISSUED),
    "cancel": _before(S.CANCELLED),
    "sign": CALLED | AT_WORK,  # late is late, and still written down
    "contact": CALLED | AT_WORK,
    "arrive": CALLED | AT_WORK,
    "report": AT_WORK,  # a unit says what it did
    "dispute": CALLED,
    "rule": CALLED | AT_WORK,
    "absent": CALLED,
    "nudge": CALLED | AT_WORK,
    "add-unit": CALLED,
    "meeting-time": CALLED | frozenset({S.ARRIVED}),
    "meet": _before(S.MEETING_HELD),
    "resolve": _before(S.CARRYING_OUT) - {S.CLAIMED_DONE} | {S.CARRYING_OUT},
    "backfill": frozenset(S) - WHISTLE_FINAL - {S.DRAFT, S.REVIEWED},
    "claim": _before(S.CLAIMED_DONE),
    "check": _before(S.CHECKED),
    "rate": _before(S.RATED),
    "close": _before(S.CLOSED),
    "raise": CALLED | AT_WORK,
    "instruct": CALLED | AT_WORK,  # the district, on one that was raised
    "look": frozenset(S) - WHISTLE_FINAL - {S.DRAFT, S.REVIEWED},
}
_EMERGENCY_FITS: dict[str, frozenset[WhistleState]] = {
    "issue": frozenset({S.DRAFT}),
    "resolve": frozenset({S.ARRIVED}),
    # after work has begun the minutes are a back-fill, and "meet" would jump backwards
}


def whistle_fits(verb: str, kind: str, state: str) -> bool:
    """Whether the step fits a whistle of this kind in this state."""
    if verb == "look" and kind != WhistleKind.KEY_PROBLEM:
        return False  # the others are over before a month is
    extra = _EMERGENCY_FITS.get(verb, frozenset()) if kind == WhistleKind.EMERGENCY else frozenset()
    return state in WHISTLE_FITS[verb] | extra


# Which states of an issue a whistle can be blown for: accepted, and not replied to.
WHISTLED_FROM = TO_DISPATCH | IN_HAND


class TrackStep(models.TextChoices):
    """The five steps everybody sees (收集、方案、通知、会议、落实)."""

    COLLECT = "collect", _("collect the problem")
    PLAN = "plan", _("propose a plan")
    NOTIFY = "notify", _("blow the whistle")
    MEET = "meet", _("hold the meeting")
    CARRY_OUT = "carry_out", _("carry out")


_NOW_IN: dict[WhistleState, TrackStep] = {
    S.DRAFT: TrackStep.PLAN,
    S.REVIEWED: TrackStep.PLAN,
    S.ISSUED: TrackStep.NOTIFY,
    S.ACKNOWLEDGED: TrackStep.NOTIFY,
    S.ARRIVED: TrackStep.MEET,
}


def step_of(state: str) -> TrackStep:
    """Which of the five steps a whistle stands in. Collecting ends when somebody drafts it."""
    return _NOW_IN.get(WhistleState(state), TrackStep.CARRY_OUT)


WHISTLE_LOOKS: dict[WhistleState, Look] = {
    S.DRAFT: Look("", "write"),
    S.REVIEWED: Look("soon", "wait"),
    S.ISSUED: Look("soon", "wait"),
    S.ACKNOWLEDGED: Look("run", "run"),
    S.ARRIVED: Look("run", "people"),
    S.MEETING_HELD: Look("run", "run"),
    S.CARRYING_OUT: Look("run", "run"),
    S.CLAIMED_DONE: Look("soon", "wait"),
    S.CHECKED: Look("soon", "wait"),
    S.RATED: Look("run", "done"),
    S.CLOSED: Look("done", "done"),
    S.CANCELLED: Look("", "x"),
}
# Which clocks of the whistle itself start when it is blown; those of a call start with the call.
WHISTLE_STEPS: dict[str, tuple[DutyStep, ...]] = {
    WhistleKind.EMERGENCY: (DutyStep.BACKFILL, DutyStep.DONE),
    WhistleKind.ENFORCEMENT: (DutyStep.MEET, DutyStep.DONE),
    WhistleKind.KEY_PROBLEM: (DutyStep.MEET, DutyStep.PLAN, DutyStep.DONE, DutyStep.REVIEW),
}

WHISTLE_DRAFTED = "whistle.drafted"
WHISTLE_EDITED = "whistle.edited"
WHISTLE_REVIEWED = "whistle.reviewed"
WHISTLE_SENT_BACK = "whistle.sent_back"
WHISTLE_ISSUED = "whistle.issued"
WHISTLE_CANCELLED = "whistle.cancelled"
WHISTLE_UNIT_ADDED = "whistle.unit_added"
WHISTLE_ACKNOWLEDGED = "whistle.acknowledged"
WHISTLE_CONTACTED = "whistle.contacted"
WHISTLE_ARRIVED = "whistle.arrived"
WHISTLE_ABSENT = "whistle.absent"
WHISTLE_REPORTED = "whistle.reported"
WHISTLE_DISPUTED = "whistle.disputed"
WHISTLE_RULED = "whistle.ruled"
WHISTLE_NUDGED = "whistle.nudged"
WHISTLE_MEETING_MOVED = "whistle.meeting_moved"
WHISTLE_MEETING_HELD = "whistle.meeting_held"
WHISTLE_RESOLVED = "whistle.resolved"
WHISTLE_BACKFILLED = "whistle.backfilled"
WHISTLE_CLAIMED = "whistle.claimed"
WHISTLE_CHECKED = "whistle.checked"
WHISTLE_NOT_DONE = "whistle.not_done"
WHISTLE_RATED = "whistle.rated"
WHISTLE_CLOSED = "whistle.closed"
WHISTLE_RAISED = "whistle.raised"
WHISTLE_INSTRUCTED = "whistle.instructed"  # the district says what it does about one that was raised
WHISTLE_LOOKED_AT = "whistle.looked_at"  # the street's monthly review
WHISTLE_ESCALATED = "whistle.escalated"
WHISTLE_LINKED = "whistle.linked"  # a link for a unit without accounts was made

WHISTLE_EVENTS = frozenset(
    value for name, value in list(globals().items()) if name.startswith("WHISTLE_") and isinstance(value, str)
)
