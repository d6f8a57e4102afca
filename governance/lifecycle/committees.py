"""The enlarged committee (大工委) of a street or community: how part-time members come and go, and what they promise.

Recommended by a unit, approved by the street, appointed, until the term ends; file and job stay where they are
(docs/lifecycle.md, "Enlarged committee"). Data, not code, as for issues.
"""

from django.db import models
from django.utils.translation import pgettext_lazy

from core.looks import Look


class MemberState(models.TextChoices):
    """Where a part-time member (兼职委员) stands."""

    RECOMMENDED = "recommended", pgettext_lazy("part-time member", "recommended")
    APPROVED = "approved", pgettext_lazy("part-time member", "approved")
    ACTIVE = "active", pgettext_lazy("part-time member", "active")
    ENDED = "ended", pgettext_lazy("part-time member", "ended")


class PromiseState(models.TextChoices):
    """Where a promise (承诺事项) of a unit stands."""

    PROMISED = "promised", pgettext_lazy("promise", "promised")
    DELIVERED = "delivered", pgettext_lazy("promise", "said to be delivered")
    KEPT = "kept", pgettext_lazy("promise", "kept")
    WITHDRAWN = "withdrawn", pgettext_lazy("promise", "withdrawn")


M, P = MemberState, PromiseState
MEMBER_MOVES: dict[MemberState, frozenset[MemberState]] = {
    M.RECOMMENDED: frozenset({M.APPROVED, M.ENDED}),
    M.APPROVED: frozenset({M.ACTIVE, M.ENDED}),
    M.ACTIVE: frozenset({M.ENDED}),
    M.ENDED: frozenset(),
}
PROMISE_MOVES: dict[PromiseState, frozenset[PromiseState]] = {
    P.PROMISED: frozenset({P.DELIVERED, P.WITHDRAWN}),
    P.DELIVERED: frozenset({P.KEPT, P.PROMISED}),
    P.KEPT: frozenset(),
    P.WITHDRAWN: frozenset(),
}
PROMISE_OPEN = frozenset({P.PROMISED, P.DELIVERED})
SEATED = frozenset({M.APPROVED, M.ACTIVE})  # takes one of the seats

# In which states each step fits: of buttons, policies and services.
MEMBER_FITS: dict[str, frozenset[MemberState]] = {
    "approve": frozenset({M.RECOMMENDED}),
    "begin": frozenset({M.APPROVED}),
    "duties": frozenset(M) - {M.ENDED},
    "end": frozenset(M) - {M.ENDED},
}
PROMISE_FITS: dict[str, frozenset[PromiseState]] = {
    "deliver": frozenset({P.PROMISED}),
    "confirm": frozenset({P.DELIVERED}),
    "withdraw": frozenset({P.PROMISED}),
}
MEMBER_LOOKS: dict[MemberState, Look] = {
    M.RECOMMENDED: Look("soon", "wait"),
    M.APPROVED: Look("run", "check"),
    M.ACTIVE: Look("done", "done"),
    M.ENDED: Look("", "x"),
}
PROMISE_LOOKS: dict[PromiseState, Look] = {
    P.PROMISED: Look("run", "run"),
    P.DELIVERED: Look("soon", "message"),
    P.KEPT: Look("done", "done"),
    P.WITHDRAWN: Look("", "x"),
}

COMMITTEE_OPENED = "committee.opened"
COMMITTEE_SEATS = "committee.seats"
COMMITTEE_MET = "committee.met"  # a meeting was linked
COMMITTEE_UNMET = "committee.unmet"
MEMBER_RECOMMENDED = "committee.member_recommended"
MEMBER_APPROVED = "committee.member_approved"
MEMBER_BEGUN = "committee.member_begun"
MEMBER_DUTIES = "committee.member_duties"
MEMBER_ENDED = "committee.member_ended"
PROMISE_MADE = "promise.made"
PROMISE_DELIVERED = "promise.delivered"
PROMISE_KEPT = "promise.kept"
PROMISE_SENT_BACK = "promise.sent_back"
PROMISE_WITHDRAWN = "promise.withdrawn"
PROMISE_LATE = "promise.late"

COMMITTEE_EVENTS = frozenset(
    {
        *(COMMITTEE_OPENED, COMMITTEE_SEATS, COMMITTEE_MET, COMMITTEE_UNMET),
        *(MEMBER_RECOMMENDED, MEMBER_APPROVED, MEMBER_BEGUN, MEMBER_DUTIES, MEMBER_ENDED),
        *(PROMISE_MADE, PROMISE_DELIVERED, PROMISE_KEPT, PROMISE_SENT_BACK, PROMISE_WITHDRAWN, PROMISE_LATE),
    }
)
