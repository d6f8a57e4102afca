"""What has to follow a confirmed record in the same transaction registers here."""

from collections.abc import Callable

from volunteers.models import ServiceRecord

Follower = Callable[[ServiceRecord], None]
_confirmed: list[Follower] = []
_reversed: list[Callable[[ServiceRecord, ServiceRecord], None]] = []


def on_confirmed(follow: Follower) -> None:
    """Called with a record that has just been confirmed for good; may refuse with a RuleError."""
    _confirmed.append(follow)


def on_reversed(follow: Callable[[ServiceRecord, ServiceRecord], None]) -> None:
    """Called with a record that was taken back and the reverse record: (record, reverse)."""
    _reversed.append(follow)


def follow_confirmed(record: ServiceRecord) -> None:
    """Call everybody who registered."""
    for follow in _confirmed:
        follow(record)


def follow_reversed(record: ServiceRecord, reverse: ServiceRecord) -> None:
    """Call everybody who registered."""
    for follow in _reversed:
        follow(record, reverse)
