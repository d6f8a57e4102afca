"""The sum behind a vote (governance/decisions.py): exact, and the same whatever the order of the ballots."""

import csv
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import decisions
from governance.decisions import (
    Asked,
    Base,
    Choice,
    Count,
    CountError,
    Outcome,
    Rule,
    Share,
    Unit,
    Weight,
    Whole,
    count,
    decide,
)

COUNCIL = Rule(Base.HOUSEHOLDS, Share.TWO_THIRDS, Whole.PRESENT, Share.OVER_HALF, Whole.PRESENT, is_advice=True)
ASSEMBLY = Rule(Base.HEADS, Share.OVER_HALF, Whole.PRESENT, Share.OVER_HALF, Whole.PRESENT)
OWNERS = Rule(Base.AREA, Share.TWO_THIRDS, Whole.CAST, Share.OVER_HALF, Whole.CAST, is_double=True)
HEAVY = replace(OWNERS, majority=Share.THREE_QUARTERS)
POLL = Rule(Base.HOUSEHOLDS, Share.NONE, Whole.CAST, Share.OVER_HALF, Whole.CAST, is_advice=True)


def figures(entitled: int, present: int, yes: int, no: int = 0, abstain: int = 0) -> Count:
    said = {Choice.FOR: yes, Choice.AGAINST: no, Choice.ABSTAIN: abstain}
    return Count(Weight(entitled), Weight(present), {choice: Weight(number) for choice, number in said.items()})


def owners(*flats: tuple[str, Choice | None]) -> Count:
    """Floor area and ballot of each owner; none: took no part."""
    areas = {number: Decimal(area) for number, (area, _choice) in enumerate(flats)}
    return count(areas, set(), [(number, choice) for number, (_area, choice) in enumerate(flats) if choice])


def outcome(rule: Rule, *numbers: int) -> Outcome:
    return decide(rule, figures(*numbers)).outcome


def test_the_example_of_the_meeting_page():
    """24 households, 19 came, 12 for, 4 against, 3 abstain."""
    decision = decide(COUNCIL, figures(24, 19, 12, 4, 3))
    quorum, majority = decision.lines
    assert (decision.outcome, decision.is_advice) == (Outcome.PASSED, True)
    assert (quorum.whole, quorum.part, quorum.needed, quorum.got) == (24, Fraction(2, 3), 16, 19)
    assert (majority.whole, majority.exact, majority.needed, majority.got) == (19, Fraction(19, 2), 10, 12)
    assert [line.asked for line in decision.lines] == [Asked.QUORUM, Asked.MAJORITY]


@pytest.mark.parametrize(
    ("rule", "numbers", "expected"),
    [
        (ASSEMBLY, (10, 5, 5), Outcome.NOT_QUORATE),  # half is not more than half
        (ASSEMBLY, (10, 6, 3, 3), Outcome.FAILED),
        (ASSEMBLY, (10, 6, 4, 2), Outcome.PASSED),
        (ASSEMBLY, (10, 6, 3, 0), Outcome.FAILED),  # of those present, not of the votes
        (COUNCIL, (9, 6, 4), Outcome.PASSED),  # exactly two thirds are enough
        (COUNCIL, (10, 6, 6), Outcome.NOT_QUORATE),
        (COUNCIL, (10, 7, 4), Outcome.PASSED),
        (replace(POLL, majority=Share.THREE_QUARTERS), (100, 4, 3, 1), Outcome.PASSED),
        (replace(POLL, majority=Share.THREE_QUARTERS), (100, 5, 3, 2), Outcome.FAILED),
        (replace(POLL, majority=Share.TWO_THIRDS, majority_of=Whole.ENTITLED), (9, 9, 6), Outcome.PASSED),
        (replace(POLL, majority=Share.TWO_THIRDS, majority_of=Whole.ENTITLED), (10, 9, 6), Outcome.FAILED),
        (POLL, (10, 3, 2, 1), Outcome.PASSED),
        (POLL, (10, 10, 2, 1, 1), Outcome.FAILED),  # an abstention is a vote cast
        (POLL, (10, 0, 0), Outcome.NOT_QUORATE),  # nobody at all
        (POLL, (0, 0, 0), Outcome.NOT_QUORATE),
        (replace(POLL, quorum=Share.HALF), (10, 5, 5), Outcome.PASSED),
        (replace(POLL, quorum=Share.NONE, majority=Share.HALF), (10, 2, 1, 1), Outcome.PASSED),
    ],
)
def test_thresholds_are_exact(rule, numbers, expected):
    assert outcome(rule, *numbers) == expected


def test_owners_need_area_and_number():
    """Article 278: one big owner alone carries nothing, nor do many small ones against most of the area."""
    big = owners(("600", Choice.FOR), *(("50", Choice.AGAINST),) * 4)
    assert decide(OWNERS, big).outcome == Outcome.FAILED
    small = owners(("600", Choice.AGAINST), *(("50", Choice.FOR),) * 4)
    assert decide(OWNERS, small).outcome == Outcome.FAILED
    both = owners(("600", Choice.FOR), ("50", Choice.FOR), ("50", Choice.FOR), *(("50", Choice.AGAINST),) * 2)
    assert decide(OWNERS, both).outcome == Outcome.PASSED
    assert [line.unit for line in decide(OWNERS, both).about(Asked.MAJORITY)] == [Unit.AREA, Unit.NUMBER]


def test_owners_who_stay_away_may_stop_it():
    """Enough people, but not enough area."""
    assert decide(OWNERS, owners(("400", None), *(("90", Choice.FOR),) * 4)).outcome == Outcome.NOT_QUORATE
    assert decide(OWNERS, owners(("180", None), *(("90", Choice.FOR),) * 4)).outcome == Outcome.PASSED


def test_a_hundredth_of_a_square_metre_decides():
    half = owners(("100.00", Choice.FOR), ("50.00", Choice.FOR), ("150.00", Choice.AGAINST))
    assert decide(OWNERS, half).outcome == Outcome.FAILED
    assert decide(OWNERS, half).about(Asked.MAJORITY)[0].needed == Fraction(15001, 100)
    more = owners(("100.01", Choice.FOR), ("50.00", Choice.FOR), ("150.00", Choice.AGAINST))
    assert decide(OWNERS, more).outcome == Outcome.PASSED


def test_heavy_items_need_three_quarters_of_both():
    flats = [("100", Choice.FOR)] * 3 + [("100", Choice.AGAINST)]
    assert decide(HEAVY, owners(*flats)).outcome == Outcome.PASSED
    assert decide(HEAVY, owners(*flats, ("0.01", Choice.AGAINST))).outcome == Outcome.FAILED


def test_impossible_figures_are_errors():
    with pytest.raises(CountError, match="more votes"):
        figures(10, 3, 4)
    with pytest.raises(CountError, match="more people"):
        figures(10, 11, 4)
    with pytest.raises(CountError, match="twice"):
        count({1: None, 2: None}, set(), [(1, Choice.FOR), (1, Choice.FOR)])
    with pytest.raises(CountError, match="may not vote"):
        count({1: None}, {2}, [])
    with pytest.raises(ValueError, match="double"):
        replace(COUNCIL, is_double=True)
    with pytest.raises(ValueError, match="needs a majority"):
        replace(COUNCIL, majority=Share.NONE)


# ---- properties ----
RULES = st.builds(
    Rule,
    base=st.sampled_from([Base.HEADS, Base.HOUSEHOLDS]),
    quorum=st.sampled_from(Share),
    quorum_of=st.sampled_from([Whole.PRESENT, Whole.CAST]),
    majority=st.sampled_from([share for share in Share if share != Share.NONE]),
    majority_of=st.sampled_from(Whole),
) | st.builds(
    Rule,
    base=st.just(Base.AREA),
    quorum=st.sampled_from(Share),
    quorum_of=st.sampled_from([Whole.PRESENT, Whole.CAST]),
    majority=st.sampled_from([share for share in Share if share != Share.NONE]),
    majority_of=st.sampled_from(Whole),
    is_double=st.booleans(),
)
AREAS = st.decimals(min_value="0.01", max_value="500", places=2)


@st.composite
def votes(draw):
    """A roll with floor areas, who is there, and who says what."""
    areas = dict(enumerate(draw(st.lists(AREAS, max_size=30))))
    people = sorted(areas)
    present = set(draw(st.lists(st.sampled_from(people), unique=True))) if people else set()
    voters = draw(st.lists(st.sampled_from(people), unique=True)) if people else []
    return areas, present, [(who, draw(st.sampled_from(Choice))) for who in voters]


@given(votes())
def test_votes_are_at_most_those_present_and_they_at_most_the_roll(vote):
    roll, present, ballots = vote
    total = count(roll, present, ballots)
    assert total.cast <= total.present <= total.entitled
    assert total.cast == sum((total.said(choice) for choice in Choice), decisions.NOTHING)
    assert total.cast.number == len(ballots)
    assert total.cast.area == sum((roll[who] for who, _choice in ballots), Decimal(0))


@given(votes(), st.randoms())
def test_the_order_of_the_ballots_is_nothing(vote, chance):
    roll, present, ballots = vote
    shuffled = chance.sample(ballots, len(ballots))
    assert count(roll, present, shuffled) == count(roll, present, ballots)


@given(votes(), st.data())
def test_nobody_is_counted_twice(vote, data):
    roll, present, ballots = vote
    if not ballots:
        return
    who, _choice = data.draw(st.sampled_from(ballots))
    with pytest.raises(CountError):
        count(roll, present, [*ballots, (who, data.draw(st.sampled_from(Choice)))])


@given(RULES, votes(), st.data())
def test_one_more_vote_for_it_never_defeats_a_motion(rule, vote, data):
    """Whoever says “for” instead of “against”, or of nothing, does not turn “passed” into anything else."""
    roll, present, ballots = vote
    before = decide(rule, count(roll, present, ballots)).outcome
    changed = dict(ballots)
    others = [who for who in roll if changed.get(who) != Choice.FOR]
    if not others:
        return
    who = data.draw(st.sampled_from(others))
    is_new_present = who not in present and who not in changed
    changed[who] = Choice.FOR
    after = decide(rule, count(roll, present, list(changed.items()))).outcome
    # a new vote makes the whole larger as well; one of its own weight, so a majority of it stays a majority
    if before == Outcome.PASSED:
        assert after == Outcome.PASSED, is_new_present
    if before == Outcome.FAILED:
        assert after != Outcome.NOT_QUORATE


@given(RULES, votes())
def test_every_line_says_why(rule, vote):
    """Needed is the least that is enough; the outcome follows from the lines and from nothing else."""
    decision = decide(rule, count(*vote))
    for line in decision.lines:
        grain = Fraction(1) if line.unit == Unit.NUMBER else Fraction(1, 100)
        is_over = line.share == Share.OVER_HALF

        def reaches(amount, line=line, is_over=is_over):
            return amount > line.exact if is_over else amount >= line.exact

        assert reaches(line.needed)
        assert line.needed == grain or not reaches(line.needed - grain)
        assert line.is_met == (line.got > 0 and reaches(line.got))
    quorate = all(line.is_met for line in decision.about(Asked.QUORUM))
    carried = quorate and all(line.is_met for line in decision.about(Asked.MAJORITY))
    assert (decision.outcome == Outcome.NOT_QUORATE) == (not quorate)
    assert (decision.outcome == Outcome.PASSED) == carried
    assert decision.is_advice == rule.is_advice


@given(st.integers(1, 10_000), st.data())
def test_half_is_not_more_than_half(whole, data):
    needed = next(n for n in range(whole + 1) if 2 * n > whole)
    present = data.draw(st.integers(needed, whole))
    assert outcome(replace(ASSEMBLY, majority_of=Whole.ENTITLED), whole, present, needed - 1) != Outcome.PASSED
    assert outcome(replace(ASSEMBLY, majority_of=Whole.ENTITLED), whole, present, needed) == Outcome.PASSED


def test_the_rules_that_come_with_the_code_are_rules():
    path = Path(decisions.__file__).parent / "reference" / "decision_rules.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        rule = Rule(
            Base(row["base"]),
            Share(row["quorum"]),
            Whole(row["quorum_of"]),
            Share(row["majority"]),
            Whole(row["majority_of"]),
            row["is_double"] == "1",
            row["is_advice"] == "1",
        )
        assert rule.units
    assert {row["code"] for row in rows} >= {"council", "poll", "assembly", "owners", "owners_heavy"}
