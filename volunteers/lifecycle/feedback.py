"""One page a year for a member's employer (反馈; docs/checkins.md).

Facts out of the records, seen by the member first. Without their yes it goes nowhere, and they owe nobody a reason.
"""

from datetime import date

from django.db import models
from django.utils.translation import pgettext_lazy

from core.looks import Look

LETTER = "F"
LINK_DAYS = 30  # how long the link in the employer's hand opens the page
WINDOW_MONTH = 12  # drafted in December, about the year that ends
LAST_MONTH = 1  # and sent out by the end of January


class FeedbackState(models.TextChoices):
    """Where a year's page stands."""

    DRAFTED = "drafted", pgettext_lazy("feedback", "the member reads it first")
    AGREED = "agreed", pgettext_lazy("feedback", "the member agreed")
    WITHHELD = "withheld", pgettext_lazy("feedback", "not sent: the member's wish")
    ISSUED = "issued", pgettext_lazy("feedback", "issued")


F = FeedbackState
FEEDBACK_MOVES: dict[FeedbackState, frozenset[FeedbackState]] = {
    F.DRAFTED: frozenset({F.AGREED, F.WITHHELD}),
    F.AGREED: frozenset({F.DRAFTED, F.ISSUED, F.WITHHELD}),
    F.WITHHELD: frozenset({F.AGREED}),
    F.ISSUED: frozenset({F.WITHHELD}),
}
FEEDBACK_FITS: dict[str, frozenset[FeedbackState]] = {
    "redraft": frozenset({F.DRAFTED, F.AGREED}),
    "agree": frozenset({F.DRAFTED, F.WITHHELD}),
    "withhold": frozenset({F.DRAFTED, F.AGREED, F.ISSUED}),
    "issue": frozenset({F.AGREED}),
}
FEEDBACK_LOOKS: dict[FeedbackState, Look] = {
    F.DRAFTED: Look("soon", "eye"),
    F.AGREED: Look("run", "check"),
    F.WITHHELD: Look("", "lock"),
    F.ISSUED: Look("done", "done"),
}


def year_in_window(today: date) -> int | None:
    """About which year a page may be drafted and issued on a day; none outside December and January."""
    if today.month == WINDOW_MONTH:
        return today.year
    return today.year - 1 if today.month == LAST_MONTH else None


FEEDBACK_DRAFTED = "feedback.drafted"
FEEDBACK_AGREED = "feedback.agreed"
FEEDBACK_WITHHELD = "feedback.withheld"
FEEDBACK_ISSUED = "feedback.issued"
FEEDBACK_EVENTS = frozenset({FEEDBACK_DRAFTED, FEEDBACK_AGREED, FEEDBACK_WITHHELD, FEEDBACK_ISSUED})
