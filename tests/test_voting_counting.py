"""Ballots and counts: paper and phone in one sum, each voter once, counts that differ never settled silently."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from core.errors import RuleError
from core.models import Event
from governance.decisions import Choice, Outcome, Weight, count, decide
from governance.lifecycle.motions import MotionState
from governance.models import Ballot, Entitled, Motion, Tally, Urn
from governance.selectors.voting import figures_of
from governance.services.voting import ballots, counting, motions, voters
from tests.votes import cast, entry, make_vote, on_paper, papers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    """Refusals are compared by their words."""
    with translation.override("en"):
        yield


@pytest.fixture
def vote(district, people):
    return make_vote(district.branch, people.community_staff)


def close(motion, people, count=True):
    motions.close_motion(motion_id=motion.pk, actor=people.community_staff)
    if count:
        counting.decide_motion(motion_id=motion.pk, actor=people.community_staff)
    motion.refresh_from_db()
    return motion


def test_paper_and_phone_are_one_count(vote, people):
    on_paper(vote, people.community_staff, yes=[1, 2], no=[4])
    cast(vote, 3, Choice.FOR)
    assert close(vote, people).outcome == Outcome.PASSED
    tally = vote.tallies.get()
    assert (tally.votes_for, tally.votes_against, tally.votes_abstain) == (3, 1, 0)
    assert (tally.present_number, tally.is_valid, tally.number) == (4, True, 1)


def test_too_few_decide_nothing(vote, people):
    on_paper(vote, people.community_staff, yes=[1, 2, 3])
    assert close(vote, people).outcome == Outcome.NOT_QUORATE


def test_whoever_came_and_did_not_vote_counts_as_present(vote, people):
    voters.mark_came(meeting_id=vote.meeting_id, actor=people.community_staff, positions=[3, 4, 5])
    on_paper(vote, people.community_staff, yes=[1, 2])
    close(vote, people)
    assert vote.outcome == Outcome.FAILED  # two of five who were there
    assert vote.tallies.get().present_number == 5


def test_who_comes_after_the_count_changes_nothing(vote, people):
    on_paper(vote, people.community_staff, yes=[1, 2, 3, 4])
    close(vote, people)
    voters.mark_came(meeting_id=vote.meeting_id, actor=people.community_staff, positions=[5])
    counting.ask_recount(motion_id=vote.pk, actor=people.community_lead, reason="有人提出")
    counting.recount_motion(motion_id=vote.pk, actor=people.community_lead, paper=papers(4))
    assert {tally.present_number for tally in vote.tallies.all()} == {4}


def test_owners_are_counted_by_area_and_number(district, people):
    motion = make_vote(district.branch, people.community_staff, "owners", areas=("600", "50.5", "49.5", "100", "100"))
    cast(motion, 1, Choice.FOR)
    on_paper(motion, people.community_staff, no=[2, 3], abstain=[4])
    close(motion, people)
    tally = motion.tallies.get()
    assert (tally.area_for, tally.area_against, tally.area_abstain) == (600, 100, 100)
    assert (tally.present_number, tally.present_area) == (4, Decimal(800))
    assert motion.outcome == Outcome.FAILED  # most of the area, one of four owners


def test_the_sum_of_the_database_is_the_sum_of_the_engine(district, people):
    motion = make_vote(district.branch, people.community_staff, "owners", areas=tuple(f"{n}.25" for n in range(40, 80)))
    voters.mark_came(meeting_id=motion.meeting_id, actor=people.community_staff, positions=range(30, 41))
    on_paper(motion, people.community_staff, yes=list(range(1, 20)), no=[20, 21, 33], abstain=[22])
    entries = list(Entitled.objects.filter(list__meeting_id=motion.meeting_id))
    by_hand = count(
        {one.pk: one.floor_area for one in entries},
        {one.pk for one in entries if one.came_at},
        [(ballot.entitled_id, Choice(ballot.choice)) for ballot in motion.ballots.all()],
    )
    figures = figures_of(motion, motion.meeting.voters)
    assert figures.entitled == by_hand.entitled
    assert figures.present == by_hand.present
    assert all(figures.said(choice) == by_hand.said(choice) for choice in Choice)
    assert decide(motion.rule.rule, figures) == decide(motion.rule.rule, by_hand)


# ---- refused, and nothing written ----
def test_nobody_votes_twice(vote, people):
    staff = people.community_staff
    cast(vote, 1, Choice.FOR)
    on_paper(vote, staff, no=[2])
    before = list(Ballot.objects.values()), Event.objects.count()
    for again in (
        lambda: cast(vote, 1, Choice.AGAINST),
        lambda: cast(vote, 2, Choice.FOR),
        lambda: on_paper(vote, staff, no=[1]),  # paper after online
        lambda: on_paper(vote, staff, yes=[3, 1]),
        lambda: on_paper(vote, staff, yes=[3], no=[3]),
    ):
        with pytest.raises(RuleError, match=r"twice|more than once"):
            again()
    assert (list(Ballot.objects.values()), Event.objects.count()) == before


def test_the_database_refuses_a_second_ballot_too(vote):
    first = cast(vote, 1)
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_a_ballot_after_the_end_is_refused(vote, people):
    close(vote, people, count=False)
    for late in (lambda: cast(vote, 1), lambda: on_paper(vote, people.community_staff, yes=[1])):
        with pytest.raises(RuleError, match="ended at"):
            late()
    assert not Ballot.objects.exists()


def test_a_stranger_does_not_vote(district, people, vote):
    other = make_vote(district.branch, people.community_staff)
    stranger = entry(other, 1)
    with pytest.raises(RuleError, match="not on the list"):
        ballots.cast_ballot(
            motion_id=vote.pk, entitled_id=stranger.pk, version=1, choice="for", actor=people.community_staff
        )
    with pytest.raises(RuleError, match="Not on the list: 99"):
        on_paper(vote, people.community_staff, yes=[1, 99])
    assert not Ballot.objects.exists()


def test_an_old_link_does_not_vote(vote, people):
    old = entry(vote, 1)
    voters.renew_link(meeting_id=vote.meeting_id, actor=people.community_staff, position=1)
    with pytest.raises(RuleError, match="does not vote any more"):
        ballots.cast_ballot(
            motion_id=vote.pk, entitled_id=old.pk, version=old.token_version, choice="for", actor=people.resident
        )
    with time_machine.travel(timezone.now() + timedelta(days=30)), pytest.raises(RuleError, match="any more"):
        cast(vote, 2)
    assert not Ballot.objects.exists()


# ---- secret ----
@pytest.fixture
def secret(district, people):
    return make_vote(district.branch, people.community_staff, number=7, is_secret=True)


def test_a_secret_vote_keeps_what_was_said_apart_from_who(secret, people):
    cast(secret, 1, Choice.FOR)
    cast(secret, 2, Choice.AGAINST)
    ballots.type_secret_ballots(
        motion_id=secret.pk,
        actor=people.community_staff,
        voted=[3, 4, 5, 6],
        said={Choice.FOR: 3, Choice.ABSTAIN: 1},
    )
    assert set(Ballot.objects.values_list("choice", flat=True)) == {""}
    assert Urn.objects.count() == 6  # two ways by three answers, however many vote: no row belongs to a voter
    close(secret, people)
    tally = secret.tallies.get()
    assert (tally.votes_for, tally.votes_against, tally.votes_abstain) == (4, 1, 1)
    assert secret.outcome == Outcome.PASSED


def test_what_was_said_in_secret_stands_in_no_event(secret):
    for position, choice in ((1, Choice.FOR), (2, Choice.AGAINST), (3, Choice.ABSTAIN)):
        cast(secret, position, choice)
    for event in Event.objects.filter(name="motion.cast"):
        assert set(event.payload) == {"motion_id", "meeting_id", "entitled_id", "how"}


def test_closing_leaves_no_row_of_the_last_voter(secret, people):
    """PostgreSQL keeps in each row the transaction that wrote it, and the event of a ballot names its transaction."""
    cast(secret, 1, Choice.FOR)
    close(secret, people, count=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT (xmin::text, cmin::text)) FROM governance_urn WHERE motion_id = %s", [secret.pk]
        )
        assert cursor.fetchone() == (1,)


def test_secret_papers_must_be_as_many_as_people(secret, people):
    staff = people.community_staff
    with pytest.raises(RuleError, match="must be the same"):
        ballots.type_secret_ballots(motion_id=secret.pk, actor=staff, voted=[1, 2], said={Choice.FOR: 3})
    with pytest.raises(RuleError, match="secret"):
        on_paper(secret, staff, yes=[1])
    assert not Ballot.objects.exists()
    assert not Urn.objects.exclude(number=0).exists()


def test_an_open_vote_is_typed_by_number(vote, people):
    with pytest.raises(RuleError, match="open"):
        ballots.type_secret_ballots(motion_id=vote.pk, actor=people.community_staff, voted=[1], said={Choice.FOR: 1})


def test_an_urn_that_does_not_fit_is_not_closed(secret, people):
    cast(secret, 1, Choice.FOR)
    Urn.objects.filter(motion=secret, how="online", choice="against").update(number=1)
    with pytest.raises(RuleError, match="urn"):
        close(secret, people)
    assert Motion.objects.get(pk=secret.pk).state == MotionState.OPEN


# ---- counting again ----
@pytest.fixture
def doubted(vote, people):
    on_paper(vote, people.community_staff, yes=[1, 2, 3], no=[4])
    cast(vote, 5, Choice.ABSTAIN)
    close(vote, people)
    counting.ask_recount(motion_id=vote.pk, actor=people.community_lead, reason="有人提出")
    vote.refresh_from_db()
    return vote


def recount(motion, actor, *said, **areas):
    counting.recount_motion(motion_id=motion.pk, actor=actor, paper=papers(*said))
    motion.refresh_from_db()
    return motion


def test_while_it_is_counted_again_nothing_is_decided(doubted):
    assert (doubted.state, doubted.outcome, doubted.decided_at) == (MotionState.RECOUNTING, "", None)
    assert not Tally.objects.filter(is_valid=True).exists()


def test_a_second_person_who_finds_the_same_decides(doubted, people):
    recount(doubted, people.community_lead, 3, 1)
    assert (doubted.state, doubted.outcome) == (MotionState.DECIDED, Outcome.PASSED)
    assert doubted.tallies.get(is_valid=True).number == 2
    with pytest.raises(RuleError, match="counted again already"):
        counting.ask_recount(motion_id=doubted.pk, actor=people.street_officer, reason="再来")


def test_whoever_counted_does_not_count_again(doubted, people):
    with pytest.raises(RuleError, match="counted this before"):
        recount(doubted, people.community_staff, 3, 1)
    assert doubted.tallies.count() == 1


def test_counts_that_differ_decide_nothing(doubted, people):
    recount(doubted, people.community_lead, 2, 2)
    assert (doubted.state, doubted.outcome) == (MotionState.RECOUNTING, "")
    assert "3/1/1" in doubted.history.latest("pk").reason
    assert "2/2/1" in doubted.history.latest("pk").reason
    assert Event.objects.latest("pk").payload["differs"] is True


@pytest.mark.parametrize(("third", "outcome"), [((3, 1), Outcome.PASSED), ((2, 2), Outcome.FAILED)])
def test_the_third_count_settles_what_it_agrees_with(doubted, people, third, outcome):
    recount(doubted, people.community_lead, 2, 2)
    recount(doubted, people.street_officer, *third)
    assert (doubted.state, doubted.outcome) == (MotionState.DECIDED, outcome)
    assert doubted.tallies.get(is_valid=True).number == 3


def test_three_different_counts_leave_only_a_void_vote(doubted, people):
    recount(doubted, people.community_lead, 2, 2)
    recount(doubted, people.street_officer, 1, 3)
    assert doubted.state == MotionState.RECOUNTING
    with pytest.raises(RuleError, match="no two agree"):
        recount(doubted, people.street_lead, 3, 1)
    counting.void_motion(motion_id=doubted.pk, actor=people.street_lead, reason="三次都不一样")
    doubted.refresh_from_db()
    assert (doubted.state, doubted.outcome) == (MotionState.VOID, "")


def test_more_papers_than_people_are_refused(doubted, people):
    with pytest.raises(RuleError, match="more than the 5"):
        recount(doubted, people.community_lead, 4, 1)
    assert doubted.tallies.count() == 1


def test_areas_are_counted_again_too(district, people):
    motion = make_vote(district.branch, people.community_staff, "owners", areas=("60", "50.5", "49.5"))
    on_paper(motion, people.community_staff, yes=[1, 2], no=[3])
    close(motion, people)
    counting.ask_recount(motion_id=motion.pk, actor=people.community_lead, reason="面积有疑问")
    paper = {Choice.FOR: Weight(2, Decimal("110.5")), Choice.AGAINST: Weight(1, Decimal("49.4"))}
    counting.recount_motion(motion_id=motion.pk, actor=people.community_lead, paper=paper)
    motion.refresh_from_db()
    assert motion.state == MotionState.RECOUNTING


# ---- minutes ----
def test_minutes_wait_for_the_end_of_a_vote(vote, people):
    """Confirmed minutes freeze the meeting; a vote that is not counted would stay open for ever."""
    from governance.models import Minutes
    from governance.services.meetings import minutes

    for state in (MotionState.OPEN, MotionState.CLOSED):
        with pytest.raises(RuleError, match="not been counted"):
            minutes._require_whole(vote.meeting, Minutes(texts={}), [])
        assert Motion.objects.get(pk=vote.pk).state == state
        if state == MotionState.OPEN:
            close(vote, people, count=False)
    counting.decide_motion(motion_id=vote.pk, actor=people.community_staff)
    with pytest.raises(RuleError, match="roll"):  # the next thing that is missing
        minutes._require_whole(vote.meeting, Minutes(texts={}), [])
