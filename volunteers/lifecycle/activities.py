"""The states of an activity and of a seat in one of its shifts (docs/lifecycle.md, "Volunteers")."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look


class ActivityState(models.TextChoices):
    """Where an activity stands."""

    DRAFT = "draft", pgettext_lazy("activity", "draft")
    OPEN = "open", pgettext_lazy("activity", "open")
    CLOSED = "closed", pgettext_lazy("activity", "over")
    CANCELLED = "cancelled", pgettext_lazy("activity", "called off")


A = ActivityState
ACTIVITY_FINAL = frozenset({A.CLOSED, A.CANCELLED})
ACTIVITY_MOVES: dict[ActivityState, frozenset[ActivityState]] = {
    A.DRAFT: frozenset({A.OPEN, A.CANCELLED}),
    A.OPEN: frozenset({A.CLOSED, A.CANCELLED}),
    A.CLOSED: frozenset(),
    A.CANCELLED: frozenset(),
}
ACTIVITY_FITS: dict[str, frozenset[ActivityState]] = {
    "edit": frozenset({A.DRAFT, A.OPEN}),
    "shift": frozenset({A.DRAFT, A.OPEN}),
    "series": frozenset({A.DRAFT, A.OPEN}),
    "open": frozenset({A.DRAFT}),
    "close": frozenset({A.OPEN}),
    "cancel": frozenset({A.DRAFT, A.OPEN}),
}
ACTIVITY_LOOKS: dict[ActivityState, Look] = {
    A.DRAFT: Look("", "write"),
    A.OPEN: Look("run", "run"),
    A.CLOSED: Look("done", "done"),
    A.CANCELLED: Look("", "x"),
}


class SeatState(models.TextChoices):
    """Where a sign-up stands."""

    BOOKED = "booked", _("signed up")
    WAITING = "waiting", _("on the waiting list")
    CANCELLED = "cancelled", pgettext_lazy("sign-up", "cancelled")


SEAT_LOOKS: dict[SeatState, Look] = {
    SeatState.BOOKED: Look("done", "done"),
    SeatState.WAITING: Look("soon", "wait"),
    SeatState.CANCELLED: Look("", "x"),
}


class How(models.TextChoices):
    """How somebody's coming and going became known."""

    CODE = "code", _("by the code")
    LIST = "list", _("by the list")


ACTIVITY_PLANNED = "activity.planned"
ACTIVITY_REVISED = "activity.revised"
ACTIVITY_OPENED = "activity.opened"
ACTIVITY_CLOSED = "activity.closed"
ACTIVITY_CANCELLED = "activity.cancelled"
SHIFTS_ADDED = "activity.shifts_added"
SERIES_CHANGED = "activity.series_changed"
SHIFT_CANCELLED = "activity.shift_cancelled"

SEAT_TAKEN = "seat.taken"
SEAT_QUEUED = "seat.queued"  # the shift is full: on the waiting list
SEAT_MOVED_UP = "seat.moved_up"
SEAT_CANCELLED = "seat.cancelled"
SEAT_LOST = "seat.lost"  # the shift or the activity was called off
SEAT_CAME = "seat.came"
SEAT_WENT = "seat.went"

ACTIVITY_EVENTS = frozenset(
    {
        *(ACTIVITY_PLANNED, ACTIVITY_REVISED, ACTIVITY_OPENED, ACTIVITY_CLOSED, ACTIVITY_CANCELLED),
        *(SHIFTS_ADDED, SERIES_CHANGED, SHIFT_CANCELLED),
    }
)
SEAT_EVENTS = frozenset({SEAT_TAKEN, SEAT_QUEUED, SEAT_MOVED_UP, SEAT_CANCELLED, SEAT_LOST, SEAT_CAME, SEAT_WENT})
