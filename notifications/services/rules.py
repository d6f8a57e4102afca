"""What a line of the routing table says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from neighborhoods.models import Resident
from notifications.models import Urgency
from notifications.selectors.recipients import Happening, Recipients


def _always(_on: Happening) -> bool:
    return True


@dataclass(frozen=True)
class Rule:
    """Tell some people, in these words, this soon."""

    who: Recipients
    text: str
    urgency: Urgency = Urgency.NOW
    when: Callable[[Happening], bool] = _always
    is_loud: bool = False  # also by text message
    in_chat: bool = False  # also in the team's group chat


@dataclass(frozen=True)
class PhoneRule:
    """Tell the persons it is about by text message, as far as nobody signs in for them and a phone is known."""

    who: Callable[[Happening], list[Resident]]
    text: str


@dataclass(frozen=True)
class Route:
    """Everything one event causes. The first rule that names a person decides what that person reads."""

    staff: tuple[Rule, ...] = ()
    resident: str = ""  # a text for whoever asked, by text message
    by_phone: PhoneRule | None = None  # people without an account who were promised an answer


Routes = Mapping[str, Route]
