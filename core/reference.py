"""A short memory for reference data (categories, limits, calendar) that every submit needs and nobody edits hourly."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")
_clearers: list[Callable[[], None]] = []


def remembered(seconds: float) -> Callable[[Callable[[], T]], Callable[[], T]]:
    """Remember a function's answer in this process. Changes made elsewhere are seen after `seconds` at the latest."""

    def decorate(load: Callable[[], T]) -> Callable[[], T]:
        memory: dict[str, Any] = {}

        @wraps(load)
        def read() -> T:
            if memory.get("until", 0.0) < time.monotonic():
                memory["value"], memory["until"] = load(), time.monotonic() + seconds
            return memory["value"]

        _clearers.append(memory.clear)
        return read

    return decorate


def forget_all() -> None:
    """Forget everything at once: after reference data was edited in this process, and between tests."""
    for clear in _clearers:
        clear()
