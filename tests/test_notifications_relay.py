"""The outbox relay: once, never lost, whatever dies in between."""

import socket
import time
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import Thread

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core import events, health
from core.health import State
from core.models import Event, OutboxMessage
from governance.lifecycle import ISSUE_ESCALATED, ISSUE_NOTED
from governance.services.moves import tell
from neighborhoods.actors import SYSTEM
from notifications.models import Delivery, Heartbeat, Notice
from notifications.routing import ROUTES
from notifications.services import relay as relaying
from notifications.services import wakeup
from notifications.services.health import beat, beat_finding, relay_finding, relay_lag
from notifications.services.parked import retry_messages
from notifications.services.relay import relay_batch
from notifications.services.rules import Route, Rule
from tests.conftest import build_district, build_people
from tests.factories import make_issue
from tests.parallel import at_once


def relay(at: datetime | None = None, limit: int = 200) -> int:
    return relay_batch(at=at or timezone.now(), routes=ROUTES, limit=limit)


def rows() -> list[tuple]:
    return sorted(Delivery.objects.values_list("event", "recipient", "channel"))


def test_relay_twice_makes_each_row_once(district, people):
    make_issue(district.building)
    assert relay() == 1
    before, notices = rows(), Notice.objects.count()
    assert before
    assert notices
    assert relay() == 0
    OutboxMessage.objects.update(relayed_at=None)  # as if the mark had been lost
    assert relay() == 1
    assert (rows(), Notice.objects.count()) == (before, notices)


@pytest.mark.django_db(transaction=True)
def test_relays_in_parallel_make_each_row_once():
    district = build_district()
    build_people(district)
    for _n in range(12):
        make_issue(district.building)

    def work() -> int:
        return sum(iter(lambda: relay(limit=3), 0))

    assert sum(at_once(4, work)) == 12
    assert Notice.objects.filter(text="new").count() == 12
    assert Delivery.objects.filter(text="resident_submitted").count() == 12


@pytest.mark.django_db(transaction=True)
def test_messages_another_relay_holds_for_a_moment_are_relayed_all_the_same(monkeypatch):
    """Who claims a moment later finds our lease on the rows and keeps them locked until it has claimed others."""
    district = build_district()
    build_people(district)
    make_issue(district.building)
    is_locked, threads = Signal(), []
    claim = relaying._claim

    def hold() -> None:
        try:
            with transaction.atomic():
                list(OutboxMessage.objects.select_for_update())
                is_locked.set()
                time.sleep(0.3)
        finally:
            connection.close()

    def claim_and_lose_the_locks(at: datetime, limit: int) -> list[int]:
        ids = claim(at, limit)
        threads.append(Thread(target=hold))
        threads[-1].start()
        assert is_locked.wait(20)
        return ids

    monkeypatch.setattr(relaying, "_claim", claim_and_lose_the_locks)
    assert relay() == 1
    threads[0].join()
    assert OutboxMessage.objects.get().relayed_at is not None
    assert Notice.objects.filter(text="new").count() == 1


def test_message_claimed_by_a_dead_relay_is_taken_over_after_the_lease(district, people):
    make_issue(district.building)
    at = timezone.now()
    until = at + timedelta(seconds=settings.NOTICE_LEASE_SECONDS)
    OutboxMessage.objects.update(leased_until=until, tries=1)  # killed between claim and mark
    assert relay(at) == 0
    assert relay(until - timedelta(seconds=1)) == 0
    assert relay(until) == 1
    assert Notice.objects.filter(text="new").count() == 1


def test_one_broken_message_does_not_hold_up_the_others(district, people):
    bad = make_issue(district.building)
    make_issue(district.building)

    def explode(on):
        if on.issue == bad:
            raise ValueError("cannot tell")
        return [people.user("grid_worker")]

    routes = {"issue.submitted": Route(staff=(Rule(explode, "new"),))}
    at = timezone.now()
    for _n in range(settings.NOTICE_TRIES):
        relay_batch(at=at, routes=routes)
        at += timedelta(days=1)
    message = OutboxMessage.objects.get(event__payload__issue_id=bad.pk)
    assert message.parked_at is not None
    assert "cannot tell" in message.last_error
    assert Notice.objects.count() == 1
    assert relay(at) == 0
    retry_messages(ids=[message.pk], at=at)
    assert relay(at) == 1
    assert Notice.objects.count() == 2


def test_a_message_its_relay_dies_of_is_parked(district, people):
    make_issue(district.building)
    OutboxMessage.objects.update(tries=settings.NOTICE_TRIES, leased_until=timezone.now() - timedelta(hours=1))
    relay()
    assert OutboxMessage.objects.get().parked_at is not None


def test_vanished_and_unknown_things_are_tolerated(district, people):
    issue = make_issue(district.building)
    relay()
    Notice.objects.all().delete()
    with transaction.atomic():
        events.record("area.renamed", actor=SYSTEM, subject=district.grid)
        events.record(ISSUE_ESCALATED, actor=SYSTEM, subject=issue, issue_id=10**9, target="handler")
        tell(ISSUE_ESCALATED, issue, SYSTEM, target="handler", clock_id=10**9, rung=1, step="accept")
        tell(ISSUE_NOTED, issue, SYSTEM)
    assert relay() == 4
    assert not OutboxMessage.objects.filter(relayed_at=None).exists()
    assert Notice.objects.count() == 1


def test_many_messages_need_few_queries(district, people, django_assert_max_num_queries):
    for _n in range(30):
        make_issue(district.building)
    with django_assert_max_num_queries(22):
        assert relay() == 30


# ---- the wake-up after commit ----


@pytest.fixture
def closed_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.django_db(transaction=True)
def test_reports_are_taken_while_redis_is_away_and_told_later(monkeypatch, closed_port):
    district = build_district()
    build_people(district)
    away = wakeup.Waker(f"redis://127.0.0.1:{closed_port}/0")
    monkeypatch.setattr(events, "_wakers", [away])
    begun = time.monotonic()
    for _n in range(5):
        make_issue(district.building)
    assert time.monotonic() - begun < 5
    assert away._rests_until > time.monotonic()  # nobody tries again for a while
    assert Event.objects.filter(name="issue.submitted").count() == 5
    assert relay() == 5
    assert Notice.objects.filter(text="new").count() == 5


def test_a_silent_redis_blocks_only_for_a_moment(monkeypatch):
    """Connections are taken and never answered: the worst way to be away."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        waker = wakeup.Waker(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
        begun = time.monotonic()
        waker()
        waker()
        assert time.monotonic() - begun < 2


def test_a_crowd_of_events_wakes_the_relay_once(monkeypatch):
    sent = []
    monkeypatch.setattr(wakeup.current_app, "send_task", lambda name, **_kwargs: sent.append(name))
    waker = wakeup.Waker(settings.REDIS_URL)
    waker.answered()
    for _n in range(10):
        waker()
    assert sent == ["notifications.relay"]
    waker.answered()
    waker()
    assert len(sent) == 2
    waker.answered()


# ---- health ----


def test_relay_lag_and_heartbeat_are_watched(district, people, monkeypatch):
    monkeypatch.setattr(health, "STARTED", time.monotonic())
    assert beat_finding().state == State.STARTING
    monkeypatch.setattr(health, "STARTED", time.monotonic() - 1000)
    assert beat_finding().state == State.FAILING
    beat(at=timezone.now())
    assert beat_finding().state == State.OK
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=10))
    assert beat_finding().state == State.FAILING
    assert {"relay", "beat"} <= set(health.findings())
    assert relay_lag(timezone.now()) == timedelta(0)
    make_issue(district.building)
    assert relay_finding().state == State.OK
    OutboxMessage.objects.update(due_at=timezone.now() - timedelta(minutes=10))
    assert relay_finding().state == State.FAILING
    relay()
    assert relay_finding().state == State.OK
