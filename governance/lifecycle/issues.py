"""The states of an issue and the only moves between them (docs/lifecycle.md).

Data, not code: services ask `MOVES`, policies and buttons ask `FITS`, and a table test tries every other pair.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look


class State(models.TextChoices):
    """Where an issue stands. `submitted` is the first state in the database; drafts stay in the browser."""

    SUBMITTED = "submitted", _("received")
    NOT_ACCEPTED = "not_accepted", _("not accepted")
    MERGED = "merged", _("merged")
    ACCEPTED = "accepted", _("accepted")
    DISPATCHED = "dispatched", _("waiting to be signed for")
    SIGNED = "signed", _("signed for")
    WORKING = "working", _("in hand")
    REPLIED = "replied", pgettext_lazy("issue state", "replied")
    CALLBACK = "callback", _("waiting for the resident")
    REOPENED = "reopened", _("reopened")
    RETURNED = "returned", _("returned")
    RULING = "ruling", _("waiting for a ruling")
    PARKED = "parked", _("parked")
    CLOSED_SOLVED = "closed_solved", _("solved")
    CLOSED_EXPLAINED = "closed_explained", _("closed with an explanation")
    DISMISSED = "dismissed", _("dismissed as unreasonable")
    APPEALED = "appealed", _("appealed against")
    WITHDRAWN = "withdrawn", _("withdrawn")


CLOSED = frozenset({State.CLOSED_SOLVED, State.CLOSED_EXPLAINED})
FINAL = CLOSED | {State.NOT_ACCEPTED, State.MERGED, State.WITHDRAWN, State.DISMISSED}
OPEN = frozenset(State) - FINAL
# Whoever held it has sent it back: it lies on nobody's desk but the dispatcher's.
GIVEN_BACK = frozenset({State.RETURNED, State.RULING})

MOVES: dict[State, frozenset[State]] = {
    State.SUBMITTED: frozenset({State.ACCEPTED, State.NOT_ACCEPTED, State.MERGED, State.WITHDRAWN, State.DISMISSED}),
    State.ACCEPTED: frozenset({State.DISPATCHED, State.MERGED, State.WITHDRAWN, State.DISMISSED}),
    State.DISPATCHED: frozenset({State.SIGNED, State.RETURNED, State.MERGED, State.WITHDRAWN, State.DISMISSED}),
    State.SIGNED: frozenset({State.WORKING, State.RETURNED, State.MERGED, State.WITHDRAWN, State.DISMISSED}),
    State.WORKING: frozenset({State.REPLIED, State.RETURNED, State.MERGED, State.WITHDRAWN, State.DISMISSED}),
    State.REPLIED: frozenset({State.CALLBACK, State.REOPENED, State.WITHDRAWN}),
    State.CALLBACK: frozenset({State.CLOSED_SOLVED, State.CLOSED_EXPLAINED, State.REOPENED, State.PARKED}),
    State.REOPENED: frozenset({State.DISPATCHED}),
    State.RETURNED: frozenset({State.DISPATCHED, State.RULING, State.MERGED, State.WITHDRAWN}),
    State.RULING: frozenset({State.DISPATCHED, State.MERGED, State.WITHDRAWN}),
    State.PARKED: frozenset({State.REOPENED, State.CLOSED_EXPLAINED, State.WITHDRAWN}),
    State.CLOSED_SOLVED: frozenset({State.REOPENED}),
    State.CLOSED_EXPLAINED: frozenset({State.REOPENED, State.APPEALED}),
    State.DISMISSED: frozenset({State.APPEALED}),
    State.APPEALED: frozenset({State.REOPENED, State.CLOSED_EXPLAINED, State.DISMISSED}),
    State.NOT_ACCEPTED: frozenset(),
    State.MERGED: frozenset({State.SUBMITTED}),  # split off again
    State.WITHDRAWN: frozenset(),
}


def before(*goals: State) -> frozenset[State]:
    """The states from which one move leads to any of these."""
    return frozenset(state for state, to in MOVES.items() if to & set(goals))


# Sets of states with a name. Whoever needs one asks here; tests/architecture finds a set that is spelled out again.
IN_HAND = before(State.RETURNED)  # with the unit or grid that holds it, not with a dispatcher or the resident
IN_WORK = before(State.WORKING, State.REPLIED)  # signed for, not replied to
TO_DISPATCH = before(State.DISPATCHED) - {State.RULING}  # accepted, and with nobody who works on it
ASKED = before(State.CALLBACK, State.CLOSED_SOLVED)  # replied to; whether it is solved is not known
GOES_ON = before(State.MERGED) | {State.PARKED}  # others may be joined to it: not answered yet, or set aside
TO_RULE = frozenset({State.RULING, State.APPEALED})  # the street's own decisions
APPEALABLE = before(State.APPEALED)  # decided against whoever asked, who may say so once
DISMISSIBLE = before(State.DISMISSED) - {State.APPEALED}  # not answered yet
PARTS_DONE = ASKED | FINAL  # a part that holds up neither the answer to the whole nor its end

URGES_MANY = 3  # so often urged since the last reply, and it lies before whoever supervises

# In which states each step fits: of buttons (views/desk/steps.py), policies and services.
FITS: dict[str, frozenset[State]] = {
    "take": before(State.ACCEPTED),
    "refuse": before(State.NOT_ACCEPTED),
    "dispatch": before(State.ACCEPTED) | TO_DISPATCH,
    "redispatch": IN_HAND,
    "rule": frozenset({State.RULING}),
    "sign": before(State.SIGNED),
    "contact": IN_WORK,
    "reply": IN_WORK,
    "return": before(State.RETURNED),
    "ask-ruling": before(State.RULING),
    "check": before(State.CALLBACK),
    "callback": ASKED,
    "explain": before(State.CLOSED_EXPLAINED) - {State.APPEALED},
    "park": before(State.PARKED),
    "reopen": before(State.REOPENED) - {State.APPEALED},
    "dismiss": DISMISSIBLE,
    "decide-dismissal": DISMISSIBLE,
    "decide-appeal": frozenset({State.APPEALED}),
    "pause": IN_HAND,
    "decide-pause": IN_HAND,
    "resume": OPEN,
    "extend": IN_HAND,
    "decide-extension": IN_HAND,
    "ask": IN_WORK,
    "nudge": frozenset({State.SUBMITTED, State.ACCEPTED}) | IN_HAND,
    "urgency": OPEN,
    "merge": before(State.MERGED),
    "split-off": before(State.SUBMITTED),
    "voice": frozenset({State.MERGED}),
    "split": before(State.ACCEPTED) | TO_DISPATCH | IN_HAND,
    "order": OPEN,
    "order-report": OPEN,
    "order-end": OPEN,
    "park-note": frozenset({State.PARKED}),
    "park-review": frozenset({State.PARKED}),
    "note": frozenset(State),
    "publish": frozenset(State),
}


def in_order(states: Iterable[State]) -> tuple[State, ...]:
    """As a case passes through them."""
    wanted = set(states)
    return tuple(state for state in State if state in wanted)


LOOKS: dict[State, Look] = {
    State.SUBMITTED: Look("", "inbox"),
    State.ACCEPTED: Look("run", "run"),
    State.NOT_ACCEPTED: Look("", "x"),
    State.MERGED: Look("", "merge"),
    State.DISPATCHED: Look("soon", "wait"),
    State.SIGNED: Look("run", "run"),
    State.WORKING: Look("run", "run"),
    State.REPLIED: Look("run", "message"),
    State.CALLBACK: Look("soon", "wait"),
    State.REOPENED: Look("soon", "wait"),
    State.RETURNED: Look("soon", "return"),
    State.RULING: Look("soon", "wait"),
    State.PARKED: Look("", "idle"),
    State.CLOSED_SOLVED: Look("done", "done"),
    State.CLOSED_EXPLAINED: Look("done", "done"),
    State.WITHDRAWN: Look("", "x"),
    State.DISMISSED: Look("", "x"),
    State.APPEALED: Look("soon", "wait"),
}


# Whose turn it is where the unit or grid that had the case cannot go on with it.
_TURNS: dict[str, Promise] = {
    State.RETURNED: _("dispatch desk"),
    State.RULING: _("the street, to rule"),
    State.REPLIED: _("somebody who checks"),
    State.CALLBACK: _("the resident"),
    State.REOPENED: _("dispatch desk"),
    State.APPEALED: _("the street, to decide the appeal"),
    State.PARKED: _("nobody yet; its progress is written every month"),
}
_DECIDED_ABOVE = _("whoever decides about opening it again")
REOPENING = "reopen"  # `lifecycle.asking.Asked.REOPEN`, which stands on these states


def in_whose_hands(state: str, holder: str, asked: str = "") -> str:
    """Who has the case now: its holder, whoever decides in between, or nobody any more.

    Whoever said that it is not solved has had their turn: what they ask for (`asked`) is decided by the desk above.
    """
    if state in FINAL:
        return "—"
    return str(_DECIDED_ABOVE if asked == REOPENING else _TURNS.get(state, holder))


class InState:
    """What a state says, of a case and of a row of a list."""

    state: str
    closed_at: datetime | None

    @property
    def look(self) -> Look:
        """Tone and icon of the state tag."""
        return LOOKS[State(self.state)]

    @property
    def state_label(self) -> str:
        """The state in words. Django's own get_state_display translates all states each time to find one."""
        return str(State(self.state).label)

    @property
    def is_open(self) -> bool:
        """Not closed; also true of a parked case."""
        return self.closed_at is None


class Urgency(models.TextChoices):
    """How fast (docs/glossary.md, "Time limits")."""

    CRITICAL = "C", _("critical")
    URGENT = "U", _("urgent")
    ORDINARY = "O", _("ordinary")
    COMPLEX = "X", _("complex")
    INQUIRY = "I", _("inquiry")
    SUGGESTION = "S", _("suggestion")


# May be raised at once by a dispatcher, lowered only with a reason: a higher rank is faster.
URGENCY_RANK = {
    Urgency.CRITICAL: 5,
    Urgency.URGENT: 4,
    Urgency.ORDINARY: 3,
    Urgency.INQUIRY: 2,
    Urgency.COMPLEX: 1,
    Urgency.SUGGESTION: 0,
}


def highest_urgency(*urgencies: str) -> Urgency:
    """The fastest of them; empty ones do not count."""
    return max((Urgency(urgency) for urgency in urgencies if urgency), key=lambda urgency: URGENCY_RANK[urgency])


class Channel(models.TextChoices):
    """How a request reached us."""

    WEB = "web", _("website")
    QR = "qr", _("stairwell code")
    PHONE = "phone", _("phone")
    COUNTER = "counter", _("counter")
    PAPER = "paper", _("paper")
    VISIT = "visit", _("visit")
    MEETING = "meeting", _("meeting")
    HOTLINE = "hotline", _("hotline")
    PATROL = "patrol", _("patrol")


class Step(models.TextChoices):
    """What a clock runs for."""

    ACCEPT = "accept", _("accept")
    SIGN = "sign", _("sign for")
    CONTACT = "contact", _("first contact")
    DONE = "done", _("done")
    RULING = "ruling", _("ruling")
    CALLBACK = "callback", _("call-back")
    NOTE = "note", _("public note")
    REVIEW = "review", _("review")


WORK_STEPS = (Step.SIGN, Step.CONTACT, Step.DONE)  # the clocks of whoever gets a case, all from the dispatch
PART_STEPS = (Step.SIGN, Step.DONE)  # of a part: whoever dispatches the whole talks with the resident
PARKED_STEPS = (Step.NOTE, Step.REVIEW)  # of a parked case, by days that do not depend on its urgency


class ClockState(models.TextChoices):
    """A running clock ends exactly once."""

    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    MET = "met", _("in time")
    MISSED = "missed", _("late")  # ended, but after its due time
    VOID = "void", _("no longer needed")


NOT_ENDED = (ClockState.RUNNING, ClockState.PAUSED)


class Target(models.TextChoices):
    """Whom a rung of the ladder tells."""

    HANDLER = "handler", _("whoever holds it")
    HANDLER_LEAD = "handler_lead", _("whoever holds it, and their lead")
    LEVEL_UP = "level_up", _("one level up")
    STREET = "street", _("street supervision")
    DISTRICT = "district", _("district list")


# Event names. Every one is routed or listed as silent in notifications.routing.
ISSUE_SUBMITTED = "issue.submitted"
ISSUE_ACCEPTED = "issue.accepted"
ISSUE_NOT_ACCEPTED = "issue.not_accepted"
ISSUE_MERGED = "issue.merged"
ISSUE_DISPATCHED = "issue.dispatched"
ISSUE_SIGNED = "issue.signed"
ISSUE_CONTACTED = "issue.contacted"
ISSUE_REPLIED = "issue.replied"
ISSUE_CHECKED = "issue.checked"
ISSUE_ANSWERED = "issue.answered"
ISSUE_CALLED_BACK = "issue.called_back"
ISSUE_CLOSED = "issue.closed"
ISSUE_REOPENED = "issue.reopened"
ISSUE_REFUSED = "issue.reopening_refused"
ISSUE_RETURNED = "issue.returned"
ISSUE_RULING_ASKED = "issue.ruling_asked"
ISSUE_RULED = "issue.ruled"
ISSUE_WITHDRAWN = "issue.withdrawn"
ISSUE_URGED = "issue.urged"
ISSUE_SUPPLEMENTED = "issue.supplemented"
ISSUE_NOTED = "issue.noted"
ISSUE_HIDDEN = "issue.hidden"
ISSUE_LEFT = "issue.left"
ISSUE_URGENCY_CHANGED = "issue.urgency_changed"
ISSUE_ESCALATED = "issue.escalated"
ISSUE_PAUSE_ASKED = "issue.pause_asked"
ISSUE_PAUSE_REFUSED = "issue.pause_refused"
ISSUE_PAUSED = "issue.paused"
ISSUE_RESUMED = "issue.resumed"
ISSUE_EXTENSION_ASKED = "issue.extension_asked"
ISSUE_EXTENSION_REFUSED = "issue.extension_refused"
ISSUE_EXTENDED = "issue.extended"
ISSUE_QUESTION_ASKED = "issue.question_asked"
ISSUE_QUESTION_ANSWERED = "issue.question_answered"
ISSUE_QUESTION_OVER = "issue.question_over"
ISSUE_DISMISSAL_ASKED = "issue.dismissal_asked"
ISSUE_DISMISSAL_REFUSED = "issue.dismissal_refused"
ISSUE_DISMISSED = "issue.dismissed"
ISSUE_APPEALED = "issue.appealed"
ISSUE_APPEAL_UPHELD = "issue.appeal_upheld"
ISSUE_PARKED = "issue.parked"
ISSUE_PARK_NOTED = "issue.park_noted"
ISSUE_PARK_REVIEWED = "issue.park_reviewed"
ISSUE_SPLIT = "issue.split"
ISSUE_SPLIT_OFF = "issue.split_off"
ISSUE_ORDERED = "issue.ordered"
ISSUE_ORDER_REPORTED = "issue.order_reported"
ISSUE_ORDER_ENDED = "issue.order_ended"
ISSUE_PUBLISHED = "issue.published"
ISSUE_ON_AGENDA = "issue.on_agenda"
ISSUE_DISCUSSED = "issue.discussed"
ISSUE_WHISTLED = "issue.whistled"
ISSUE_UNIT_CAME = "issue.unit_came"
ISSUE_WHISTLE_ENDED = "issue.whistle_ended"
ISSUE_EXPORTED = "issue.exported"
CONTACT_REVEALED = "contact.revealed"
CONTACT_ERASED = "contact.erased"
FILTER_SAVED = "filter.saved"
FILTER_REMOVED = "filter.removed"

EVENT_NAMES = frozenset(
    value
    for name, value in list(globals().items())
    if name.startswith(("ISSUE_", "CONTACT_", "FILTER_")) and isinstance(value, str)
)
