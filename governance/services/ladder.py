"""Whom a rung of the ladder tells, of issues and of duties alike."""

from collections.abc import Collection
from typing import NamedTuple

from governance.lifecycle import Target
from governance.models import LadderRung
from neighborhoods.actors import Level


class Told(NamedTuple):
    """A rung reached. `is_late`: the same people are told by a higher rung reached at the same time."""

    rung: int
    target: str
    level: int | None
    is_late: bool


def told_by(reached: list[LadderRung], climbed: Collection[int], responsible: int) -> list[Told]:
    """Whom the rungs reached tell, in order; rungs climbed before are left out: a ladder may have been edited."""
    fresh = [
        (rung.number, rung.target, level_told(responsible, rung.target))
        for rung in reached
        if rung.number not in climbed
    ]
    return [
        Told(number, target, level, any(_covers(other, target, level) for other in fresh[place + 1 :]))
        for place, (number, target, level) in enumerate(fresh)
    ]


def _covers(other: tuple[int, str, int | None], target: str, level: int | None) -> bool:
    """Whether a higher rung tells everybody that this one tells: after an outage nobody gets two messages at once."""
    _number, other_target, other_level = other
    if level is not None:
        return other_level == level
    return other_target in {target, Target.HANDLER_LEAD}


def level_told(responsible: int, target: str) -> int | None:
    """The level a rung tells, from that of whoever is responsible; none for whoever holds it.

    A smaller number is higher up.
    """
    if target == Target.STREET:
        return int(Level.STREET)
    if target == Target.DISTRICT:
        return int(Level.DISTRICT)
    if target == Target.LEVEL_UP:
        return max(responsible - 1, int(Level.DISTRICT))
    return None
