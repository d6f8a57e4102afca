"""Random people do random things to a whistle, allowed or not; whatever happens, the rules of the house hold."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance.lifecycle import NOT_ENDED
from governance.lifecycle.duties import WhistleKind
from governance.lifecycle.whistles import WHISTLE_FINAL, WhistleState, whistle_moves
from governance.models import Call, DutyClock, DutyEscalation, Task, TimelineEntry, Whistle, WhistleLine
from governance.services import tasks
from governance.services.duties import sweep_kind
from governance.services.meetings.follow_up import Follow
from governance.services.whistles import answering, carrying_out, closing, drafting
from governance.services.whistles.ladder import CALLS, WHISTLES
from tests import whistle_steps as steps
from tests.conftest import build_district, build_people

NAMES = ["community_staff", "community_lead", "street_officer", "street_lead", "department_clerk", "other_clerk"]
WHO = st.sampled_from([*NAMES, "district_duty", "outsider"])
CALL = st.integers(min_value=0, max_value=1)
TABLES = (Whistle, WhistleLine, Call, Task, TimelineEntry, DutyClock, DutyEscalation, Event, OutboxMessage)
PLAIN: dict[str, Callable] = {
    "review": lambda pk, who: drafting.review_whistle(whistle_id=pk, actor=who, rank="blue"),
    "send_back": lambda pk, who: drafting.send_back_whistle(whistle_id=pk, actor=who, reason="补依据"),
    "cancel": lambda pk, who: drafting.cancel_whistle(whistle_id=pk, actor=who, reason="不用了"),
    "meet": lambda pk, who: carrying_out.hold_meeting(whistle_id=pk, actor=who, minutes="商定"),
    "backfill": lambda pk, who: carrying_out.backfill_whistle(whistle_id=pk, actor=who, plan="方案", minutes="商定"),
    "raise": lambda pk, who: carrying_out.raise_whistle(whistle_id=pk, actor=who, reason="跨街道"),
    "claim": lambda pk, who: closing.claim_whistle(whistle_id=pk, actor=who, outcome="好了"),
    "check": lambda pk, who: closing.check_whistle(whistle_id=pk, actor=who, passed=True),
    "check_bad": lambda pk, who: closing.check_whistle(whistle_id=pk, actor=who, passed=False, note="缺"),
    "close": lambda pk, who: closing.close_whistle(whistle_id=pk, actor=who, reply="好了"),
    "nudge": lambda pk, who: answering.nudge_whistle(whistle_id=pk, actor=who),
}
OF_CALLS: dict[str, Callable] = {
    "sign": lambda pk, who: answering.sign_call(call_id=pk, actor=who),
    "contact": lambda pk, who: answering.contact_call(call_id=pk, actor=who, note="电话"),
    "arrive": lambda pk, who: answering.arrive_call(call_id=pk, actor=who, who="科长"),
    "report": lambda pk, who: answering.report_call(call_id=pk, actor=who, result="做了"),
    "dispute": lambda pk, who: answering.dispute_call(call_id=pk, actor=who, reason="不是", basis="清单"),
    "stays": lambda pk, who: answering.rule_call(call_id=pk, actor=who, stays=True, ruling="要来"),
    "absent": lambda pk, who: answering.mark_absent(call_id=pk, actor=who, note=""),
    "rate": lambda pk, who: closing.rate_call(call_id=pk, actor=who, turn_up=3, handling=3, solved=3),
}


class WhistleMachine(RuleBasedStateMachine):
    """One whistle with two units, and a clock that only goes forward."""

    kind = WhistleKind.ENFORCEMENT

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.at = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)
        self.district = build_district()
        self.people = build_people(self.district)
        with time_machine.travel(self.at, tick=False):
            issue = steps.accepted_issue(self.district, self.people)
            self.pk = steps.draft(self.district, self.people, kind=self.kind, issue_ids=(issue.pk,)).pk

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @property
    def whistle(self) -> Whistle:
        return Whistle.objects.get(pk=self.pk)

    def seen(self) -> tuple:
        """How much there is of everything, and the whistle with its units as they are."""
        whistle, calls = Whistle.objects.values().get(pk=self.pk), list(Call.objects.order_by("pk").values())
        return {model: model.objects.count() for model in TABLES}, whistle, calls

    def attempt(self, verb: Callable) -> None:
        """A verb does its work and tells of it, or leaves everything as it was."""
        before = self.seen()
        try:
            with time_machine.travel(self.at, tick=False), transaction.atomic():
                verb()
        except (RuleError, NotAllowedError):
            assert self.seen() == before
            return
        told = Event.objects.count() - before[0][Event]
        assert told > 0
        assert OutboxMessage.objects.count() - before[0][OutboxMessage] == told

    @rule(verb=st.sampled_from(sorted(PLAIN)), name=WHO)
    def plain(self, verb: str, name: str) -> None:
        self.attempt(lambda: PLAIN[verb](self.pk, getattr(self.people, name)))

    @rule(verb=st.sampled_from(sorted(OF_CALLS)), name=WHO, place=CALL)
    def of_call(self, verb: str, name: str, place: int) -> None:
        call = list(self.whistle.calls.order_by("pk"))[place]
        self.attempt(lambda: OF_CALLS[verb](call.pk, getattr(self.people, name)))

    @rule()
    def on(self) -> None:
        """Whoever has the next step takes it: random steps alone hardly ever come to the end."""
        whistle, people = self.whistle, self.people
        ways = {
            WhistleState.DRAFT: steps.issue,
            WhistleState.REVIEWED: lambda _w, _p: self._issue(people.street_lead),
            WhistleState.ISSUED: steps.sign,
            WhistleState.ACKNOWLEDGED: steps.arrive,
            WhistleState.ARRIVED: steps.meet if self.kind != WhistleKind.EMERGENCY else steps.give,
            WhistleState.MEETING_HELD: steps.give,
            WhistleState.CARRYING_OUT: steps.claim,
            WhistleState.CLAIMED_DONE: steps.check,
            WhistleState.CHECKED: steps.rate,
            WhistleState.RATED: steps.close,
        }
        if whistle.state in ways:
            self.attempt(lambda: ways[WhistleState(whistle.state)](whistle, people))

    def _issue(self, who: object) -> None:
        drafting.issue_whistle(
            whistle_id=self.pk, actor=who, meeting_at=self.at + timedelta(hours=2), meeting_place="现场"
        )

    @rule(name=WHO)
    def issue(self, name: str) -> None:
        self.attempt(lambda: self._issue(getattr(self.people, name)))

    @rule(name=WHO, place=CALL)
    def release(self, name: str, place: int) -> None:
        call, other = (list(self.whistle.calls.order_by("pk"))[n] for n in (place, 1 - place))
        who = getattr(self.people, name)
        self.attempt(
            lambda: answering.rule_call(call_id=call.pk, actor=who, stays=False, ruling="不来", new_lead_id=other.pk)
        )

    @rule(name=WHO)
    def resolve(self, name: str) -> None:
        who = getattr(self.people, name)
        due = self.at + timedelta(days=3)
        self.attempt(lambda: carrying_out.resolve_whistle(whistle_id=self.pk, actor=who, follow=Follow("做", due)))

    @rule()
    def finish_a_task(self) -> None:
        for task in self.whistle.tasks.filter(state="given"):
            owner = self.people.department_clerk if task.holder_unit else self.people.grid_worker
            self.attempt(lambda task=task, owner=owner: tasks.claim_task(task_id=task.pk, actor=owner, result="好"))

    @rule(hours=st.sampled_from([1, 5, 30]))
    def time_goes_on(self, hours: int) -> None:
        self.at += timedelta(hours=hours)
        with time_machine.travel(self.at, tick=False):
            for kind in (WHISTLES, CALLS):
                sweep_kind(kind, at=self.at)
                assert sweep_kind(kind, at=self.at) == 0

    @invariant()
    def the_rules_hold(self) -> None:
        whistle, calls = self.whistle, list(self.whistle.calls.all())
        assert sum(call.is_lead and call.released_at is None for call in calls) == 1
        moves = list(whistle.lines.exclude(to_state="").exclude(from_state="").order_by("pk"))
        for line in moves:
            assert line.to_state in whistle_moves(self.kind, line.from_state)
        if moves:
            assert moves[-1].to_state == whistle.state
        for task in whistle.tasks.all():
            assert task.due_at
            assert task.holder_unit_id or task.holder_area_id
        blowers = {user.pk for name, user in self.people.users.items() if name in NAMES[:4]}
        assert {call.rated_by_id for call in calls if call.rated_at} <= blowers
        self._endings_hold(whistle, calls)

    def _endings_hold(self, whistle: Whistle, calls: list[Call]) -> None:
        if whistle.checked_by_id:
            assert whistle.checked_by_id != whistle.claimed_by_id
        written = bool(whistle.plan and (whistle.minutes or whistle.meeting_id))
        if self.kind == WhistleKind.EMERGENCY and whistle.issued_at:
            assert whistle.is_backfill_due != written or not whistle.is_backfill_due
        if whistle.state == WhistleState.CLOSED:
            assert whistle.reply
            assert written
            assert all(call.rated_at for call in calls if call.released_at is None)
        going = DutyClock.objects.filter(call__whistle=whistle) | DutyClock.objects.filter(whistle=whistle)
        if whistle.state in WHISTLE_FINAL:
            assert not going.filter(state__in=NOT_ENDED).exists()
        if whistle.state == WhistleState.CANCELLED:
            assert whistle.issued_at is None


class EmergencyMachine(WhistleMachine):
    """Blown at once, written up afterwards."""

    kind = WhistleKind.EMERGENCY


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
@pytest.mark.parametrize("machine", [WhistleMachine, EmergencyMachine])
def test_a_whistle_survives_anything(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=4, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
