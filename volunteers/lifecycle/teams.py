"""The states of a team and of a membership (docs/lifecycle.md, "Volunteers")."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look


class TeamKind(models.TextChoices):
    """What a team does: the code list of the register."""

    PATROL = "patrol", _("safety patrol")
    POLICY = "policy", _("policy outreach")
    SORTING = "sorting", _("waste sorting")
    CARE = "care", _("care for old and young")
    REPAIR = "repair", _("small repairs")
    MEDIATION = "mediation", _("neighbourly mediation")
    TRAFFIC = "traffic", _("courteous traffic")
    CULTURE = "culture", _("culture and sports")
    EMERGENCY = "emergency", _("help in emergencies")
    OTHER = "other", pgettext_lazy("kind of team", "other")


# What is proposed to need insurance; the team or the activity decides.
RISKY_KINDS = frozenset({TeamKind.PATROL, TeamKind.EMERGENCY, TeamKind.REPAIR})


class TeamState(models.TextChoices):
    """Where a team stands."""

    FORMING = "forming", pgettext_lazy("team", "forming")
    ACTIVE = "active", pgettext_lazy("team", "active")
    RESTING = "resting", pgettext_lazy("team", "resting")
    CLOSED = "closed", pgettext_lazy("team", "closed")


T = TeamState
TEAM_MOVES: dict[TeamState, frozenset[TeamState]] = {
    T.FORMING: frozenset({T.ACTIVE, T.CLOSED}),
    T.ACTIVE: frozenset({T.RESTING, T.CLOSED}),
    T.RESTING: frozenset({T.ACTIVE, T.CLOSED}),
    T.CLOSED: frozenset(),
}
# In which states each step fits: of buttons and services.
TEAM_FITS: dict[str, frozenset[TeamState]] = {
    "activate": frozenset({T.FORMING, T.RESTING}),
    "rest": frozenset({T.ACTIVE}),
    "close": frozenset({T.FORMING, T.ACTIVE, T.RESTING}),
    "lead": frozenset({T.FORMING, T.ACTIVE, T.RESTING}),
    "edit": frozenset({T.FORMING, T.ACTIVE, T.RESTING}),
    "join": frozenset({T.FORMING, T.ACTIVE}),
}
TEAM_LOOKS: dict[TeamState, Look] = {
    T.FORMING: Look("soon", "wait"),
    T.ACTIVE: Look("done", "done"),
    T.RESTING: Look("", "idle"),
    T.CLOSED: Look("", "x"),
}


class MemberState(models.TextChoices):
    """Where a membership stands."""

    ASKED = "asked", pgettext_lazy("member of a team", "has asked")
    JOINED = "joined", pgettext_lazy("member of a team", "member")
    LEFT = "left", pgettext_lazy("member of a team", "left")


TEAM_FORMED = "team.formed"
TEAM_REVISED = "team.revised"
TEAM_MOVED = "team.moved"  # became active, rests, or is closed; the payload says which
TEAM_ASKED = "team.asked"
TEAM_JOINED = "team.joined"
TEAM_LEFT = "team.left"
INTEREST_CHANGED = "interest.changed"

TEAM_EVENTS = frozenset({TEAM_FORMED, TEAM_REVISED, TEAM_MOVED, TEAM_ASKED, TEAM_JOINED, TEAM_LEFT, INTEREST_CHANGED})
