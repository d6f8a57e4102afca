"""Numbers around a page, in navigation and tabs: counted anew every few seconds and after each step of one's own.

The rows of a page are never kept. A number that is some seconds old harms nobody; counting it for every page cost as
much as the page (docs/performance.md).
"""

import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from django.core.cache import cache

from governance.selectors.counting import Count
from neighborhoods.actors import Actor

SECONDS = 20
FIGURES_SECONDS = 300
T = TypeVar("T")


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


def kept_figures(actor: Actor, name: str, count: Callable[[], T]) -> T:
    """Figures over a year, counted anew every few minutes for everybody who holds the same posts."""
    held = sorted((grant.role, grant.level, grant.area_id) for grant in actor.grants)
    key = f"figures:{name}:{hashlib.sha256(repr(held).encode()).hexdigest()}"
    figures: T | None = cache.get(key)
    if figures is None:
        figures = count()
        cache.set(key, figures, FIGURES_SECONDS)
    return figures


def forget_counts(user_id: int) -> None:
    """The person did something: count anew."""
    for where in Where:
        cache.delete(_key(user_id, where))


def _key(user_id: int, where: Where) -> str:
    return f"counts:{where}:{user_id}"
