"""Lines of a need's history in words."""

from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from volunteers.lifecycle import aid as life
from volunteers.models import AidNeed


class AidLineView(NamedTuple):
    """One line as the pages show it."""

    at: datetime
    icon: str
    title: str
    text: str
    who: str


KINDS: dict[str, tuple[str, Promise]] = {
    life.AID_ASKED: ("write", gettext_lazy("Help asked for")),
    life.AID_TAKEN: ("hand", gettext_lazy("A neighbour helps")),
    life.AID_MATCHED: ("people", gettext_lazy("Brought together by staff")),
    life.AID_SHARED: ("eye", gettext_lazy("Agreed to show the contact")),
    life.AID_GIVEN_BACK: ("return", gettext_lazy("Given back: another neighbour is looked for")),
    life.AID_DONE: ("message", gettext_lazy("Said to be done")),
    life.AID_CONFIRMED: ("done", gettext_lazy("Confirmed by who was helped")),
    life.AID_HELD: ("people", gettext_lazy("The community looks at it before it is credited")),
    life.AID_CREDITED: ("coin", gettext_lazy("Hours and points credited")),
    life.AID_REFUSED: ("x", gettext_lazy("Not credited")),
    life.AID_DISPUTED: ("flag", gettext_lazy("The two do not agree")),
    life.AID_DECIDED: ("flag", gettext_lazy("The community has decided")),
    life.AID_CANCELLED: ("x", gettext_lazy("Called off")),
    life.AID_NUDGED: ("bell", gettext_lazy("Asked politely whether it was so")),
    life.AID_REMINDED: ("bell", gettext_lazy("Whoever helps is reminded")),
    life.AID_UNTAKEN: ("late", gettext_lazy("Nobody took it for a day: the grid is told")),
}


def aid_lines(need: AidNeed, *, names: bool) -> list[AidLineView]:
    """The history, the oldest first; `names` only for staff: the two read what happened, not which account it was."""
    return [
        AidLineView(line.at, *_named(line.kind), line.text if names else "", line.actor_label if names else "")
        for line in need.lines.order_by("at", "pk")
    ]


def _named(kind: str) -> tuple[str, str]:
    icon, title = KINDS[kind]
    return icon, str(title)
