"""What every channel promises."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Outgoing:
    """A message ready to leave: the words are made, the address is known."""

    address: str
    subject: str
    words: str
    reference: int  # of the delivery: a receiver that is sent it twice can tell
    facts: dict[str, Any] = field(default_factory=dict)  # for machines


class ChannelDownError(Exception):
    """The provider cannot be reached. What else waits for it is tried later, without counting a try."""


class RefusedError(Exception):
    """The provider will never take this message. It is parked at once."""


class Channel(Protocol):
    """One way out of the portal. Made for a batch and closed after it."""

    disturbs: bool  # whether it rings in somebody's pocket, so that quiet hours hold

    def line(self, address: str) -> str:
        """What goes down together: the mail server, one webhook."""

    def send(self, message: Outgoing) -> str:
        """Hand the message over; answer who took it."""

    def close(self) -> None:
        """Let go of connections."""


def place_of(url: str) -> str:
    """A short name for an address that carries a secret: what the database may hold of it."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]
