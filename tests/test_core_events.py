"""Recording what happened: one row for the history, one for the outbox, both or none."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from core import events
from core.models import Event, OutboxMessage
from neighborhoods.actors import SYSTEM
from tests.factories import UserFactory


@pytest.fixture
def person(db) -> User:
    return UserFactory()


def test_record_writes_event_and_outbox(person):
    event = events.record("person.greeted", actor=SYSTEM, subject=person, words=3)
    stored = Event.objects.get()
    assert stored == event
    assert (stored.subject_type, stored.subject_id) == ("accounts.user", person.pk)
    assert stored.payload == {"words": 3}
    assert stored.actor_label == "system"
    assert stored.transaction_id > 0
    assert OutboxMessage.objects.get().event_id == event.pk


@pytest.mark.django_db(transaction=True)
def test_record_refused_outside_a_transaction():
    person = UserFactory()
    with pytest.raises(RuntimeError):
        events.record("person.greeted", actor=SYSTEM, subject=person)
    assert not Event.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_rollback_takes_event_and_outbox_back():
    person = UserFactory()
    with transaction.atomic():
        events.record("person.greeted", actor=SYSTEM, subject=person)
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_many_events_need_one_statement(person, django_assert_num_queries):
    with django_assert_num_queries(1):
        events.record_rows("person.greeted", actor=SYSTEM, model=User, rows=[(person.pk, {"n": n}) for n in range(50)])
    assert list(Event.objects.order_by("pk").values_list("payload__n", flat=True)) == list(range(50))
    assert OutboxMessage.objects.count() == 50


def test_recorded_event_is_the_row(person):
    event = events.record("person.greeted", actor=SYSTEM, subject=person, n=1)
    assert event.transaction_id == Event.objects.get(pk=event.pk).transaction_id
    assert event.outbox.due_at == event.at


@pytest.mark.parametrize(
    "sql", ["UPDATE core_event SET name = 'x'", "DELETE FROM core_outboxmessage; DELETE FROM core_event"]
)
def test_events_are_append_only(person, sql):
    events.record("person.greeted", actor=SYSTEM, subject=person)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Event.objects.get().name == "person.greeted"


@pytest.mark.django_db(transaction=True)
def test_wakers_run_after_commit_and_their_failure_harms_nobody(monkeypatch):
    person, seen = UserFactory(), []

    def broken() -> None:
        seen.append(transaction.get_connection().in_atomic_block)
        raise ConnectionError("Redis is away")

    monkeypatch.setattr(events, "_wakers", [broken])
    with transaction.atomic():
        events.record("person.greeted", actor=SYSTEM, subject=person)
        assert seen == []
    assert seen == [False]
    assert OutboxMessage.objects.filter(relayed_at=None).count() == 1
