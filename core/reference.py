"""A short memory for reference data (categories, limits, calendar) that every submit needs and nobody edits hourly."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
MOST = 500  # answers of one function; a process that serves more different askers starts again
_clearers: list[Callable[[], None]] = []


def remembered(seconds: float) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Remember a function's answers in this process. Changes made elsewhere are seen after `seconds` at the latest."""

    def decorate(load: Callable[P, T]) -> Callable[P, T]:
        memory: dict[tuple[Any, ...], tuple[float, T]] = {}

        @wraps(load)
        def read(*args: P.args, **kwargs: P.kwargs) -> T:
            key = (*args, *sorted(kwargs.items()))
            kept = memory.get(key)
            if kept is None or kept[0] < time.monotonic():
                if len(memory) >= MOST:
                    memory.clear()
                kept = memory[key] = (time.monotonic() + seconds, load(*args, **kwargs))
            return kept[1]

        _clearers.append(memory.clear)
        return read

    return decorate


def when_forgetting(clear: Callable[[], None]) -> None:
    """Something else that is kept in this process and depends on reference data: `clear` drops it."""
    _clearers.append(clear)


def forget_all() -> None:
    """Forget everything at once: after reference data was edited in this process, and between tests."""
    for clear in _clearers:
        clear()
