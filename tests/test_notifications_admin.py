"""Back office: queues, the audit trail, the calendar; each for those whose duty it is."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from core.admin import unannounced_years
from core.calendar import work_calendar
from core.models import Event, OutboxMessage, WorkDay
from core.services.seals import seal_after_restore
from notifications.models import Delivery, DeliveryState, Urgency
from tests.factories import make_issue, make_post


@pytest.fixture
def sign_in(client, people):
    def enter(name: str):
        user = people.users.get(name) or make_post(name).user
        user.is_staff = True
        user.save()
        client.force_login(user)
        return client

    return enter


def page(model: str, view: str = "changelist", *args) -> str:
    return reverse(f"admin:{model}_{view}", args=args)


AUDIT = ["core_event", "core_eventseal"]
QUEUES = ["core_outboxmessage", "notifications_delivery", "notifications_heartbeat"]


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("auditor", [*AUDIT, *QUEUES, "core_workday"]),
        ("security_admin", [*AUDIT, "core_workday"]),
        ("system_admin", [*QUEUES, "core_workday"]),
        ("community_lead", []),
    ],
)
def test_who_may_look(sign_in, who, allowed):
    client = sign_in(who)
    for model in [*AUDIT, *QUEUES, "core_workday"]:
        assert client.get(page(model)).status_code == (200 if model in allowed else 403), model


def test_nobody_changes_the_audit_trail(sign_in, district):
    make_issue(district.building)
    event = Event.objects.latest("pk")
    seal = seal_after_restore()
    client = sign_in("auditor")
    for model, row in (("core_event", event), ("core_eventseal", seal), ("core_outboxmessage", event.outbox)):
        assert client.get(page(model, "change", row.pk)).status_code == 200
        assert client.post(page(model, "change", row.pk), {"name": "x"}).status_code == 403
        assert client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
        assert client.get(page(model, "add")).status_code == 403
    assert Event.objects.get(pk=event.pk).name == "issue.submitted"


def test_audit_search(sign_in, district, people):
    mine = make_issue(district.building, actor=people.representative, channel="visit")
    make_issue(district.building)
    client = sign_in("auditor")

    def found(words: str) -> set[int]:
        answer = client.get(page("core_event"), {"q": words})
        return {event.subject_id for event in answer.context["cl"].result_list}

    label = people.representative.label.split("，")[0]
    assert found(mine.number) == {mine.pk}
    assert found(label) == {mine.pk}
    assert len(found("issue.submitted")) == 2
    assert found("issue.closed") == set()
    assert found(str(mine.pk)) >= {mine.pk}
    assert found("9" * 40) == set()


def test_parked_deliveries_are_seen_and_tried_again(sign_in, district):
    issue = make_issue(district.building)
    parked = Delivery.objects.create(
        event=Event.objects.latest("pk"),
        channel="email",
        recipient="user:1",
        issue=issue,
        text="new",
        urgency=Urgency.NOW,
        due_at=timezone.now(),
        state=DeliveryState.PARKED,
        tries=6,
        last_error="mail server down",
    )
    client = sign_in("auditor")
    shown = client.get(page("notifications_delivery"), {"state__exact": "parked"}).content.decode()
    assert "mail server down" in shown
    assert "1 条中有 0 条在 10 秒内" in shown
    act = {"action": "try_again", "_selected_action": [parked.pk]}
    client.post(page("notifications_delivery"), act)
    parked.refresh_from_db()
    assert parked.state == DeliveryState.PARKED  # auditors look
    sign_in("system_admin").post(page("notifications_delivery"), act)
    parked.refresh_from_db()
    assert (parked.state, parked.tries) == (DeliveryState.WAITING, 0)


def test_parked_messages_are_tried_again(sign_in, district):
    make_issue(district.building)
    OutboxMessage.objects.update(parked_at=timezone.now(), tries=6, last_error="ValueError")
    client = sign_in("system_admin")
    assert "ValueError" in client.get(page("core_outboxmessage"), {"state": "parked"}).content.decode()
    assert "ValueError" not in client.get(page("core_outboxmessage"), {"state": "waiting"}).content.decode()
    pk = OutboxMessage.objects.get().pk
    client.post(page("core_outboxmessage"), {"action": "try_again", "_selected_action": [pk]})
    assert OutboxMessage.objects.get().parked_at is None


def test_calendar_is_edited_and_unannounced_years_are_seen(sign_in):
    WorkDay.objects.filter(on__year__gte=2030).delete()
    guessed = WorkDay.objects.create(on=date(2033, 10, 3), kind="holiday", name="国庆节", is_confirmed=False)
    client = sign_in("system_admin")
    text = client.get(page("core_workday")).content.decode()
    assert "2033" in text
    assert 2033 in unannounced_years()
    assert work_calendar().is_workday(date(2033, 10, 4))
    client.post(page("core_workday", "add"), {"on": "2033-10-04", "kind": "holiday", "name": "", "is_confirmed": ""})
    assert not work_calendar().is_workday(date(2033, 10, 4))
    client.post(page("core_workday"), {"action": "announce", "_selected_action": [guessed.pk]})
    assert 2033 not in unannounced_years()
    assert 2033 in work_calendar().confirmed_years
