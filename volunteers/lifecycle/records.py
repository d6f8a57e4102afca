"""The states of a record of service (docs/lifecycle.md, "Volunteers").

A record is never changed: a wrong one is taken back by a reverse record that points at it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look


class RecordState(models.TextChoices):
    """Where a record of service stands."""

    PROPOSED = "proposed", pgettext_lazy("record of service", "waits to be confirmed")
    SECOND = "second", pgettext_lazy("record of service", "waits for a second person")
    CONFIRMED = "confirmed", pgettext_lazy("record of service", "confirmed")
    REJECTED = "rejected", pgettext_lazy("record of service", "not confirmed")
    EXPIRED = "expired", pgettext_lazy("record of service", "expired")
    REVERSED = "reversed", pgettext_lazy("record of service", "taken back")


R = RecordState
RECORD_MOVES: dict[RecordState, frozenset[RecordState]] = {
    R.PROPOSED: frozenset({R.SECOND, R.CONFIRMED, R.REJECTED, R.EXPIRED}),
    R.SECOND: frozenset({R.CONFIRMED, R.REJECTED, R.EXPIRED}),
    R.CONFIRMED: frozenset({R.REVERSED}),
    R.REJECTED: frozenset(),
    R.EXPIRED: frozenset(),
    R.REVERSED: frozenset(),
}
WAITING = frozenset({R.PROPOSED, R.SECOND})
LIVE = WAITING | {R.CONFIRMED}  # no two of one volunteer overlap
COUNTED = frozenset({R.CONFIRMED, R.REVERSED})  # a record taken back and its reverse record add up to nothing
RECORD_FITS: dict[str, frozenset[RecordState]] = {
    "confirm": frozenset({R.PROPOSED}),
    "approve": frozenset({R.SECOND}),
    "reject": WAITING,
    "reverse": frozenset({R.CONFIRMED}),
}
RECORD_LOOKS: dict[RecordState, Look] = {
    R.PROPOSED: Look("soon", "wait"),
    R.SECOND: Look("soon", "people"),
    R.CONFIRMED: Look("done", "done"),
    R.REJECTED: Look("late", "x"),
    R.EXPIRED: Look("", "idle"),
    R.REVERSED: Look("", "return"),
}


class Asked(models.TextChoices):
    """What somebody said who was called about a confirmed record."""

    SO = "so", _("it was so")
    NOT_SO = "not_so", _("it was not so")
    NOT_REACHED = "not_reached", _("not reached")


class MeritKind(models.TextChoices):
    """Other entries of a volunteer's record."""

    TRAINING = "training", _("training")
    COMMENDATION = "commendation", _("commendation")


RECORD_PROPOSED = "record.proposed"
RECORD_SECONDED = "record.seconded"  # a late one, confirmed once, waits for a second person
RECORD_CONFIRMED = "record.confirmed"
RECORD_REJECTED = "record.rejected"
RECORD_EXPIRED = "record.expired"
RECORD_REVERSED = "record.reversed"
RECORD_REMINDED = "record.reminded"  # after 7 and after 25 days
RECORD_ASKED = "record.asked"  # the resident was called
RECORD_DOUBTED = "record.doubted"  # and said that it was not so
RECORD_EXPORTED = "record.exported"
RECORDS_LOADED = "record.loaded"  # proposed from a table
MERIT_ENTERED = "merit.entered"
MERIT_WITHDRAWN = "merit.withdrawn"

RECORD_EVENTS = frozenset(
    {
        *(RECORD_PROPOSED, RECORD_SECONDED, RECORD_CONFIRMED, RECORD_REJECTED, RECORD_EXPIRED, RECORD_REVERSED),
        *(RECORD_REMINDED, RECORD_ASKED, RECORD_DOUBTED, MERIT_ENTERED, MERIT_WITHDRAWN),
        RECORD_EXPORTED,
        RECORDS_LOADED,
    }
)
