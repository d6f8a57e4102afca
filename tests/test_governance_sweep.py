"""The ladder: each rung exactly once, whoever dies, however often it runs."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from core.models import Event, OutboxMessage
from governance.lifecycle import ISSUE_ESCALATED, ClockState, State, Step, Target
from governance.models import Clock, Escalation, Issue, LadderRung, TimelineEntry
from governance.models.issues import Audience
from governance.services.clocks import start_clocks
from governance.services.dispatch import Goal, dispatch_issue, return_issue, sign_issue, take_issue
from governance.services.handling import log_contact, reply_issue
from governance.services.sweep import sweep_batch, sweep_clocks
from governance.tasks import sweep_clocks as sweep_task
from neighborhoods.actors import Level
from tests.factories import make_issue
from tests.parallel import at_once

MONDAY = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)  # 09:00 in Ziyang


def told() -> list[tuple[str, int, str, int | None]]:
    """(issue, rung, target, level) of every escalation, in order."""
    rows = Escalation.objects.order_by("pk").values_list("issue__number", "rung", "target", "level")
    return list(rows)


def assert_everything_once() -> None:
    """Every escalation has one event, one outbox row and one line; nothing more, nothing less."""
    climbed = Counter(Escalation.objects.values_list("clock_id", "rung"))
    events = Event.objects.filter(name=ISSUE_ESCALATED)
    assert not climbed or max(climbed.values()) == 1
    assert Counter((e.payload["clock_id"], e.payload["rung"]) for e in events) == climbed
    assert OutboxMessage.objects.filter(event__in=events).count() == len(events)
    lines = Counter(TimelineEntry.objects.filter(kind=ISSUE_ESCALATED).values_list("issue", "reason"))
    assert lines == Counter(Escalation.objects.values_list("issue", "target"))


@pytest.fixture
def issue(district, people):
    with time_machine.travel(MONDAY, tick=False):
        return make_issue(district.building)  # ordinary: two working hours to accept, until 11:00


@pytest.mark.django_db
def test_rung_is_climbed_at_its_moment_and_not_before(issue):
    half = MONDAY + timedelta(hours=1)
    assert sweep_clocks(at=half - timedelta(microseconds=1)) == 0
    assert sweep_clocks(at=half) == 1
    assert sweep_clocks(at=half) == 0
    assert told() == [(issue.number, 1, "handler", None)]
    clock = Clock.objects.get()
    assert (clock.next_rung, clock.next_rung_at) == (2, MONDAY + timedelta(minutes=96))
    assert_everything_once()


@pytest.mark.django_db
def test_whole_ladder_reaches_the_district_and_ends(issue):
    moments = [timedelta(hours=1), timedelta(minutes=96), timedelta(hours=2), timedelta(hours=3), timedelta(hours=5)]
    levels = []
    for passed in moments:  # noon is not a break in this calendar, so 100 % more office hours end at 13:00
        sweep_clocks(at=MONDAY + passed)
        levels.append(Issue.objects.get().escalated_level)
    assert levels == [None, None, Level.COMMUNITY, Level.STREET, Level.DISTRICT]
    assert [(rung, target) for _number, rung, target, _level in told()] == list(enumerate(Target.values, start=1))
    assert Clock.objects.get().next_rung_at is None
    assert sweep_clocks(at=MONDAY + timedelta(days=400)) == 0
    assert_everything_once()


@pytest.mark.django_db
def test_line_and_event_say_what_is_needed_and_only_staff_reads_it(issue):
    sweep_clocks(at=MONDAY + timedelta(hours=1))
    line = TimelineEntry.objects.get(kind=ISSUE_ESCALATED)
    assert (line.audience, line.reason, line.actor_id) == (Audience.STAFF, "handler", None)
    assert Event.objects.get(name=ISSUE_ESCALATED).payload == {
        "issue_id": issue.pk,
        "number": issue.number,
        "clock_id": Clock.objects.get().pk,
        "step": "accept",
        "rung": 1,
        "target": "handler",
        "level": None,
    }


@pytest.mark.django_db
def test_after_an_outage_every_rung_is_written_and_nobody_is_told_twice(issue):
    assert sweep_clocks(at=MONDAY + timedelta(days=3)) == 5
    assert [rung for _number, rung, _target, _level in told()] == [1, 2, 3, 4, 5]
    payloads = Event.objects.filter(name=ISSUE_ESCALATED).order_by("pk").values_list("payload", flat=True)
    # the handler is told with the lead; community, street and district each get their own message
    assert [p.get("late", False) for p in payloads] == [True, False, False, False, False]
    assert Issue.objects.get().escalated_level == Level.DISTRICT
    assert_everything_once()


@pytest.mark.django_db
def test_clock_that_ended_climbs_no_more(issue, people):
    with time_machine.travel(MONDAY + timedelta(minutes=30), tick=False):
        take_issue(issue_id=issue.pk, actor=people.grid_worker)
    assert sweep_clocks(at=MONDAY + timedelta(hours=5)) == 0
    assert Clock.objects.filter(step=Step.ACCEPT, state=ClockState.MET, next_rung_at=None).exists()


@pytest.mark.django_db
def test_clock_of_the_computer_jumps_back(issue):
    sweep_clocks(at=MONDAY + timedelta(hours=2))
    assert len(told()) == 3
    assert sweep_clocks(at=MONDAY - timedelta(days=30)) == 0
    assert sweep_clocks(at=MONDAY + timedelta(hours=2)) == 0
    assert_everything_once()


@pytest.mark.django_db
def test_reply_clears_the_level_and_a_later_rung_sets_it_again(issue, people):
    with time_machine.travel(MONDAY + timedelta(hours=2), tick=False):
        sweep_task()
        assert Issue.objects.get().escalated_level == Level.COMMUNITY
        take_issue(issue_id=issue.pk, actor=people.grid_worker)
        log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
        reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头")
    fresh = Issue.objects.get()
    assert (fresh.state, fresh.escalated_level) == (State.REPLIED, None)
    sweep_clocks(at=MONDAY + timedelta(days=30))
    assert Issue.objects.get().escalated_level == Level.DISTRICT  # nobody called back
    assert Escalation.objects.filter(clock__step=Step.CALLBACK, target=Target.LEVEL_UP).get().level == Level.STREET


@pytest.mark.django_db
@pytest.mark.parametrize(("again", "level"), [(False, Level.STREET), (True, Level.DISTRICT)])
def test_returned_case_escalates_above_whoever_has_to_decide(district, people, again, level):
    with time_machine.travel(MONDAY, tick=False):
        issue = make_issue(district.building)
        dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting))
        return_issue(issue_id=issue.pk, actor=people.department_clerk, reason="不归我们", basis="职责清单")
        if again:
            dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.drainage))
            return_issue(issue_id=issue.pk, actor=people.other_clerk, reason="也不归我们", basis="职责清单")
    sweep_clocks(at=MONDAY + timedelta(days=1, hours=9))
    assert Escalation.objects.get(clock__step=Step.RULING, target=Target.LEVEL_UP).level == level


@pytest.mark.django_db
def test_critical_issue_knows_no_office_hours(district, people):
    night = datetime(2023, 6, 4, 18, 0, tzinfo=UTC)  # Monday 02:00
    with time_machine.travel(night, tick=False):
        make_issue(district.building, category="SF03")
    assert Issue.objects.get().urgency == "C"
    for minutes, level in ((14, None), (15, Level.COMMUNITY), (30, Level.STREET), (60, Level.DISTRICT)):
        sweep_clocks(at=night + timedelta(minutes=minutes))
        assert Issue.objects.get().escalated_level == level


@pytest.mark.django_db
def test_edited_ladder_tells_nobody_twice(issue):
    sweep_clocks(at=MONDAY + timedelta(hours=1))
    Clock.objects.update(next_rung=1, next_rung_at=MONDAY)
    sweep_clocks(at=MONDAY + timedelta(hours=1))
    assert len(told()) == 1
    LadderRung.objects.all().delete()
    from core.reference import forget_all

    forget_all()
    assert sweep_clocks(at=MONDAY + timedelta(days=9)) == 0
    assert Clock.objects.get().next_rung_at is None
    assert_everything_once()


@pytest.mark.django_db
def test_number_of_statements_does_not_grow_with_the_batch(district, people, django_assert_num_queries):
    with time_machine.travel(MONDAY, tick=False):
        for _number in range(12):
            make_issue(district.building)
    at = MONDAY + timedelta(hours=2)
    sweep_batch(at=at, limit=2)  # reference data is remembered from here on
    with django_assert_num_queries(5):  # with the savepoint and its end
        pass_one = sweep_batch(at=at, limit=3)
    with django_assert_num_queries(5):
        pass_two = sweep_batch(at=at, limit=7)
    assert (pass_one, pass_two) == ((3, 9), (7, 21))


# ---- with real connections ----
@pytest.mark.django_db(transaction=True)
def test_issue_in_somebodys_hands_is_left_for_the_next_round(issue):
    at, held, release = MONDAY + timedelta(hours=2), threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Issue.objects.select_for_update().get(pk=issue.pk)
            held.set()
            release.wait(20)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(20)
    assert sweep_clocks(at=at) == 0  # it did not wait either
    release.set()
    thread.join()
    assert sweep_clocks(at=at) == 3


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_climb_each_rung_once(district, people):
    with time_machine.travel(MONDAY, tick=False):
        for _number in range(40):
            make_issue(district.building)
    at = MONDAY + timedelta(days=2)
    at_once(3, lambda: sweep_clocks(at=at, batch=7))
    sweep_clocks(at=at)
    assert Escalation.objects.count() == 40 * 5
    assert_everything_once()


@pytest.mark.django_db(transaction=True)
def test_sweeping_while_handlers_reply_loses_no_reply(district, people):
    with time_machine.travel(MONDAY, tick=False):
        issues = [make_issue(district.building) for _number in range(24)]
        for issue in issues:
            take_issue(issue_id=issue.pk, actor=people.grid_worker)
            log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    worker, done = people.grid_worker, threading.Event()

    def sweep():
        while not done.is_set():
            sweep_clocks(at=MONDAY + timedelta(days=30), batch=5)
        connection.close()

    def reply(mine):
        for issue in mine:
            reply_issue(issue_id=issue.pk, actor=worker, text="换了灯头")
        connection.close()

    sweeper = threading.Thread(target=sweep)
    handlers = [threading.Thread(target=reply, args=(issues[n::2],)) for n in range(2)]
    for thread in [sweeper, *handlers]:
        thread.start()
    for thread in handlers:
        thread.join()
    done.set()
    sweeper.join()
    assert set(Issue.objects.values_list("state", flat=True)) == {State.REPLIED}
    assert Issue.objects.filter(replied_by_id=worker.user_id, replied_at__isnull=False).count() == 24
    ended = Clock.objects.filter(step__in=[Step.SIGN, Step.CONTACT, Step.DONE])
    assert not ended.filter(state=ClockState.RUNNING).exists()
    assert not ended.exclude(next_rung_at=None).exists()
    assert_everything_once()


NURSERY = """
import os, signal, sys, time, django
from datetime import UTC, datetime
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[2]
from governance.selectors.reference import rungs_for
from governance.services.clocks import due_after
from governance.services.sweep import sweep_clocks
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
for _line in sys.stdin:
    if os.fork():
        continue
    due_after(datetime.now(UTC), "O", "accept"), rungs_for("O", "accept")  # connected, and the rules remembered
    print(os.getpid(), flush=True)
    until = time.monotonic() + 20  # nobody is left behind when the test is stopped
    while time.monotonic() < until:
        sweep_clocks(at=datetime.fromisoformat(sys.argv[1]), batch=1)
    os._exit(0)
"""


class Nursery:
    """A process with everything loaded that forks sweepers, so that a kill hits the work and not the start."""

    def __init__(self, at: datetime) -> None:
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
        command = [sys.executable, "-c", NURSERY, at.isoformat(), connection.settings_dict["NAME"]]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout.readline() == "ready\n"

    def fork(self) -> int:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def more_work(district) -> None:
    """Twenty cases with six clocks each, all of whose rungs are due."""
    with time_machine.travel(MONDAY, tick=False):
        for _number in range(20):
            issue = make_issue(district.building)
            start_clocks(issue, [step for step in Step if step != Step.ACCEPT], MONDAY - timedelta(days=60))


@pytest.mark.django_db(transaction=True)
def test_sweep_killed_fifty_times_climbs_each_rung_once(district, people):
    at = MONDAY + timedelta(days=2)
    more_work(district)
    sweep_batch(at=at, limit=1)
    before = time.monotonic()
    sweep_batch(at=at, limit=1)
    pace = time.monotonic() - before  # what one transaction takes on this machine at this moment
    dice, nursery = random.Random(20230610), Nursery(at)
    try:
        for _kill in range(50):
            if not Clock.objects.running().filter(next_rung_at__lte=at)[20:].exists():  # every kill meets work
                more_work(district)
            child = nursery.fork()
            time.sleep(dice.uniform(0, 8 * pace))
            os.kill(child, signal.SIGKILL)
    finally:
        nursery.close()
    wait_until_idle()
    done, clocks = Escalation.objects.count(), Clock.objects.count()
    sweep_clocks(at=at)
    assert 2 * 5 < done <= Escalation.objects.count() == clocks * 5  # the killed ones did something
    assert_everything_once()


def wait_until_idle() -> None:
    """The server notices that a killed client is gone and rolls back; nothing of it is left to wait for."""
    for _attempt in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend' AND state <> 'idle'"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.1)


@pytest.mark.django_db
def test_signed_case_sweeps_the_clocks_that_still_run(issue, people):
    with time_machine.travel(MONDAY, tick=False):
        dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(area=issue.holder_area))
        sign_issue(issue_id=issue.pk, actor=people.grid_worker)
    sweep_clocks(at=MONDAY + timedelta(hours=13))
    assert set(Escalation.objects.values_list("clock__step", flat=True)) == {Step.CONTACT}
