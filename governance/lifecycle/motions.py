"""The states of a motion and the only moves between them (docs/votes.md)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look
from governance.decisions import Outcome


class MotionState(models.TextChoices):
    """Where a motion stands."""

    PROPOSED = "proposed", pgettext_lazy("motion", "proposed")
    SECONDED = "seconded", _("seconded")
    OPEN = "open", _("being voted on")
    CLOSED = "closed", _("voting has ended")
    DECIDED = "decided", _("counted")
    RECOUNTING = "recounting", _("being counted again")
    VOID = "void", _("void, to be voted on again")
    WITHDRAWN = "withdrawn", pgettext_lazy("motion", "withdrawn")


_S = MotionState
MOTION_MOVES: dict[MotionState, frozenset[MotionState]] = {
    _S.PROPOSED: frozenset({_S.SECONDED, _S.OPEN, _S.WITHDRAWN}),
    _S.SECONDED: frozenset({_S.OPEN, _S.WITHDRAWN}),
    _S.OPEN: frozenset({_S.CLOSED}),
    _S.CLOSED: frozenset({_S.DECIDED, _S.VOID}),
    _S.DECIDED: frozenset({_S.RECOUNTING}),
    _S.RECOUNTING: frozenset({_S.DECIDED, _S.VOID}),
    _S.VOID: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
MOTION_FINAL = frozenset({_S.VOID, _S.WITHDRAWN})
MOTION_UNSETTLED = frozenset({_S.OPEN, _S.CLOSED, _S.RECOUNTING})  # minutes wait for the end of it
MOTION_COUNTED = frozenset({_S.DECIDED, _S.RECOUNTING})  # there is at least one count


def before_motion(*goals: MotionState) -> frozenset[MotionState]:
    """The states from which one move leads to any of these."""
    return frozenset(state for state, to in MOTION_MOVES.items() if to & set(goals))


# In which states each step fits: of buttons, policies and services.
MOTION_FITS: dict[str, frozenset[MotionState]] = {
    "amend": before_motion(_S.OPEN),  # words, rule and secrecy stand fast once voting begins
    "second": before_motion(_S.SECONDED),
    "withdraw": before_motion(_S.WITHDRAWN),
    "open": before_motion(_S.OPEN),
    "cast": frozenset({_S.OPEN}),
    "close": before_motion(_S.CLOSED),
    "decide": before_motion(_S.DECIDED) - {_S.RECOUNTING},
    "ask-recount": before_motion(_S.RECOUNTING),
    "recount": frozenset({_S.RECOUNTING}),
    "void": before_motion(_S.VOID),
}

MOTION_LOOKS: dict[MotionState, Look] = {
    _S.PROPOSED: Look("", "write"),
    _S.SECONDED: Look("", "people"),
    _S.OPEN: Look("run", "run"),
    _S.CLOSED: Look("soon", "wait"),
    _S.DECIDED: Look("done", "done"),
    _S.RECOUNTING: Look("soon", "again"),
    _S.VOID: Look("", "x"),
    _S.WITHDRAWN: Look("", "x"),
}

# How the outcome of a count is shown.
OUTCOME_LOOKS: dict[Outcome, Look] = {
    Outcome.PASSED: Look("done", "done"),
    Outcome.FAILED: Look("", "x"),
    Outcome.NOT_QUORATE: Look("late", "idle"),
}


class How(models.TextChoices):
    """How a ballot was cast."""

    PAPER = "paper", _("on paper")
    ONLINE = "online", _("by phone")


# Event names. Every one is routed or listed as silent in notifications.routing.
VOTERS_LISTED = "voters.listed"
VOTERS_FROZEN = "voters.frozen"
VOTERS_THAWED = "voters.thawed"
VOTERS_CAME = "voters.came"
VOTERS_RENEWED = "voters.renewed"
MOTION_PROPOSED = "motion.proposed"
MOTION_AMENDED = "motion.amended"
MOTION_SECONDED = "motion.seconded"
MOTION_WITHDRAWN = "motion.withdrawn"
MOTION_OPENED = "motion.opened"
MOTION_CAST = "motion.cast"
MOTION_CLOSED = "motion.closed"
MOTION_DECIDED = "motion.decided"
MOTION_RECOUNT_ASKED = "motion.recount_asked"
MOTION_RECOUNTED = "motion.recounted"
MOTION_VOIDED = "motion.voided"

MOTION_EVENTS = frozenset(
    value
    for name, value in list(globals().items())
    if name.startswith(("MOTION_", "VOTERS_")) and isinstance(value, str)
)
