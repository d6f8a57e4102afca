"""A member lets neighbours see who they are and what they promise (亮身份; docs/checkins.md).

Shown only with the member's own consent, and off the page the moment they take it back.
"""

from django.db import models
from django.utils.translation import pgettext_lazy

from core.looks import Look


class PledgeState(models.TextChoices):
    """Where a pledge stands."""

    OFFERED = "offered", pgettext_lazy("pledge", "waits for consent")
    CONSENTED = "consented", pgettext_lazy("pledge", "agreed to be shown")
    SHOWN = "shown", pgettext_lazy("pledge", "shown")
    WITHDRAWN = "withdrawn", pgettext_lazy("pledge", "not shown any more")


P = PledgeState
PLEDGE_LIVE = frozenset({P.OFFERED, P.CONSENTED, P.SHOWN})
PLEDGE_MOVES: dict[PledgeState, frozenset[PledgeState]] = {
    P.OFFERED: frozenset({P.CONSENTED, P.WITHDRAWN}),
    P.CONSENTED: frozenset({P.SHOWN, P.WITHDRAWN}),
    P.SHOWN: frozenset({P.WITHDRAWN}),
    P.WITHDRAWN: frozenset(),
}
PLEDGE_FITS: dict[str, frozenset[PledgeState]] = {
    "consent": frozenset({P.OFFERED}),
    "show": frozenset({P.CONSENTED}),
    "fulfil": frozenset({P.CONSENTED, P.SHOWN}),
    "withdraw": PLEDGE_LIVE,
}
PLEDGE_LOOKS: dict[PledgeState, Look] = {
    P.OFFERED: Look("soon", "wait"),
    P.CONSENTED: Look("run", "check"),
    P.SHOWN: Look("done", "eye"),
    P.WITHDRAWN: Look("", "x"),
}

PLEDGE_OFFERED = "checkin.pledge_offered"
PLEDGE_CONSENTED = "checkin.pledge_consented"
PLEDGE_SHOWN = "checkin.pledge_shown"
PLEDGE_FULFILLED = "checkin.pledge_fulfilled"
PLEDGE_WITHDRAWN = "checkin.pledge_withdrawn"
PLEDGE_DUE = "checkin.pledge_due"  # told to the member and nobody else
PLEDGE_EVENTS = frozenset(
    {PLEDGE_OFFERED, PLEDGE_CONSENTED, PLEDGE_SHOWN, PLEDGE_FULFILLED, PLEDGE_WITHDRAWN, PLEDGE_DUE}
)
