"""Every verb of a motion in every state: what the table does not allow is refused, and nothing is written."""

from collections.abc import Callable

import pytest
from django.utils import translation

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance.lifecycle import motions as life
from governance.lifecycle.meetings import WITH_MINUTES, MeetingState
from governance.lifecycle.motions import MOTION_FITS, MOTION_LOOKS, MOTION_MOVES, MotionState
from governance.models import Ballot, Entitled, EntitledList, Meeting, Motion, MotionEntry, Tally, Urn
from governance.policies import voting as policies
from governance.services.voting import ballots, counting, motions
from governance.services.voting.motions import Wording
from neighborhoods.actors import NOBODY
from tests.votes import entry, held_meeting, make_motion, make_voters, on_paper, papers, put, rule_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    """Refusals are compared by their words."""
    with translation.override("en"):
        yield


TABLES = (Meeting, EntitledList, Entitled, Motion, Ballot, Urn, Tally, MotionEntry, Event, OutboxMessage)
VERBS = [
    "amend",
    "second",
    "withdraw",
    "open",
    "cast",
    "cast-paper",
    "close",
    "decide",
    "ask-recount",
    "recount",
    "void",
]


def verb(name: str, motion: Motion, people) -> tuple[Callable, dict, str]:
    """The service, its arguments, the event it tells."""
    staff, street = people.community_staff, people.street_officer
    who = entry(motion, 5)
    wording = Wording("先公示，再谈", rule_of("council").pk)
    return {
        "amend": (motions.amend_motion, {"actor": staff, "wording": wording}, life.MOTION_AMENDED),
        "second": (motions.second_motion, {"actor": staff, "seconder": "李某"}, life.MOTION_SECONDED),
        "withdraw": (motions.withdraw_motion, {"actor": staff, "reason": "不提了"}, life.MOTION_WITHDRAWN),
        "open": (motions.open_motion, {"actor": staff}, life.MOTION_OPENED),
        "cast": (
            ballots.cast_ballot,
            {"actor": NOBODY, "entitled_id": who.pk, "version": 1, "choice": "for"},
            life.MOTION_CAST,
        ),
        "cast-paper": (ballots.type_ballots, {"actor": staff, "piles": {"for": [5]}}, life.MOTION_CAST),
        "close": (motions.close_motion, {"actor": staff}, life.MOTION_CLOSED),
        "decide": (counting.decide_motion, {"actor": staff}, life.MOTION_DECIDED),
        "ask-recount": (counting.ask_recount, {"actor": street, "reason": "有人提出"}, life.MOTION_RECOUNT_ASKED),
        "recount": (counting.recount_motion, {"actor": street, "paper": papers(3, 1)}, life.MOTION_RECOUNTED),
        "void": (counting.void_motion, {"actor": street, "reason": "票数对不上"}, life.MOTION_VOIDED),
    }[name]


def everything() -> dict:
    return {model: list(model.objects.order_by("pk").values()) for model in TABLES}


@pytest.fixture
def vote(district, people):
    meeting = held_meeting(district.branch)
    make_voters(meeting, people.community_staff)
    return make_motion(meeting, people.community_staff)


@pytest.mark.parametrize("state", list(MotionState))
def test_every_verb_in_every_state(vote, people, state):
    motion = put(vote, state, people)
    assert motion.state == state
    for name in VERBS:
        if state in MOTION_FITS[name.removesuffix("-paper")]:
            continue
        service, arguments, _event = verb(name, motion, people)
        before = everything()
        with pytest.raises(RuleError):
            service(motion_id=motion.pk, **arguments)
        assert everything() == before, name


@pytest.mark.parametrize(
    ("name", "state"), [(n, s) for n in VERBS for s in sorted(MOTION_FITS[n.removesuffix("-paper")])]
)
def test_a_verb_that_fits_tells_one_event(vote, people, name, state):
    motion = put(vote, MotionState(state), people)
    service, arguments, event = verb(name, motion, people)
    before = Event.objects.count()
    service(motion_id=motion.pk, **arguments)
    told = list(Event.objects.order_by("pk"))[before:]
    assert [one.name for one in told] == [event]
    assert OutboxMessage.objects.filter(event=told[0]).count() == 1


@pytest.mark.parametrize("name", [n for n in VERBS if n != "cast"])
@pytest.mark.parametrize("who", ["grid_worker", "outsider", "department_clerk", "district_duty", "analyst", "nobody"])
def test_only_organisers_run_a_vote(vote, people, name, who):
    step = name.removesuffix("-paper")
    motion = put(vote, MotionState(sorted(MOTION_FITS[step])[0]), people)
    service, arguments, _event = verb(name, motion, people)
    before = everything()
    with pytest.raises(NotAllowedError):
        service(motion_id=motion.pk, **{**arguments, "actor": getattr(people, who)})
    assert everything() == before


@pytest.mark.parametrize("state", sorted(WITH_MINUTES))
@pytest.mark.parametrize("name", [n for n in VERBS if n != "cast"])
def test_confirmed_minutes_end_it(vote, people, name, state):
    step = name.removesuffix("-paper")
    motion = put(vote, MotionState(sorted(MOTION_FITS[step])[0]), people)
    closed = motion.proposed_at if state == MeetingState.CLOSED else None
    Meeting.objects.filter(pk=motion.meeting_id).update(
        state=state, held_at=motion.proposed_at, minutes_confirmed_at=motion.proposed_at, closed_at=closed
    )
    service, arguments, _event = verb(name, motion, people)
    before = everything()
    with pytest.raises(NotAllowedError):
        service(motion_id=motion.pk, **arguments)
    assert everything() == before


def test_the_tables_name_every_state():
    assert set(MOTION_MOVES) == set(MOTION_LOOKS) == set(MotionState)
    reached = {MotionState.PROPOSED}.union(*MOTION_MOVES.values())
    assert reached == set(MotionState)
    assert set().union(*MOTION_FITS.values()) == set(MotionState) - life.MOTION_FINAL


def test_the_secretary_of_the_branch_runs_the_votes_of_the_compound(vote, people):
    assert policies.can_open_motion(people.branch_secretary, vote)
    assert not policies.can_open_motion(people.representative, vote)
    assert policies.can_see_votes(people.grid_worker, vote.meeting)
    assert not policies.can_see_votes(people.outsider, vote.meeting)


def test_a_vote_waits_for_the_notice(district, people):
    meeting = held_meeting(district.branch, MeetingState.SCREENED)
    make_voters(meeting, people.community_staff)
    motion = make_motion(meeting, people.community_staff)
    with pytest.raises(RuleError, match="announced"):
        motions.open_motion(motion_id=motion.pk, actor=people.community_staff)
    Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.NOTICED)
    motions.open_motion(motion_id=motion.pk, actor=people.community_staff)
    on_paper(motion, people.community_staff, yes=[1])
