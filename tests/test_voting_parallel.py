"""Votes on real connections at once: each voter once, and nobody after the end."""

import pytest

from core.errors import RuleError
from core.models import Event
from governance.decisions import Base, Choice
from governance.lifecycle.motions import MOTION_CAST, MotionState
from governance.models import Ballot, EntitledList, Motion, Urn
from governance.selectors.voting import figures_of
from governance.services.voting import ballots, counting, motions, voters
from tests.conftest import build_district, build_people
from tests.parallel import in_parallel
from tests.votes import cast, held_meeting, make_motion, make_vote, make_voters, on_paper, papers, people_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town():
    district = build_district()
    return district, build_people(district)


@pytest.fixture(params=[False, True], ids=["open", "secret"])
def vote(request, town):
    district, people = town
    return make_vote(district.branch, people.community_staff, number=20, is_secret=request.param)


def refused(answers):
    return [answer for answer in answers if isinstance(answer, RuleError)]


def test_two_ballots_of_one_voter_at_once_are_one(vote):
    answers = in_parallel([lambda n=n: cast(vote, 1, list(Choice)[n % 3]) for n in range(6)])
    assert len(refused(answers)) == 5
    assert all("已经投过票" in str(no) for no in refused(answers))
    assert Ballot.objects.count() == Event.objects.filter(name=MOTION_CAST).count() == 1
    if vote.is_secret:
        assert sum(Urn.objects.values_list("number", flat=True)) == 1


def test_paper_and_phone_at_once_are_one(town):
    district, people = town
    vote = make_vote(district.branch, people.community_staff, number=20)
    staff = people.community_staff
    answers = in_parallel(
        [
            lambda: cast(vote, 5, Choice.FOR),
            lambda: on_paper(vote, staff, no=[4, 5, 6]),
            lambda: on_paper(vote, staff, yes=[6, 5]),
        ]
    )
    assert len(refused(answers)) == 2
    by_voter = list(Ballot.objects.values_list("entitled", flat=True))
    assert len(by_voter) == len(set(by_voter)) == Event.objects.filter(name=MOTION_CAST).count()
    assert len(by_voter) in {1, 2, 3}


def test_secret_papers_typed_twice_at_once_are_counted_once(town):
    district, people = town
    vote = make_vote(district.branch, people.community_staff, number=20, is_secret=True)
    typed = {"voted": list(range(1, 11)), "said": {Choice.FOR: 7, Choice.AGAINST: 2, Choice.ABSTAIN: 1}}
    jobs = [
        lambda: ballots.type_secret_ballots(motion_id=vote.pk, actor=people.community_staff, **typed) for _n in range(3)
    ]
    assert len(refused(in_parallel(jobs))) == 2
    assert Ballot.objects.count() == 10
    assert sum(Urn.objects.values_list("number", flat=True)) == 10


def test_ballots_while_the_voting_ends(vote, town):
    """Every ballot either counts or is refused; none is written and not counted."""
    people = town[1]
    jobs = [lambda n=n: cast(vote, n, Choice.FOR) for n in range(1, 16)]
    jobs.insert(7, lambda: motions.close_motion(motion_id=vote.pk, actor=people.community_staff))
    answers = in_parallel(jobs)
    assert all("这一票来晚了" in str(no) for no in refused(answers))
    written = Ballot.objects.filter(motion=vote).count()
    assert written == 15 - len(refused(answers))
    counting.decide_motion(motion_id=vote.pk, actor=people.community_staff)
    assert vote.tallies.get().votes_for == written
    assert Motion.objects.get(pk=vote.pk).state == MotionState.DECIDED


def test_fifteen_voters_at_once_all_count(vote):
    assert not refused(in_parallel([lambda n=n: cast(vote, n, list(Choice)[n % 3]) for n in range(1, 16)]))
    figures = figures_of(vote, vote.meeting.voters)
    assert [figures.said(choice).number for choice in Choice] == [5, 5, 5]


def test_two_officers_decide_at_once(vote, town):
    people = town[1]
    cast(vote, 1)
    motions.close_motion(motion_id=vote.pk, actor=people.community_staff)
    both = [people.community_staff, people.community_lead]
    answers = in_parallel([lambda who=who: counting.decide_motion(motion_id=vote.pk, actor=who) for who in both])
    assert len(refused(answers)) == 1
    assert vote.tallies.count() == 1


def test_two_second_counts_at_once_are_two_counts(town):
    """They are the second and the third: each has its number, and what they say decides."""
    district, people = town
    vote = make_vote(district.branch, people.community_staff)
    on_paper(vote, people.community_staff, yes=[1, 2, 3], no=[4])
    motions.close_motion(motion_id=vote.pk, actor=people.community_staff)
    counting.decide_motion(motion_id=vote.pk, actor=people.community_staff)
    counting.ask_recount(motion_id=vote.pk, actor=people.street_lead, reason="有人提出")
    jobs = [
        lambda: counting.recount_motion(motion_id=vote.pk, actor=people.community_lead, paper=papers(3, 1)),
        lambda: counting.recount_motion(motion_id=vote.pk, actor=people.street_officer, paper=papers(2, 2)),
    ]
    in_parallel(jobs)
    vote.refresh_from_db()
    assert vote.state == MotionState.DECIDED
    assert vote.tallies.get(is_valid=True).votes_for == 3
    assert vote.tallies.count() in {2, 3}


def test_the_list_is_changed_while_a_vote_opens(town):
    """Whichever is first: a vote never opens on a list that changes afterwards."""
    district, people = town
    staff = people.community_staff
    for _round in range(3):
        meeting = held_meeting(district.branch)
        make_voters(meeting, staff)
        motion = make_motion(meeting, staff)

        def change(meeting=meeting):
            voters.thaw_voters(meeting_id=meeting.pk, actor=staff)
            voters.list_voters(meeting_id=meeting.pk, actor=staff, base=Base.HOUSEHOLDS, voters=people_of(2))

        in_parallel([change, lambda motion=motion: motions.open_motion(motion_id=motion.pk, actor=staff)])
        motion.refresh_from_db()
        listed = EntitledList.objects.get(meeting=meeting)
        if motion.state == MotionState.OPEN:
            assert listed.is_frozen
            assert voters.fingerprint_of(listed) == listed.fingerprint
            assert listed.entries.count() == listed.number == 5
        else:
            assert not listed.is_frozen
