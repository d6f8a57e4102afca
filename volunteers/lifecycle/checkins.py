"""Members in service who check in where they live (在职党员报到; docs/checkins.md).

Accepted is not yet active: somebody is active from their first duty post or first confirmed service, whichever comes
first, and nobody presses a button for it. Nothing follows from declining, leaving or doing little.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look

ACCEPT_DAYS = 3  # working days in which the branch answers
QUIET_DAYS = 183  # six months without post or service: one invitation, and never another one
LETTER = "J"


class CheckInState(models.TextChoices):
    """Where a check-in stands."""

    APPLIED = "applied", pgettext_lazy("check-in", "waits for the branch")
    ACCEPTED = "accepted", pgettext_lazy("check-in", "accepted")
    ACTIVE = "active", pgettext_lazy("check-in", "takes part")
    MOVED = "moved", pgettext_lazy("check-in", "moved to another branch")
    LEFT = "left", pgettext_lazy("check-in", "ended")
    REFUSED = "refused", pgettext_lazy("check-in", "not accepted")


class Skill(models.TextChoices):
    """What a member can lend a hand with; duty posts ask for the same words."""

    POLICY = "policy", pgettext_lazy("skill", "explaining policies")
    LAW = "law", pgettext_lazy("skill", "law")
    MEDICAL = "medical", pgettext_lazy("skill", "medicine and care")
    TEACHING = "teaching", pgettext_lazy("skill", "teaching children")
    REPAIR = "repair", pgettext_lazy("skill", "plumbing, electricity, repairs")
    DIGITAL = "digital", pgettext_lazy("skill", "phones and computers")
    TALKING = "talking", pgettext_lazy("skill", "talking people round")
    CULTURE = "culture", pgettext_lazy("skill", "culture and sports")
    DRIVING = "driving", pgettext_lazy("skill", "driving")


class FreeTime(models.TextChoices):
    """When people in service have time: evenings and weekends before all else."""

    EVENING = "evening", _("weekday evenings")
    SATURDAY = "saturday", _("Saturdays")
    SUNDAY = "sunday", _("Sundays")
    HOLIDAY = "holiday", pgettext_lazy("free time", "holidays")
    DAYTIME = "daytime", _("weekdays in the daytime")
    PHONE = "phone", _("by phone at any time")


class DutyKind(models.TextChoices):
    """The eight kinds of duty posts (岗位), as the towns that run the scheme name them."""

    POLICY = "policy", _("policy outreach post")
    VOICES = "voices", _("listening post")
    PATROL = "patrol", _("safety patrol post")
    CLEAN = "clean", _("environment post")
    MEDIATION = "mediation", _("mediation post")
    CARE = "care", _("care post")
    CULTURE = "culture", _("culture and sports post")
    SKILL = "skill", _("special skills post")


S = CheckInState
CHECKIN_FINAL = frozenset({S.MOVED, S.LEFT, S.REFUSED})
CHECKIN_LIVE = frozenset(S) - CHECKIN_FINAL
HERE = frozenset({S.ACCEPTED, S.ACTIVE})  # the branch said yes
CHECKIN_MOVES: dict[CheckInState, frozenset[CheckInState]] = {
    S.APPLIED: frozenset({S.ACCEPTED, S.REFUSED, S.MOVED, S.LEFT}),
    S.ACCEPTED: frozenset({S.ACTIVE, S.MOVED, S.LEFT}),
    S.ACTIVE: frozenset({S.MOVED, S.LEFT}),
    S.MOVED: frozenset(),
    S.LEFT: frozenset(),
    S.REFUSED: frozenset(),
}
# In which states each step fits: of buttons, policies and services.
CHECKIN_FITS: dict[str, frozenset[CheckInState]] = {
    "accept": frozenset({S.APPLIED}),
    "refuse": frozenset({S.APPLIED}),
    "revise": CHECKIN_LIVE,
    "post": HERE,
    "pledge": HERE,
    "feedback": HERE,
    "leave": CHECKIN_LIVE,
}
CHECKIN_LOOKS: dict[CheckInState, Look] = {
    S.APPLIED: Look("soon", "wait"),
    S.ACCEPTED: Look("run", "check"),
    S.ACTIVE: Look("done", "done"),
    S.MOVED: Look("", "home"),
    S.LEFT: Look("", "x"),
    S.REFUSED: Look("", "x"),
}

CHECKIN_APPLIED = "checkin.applied"
CHECKIN_LATE = "checkin.late"  # nobody of the branch answered in time
CHECKIN_ACCEPTED = "checkin.accepted"
CHECKIN_REFUSED = "checkin.refused"
CHECKIN_BEGAN = "checkin.began"  # the first post or the first confirmed service
CHECKIN_REVISED = "checkin.revised"
CHECKIN_MOVED = "checkin.moved"
CHECKIN_LEFT = "checkin.left"
CHECKIN_INVITED = "checkin.invited"  # six quiet months
POST_OPENED = "duty_post.opened"
POST_CLOSED = "duty_post.closed"
POST_TAKEN = "checkin.post_taken"
POST_LEFT = "checkin.post_left"
CHECKIN_EVENTS = frozenset(
    {
        *(CHECKIN_APPLIED, CHECKIN_LATE, CHECKIN_ACCEPTED, CHECKIN_REFUSED, CHECKIN_BEGAN, CHECKIN_REVISED),
        *(CHECKIN_MOVED, CHECKIN_LEFT, CHECKIN_INVITED, POST_OPENED, POST_CLOSED, POST_TAKEN, POST_LEFT),
    }
)
