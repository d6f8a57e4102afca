"""Random people do random things to a case, allowed or not; whatever happens, the rules of the house hold."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from unittest import SkipTest

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance.lifecycle import FINAL, MOVES, NOT_ENDED, ClockState, State, Urgency
from governance.lifecycle.asking import BY_RESIDENTS, STANDS, Asked
from governance.models import (
    Callback,
    Clock,
    ClockPause,
    Dispatch,
    Escalation,
    Extension,
    Issue,
    Question,
    TimelineEntry,
)
from governance.services import (
    answers,
    appeals,
    callbacks,
    dismissing,
    dispatch,
    extensions,
    following,
    handling,
    parking,
    pauses,
    questions,
    sweep,
)
from governance.services.dispatch import Goal
from neighborhoods.actors import NOBODY
from tests.conftest import build_district, build_people
from tests.factories import make_issue

NAMES = [
    "grid_worker",
    "community_staff",
    "community_lead",
    "street_officer",
    "callback_agent",
    "department_clerk",
    "other_clerk",
    "district_duty",
    "outsider",
]
WHO = st.sampled_from(NAMES)
TABLES = (
    Issue,
    TimelineEntry,
    Clock,
    ClockPause,
    Extension,
    Question,
    Dispatch,
    Callback,
    Event,
    OutboxMessage,
    Escalation,
)


class CaseMachine(RuleBasedStateMachine):
    """One case, its people, and a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.at = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)
        self.district = build_district()
        self.people = build_people(self.district)
        with time_machine.travel(self.at, tick=False):
            self.issue = make_issue(self.district.building)
        self.history = [State.SUBMITTED]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def attempt(self, verb: Callable, **arguments) -> None:
        """A verb either does its work and tells exactly one event, or leaves everything as it was."""
        before = {model: model.objects.count() for model in TABLES}
        row = Issue.objects.filter(pk=self.issue.pk).values().get()
        try:
            with time_machine.travel(self.at, tick=False), transaction.atomic():
                verb(issue_id=self.issue.pk, **arguments)
        except (RuleError, NotAllowedError):
            assert {model: model.objects.count() for model in TABLES} == before
            assert Issue.objects.filter(pk=self.issue.pk).values().get() == row
            return
        told = Event.objects.count() - before[Event]
        assert told <= 1
        assert OutboxMessage.objects.count() - before[OutboxMessage] == told
        self.remember()

    def remember(self) -> None:
        lines = TimelineEntry.objects.filter(issue=self.issue).exclude(to_state="").order_by("pk")
        self.history = [State(line.to_state) for line in lines]

    def who(self, name: str):
        return getattr(self.people, name)

    @rule(minutes=st.sampled_from([1, 30, 180, 1440, 4320, 21600]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule()
    def sweeps_run(self) -> None:
        questions.close_questions(at=self.at)
        extensions.lapse_extensions(at=self.at)
        dismissing.lapse_dismissals()
        pauses.resume_ended(at=self.at)
        sweep.sweep_clocks(at=self.at)
        callbacks.start_callbacks(at=self.at)
        callbacks.reopen_undecided(at=self.at)
        self.remember()

    @rule(who=WHO)
    def take(self, who: str) -> None:
        self.attempt(dispatch.take_issue, actor=self.who(who))

    @rule(who=WHO, goal=st.sampled_from(["grid", "community", "lighting", "drainage", "far_grid"]))
    def give(self, who: str, goal: str) -> None:
        place = getattr(self.district, goal)
        chosen = Goal(unit=place) if goal in {"lighting", "drainage"} else Goal(area=place)
        self.attempt(dispatch.dispatch_issue, actor=self.who(who), goal=chosen, note="请处理")

    @rule(who=WHO)
    def sign(self, who: str) -> None:
        self.attempt(dispatch.sign_issue, actor=self.who(who))

    @rule(who=WHO)
    def refuse(self, who: str) -> None:
        self.attempt(dispatch.refuse_issue, actor=self.who(who), reason="不在职责内", referral="请找产权单位")

    @rule(who=WHO)
    def send_back(self, who: str) -> None:
        self.attempt(dispatch.return_issue, actor=self.who(who), reason="不归我们", basis="职责清单")

    @rule(who=WHO, reached=st.booleans())
    def contact(self, who: str, reached: bool) -> None:
        self.attempt(handling.log_contact, actor=self.who(who), reached=reached, note="")

    @rule(who=WHO)
    def reply(self, who: str) -> None:
        self.attempt(handling.reply_issue, actor=self.who(who), text="换了灯头")

    @rule(who=WHO, passed=st.booleans())
    def check(self, who: str, passed: bool) -> None:
        self.attempt(handling.check_issue, actor=self.who(who), passed=passed, note="第四盏没亮")

    @rule(who=WHO, urgency=st.sampled_from(list(Urgency)))
    def urgency(self, who: str, urgency: Urgency) -> None:
        self.attempt(handling.change_urgency, actor=self.who(who), urgency=urgency, reason="看过现场")

    @rule(solved=st.booleans())
    def answer(self, solved: bool) -> None:
        self.attempt(answers.answer_issue, solved=solved, satisfaction=None, words=uuid.uuid4().hex)

    @rule(who=WHO, outcome=st.sampled_from(list(Callback.Outcome)))
    def call(self, who: str, outcome: Callback.Outcome) -> None:
        self.attempt(answers.record_callback, actor=self.who(who), outcome=outcome, satisfaction=4, words="")

    @rule(who=WHO)
    def explain(self, who: str) -> None:
        self.attempt(answers.explain_issue, actor=self.who(who), explanation="属于公共维修资金范围")

    @rule(who=WHO, reason=st.sampled_from(["nature", "law", "nosuch"]))
    def propose_dismissal(self, who: str, reason: str) -> None:
        self.attempt(dismissing.propose_dismissal, actor=self.who(who), reason=reason, words="青蛙叫，没法管")

    @rule(who=WHO, agreed=st.booleans())
    def decide_dismissal(self, who: str, agreed: bool) -> None:
        self.attempt(dismissing.decide_dismissal, actor=self.who(who), agreed=agreed, words="同意")

    @rule()
    def appeal(self) -> None:
        self.attempt(appeals.appeal_issue, words=uuid.uuid4().hex)

    @rule(who=WHO, upheld=st.booleans())
    def decide_appeal(self, who: str, upheld: bool) -> None:
        self.attempt(appeals.decide_appeal, actor=self.who(who), upheld=upheld, words="看过了")

    @rule(who=WHO)
    def park(self, who: str) -> None:
        self.attempt(parking.park_issue, actor=self.who(who), note="等待产权确认")

    @rule(who=WHO | st.none())
    def reopen(self, who: str | None) -> None:
        self.attempt(answers.reopen_issue, actor=self.who(who) if who else NOBODY, reason="又坏了")

    @rule(who=WHO, days=st.integers(1, 40))
    def ask_pause(self, who: str, days: int) -> None:
        ends_at = self.at + timedelta(days=days)
        self.attempt(pauses.ask_pause, actor=self.who(who), reason="weather", ends_at=ends_at)

    @rule(who=WHO)
    def pause(self, who: str) -> None:
        self.attempt(pauses.pause_clock, actor=self.who(who))

    @rule(who=WHO, agreed=st.booleans())
    def decide_pause(self, who: str, agreed: bool) -> None:
        self.attempt(pauses.decide_pause, actor=self.who(who), agreed=agreed, words="天气晴好")

    @rule(who=WHO, days=st.integers(1, 20))
    def ask_extension(self, who: str, days: int) -> None:
        self.attempt(extensions.ask_extension, actor=self.who(who), reason="等配件", basis="规范", days=days)

    @rule(who=WHO, agreed=st.booleans())
    def decide_extension(self, who: str, agreed: bool) -> None:
        self.attempt(extensions.decide_extension, actor=self.who(who), agreed=agreed, words="来得及")

    @rule(who=WHO)
    def ask_resident(self, who: str) -> None:
        self.attempt(questions.ask_resident, actor=self.who(who), text="哪一盏？")

    @rule()
    def answer_question(self) -> None:
        self.attempt(questions.answer_question, text=uuid.uuid4().hex)

    @rule(who=WHO)
    def resume(self, who: str) -> None:
        self.attempt(pauses.resume_clock, actor=self.who(who))

    @rule()
    def urge(self) -> None:
        self.attempt(following.urge_issue)

    @rule()
    def withdraw(self) -> None:
        self.attempt(following.withdraw_issue)

    @invariant()
    def history_follows_the_table(self) -> None:
        for before, after in zip(self.history, self.history[1:], strict=False):
            assert after in MOVES[before], f"{before} → {after}"
        assert self.history[-1] == Issue.objects.get(pk=self.issue.pk).state

    @invariant()
    def due_is_that_of_the_first_running_clock(self) -> None:
        issue = Issue.objects.get(pk=self.issue.pk)
        running = Clock.objects.filter(issue=issue, state__in=NOT_ENDED)
        assert issue.due_at == min((clock.due_at for clock in running), default=None)
        assert len({clock.step for clock in running}) == len(running)

    @invariant()
    def what_has_ended_has_no_clock_and_no_open_dispatch(self) -> None:
        issue = Issue.objects.get(pk=self.issue.pk)
        assert (issue.closed_at is not None) == (issue.state in FINAL)
        if issue.state in FINAL:
            assert issue.due_at is None
            assert issue.follow_expires_at is not None
            assert not Dispatch.objects.filter(issue=issue, ended_at=None).exists()

    @invariant()
    def what_waits_is_said_on_the_issue_and_stands_somewhere(self) -> None:
        issue = Issue.objects.get(pk=self.issue.pk)
        if issue.asked:
            assert issue.state in STANDS[Asked(issue.asked)]
            assert issue.asked_by_id or issue.asked in BY_RESIDENTS
        if issue.asked == Asked.PAUSE:
            assert ClockPause.objects.filter(clock__issue=issue, is_over=False, decided_at=None).count() == 1
        if issue.asked == Asked.EXTENSION:
            assert issue.extensions.filter(outcome="asked").count() == 1
        if issue.asked == Asked.QUESTION:
            assert issue.questions.filter(is_over=False).count() == 1
        if issue.asked == Asked.DISMISSAL:
            assert issue.dismissals.filter(outcome="asked").count() == 1
        assert issue.appeals.filter(outcome="asked").count() == (issue.asked == Asked.APPEAL)

    @invariant()
    def the_issue_knows_until_when_its_clock_rests(self) -> None:
        issue = Issue.objects.get(pk=self.issue.pk)
        paused = Clock.objects.filter(issue=issue, state=ClockState.PAUSED)
        ends = ClockPause.objects.filter(clock__in=paused, is_over=False, decided_at__isnull=False)
        assert issue.paused_until == (ends.get().ends_at if paused else None)

    @invariant()
    def handler_checker_and_agent_are_three(self) -> None:
        issue = Issue.objects.get(pk=self.issue.pk)
        three = [issue.replied_by_id, issue.checked_by_id, issue.called_back_by_id]
        known = [pk for pk in three if pk]
        assert len(known) == len(set(known))

    @invariant()
    def no_closing_without_reply_and_answer(self) -> None:
        issue = Issue.objects.get(pk=self.issue.pk)
        if issue.state in {State.CLOSED_SOLVED, State.CLOSED_EXPLAINED}:
            assert issue.replies.exists()
            assert issue.callbacks.exists()

    @invariant()
    def every_event_has_its_outbox_row(self) -> None:
        assert Event.objects.count() == OutboxMessage.objects.count()


@pytest.mark.slow
@pytest.mark.django_db
def test_case_keeps_the_rules_whatever_people_do():
    if not connection.in_atomic_block:  # pragma: no cover - the fixture opens one
        raise SkipTest
    run_state_machine_as_test(
        CaseMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
