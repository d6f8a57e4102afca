"""The audit seal: what is sealed cannot be changed, removed or slipped in without being noticed."""

import time
from io import StringIO
from threading import Event as Signal
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from core import events
from core.errors import RuleError
from core.models import Event, EventSeal, OutboxMessage
from core.services.seals import seal_after_restore, seal_events, verify_seals
from neighborhoods.actors import SYSTEM
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
FAR = 10**12  # a transaction of a cluster much older than this one


@pytest.fixture
def person():
    return UserFactory()


def happen(person, count: int = 1) -> list[Event]:
    with transaction.atomic():
        return [events.record("person.greeted", actor=SYSTEM, subject=person, n=n) for n in range(count)]


def sealed() -> EventSeal:
    """Seal as soon as it can be: a transaction of another test's database, too, holds the horizon back."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        seal = seal_events()
        if seal:
            return seal
        time.sleep(0.05)
    raise AssertionError("nothing became final")


def by_force(sql: str, *values) -> None:
    """What somebody could do who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_event DISABLE TRIGGER event_append_only")
        cursor.execute(sql, values)
        cursor.execute("ALTER TABLE core_event ENABLE TRIGGER event_append_only")


def found() -> list[tuple[int, str]]:
    return [(d.seal_id, d.kind) for d in verify_seals()]


def test_seals_form_a_chain_and_fit(person):
    happen(person, 3)
    first = sealed()
    happen(person, 2)
    second = sealed()
    assert (first.events, second.events) == (3, 2)
    assert second.from_transaction == first.upto_transaction
    assert seal_events() is None
    assert found() == []


def test_changed_event_is_found(person):
    event = happen(person, 3)[1]
    first = sealed()
    happen(person)
    sealed()
    by_force("UPDATE core_event SET actor_label = 'somebody else' WHERE id = %s", event.pk)
    assert found() == [(first.pk, "tampered")]


def test_deleted_event_is_found(person):
    event = happen(person, 3)[0]
    seal = sealed()
    OutboxMessage.objects.filter(event=event).delete()
    by_force("DELETE FROM core_event WHERE id = %s", event.pk)
    assert found() == [(seal.pk, "deleted")]


def test_event_slipped_in_later_is_found(person):
    event = happen(person)[0]
    seal = sealed()
    Event.objects.create(
        name="person.thanked",
        at=event.at,
        actor_label="x",
        subject_type="accounts.user",
        subject_id=1,
        transaction_id=event.transaction_id,
    )
    assert found() == [(seal.pk, "inserted")]


def test_removed_seal_is_found(person):
    for _round in range(3):
        happen(person)
        sealed()
    first, second, third = EventSeal.objects.order_by("pk")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_eventseal DISABLE TRIGGER seal_append_only")
        cursor.execute("DELETE FROM core_eventseal WHERE id = %s", [second.pk])
        cursor.execute("ALTER TABLE core_eventseal ENABLE TRIGGER seal_append_only")
    assert (third.pk, "broken chain") in found()
    assert first.pk not in dict(found())


def test_a_long_transaction_is_not_skipped(person):
    """An event written before, but committed after a later one was sealed, is sealed when it becomes visible."""
    written, finish = Signal(), Signal()

    def slow() -> None:
        try:
            with transaction.atomic():
                events.record("person.waited", actor=SYSTEM, subject=person)
                written.set()
                assert finish.wait(20)
        finally:
            connection.close()

    thread = Thread(target=slow)
    thread.start()
    assert written.wait(20)
    happen(person, 2)  # later ids, committed earlier
    assert seal_events() is None
    finish.set()
    thread.join()
    assert sealed().events == 3
    assert found() == []


def test_sealers_in_parallel_write_one_chain(person):
    happen(person, 5)

    def seal() -> None:
        try:
            for _round in range(10):
                seal_events()
        finally:
            connection.close()

    threads = [Thread(target=seal) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not EventSeal.objects.exists():  # something else held the horizon back all the time
        sealed()
    assert EventSeal.objects.get().events == 5
    assert found() == []


def old_event(person, transaction_id: int) -> Event:
    return Event.objects.create(
        name="person.greeted",
        at="2026-01-01T00:00:00Z",
        actor_label="x",
        subject_type="accounts.user",
        subject_id=person.pk,
        transaction_id=transaction_id,
    )


def test_sealing_stops_when_transactions_went_back(person):
    happen(person)
    EventSeal.objects.create(from_transaction=0, upto_transaction=FAR, events=1, digest="0" * 64)
    with pytest.raises(RuleError):
        seal_events()
    with pytest.raises(CommandError, match="after-restore"):
        call_command("seal_events")
    assert EventSeal.objects.count() == 1


def test_restored_cluster_goes_on_with_a_new_epoch(person):
    """Transaction numbers restart in a restored cluster; old and new events with the same numbers stay apart."""
    old_event(person, FAR)
    newest = old_event(person, FAR + 7)
    marker = seal_after_restore()
    assert marker.after_event_id == newest.pk
    closing = EventSeal.objects.order_by("pk").first()
    assert (closing.events, closing.upto_transaction) == (2, FAR + 8)
    happen(person, 4)  # numbers the old epoch covers too
    later = sealed()
    assert (later.after_event_id, later.events) == (newest.pk, 4)
    assert found() == []


def test_restore_keeps_old_seals_valid(person):
    happen(person, 2)
    sealed()
    happen(person, 3)  # not sealed yet when the backup was made
    seal_after_restore()
    assert list(EventSeal.objects.order_by("pk").values_list("events", flat=True)) == [2, 3, 0]
    happen(person, 4)
    sealed()
    assert found() == []
    seal_after_restore()
    seal_after_restore()  # restored twice without anything in between
    happen(person)
    sealed()
    assert found() == []


def test_commands_say_what_they_found(person):
    event, out = happen(person)[0], StringIO()
    sealed()
    call_command("seal_events", stdout=out)
    call_command("seal_events", after_restore=True, stdout=out)
    call_command("verify_seals", stdout=out)
    assert "0 events" in out.getvalue()
    assert "nothing new" in out.getvalue()
    assert "2 seals fit" in out.getvalue()
    by_force("UPDATE core_event SET name = 'x' WHERE id = %s", event.pk)
    with pytest.raises(CommandError):
        call_command("verify_seals", stdout=out)
    assert "tampered" in out.getvalue()
