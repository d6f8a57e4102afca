"""Random people do random things around a vote, allowed or not; whatever happens, its rules hold."""

from collections.abc import Callable
from itertools import pairwise
from unittest import SkipTest

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance.decisions import Base, Choice, Outcome, decide
from governance.lifecycle.motions import MOTION_COUNTED, MOTION_MOVES, MotionState
from governance.models import Ballot, Entitled, EntitledList, Motion, MotionEntry, Tally, Urn
from governance.selectors.voting import counted, figures_of
from governance.services.voting import ballots, counting, motions, voters
from governance.services.voting.motions import Wording
from neighborhoods.actors import NOBODY
from tests.conftest import build_district, build_people
from tests.votes import cast, held_meeting, make_item, make_motion, on_paper, papers, people_of, rule_of

WHO = st.sampled_from(
    ["community_staff", "community_lead", "street_officer", "branch_secretary", "grid_worker", "outsider"]
)
NUMBER = st.integers(1, 9)
SAID = st.sampled_from(Choice)
TABLES = (Motion, MotionEntry, Ballot, Tally, Event, OutboxMessage, EntitledList)


class VoteMachine(RuleBasedStateMachine):
    """One meeting, its list of eight households, one motion."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.district = build_district()
        self.people = build_people(self.district)
        self.meeting = held_meeting(self.district.branch)
        make_item(self.meeting)
        self.motion = make_motion(self.meeting, self.people.community_staff)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def everything(self) -> list:
        rows = [list(model.objects.order_by("pk").values()) for model in (*TABLES[:4], Urn, Entitled, EntitledList)]
        return [*rows, Event.objects.count(), OutboxMessage.objects.count()]

    def attempt(self, verb: Callable, *args, **arguments) -> None:
        """A verb does its work and tells of it, or leaves everything as it was."""
        before, told = self.everything(), Event.objects.count()
        try:
            with transaction.atomic():
                verb(*args, **arguments)
        except (RuleError, NotAllowedError):
            assert self.everything() == before
            return
        assert Event.objects.count() > told

    def who(self, name: str):
        return getattr(self.people, name)

    @rule(who=WHO, number=st.sampled_from([0, 6, 8]))
    def write_list(self, who: str, number: int) -> None:
        self.attempt(
            voters.list_voters,
            meeting_id=self.meeting.pk,
            actor=self.who(who),
            base=Base.HOUSEHOLDS,
            voters=people_of(number),
        )

    @rule(who=WHO)
    def freeze(self, who: str) -> None:
        self.attempt(voters.freeze_voters, meeting_id=self.meeting.pk, actor=self.who(who))

    @rule(who=WHO)
    def thaw(self, who: str) -> None:
        self.attempt(voters.thaw_voters, meeting_id=self.meeting.pk, actor=self.who(who))

    @rule(who=WHO, numbers=st.lists(NUMBER, max_size=4))
    def came(self, who: str, numbers: list[int]) -> None:
        self.attempt(voters.mark_came, meeting_id=self.meeting.pk, actor=self.who(who), positions=numbers)

    @rule(who=WHO, secret=st.booleans(), code=st.sampled_from(["council", "poll", "owners", "strict"]))
    def amend(self, who: str, secret: bool, code: str) -> None:
        wording = Wording("改过的动议", rule_of(code).pk, is_secret=secret)
        self.attempt(motions.amend_motion, motion_id=self.motion.pk, actor=self.who(who), wording=wording)

    @rule(who=WHO)
    def second(self, who: str) -> None:
        self.attempt(motions.second_motion, motion_id=self.motion.pk, actor=self.who(who), seconder="李某")

    @rule(who=WHO)
    def open(self, who: str) -> None:
        self.attempt(motions.open_motion, motion_id=self.motion.pk, actor=self.who(who))

    @rule(numbers=st.lists(NUMBER, min_size=1, max_size=4), said=SAID)
    def phone(self, numbers: list[int], said: str) -> None:
        known = set(Entitled.objects.filter(list__meeting=self.meeting).values_list("position", flat=True))
        for number in set(numbers) & known:
            self.attempt(cast, self.motion, number, said, NOBODY)

    @rule(who=WHO, yes=st.lists(NUMBER, max_size=5), no=st.lists(NUMBER, max_size=2))
    def paper(self, who: str, yes: list[int], no: list[int]) -> None:
        if Entitled.objects.filter(list__meeting=self.meeting).exists():
            self.attempt(on_paper, self.motion, self.who(who), yes=yes, no=no)

    @rule(who=WHO, voted=st.lists(NUMBER, max_size=5, unique=True), said=SAID, off=st.sampled_from([0, 0, 1]))
    def secret_paper(self, who: str, voted: list[int], said: str, off: int) -> None:
        if Entitled.objects.filter(list__meeting=self.meeting).exists():
            self.attempt(
                ballots.type_secret_ballots,
                motion_id=self.motion.pk,
                actor=self.who(who),
                voted=voted,
                said={said: len(voted) + off},
            )

    @rule(who=WHO)
    def close(self, who: str) -> None:
        self.attempt(motions.close_motion, motion_id=self.motion.pk, actor=self.who(who))

    @rule(who=WHO)
    def count(self, who: str) -> None:
        self.attempt(counting.decide_motion, motion_id=self.motion.pk, actor=self.who(who))

    @rule(who=WHO)
    def doubt(self, who: str) -> None:
        self.attempt(counting.ask_recount, motion_id=self.motion.pk, actor=self.who(who), reason="有人提出")

    @rule(who=WHO, yes=st.integers(0, 3), no=st.integers(0, 2), honest=st.booleans())
    def count_again(self, who: str, yes: int, no: int, honest: bool) -> None:
        paper = papers(yes, no)
        first = self.motion.tallies.first()
        if honest and first:
            paper = papers(first.votes_for, first.votes_against, first.votes_abstain)
        self.attempt(counting.recount_motion, motion_id=self.motion.pk, actor=self.who(who), paper=paper)

    @rule(who=WHO, really=st.sampled_from([False, False, True]))
    def void(self, who: str, really: bool) -> None:
        reason = "票数对不上" if really else ""
        self.attempt(counting.void_motion, motion_id=self.motion.pk, actor=self.who(who), reason=reason)

    @invariant()
    def the_history_follows_the_table(self) -> None:
        lines = self.motion.history.exclude(to_state="").order_by("pk").values_list("to_state", flat=True)
        states = [MotionState(state) for state in lines]
        for before, after in pairwise(states):
            assert after in MOTION_MOVES[before] or (before in {"seconded", "proposed"} and after == "proposed")
        assert states[-1] == Motion.objects.get(pk=self.motion.pk).state

    @invariant()
    def votes_are_at_most_those_present_and_they_at_most_the_list(self) -> None:
        motion = Motion.objects.get(pk=self.motion.pk)
        listed = EntitledList.objects.filter(meeting=self.meeting).first()
        if listed is None:
            assert not Ballot.objects.exists()
            return
        figures = figures_of(motion, listed)  # the engine itself refuses impossible figures
        assert figures.cast.number == motion.ballots.count()
        assert figures.entitled.number == listed.entries.count()
        assert not motion.opened_at or (listed.is_frozen and listed.number == figures.entitled.number)

    @invariant()
    def nothing_is_decided_without_one_count_that_holds(self) -> None:
        motion = Motion.objects.get(pk=self.motion.pk)
        valid = list(motion.tallies.filter(is_valid=True))
        assert bool(motion.outcome) == (motion.state == MotionState.DECIDED) == (len(valid) == 1)
        assert motion.tallies.exists() == (motion.state in MOTION_COUNTED) or motion.state == MotionState.VOID
        if valid:
            decision = decide(motion.rule.rule, counted(valid[0], EntitledList.objects.get(meeting=self.meeting)))
            assert decision.outcome == motion.outcome
            assert motion.outcome != Outcome.PASSED or valid[0].votes_for > 0
            others = motion.tallies.exclude(pk=valid[0].pk)
            assert not others or any(other.said == valid[0].said for other in others)

    @invariant()
    def counts_are_of_different_people(self) -> None:
        counters = list(Tally.objects.values_list("counted_by_id", flat=True))
        assert len(counters) == len(set(counters)) <= 3

    @invariant()
    def what_was_said_in_secret_has_no_name(self) -> None:
        for ballot in Ballot.objects.all():
            assert bool(ballot.choice) != ballot.is_secret

    @invariant()
    def every_event_has_its_outbox_row(self) -> None:
        assert Event.objects.count() == OutboxMessage.objects.count()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_vote_keeps_the_rules_whatever_people_do():
    if not connection.in_atomic_block:  # pragma: no cover - the fixture opens one
        raise SkipTest
    run_state_machine_as_test(
        VoteMachine,
        settings=settings(
            max_examples=15,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
