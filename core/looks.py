"""How a state is shown, whatever it is a state of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """The tag's tone and icon (static/icons.svg)."""

    tone: str
    icon: str
