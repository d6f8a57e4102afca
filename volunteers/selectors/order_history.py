"""Lines of an order's history in words."""

from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from volunteers.lifecycle import orders as life
from volunteers.models import HelpOrder, HelpOrderLine


class OrderLineView(NamedTuple):
    """One line as the pages show it."""

    at: datetime
    icon: str
    title: str
    text: str
    who: str
    actor_id: int | None


KINDS: dict[str, tuple[str, Promise]] = {
    life.ORDER_PLACED: ("write", gettext_lazy("Order placed")),
    life.ORDER_TAKEN: ("hand", gettext_lazy("Order taken")),
    life.ORDER_DONE: ("message", gettext_lazy("Said to be done")),
    life.ORDER_CONFIRMED: ("done", gettext_lazy("The household says it is done")),
    life.ORDER_AGAIN: ("again", gettext_lazy("The household says it is not done yet")),
    life.ORDER_PASSED_UP: ("go", gettext_lazy("Passed up as a case")),
    life.ORDER_WITHDRAWN: ("x", gettext_lazy("Order taken back")),
    life.ORDER_CARRIED: ("swap", gettext_lazy("The household's representative changed: the order goes along")),
    life.ORDER_UNTAKEN: ("late", gettext_lazy("Nobody took it for a day: the grid is told")),
    life.ORDER_STILL_OPEN: ("bell", gettext_lazy("Still open after three days: whoever has it is reminded")),
}
BY_ITSELF = frozenset({life.ORDER_UNTAKEN, life.ORDER_STILL_OPEN})


def order_lines(order: HelpOrder) -> list[OrderLineView]:
    """The history, the oldest first."""
    return [
        OrderLineView(line.at, *_named(line.kind), line.text, _who(line), line.actor_id)
        for line in order.lines.order_by("at", "pk")
    ]


def _who(line: HelpOrderLine) -> str:
    """Staff by their post; without an account it was the household on its page, or nobody."""
    if line.actor_id:
        return line.actor_label
    return _("automatically") if line.kind in BY_ITSELF else _("household")


def _named(kind: str) -> tuple[str, str]:
    icon, title = KINDS[kind]
    return icon, str(title)
