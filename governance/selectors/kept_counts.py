"""Numbers around a page, in navigation and tabs: counted anew every few seconds and after each step of one's own.

The rows of a page are never kept. A number that is some seconds old harms nobody; counting it for every page cost as
much as the page (docs/performance.md).
"""

from collections.abc import Callable
from enum import StrEnum

from django.core.cache import cache

from governance.selectors.counting import Count
from neighborhoods.actors import Actor

SECONDS = 20


class Where(StrEnum):
    """Where the numbers stand."""

    NAVIGATION = "navigation"
    TABS = "tabs"


def kept_counts(actor: Actor, where: Where, count: Callable[[], dict[str, Count]]) -> dict[str, Count]:
    """What `count` gives, or what it gave this person some seconds ago."""
    if actor.user_id is None:
        return count()
    key = _key(actor.user_id, where)
    counts = cache.get(key)
    if counts is None:
        counts = count()
        cache.set(key, counts, SECONDS)
    return counts


def forget_counts(user_id: int) -> None:
    """The person did something: count anew."""
    for where in Where:
        cache.delete(_key(user_id, where))


def _key(user_id: int, where: Where) -> str:
    return f"counts:{where}:{user_id}"
