"""A track of steps: what is done, where a thing stands, when the next step is due."""

from datetime import datetime
from typing import Any, NamedTuple


class TrackLine(NamedTuple):
    """One step of a track as the page shows it; `step` has a label."""

    step: Any
    number: int
    is_done: bool
    is_now: bool
    at: datetime | None
    note: str
    due: datetime | None
