"""The states of a volunteer in the register (docs/lifecycle.md, "Volunteers").

Whether somebody is active is no state: it is counted from what they did in the last twelve months.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look


class VolunteerState(models.TextChoices):
    """Where an entry of the register stands."""

    APPLIED = "applied", _("waiting to be verified")
    VERIFIED = "verified", pgettext_lazy("volunteer", "registered")
    PAUSED = "paused", pgettext_lazy("volunteer", "taking a break")
    LEFT = "left", pgettext_lazy("volunteer", "left")
    REFUSED = "refused", pgettext_lazy("volunteer", "not registered")


S = VolunteerState
VOLUNTEER_FINAL = frozenset({S.LEFT, S.REFUSED})
VOLUNTEER_MOVES: dict[VolunteerState, frozenset[VolunteerState]] = {
    S.APPLIED: frozenset({S.VERIFIED, S.REFUSED, S.LEFT}),
    S.VERIFIED: frozenset({S.PAUSED, S.LEFT}),
    S.PAUSED: frozenset({S.VERIFIED, S.LEFT}),
    S.LEFT: frozenset({S.APPLIED}),  # they may come back, with the same number
    S.REFUSED: frozenset({S.APPLIED}),
}
REGISTERED = frozenset({S.VERIFIED, S.PAUSED})  # those of the figure (docs/glossary.md, "Figures")
# In which states each step fits: of buttons, policies and services.
VOLUNTEER_FITS: dict[str, frozenset[VolunteerState]] = {
    "verify": frozenset({S.APPLIED}),
    "refuse": frozenset({S.APPLIED}),
    "pause": frozenset({S.VERIFIED}),
    "resume": frozenset({S.PAUSED}),
    "leave": frozenset({S.APPLIED, S.VERIFIED, S.PAUSED}),
    "apply": VOLUNTEER_FINAL,
}
VOLUNTEER_LOOKS: dict[VolunteerState, Look] = {
    S.APPLIED: Look("soon", "wait"),
    S.VERIFIED: Look("done", "done"),
    S.PAUSED: Look("", "wait"),
    S.LEFT: Look("", "x"),
    S.REFUSED: Look("", "x"),
}

VOLUNTEER_APPLIED = "volunteer.applied"
VOLUNTEER_VERIFIED = "volunteer.verified"
VOLUNTEER_REFUSED = "volunteer.refused"
VOLUNTEER_PAUSED = "volunteer.paused"
VOLUNTEER_RESUMED = "volunteer.resumed"
VOLUNTEER_LEFT = "volunteer.left"
VOLUNTEER_REVISED = "volunteer.revised"
VOLUNTEER_INSURED = "volunteer.insured"
VOLUNTEER_JOINED = "volunteer.joined"  # two records of one person became one
VOLUNTEER_WAITING = "volunteer.waiting"  # nobody verified within the limit

VOLUNTEER_EVENTS = frozenset(
    {
        *(VOLUNTEER_APPLIED, VOLUNTEER_VERIFIED, VOLUNTEER_REFUSED, VOLUNTEER_PAUSED, VOLUNTEER_RESUMED),
        *(VOLUNTEER_LEFT, VOLUNTEER_REVISED, VOLUNTEER_WAITING, VOLUNTEER_INSURED, VOLUNTEER_JOINED),
    }
)
