"""A household's order (点单) and who takes it (接单): docs/lifecycle.md, "Orders of households".

Passing one up is always possible and costs nothing: it becomes a case with the same history, and the order follows it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.looks import Look

UNTAKEN_HOURS = 24  # then the grid is told, once
FINISH_DAYS = 3  # done by then, or passed up; whoever took it is reminded, once


class OrderState(models.TextChoices):
    """Where an order stands."""

    PLACED = "placed", pgettext_lazy("household order", "placed")
    TAKEN = "taken", pgettext_lazy("household order", "taken")
    DONE = "done", pgettext_lazy("household order", "said to be done")
    CONFIRMED = "confirmed", pgettext_lazy("household order", "confirmed by the household")
    PASSED_UP = "passed_up", pgettext_lazy("household order", "passed up as a case")
    WITHDRAWN = "withdrawn", pgettext_lazy("household order", "taken back")


class OrderChannel(models.TextChoices):
    """How an order came in."""

    PAGE = "page", _("the household's own page")
    PHONE = "phone", _("by phone, typed by staff")
    VISIT = "visit", _("told to the representative")


S = OrderState
ORDER_FINAL = frozenset({S.CONFIRMED, S.PASSED_UP, S.WITHDRAWN})
ORDER_MOVES: dict[OrderState, frozenset[OrderState]] = {
    S.PLACED: frozenset({S.TAKEN, S.PASSED_UP, S.WITHDRAWN}),
    S.TAKEN: frozenset({S.DONE, S.PLACED, S.PASSED_UP, S.WITHDRAWN}),  # placed anew: whoever took it is not theirs now
    S.DONE: frozenset({S.CONFIRMED, S.TAKEN, S.PASSED_UP}),
    S.CONFIRMED: frozenset(),
    S.PASSED_UP: frozenset(),
    S.WITHDRAWN: frozenset(),
}
ORDER_FITS: dict[str, frozenset[OrderState]] = {
    "take": frozenset({S.PLACED}),
    "finish": frozenset({S.TAKEN}),
    "confirm": frozenset({S.DONE}),
    "again": frozenset({S.DONE}),  # the household says it is not done
    "pass-up": frozenset(S) - ORDER_FINAL,
    "withdraw": frozenset({S.PLACED, S.TAKEN}),
}
ORDER_LOOKS: dict[OrderState, Look] = {
    S.PLACED: Look("soon", "wait"),
    S.TAKEN: Look("run", "run"),
    S.DONE: Look("run", "message"),
    S.CONFIRMED: Look("done", "done"),
    S.PASSED_UP: Look("run", "go"),
    S.WITHDRAWN: Look("", "x"),
}

ORDER_PLACED = "help_order.placed"
ORDER_TAKEN = "help_order.taken"
ORDER_DONE = "help_order.done"
ORDER_CONFIRMED = "help_order.confirmed"
ORDER_AGAIN = "help_order.again"
ORDER_PASSED_UP = "help_order.passed_up"
ORDER_WITHDRAWN = "help_order.withdrawn"
ORDER_UNTAKEN = "help_order.untaken"  # a day without anybody: the grid may take it, and is told once
ORDER_STILL_OPEN = "help_order.still_open"  # three days after it was taken: whoever has it is reminded once
ORDER_CARRIED = "help_order.carried"  # the household has another representative, or none: the order goes along

ORDER_EVENTS = frozenset(
    {
        *(ORDER_PLACED, ORDER_TAKEN, ORDER_DONE, ORDER_CONFIRMED),
        *(ORDER_AGAIN, ORDER_PASSED_UP, ORDER_WITHDRAWN, ORDER_UNTAKEN, ORDER_STILL_OPEN, ORDER_CARRIED),
    }
)
