"""What can be asked about a case and waits for a decision or an answer: one thing at a time (docs/lifecycle.md).

Data as in `issues`: in which states a request stands, which step asks it and which one decides it.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.lifecycle.issues import DISMISSIBLE, GIVEN_BACK, IN_HAND, State


class Asked(models.TextChoices):
    """What waits. Kept on the issue, so that lists and buttons need no second look."""

    PAUSE = "pause", _("a pause")
    EXTENSION = "extension", _("more time")
    QUESTION = "question", _("an answer of whoever asked")
    REOPEN = "reopen", _("whether it goes back to work")
    DISMISSAL = "dismissal", _("whether it is unreasonable")
    APPEAL = "appeal", _("a decision about an appeal")


# A move to any other state ends the request: nobody decides what no longer matters.
STANDS: dict[Asked, frozenset[State]] = {
    Asked.PAUSE: IN_HAND,
    Asked.EXTENSION: IN_HAND,
    Asked.QUESTION: IN_HAND | GIVEN_BACK,
    Asked.REOPEN: frozenset({State.CALLBACK}),
    Asked.DISMISSAL: DISMISSIBLE,
    Asked.APPEAL: frozenset({State.APPEALED}),
}
ABOUT_THE_LIMIT = frozenset({Asked.PAUSE, Asked.EXTENSION})  # a new urgency brings a new limit, and ends them
# Which steps ask, only while nothing else waits; and which decide what.
ASKS: dict[str, Asked] = {
    "pause": Asked.PAUSE,
    "extend": Asked.EXTENSION,
    "ask": Asked.QUESTION,
    "dismiss": Asked.DISMISSAL,
}
DECIDES: dict[str, Asked] = {
    "decide-pause": Asked.PAUSE,
    "decide-extension": Asked.EXTENSION,
    "decide-dismissal": Asked.DISMISSAL,
    "decide-appeal": Asked.APPEAL,
}
# What residents ask for themselves: nobody of the desk asked it, and silence speaks for them.
BY_RESIDENTS = frozenset({Asked.REOPEN, Asked.APPEAL})


class ExtensionOutcome(models.TextChoices):
    """How a request for more time ended."""

    ASKED = "asked", _("waits for a decision")
    AGREED = "agreed", _("agreed")
    REFUSED = "refused", _("refused")
    LAPSED = "lapsed", _("not decided in time")


class DismissalOutcome(models.TextChoices):
    """How a proposal to dismiss a request ended."""

    ASKED = "asked", _("waits for a decision")
    AGREED = "agreed", _("agreed")
    REFUSED = "refused", _("refused")
    LAPSED = "lapsed", _("not decided in time")


class AppealOutcome(models.TextChoices):
    """How an appeal of a resident ended."""

    ASKED = "asked", _("waits for a decision")
    UPHELD = "upheld", _("the decision stands")
    REOPENED = "reopened", _("goes back to work")
    SILENT = "silent", _("not decided in time, goes back to work")


class ParkReason(models.TextChoices):
    """Why a hard case cannot be solved now."""

    PROPERTY = "property", _("ownership or property rights are not settled")
    LAW = "law", _("there is no rule for it yet, or a rule forbids it")
    MONEY = "money", _("the money is not there yet")
    OTHERS = "others", _("it depends on somebody outside the district")
    PLAN = "plan", _("it waits for a planned renewal or works")
    OTHER = "other", _("another reason")


def fits_now(verb: str, asked: str, *, is_paused: bool) -> bool:
    """Whether a step fits what waits at the moment; whether it fits the state says `FITS`."""
    if verb in DECIDES:
        return asked == DECIDES[verb]
    if verb in ASKS and asked:
        return False
    if verb == "resume":
        return is_paused
    return not (verb in {"pause", "extend"} and is_paused)
