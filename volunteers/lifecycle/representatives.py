"""The states of a representative's term (docs/lifecycle.md, "Representatives").

Two sides choose (双向选择): the Party organisation approves and the residents agree; then everybody may object
for seven days. Who links households has no seat in the statutory assembly by that, so `Capacity` keeps the two apart.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look

NOTICE_DAYS = 7  # how long a name hangs out before the term begins
TERM_YEARS = 5  # as long as the residents' committee (Organic Law of Residents' Committees)
REMIND_DAYS = 60  # before the end of a term
SEAT_DAYS = 30  # how long a seat, or a household, may be without anybody before the community is told
TRAINING_DAYS = 365  # after so long without a training the representative and the community are reminded
CONSENTS_NEEDED = 5  # households that agree, when no meeting did: the fewest a representative links


class RepresentativeState(models.TextChoices):
    """Where a term stands."""

    NOMINATED = "nominated", pgettext_lazy("representative", "nominated")
    REVIEWED = "reviewed", pgettext_lazy("representative", "approved by both sides")
    NOTICED = "noticed", pgettext_lazy("representative", "on public notice")
    ACTIVE = "active", pgettext_lazy("representative", "serving")
    SUSPENDED = "suspended", pgettext_lazy("representative", "suspended")
    ENDED = "ended", pgettext_lazy("representative", "ended")


class Capacity(models.TextChoices):
    """As what somebody was chosen. Linking households is no seat in the residents' assembly, nor the other way."""

    LINKING = "linking", _("links households")
    STATUTORY = "statutory", _("member of the residents' assembly")
    BOTH = "both", _("both: links households and sits in the assembly")


class NominationSource(models.TextChoices):
    """Who put the name forward."""

    SELF = "self", _("put themselves forward")
    RESIDENTS = "residents", _("put forward by residents")
    BRANCH = "branch", _("put forward by the Party branch")


class EndReason(models.TextChoices):
    """Why a term ended."""

    NOT_APPROVED = "not_approved", _("not approved")
    OBJECTION = "objection", _("an objection was right")
    WITHDRAWN = "withdrawn", _("wished to stop")
    TERM_OVER = "term_over", _("the term is over")
    MOVED = "moved", _("moved away")
    REPLACED = "replaced", _("replaced by the residents")


S = RepresentativeState
LINKING = frozenset({Capacity.LINKING, Capacity.BOTH})
REPRESENTATIVE_FINAL = frozenset({S.ENDED})
REPRESENTATIVE_MOVES: dict[RepresentativeState, frozenset[RepresentativeState]] = {
    S.NOMINATED: frozenset({S.REVIEWED, S.ENDED}),
    S.REVIEWED: frozenset({S.NOTICED, S.ENDED}),
    S.NOTICED: frozenset({S.ACTIVE, S.ENDED}),
    S.ACTIVE: frozenset({S.SUSPENDED, S.ENDED}),
    S.SUSPENDED: frozenset({S.ACTIVE, S.ENDED}),
    S.ENDED: frozenset(),
}
APPROVED = frozenset({S.REVIEWED, S.NOTICED, S.ACTIVE, S.SUSPENDED})  # both sides said yes
IN_TERM = frozenset({S.ACTIVE, S.SUSPENDED})
# In which states each step fits: of buttons, policies and services.
REPRESENTATIVE_FITS: dict[str, frozenset[RepresentativeState]] = {
    "approve": frozenset({S.NOMINATED}),
    "agree": frozenset({S.NOMINATED}),
    "notice": frozenset({S.REVIEWED}),
    "object": frozenset({S.NOTICED}),
    "settle": frozenset({S.NOTICED}),
    "activate": frozenset({S.NOTICED}),
    "suspend": frozenset({S.ACTIVE}),
    "resume": frozenset({S.SUSPENDED}),
    "hand-over": IN_TERM,
    "assign": frozenset({S.ACTIVE}),
    "train": IN_TERM,
    "reach": IN_TERM,
    "reward": IN_TERM,
    "end": frozenset(S) - REPRESENTATIVE_FINAL,
}
REPRESENTATIVE_LOOKS: dict[RepresentativeState, Look] = {
    S.NOMINATED: Look("soon", "wait"),
    S.REVIEWED: Look("run", "check"),
    S.NOTICED: Look("soon", "eye"),
    S.ACTIVE: Look("done", "done"),
    S.SUSPENDED: Look("late", "stop"),
    S.ENDED: Look("", "x"),
}

REPRESENTATIVE_NOMINATED = "representative.nominated"
REPRESENTATIVE_APPROVED = "representative.approved"
REPRESENTATIVE_AGREED = "representative.agreed"
REPRESENTATIVE_REVIEWED = "representative.reviewed"
REPRESENTATIVE_NOTICED = "representative.noticed"
REPRESENTATIVE_OBJECTED = "representative.objected"
REPRESENTATIVE_SETTLED = "representative.settled"
REPRESENTATIVE_ACTIVATED = "representative.activated"
REPRESENTATIVE_SUSPENDED = "representative.suspended"
REPRESENTATIVE_RESUMED = "representative.resumed"
REPRESENTATIVE_ENDED = "representative.ended"
REPRESENTATIVE_TRAINED = "representative.trained"
REPRESENTATIVE_REACHED = "representative.reached"  # how neighbours may reach them was changed
REPRESENTATIVE_MOVED = "representative.moved"  # moved house: suspended, the community hands over the links
REPRESENTATIVE_TERM_ENDING = "representative.term_ending"
REPRESENTATIVE_SEAT_EMPTY = "representative.seat_empty"

REPRESENTATIVE_EVENTS = frozenset(
    {
        *(REPRESENTATIVE_NOMINATED, REPRESENTATIVE_APPROVED, REPRESENTATIVE_AGREED, REPRESENTATIVE_REVIEWED),
        *(REPRESENTATIVE_NOTICED, REPRESENTATIVE_OBJECTED, REPRESENTATIVE_SETTLED, REPRESENTATIVE_ACTIVATED),
        *(REPRESENTATIVE_SUSPENDED, REPRESENTATIVE_RESUMED, REPRESENTATIVE_ENDED, REPRESENTATIVE_TRAINED),
        *(REPRESENTATIVE_REACHED, REPRESENTATIVE_MOVED, REPRESENTATIVE_TERM_ENDING, REPRESENTATIVE_SEAT_EMPTY),
    }
)

# lines whose words say something about the person; they go when the person is forgotten
ABOUT_THE_PERSON = frozenset(
    {
        *(REPRESENTATIVE_NOMINATED, REPRESENTATIVE_APPROVED, REPRESENTATIVE_SETTLED),
        *(REPRESENTATIVE_SUSPENDED, REPRESENTATIVE_ENDED),
    }
)
