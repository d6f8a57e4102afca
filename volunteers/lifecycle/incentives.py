"""The four incentives (四个激励): proposed, checked by the street, hung out, granted by the district.

Never given by itself from what was counted: somebody proposes with words, and four different people take the four
steps; only the district grants, and only what everybody could read.
"""

from django.db import models
from django.utils.translation import pgettext_lazy

from core.looks import Look


class IncentiveKind(models.TextChoices):
    """The order is fixed."""

    POLITICAL = "political", pgettext_lazy("incentive", "political")
    MATERIAL = "material", pgettext_lazy("incentive", "material")
    SPIRITUAL = "spiritual", pgettext_lazy("incentive", "spiritual")
    HONOUR = "honour", pgettext_lazy("incentive", "honour")


class IncentiveState(models.TextChoices):
    """Where a proposal stands."""

    PROPOSED = "proposed", pgettext_lazy("incentive", "proposed")
    CHECKED = "checked", pgettext_lazy("incentive", "checked by the street")
    NOTICED = "noticed", pgettext_lazy("incentive", "on public notice")
    GRANTED = "granted", pgettext_lazy("incentive", "granted")
    REFUSED = "refused", pgettext_lazy("incentive", "not granted")


S = IncentiveState
INCENTIVE_FINAL = frozenset({S.GRANTED, S.REFUSED})
INCENTIVE_MOVES: dict[IncentiveState, frozenset[IncentiveState]] = {
    S.PROPOSED: frozenset({S.CHECKED, S.REFUSED}),
    S.CHECKED: frozenset({S.NOTICED, S.REFUSED}),
    S.NOTICED: frozenset({S.GRANTED, S.REFUSED}),
    S.GRANTED: frozenset(),
    S.REFUSED: frozenset(),
}
INCENTIVE_FITS: dict[str, frozenset[IncentiveState]] = {
    "check": frozenset({S.PROPOSED}),
    "notice": frozenset({S.CHECKED}),
    "grant": frozenset({S.NOTICED}),
    "refuse": frozenset(S) - INCENTIVE_FINAL,
}
INCENTIVE_LOOKS: dict[IncentiveState, Look] = {
    S.PROPOSED: Look("soon", "wait"),
    S.CHECKED: Look("run", "check"),
    S.NOTICED: Look("soon", "eye"),
    S.GRANTED: Look("done", "done"),
    S.REFUSED: Look("", "x"),
}

INCENTIVE_PROPOSED = "incentive.proposed"
INCENTIVE_CHECKED = "incentive.checked"
INCENTIVE_NOTICED = "incentive.noticed"
INCENTIVE_NOTICE_OVER = "incentive.notice_over"  # the district is told once that it may decide
INCENTIVE_GRANTED = "incentive.granted"
INCENTIVE_REFUSED = "incentive.refused"
INCENTIVE_EVENTS = frozenset(
    {
        *(INCENTIVE_PROPOSED, INCENTIVE_CHECKED, INCENTIVE_NOTICED),
        *(INCENTIVE_NOTICE_OVER, INCENTIVE_GRANTED, INCENTIVE_REFUSED),
    }
)
