"""Random people do random things to a meeting, allowed or not; whatever happens, the rules of the house hold."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance.lifecycle.meetings import (
    MEETING_FINAL,
    MEETING_MOVES,
    WITH_MINUTES,
    ItemOutcome,
    MeetingState,
    Presence,
    TopicState,
)
from governance.models import (
    AgendaItem,
    Attendance,
    Meeting,
    MeetingEntry,
    MeetingNotice,
    Minutes,
    Resolution,
    Topic,
    TopicEntry,
)
from governance.services.meetings import agenda, minutes, notices, planning, results, roll, session, topics
from governance.services.meetings.minutes import fingerprint_of
from tests.conftest import build_district, build_people
from tests.factories import make_meeting, make_topic

WHO = st.sampled_from(["branch_secretary", "community_staff", "representative", "building_lead", "outsider", "nobody"])
TABLES = (
    *(Meeting, MeetingEntry, MeetingNotice, AgendaItem, Topic, TopicEntry),
    *(Attendance, Minutes, Resolution, Event, OutboxMessage),
)


class MeetingMachine(RuleBasedStateMachine):
    """One meeting, its people, and a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.at = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
        self.district = build_district()
        self.people = build_people(self.district)
        officers = planning.Officers(
            chair=self.people.user("representative"), secretary=self.people.user("building_lead")
        )
        with time_machine.travel(self.at, tick=False):
            self.meeting = make_meeting(
                self.district.branch,
                self.people.branch_secretary,
                starts_at=self.at + timedelta(days=9),
                is_micro=True,
                officers=officers,
            )
            self.topic = make_topic(self.district.building, meeting=self.meeting)
        self.frozen: dict[int, tuple] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def attempt(self, verb: Callable, who: str, **arguments) -> None:
        """A verb does its work and tells at most one event of its own, or leaves everything as it was."""
        arguments.setdefault("meeting_id", self.meeting.pk)
        if arguments["meeting_id"] is None:
            del arguments["meeting_id"]
        before = {model: list(model.objects.order_by("pk").values()) for model in TABLES}
        try:
            with time_machine.travel(self.at, tick=False), transaction.atomic():
                verb(actor=getattr(self.people, who), **arguments)
        except (RuleError, NotAllowedError):
            assert {model: list(model.objects.order_by("pk").values()) for model in TABLES} == before
            return
        told = Event.objects.count() - len(before[Event])
        assert told <= (2 if verb is session.reschedule_meeting else 1)

    def now(self) -> Meeting:
        return Meeting.objects.get(pk=self.meeting.pk)

    def item(self) -> int:
        return self.meeting.agenda.order_by("order").values_list("pk", flat=True).first() or 0

    @rule(hours=st.sampled_from([1, 12, 36, 96, 240]))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule()
    def it_is_time(self) -> None:
        """Long walks would otherwise rarely meet the evening itself."""
        self.at = max(self.at, self.now().starts_at)

    @rule(who=WHO, accept=st.booleans())
    def screen_topic(self, who: str, accept: bool) -> None:
        if accept:
            self.attempt(topics.accept_topic, who, topic_id=self.topic.pk, meeting_id=None)
        else:
            self.attempt(topics.decline_topic, who, topic_id=self.topic.pk, reason="不归我们", meeting_id=None)

    @rule(who=WHO, total=st.sampled_from([40, 90, 130]), is_vote=st.booleans())
    def set_agenda(self, who: str, total: int, is_vote: bool) -> None:
        rows = [
            agenda.Row("停车", total - 10, topic_id=self.topic.pk, is_vote=is_vote, item_id=self._item_of_topic()),
            agenda.Row("其他", 10),
        ]
        self.attempt(agenda.set_agenda, who, rows=rows)

    def _item_of_topic(self) -> int | None:
        return self.meeting.agenda.filter(topic=self.topic).values_list("pk", flat=True).first()

    @rule(who=WHO)
    def screen(self, who: str) -> None:
        self.attempt(agenda.screen_meeting, who)

    @rule(who=WHO)
    def announce(self, who: str) -> None:
        self.attempt(notices.announce_meeting, who)

    @rule(who=WHO, days=st.sampled_from([1, 4, 9]))
    def move(self, who: str, days: int) -> None:
        start = self.at + timedelta(days=days)
        self.attempt(
            notices.move_announced_meeting,
            who,
            starts_at=start,
            ends_at=start + timedelta(hours=2),
            place="院子里",
            reason="下雨",
        )

    @rule(who=WHO, name=st.sampled_from(["张三", "李四", "王五"]))
    def type_roll(self, who: str, name: str) -> None:
        self.attempt(roll.type_roll, who, people=[roll.Person(name)])

    @rule(who=WHO, presence=st.sampled_from(list(Presence)))
    def mark(self, who: str, presence: Presence) -> None:
        lines = list(self.meeting.roll.order_by("pk"))
        if lines:
            proxy = lines[0].pk
            self.attempt(roll.mark_presence, who, attendance_id=lines[-1].pk, presence=presence, proxy_id=proxy)

    @rule(who=WHO)
    def hold(self, who: str) -> None:
        self.attempt(session.hold_meeting, who)

    @rule(who=WHO)
    def few(self, who: str) -> None:
        self.attempt(session.declare_not_quorate, who)

    @rule(who=WHO)
    def again(self, who: str) -> None:
        start = self.at + timedelta(days=9)
        times = {"starts_at": start, "ends_at": start + timedelta(hours=2), "place": ""}
        self.attempt(session.reschedule_meeting, who, **times)

    @rule(who=WHO)
    def cancel(self, who: str) -> None:
        self.attempt(planning.cancel_meeting, who, reason="停电")

    @rule(who=WHO, outcome=st.sampled_from(list(ItemOutcome)))
    def finish(self, who: str, outcome: ItemOutcome) -> None:
        for pk in self.meeting.agenda.values_list("pk", flat=True):
            self.attempt(session.finish_item, who, item_id=pk, outcome=outcome)

    @rule(who=WHO)
    def resolve(self, who: str) -> None:
        self.attempt(session.add_resolution, who, item_id=self.item(), text="划车位")

    @rule(who=WHO, correction=st.booleans())
    def write(self, who: str, correction: bool) -> None:
        draft = self.meeting.minutes.filter(confirmed_at=None).first()
        texts = dict.fromkeys(self.meeting.agenda.values_list("pk", flat=True), f"说了 {self.at}")
        typed = minutes.Typed("", texts, draft.revision if draft else 0)
        self.attempt(minutes.save_correction if correction else minutes.save_minutes, who, typed=typed)

    @rule(who=WHO)
    def adjourn(self, who: str) -> None:
        self.attempt(session.adjourn_meeting, who)

    @rule(who=WHO)
    def confirm(self, who: str) -> None:
        self.attempt(minutes.confirm_minutes, who)
        self.remember()

    def remember(self) -> None:
        for one in self.meeting.minutes.filter(confirmed_at__isnull=False):
            self.frozen.setdefault(one.version, (one.fingerprint, one.texts, one.opening))

    @rule(who=WHO)
    def correct(self, who: str) -> None:
        self.attempt(minutes.start_correction, who, reason="门牌写错")

    @rule(who=WHO, days=st.sampled_from([3, 7, 30]))
    def publish(self, who: str, days: int) -> None:
        day = timezone.localdate(self.at) + timedelta(days=days)
        self.attempt(results.publish_result, who, withdraw_on=day)

    @rule(who=WHO)
    def inform(self, who: str) -> None:
        for pk in self.meeting.resolutions.values_list("pk", flat=True):
            self.attempt(results.mark_information_only, who, resolution_id=pk)

    @rule(who=WHO)
    def follow(self, who: str) -> None:
        self.attempt(results.follow_up_meeting, who, note="已办")

    @rule(who=WHO)
    def close(self, who: str) -> None:
        self.attempt(results.close_meeting, who)

    @rule(who=WHO, settled=st.booleans())
    def settle(self, who: str, settled: bool) -> None:
        self.attempt(topics.settle_topic, who, topic_id=self.topic.pk, settled=settled, note="去看过", meeting_id=None)

    @rule(steps=st.integers(4, 12))
    def usual_way(self, steps: int) -> None:
        """The steps in their order, so that walks also reach the end."""
        self.screen_topic("branch_secretary", accept=True)
        self.set_agenda("branch_secretary", 40, is_vote=False)
        self.screen("branch_secretary")
        self.announce("branch_secretary")
        later: list[Callable[[], None]] = [
            self.it_is_time,
            lambda: self.hold("representative"),
            lambda: self.type_roll("building_lead", "张三"),
            lambda: self.finish("building_lead", ItemOutcome.INFORMED),
            lambda: self.write("building_lead", correction=False),
            lambda: self.adjourn("building_lead"),
            lambda: self.confirm("representative"),
            lambda: self.publish("branch_secretary", 7),
            lambda: self.follow("branch_secretary"),
            lambda: self.time_passes(240),
            lambda: self.close("branch_secretary"),
        ]
        for step in later[: steps - 1]:
            step()

    @invariant()
    def history_follows_the_table(self) -> None:
        lines = MeetingEntry.objects.filter(meeting=self.meeting).exclude(to_state="").order_by("pk")
        states = [MeetingState(line.to_state) for line in lines]
        for before, after in pairwise(states):
            assert after in MEETING_MOVES[before], f"{before} → {after}"
        assert states[-1] == self.now().state

    @invariant()
    def counts_only_with_confirmed_minutes(self) -> None:
        meeting = self.now()
        assert (meeting.minutes_confirmed_at is not None) == (meeting.state in WITH_MINUTES)
        if meeting.state in WITH_MINUTES:
            assert meeting.minutes.filter(confirmed_at__isnull=False).exists()
            assert meeting.roll.filter(presence=Presence.PRESENT).exists()

    @invariant()
    def frozen_minutes_stay(self) -> None:
        for one in self.meeting.minutes.filter(confirmed_at__isnull=False):
            assert one.confirmed_by_id not in one.typed_by_ids
            assert one.fingerprint == fingerprint_of(one.body)
            if one.version in self.frozen:
                assert self.frozen[one.version] == (one.fingerprint, one.texts, one.opening)

    @invariant()
    def announced_in_time_and_the_agenda_fits(self) -> None:
        meeting = self.now()
        if meeting.state == MeetingState.NOTICED:
            notice = meeting.notices.order_by("-version").first()
            assert notice is not None
            ahead = (timezone.localdate(notice.starts_at) - timezone.localdate(notice.at)).days
            votes = any(item["is_vote"] for item in notice.agenda)
            assert ahead >= (7 if votes else 3)
            assert notice.starts_at == meeting.starts_at
        assert sum(item.minutes for item in meeting.agenda.all()) <= meeting.length

    @invariant()
    def filed_means_nothing_is_left(self) -> None:
        meeting = self.now()
        assert (meeting.closed_at is not None) == (meeting.state in MEETING_FINAL)
        if meeting.state == MeetingState.CLOSED:
            assert meeting.published_at
            assert not meeting.resolutions.filter(is_information_only=False).exists()
            assert not meeting.minutes.filter(confirmed_at=None).exists()

    @invariant()
    def a_problem_is_settled_only_after_a_talk(self) -> None:
        topic = Topic.objects.get(pk=self.topic.pk)
        if topic.state == TopicState.SETTLED:
            assert topic.items.filter(meeting__minutes_confirmed_at__isnull=False).exists()
            assert topic.settled_by_id not in {self.meeting.opened_by_id, self.meeting.chair_id}

    @invariant()
    def every_event_has_its_outbox_row(self) -> None:
        assert Event.objects.count() == OutboxMessage.objects.count()


@pytest.mark.slow
@pytest.mark.django_db
def test_meeting_keeps_the_rules_whatever_people_do():
    run_state_machine_as_test(
        MeetingMachine,
        settings=settings(
            max_examples=8,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
