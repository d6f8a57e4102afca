"""The sum behind a vote: who may vote, who took part, what was needed, what came of it. Pure and exact.

No database and no floating point: numbers are whole, floor areas are decimals, shares are fractions. “More than half”
is never half; “two thirds” and “three quarters” are reached by exactly that (Civil Code, article 1259: “以上” includes
the number itself). Every condition that was asked is kept with its figures, so that a page can show the sum.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from django.db import models
from django.utils.translation import gettext_lazy as _


class Base(models.TextChoices):
    """What is counted: who has one vote, or how much a vote weighs."""

    HEADS = "heads", _("people, one vote each")
    HOUSEHOLDS = "households", _("households, one vote each")
    AREA = "area", _("owners, by floor area")


class Share(models.TextChoices):
    """How much of the whole is needed."""

    NONE = "none", _("none")
    HALF = "half", _("at least half")
    OVER_HALF = "over_half", _("more than half")
    TWO_THIRDS = "two_thirds", _("at least two thirds")
    THREE_QUARTERS = "three_quarters", _("at least three quarters")


class Whole(models.TextChoices):
    """Of what a share is taken."""

    ENTITLED = "entitled", _("all who may vote")
    PRESENT = "present", _("all present")
    CAST = "cast", _("all votes cast, abstentions too")


class Choice(models.TextChoices):
    """What a ballot says."""

    FOR = "for", _("for")
    AGAINST = "against", _("against")
    ABSTAIN = "abstain", _("abstain")


class Outcome(models.TextChoices):
    """What came of a vote."""

    PASSED = "passed", _("passed")
    FAILED = "failed", _("not passed")
    NOT_QUORATE = "not_quorate", _("too few took part")


class Asked(models.TextChoices):
    """Which condition a line of the sum is about."""

    QUORUM = "quorum", _("enough people?")
    MAJORITY = "majority", _("enough votes?")


class Unit(models.TextChoices):
    """In what a line of the sum counts."""

    NUMBER = "number", _("votes")
    AREA = "area", _("m²")


_PARTS: dict[str, tuple[Fraction, bool]] = {  # the share, and whether it must be exceeded
    Share.NONE: (Fraction(0), False),
    Share.HALF: (Fraction(1, 2), False),
    Share.OVER_HALF: (Fraction(1, 2), True),
    Share.TWO_THIRDS: (Fraction(2, 3), False),
    Share.THREE_QUARTERS: (Fraction(3, 4), False),
}
_GRAIN = {Unit.NUMBER: Fraction(1), Unit.AREA: Fraction(1, 100)}  # the smallest step: a vote, a hundredth of a m²


class CountError(ValueError):
    """The figures cannot be those of one vote: somebody counted twice, a stranger, more votes than people."""


@dataclass(frozen=True)
class Rule:
    """When a motion is carried. Dated data in the database; a motion keeps the rule of its day."""

    base: Base
    quorum: Share
    quorum_of: Whole  # who must have come (present) or taken part (cast); always a share of all who may vote
    majority: Share
    majority_of: Whole
    is_double: bool = False  # by floor area and by number of owners, both (Civil Code, article 278)
    is_advice: bool = False  # a poll: it advises, and decides nothing

    def __post_init__(self) -> None:
        if self.is_double and self.base != Base.AREA:
            raise ValueError("a double majority counts floor areas")
        if self.majority == Share.NONE or self.quorum_of == Whole.ENTITLED:
            raise ValueError("a rule needs a majority, and a quorum of those who come or take part")

    @property
    def units(self) -> tuple[Unit, ...]:
        """What the sum is done in: votes, floor area, or both."""
        if self.is_double:
            return (Unit.AREA, Unit.NUMBER)
        return (Unit.AREA,) if self.base == Base.AREA else (Unit.NUMBER,)


@dataclass(frozen=True)
class Weight:
    """So many people or households, and their floor area together."""

    number: int = 0
    area: Decimal = Decimal(0)

    def __add__(self, other: "Weight") -> "Weight":
        return Weight(self.number + other.number, self.area + other.area)

    def __le__(self, other: "Weight") -> bool:
        return self.number <= other.number and self.area <= other.area

    def of(self, unit: Unit) -> Fraction:
        """The figure in this unit, exact."""
        return Fraction(self.number) if unit == Unit.NUMBER else Fraction(self.area)


NOTHING = Weight()


@dataclass(frozen=True)
class Count:
    """The figures of one vote."""

    entitled: Weight
    present: Weight
    votes: Mapping[Choice, Weight] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.cast <= self.present:
            raise CountError("more votes than people present")
        if not self.present <= self.entitled:
            raise CountError("more people present than may vote")

    @property
    def cast(self) -> Weight:
        """All votes cast, abstentions too."""
        return sum((self.said(choice) for choice in Choice), NOTHING)

    def said(self, choice: Choice) -> Weight:
        """How many said this."""
        return self.votes.get(choice, NOTHING)

    def whole(self, whole: Whole) -> Weight:
        """That of which a share is taken."""
        return {Whole.ENTITLED: self.entitled, Whole.PRESENT: self.present, Whole.CAST: self.cast}[whole]


@dataclass(frozen=True)
class Line:
    """One condition with its figures: “24 × 2/3 = 16, there were 19”."""

    asked: Asked
    unit: Unit
    share: Share
    whole_is: Whole
    whole: Fraction
    got_is: Whole | Choice
    got: Fraction

    @property
    def part(self) -> Fraction:
        """The share as a fraction."""
        return _PARTS[self.share][0]

    @property
    def exact(self) -> Fraction:
        """The share of the whole before it is rounded: 9.5 of 19."""
        return self.whole * self.part

    @property
    def needed(self) -> Fraction:
        """The least that is enough: 10 where more than 9.5 is asked, 10 where at least 9.5 is. Never nothing."""
        grain = _GRAIN[self.unit]
        steps = self.exact / grain
        least = floor(steps) + 1 if _PARTS[self.share][1] else ceil(steps)
        return max(least, 1) * grain

    @property
    def is_met(self) -> bool:
        """Whether there was enough. A vote that nobody took part in carries nothing."""
        return self.got >= self.needed


@dataclass(frozen=True)
class Decision:
    """What came of a vote, and every condition that led there."""

    outcome: Outcome
    lines: tuple[Line, ...]
    is_advice: bool

    def about(self, asked: Asked) -> tuple[Line, ...]:
        """The lines of one question."""
        return tuple(line for line in self.lines if line.asked == asked)


def count(
    entitled: Mapping[int, Decimal | None], present: AbstractSet[int], ballots: Iterable[tuple[int, Choice]]
) -> Count:
    """Add up named ballots. Whoever voted was present; a second ballot of a person and a stranger's are errors."""
    said: dict[int, Choice] = {}
    for who, choice in ballots:
        if who in said:
            raise CountError("somebody counted twice")
        said[who] = Choice(choice)
    if not set(said) | set(present) <= set(entitled):
        raise CountError("somebody may not vote here")

    def weigh(people: Iterable[int]) -> Weight:
        areas = [entitled[who] or Decimal(0) for who in people]
        return Weight(len(areas), sum(areas, Decimal(0)))

    return Count(
        entitled=weigh(entitled),
        present=weigh(set(present) | set(said)),
        votes={choice: weigh(who for who, its in said.items() if its == choice) for choice in Choice},
    )


def decide(rule: Rule, figures: Count) -> Decision:
    """Apply the rule: first whether enough took part, then whether enough agreed, in each unit it asks for."""
    quorum = tuple(
        Line(
            Asked.QUORUM,
            unit,
            rule.quorum,
            Whole.ENTITLED,
            figures.entitled.of(unit),
            rule.quorum_of,
            figures.whole(rule.quorum_of).of(unit),
        )
        for unit in rule.units
    )
    if not all(line.is_met for line in quorum):
        return Decision(Outcome.NOT_QUORATE, quorum, rule.is_advice)
    majority = tuple(
        Line(
            Asked.MAJORITY,
            unit,
            rule.majority,
            rule.majority_of,
            figures.whole(rule.majority_of).of(unit),
            Choice.FOR,
            figures.said(Choice.FOR).of(unit),
        )
        for unit in rule.units
    )
    is_carried = all(line.is_met for line in majority)
    return Decision(Outcome.PASSED if is_carried else Outcome.FAILED, (*quorum, *majority), rule.is_advice)
