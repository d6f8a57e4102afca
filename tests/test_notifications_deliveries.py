"""Sending: what goes out to whom, once; failures, quiet hours, what is no longer true."""

import socket
from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.utils import timezone

from core.calendar import CHINA
from governance.models import Contact
from governance.services.dispatch import take_issue
from governance.services.following import withdraw_issue
from governance.services.links import follow_token
from notifications.channels import sms
from notifications.models import Delivery, DeliveryState, Preference, Urgency
from notifications.selectors.delays import Handover, handover
from notifications.services.backoff import wait_after
from notifications.services.deliver import deliver_batch
from notifications.services.parked import retry_deliveries
from tests.conftest import build_district, build_people
from tests.factories import make_issue
from tests.parallel import at_once
from tests.sending import NOON, at_hour, deliver, relay, states

WAITING, SENT, DROPPED, PARKED = DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.DROPPED, DeliveryState.PARKED


@pytest.fixture(autouse=True)
def sms_folder(settings, tmp_path):
    settings.LOCAL_DIR = tmp_path
    return tmp_path / "sms"


def texts(folder) -> list[str]:
    return sorted(path.read_text(encoding="utf-8") for path in folder.glob("*.txt")) if folder.exists() else []


class FirstSms:
    name = "first"

    def send(self, *, phone: str, text: str) -> None:
        raise ConnectionError("no balance")


def test_resident_gets_a_short_text_with_number_and_link(district, people, sms_folder):
    issue = make_issue(district.building, phone="10000000005")
    relay()
    deliver()
    (text,) = texts(sms_folder)
    phone, words = text.split("\n\n")
    assert phone == "10000000005"
    assert issue.number in words
    assert f"/f/{follow_token(issue)}/" in words
    row = Delivery.objects.get(contact__isnull=False)
    assert (row.state, row.provider) == (SENT, "file")
    assert row.handed_at >= NOON


def test_handler_gets_a_mail_in_chinese_with_the_next_step(district, people):
    issue = make_issue(district.building)
    relay()
    deliver()
    (message,) = mail.outbox
    assert message.to == [people.user("grid_worker").email]
    assert message.subject.startswith(f"{issue.number} 路灯照明：")
    assert f"/desk/issues/{issue.number}/" in message.body
    assert issue.text not in message.body


def test_language_of_the_reader(district, people):
    Preference.objects.create(user=people.user("grid_worker"), language="en")
    make_issue(district.building)
    relay()
    deliver()
    assert "Lighting: new. Please accept it by" in mail.outbox[0].subject


def test_a_channel_can_be_switched_off(district, people):
    Preference.objects.create(user=people.user("grid_worker"), by_email=False, by_sms=False)
    make_issue(district.building)
    relay()
    assert not Delivery.objects.filter(user__isnull=False).exists()
    assert people.user("grid_worker").notices.count() == 1


def test_sending_twice_sends_once(district, people, sms_folder):
    make_issue(district.building)
    relay()
    assert deliver() == 2
    assert deliver() == 0
    assert len(mail.outbox) == len(texts(sms_folder)) == 1


@pytest.mark.django_db(transaction=True)
def test_senders_in_parallel_send_each_once(sms_folder):
    district = build_district()
    build_people(district)
    for _n in range(10):
        make_issue(district.building)
    relay()
    at_once(4, lambda: sum(iter(lambda: deliver_batch(at=NOON, limit=2), 0)))
    assert set(states()) == {SENT}
    assert len(texts(sms_folder)) == 10
    assert len(set(texts(sms_folder))) == 10
    assert len(mail.outbox) == 10


def test_sender_that_died_is_replaced_after_its_lease(district, people, settings):
    make_issue(district.building, phone="")
    relay()
    until = NOON + timedelta(seconds=settings.NOTICE_LEASE_SECONDS)
    Delivery.objects.update(leased_until=until, tries=1)  # killed between claim and mark
    assert deliver() == 0
    assert deliver(until + timedelta(seconds=1)) == 1
    assert states() == [SENT]


def test_a_delivery_its_sender_dies_of_is_parked(district, people, settings):
    make_issue(district.building, phone="")
    relay()
    Delivery.objects.update(tries=settings.NOTICE_TRIES, leased_until=NOON - timedelta(hours=1))
    deliver()
    assert states() == [PARKED]


@pytest.fixture
def dead_mail_server(settings) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = probe.getsockname()[1]
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


@pytest.mark.usefixtures("dead_mail_server")
def test_mail_server_down_other_channels_go_on(district, people, sms_folder):
    for _n in range(3):
        make_issue(district.building)
    relay()
    deliver()
    assert states(channel="sms") == [SENT] * 3
    assert len(texts(sms_folder)) == 3
    assert states(channel="email") == [WAITING] * 3
    # one was tried and counted; the others were put back untouched
    assert sorted(Delivery.objects.filter(channel="email").values_list("tries", flat=True)) == [0, 0, 1]
    assert all(due > NOON for due in Delivery.objects.filter(channel="email").values_list("due_at", flat=True))


def test_mail_goes_out_when_the_server_is_back(district, people, settings, request):
    good = settings.EMAIL_BACKEND
    request.getfixturevalue("dead_mail_server")
    make_issue(district.building, phone="")
    relay()
    deliver()
    settings.EMAIL_BACKEND = good
    assert deliver() == 0  # not before its time
    assert deliver(NOON + timedelta(minutes=2)) == 1
    assert states() == [SENT]
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("dead_mail_server")
def test_after_the_last_try_it_is_parked_with_the_reason_and_can_be_sent_again(district, people, settings):
    make_issue(district.building, phone="")
    relay()
    at = NOON
    for _n in range(settings.NOTICE_TRIES):
        assert deliver(at) == 1
        at = Delivery.objects.get().due_at
        at = at if 8 <= at.astimezone(CHINA).hour < 20 else at_hour(12, days=3)
    row = Delivery.objects.get()
    assert (row.state, row.tries) == (PARKED, settings.NOTICE_TRIES)
    assert "ConnectionRefusedError" in row.last_error
    assert deliver(at_hour(12, days=30)) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert retry_deliveries(ids=[row.pk], at=at) == 1
    deliver(at_hour(12, days=30))
    assert states() == [SENT]


def test_waiting_grows_and_is_scattered():
    waits = [[wait_after(tries).total_seconds() for _n in range(50)] for tries in range(1, 6)]
    assert all(max(a) < min(b) for a, b in pairwise(waits))
    assert all(len(set(w)) > 10 for w in waits)
    assert max(wait_after(99).total_seconds() for _n in range(50)) <= 5 * 3600


def test_second_sms_provider_takes_over(district, people, settings, sms_folder):
    settings.SMS_BACKENDS = [f"{__name__}.FirstSms", "notifications.channels.sms.FileSms"]
    make_issue(district.building)
    relay()
    deliver()
    assert Delivery.objects.get(channel="sms").provider == "file"
    assert len(texts(sms_folder)) == 1


def test_without_any_working_provider_it_waits(district, people, settings):
    settings.SMS_BACKENDS = [f"{__name__}.FirstSms"]
    make_issue(district.building)
    relay()
    deliver()
    row = Delivery.objects.get(channel="sms")
    assert (row.state, row.tries) == (WAITING, 1)
    assert "no balance" in row.last_error


def test_console_provider_logs_without_the_number(caplog, settings):
    settings.SMS_BACKENDS = ["notifications.channels.sms.ConsoleSms"]
    caplog.set_level("INFO")
    assert sms.send_sms(phone="13800001234", text="灯修好了") == "console"
    assert "灯修好了" in caplog.text
    assert "13800001234" not in caplog.text


def test_at_night_ordinary_notices_wait_until_the_morning(district, people, sms_folder):
    make_issue(district.building)
    relay()
    assert deliver(at_hour(21)) == 0
    assert set(states()) == {WAITING}
    assert {d.astimezone(CHINA).time().isoformat() for d in Delivery.objects.values_list("due_at", flat=True)} == {
        "07:30:00"
    }
    assert deliver(at_hour(7, 29, days=2)) == 0
    assert deliver(at_hour(7, 30, days=2)) == 2
    assert set(states()) == {SENT}


def test_danger_is_told_at_night(district, people):
    make_issue(district.building, category="IN02", is_danger=True, phone="")
    relay()
    deliver(at_hour(3, days=2))
    assert states() == [SENT]


def test_just_before_the_night_it_still_goes_out(district, people):
    make_issue(district.building, phone="")
    relay()
    deliver(at_hour(20, 59))
    assert states() == [SENT]


def test_nobody_is_asked_for_what_is_done_already(district, people):
    issue = make_issue(district.building)
    relay()
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    deliver()
    row = Delivery.objects.get(channel="email")
    assert (row.state, row.last_error) == (DROPPED, "no longer true")
    assert states(channel="sms") == [SENT]  # the receipt stays true
    assert mail.outbox == []


def test_withdrawn_issue_silences_what_waits(district, people):
    issue = make_issue(district.building)
    withdraw_issue(issue_id=issue.pk)
    relay()
    deliver()
    assert [m.subject.split("：", 1)[1] for m in mail.outbox] == ["居民已撤回，不用再办。"]


def test_erased_contact_and_left_person_get_nothing(district, people, sms_folder):
    issue = make_issue(district.building)
    relay()
    Contact.objects.filter(pk=issue.contact_id).update(erased_at=timezone.now())
    user = people.user("grid_worker")
    user.is_active = False
    user.save()
    deliver()
    assert set(states()) == {DROPPED}
    assert texts(sms_folder) == []
    assert mail.outbox == []


def test_changed_address_is_used(district, people):
    make_issue(district.building, phone="")
    relay()
    user = people.user("grid_worker")
    user.email = "new@example.invalid"
    user.save()
    deliver()
    assert mail.outbox[0].to == ["new@example.invalid"]


def test_delay_from_event_to_provider_is_counted(district, people):
    before = timezone.now()
    make_issue(district.building)
    relay()
    deliver()
    urgent = Delivery.objects.filter(urgency=Urgency.NOW)
    urgent.update(handed_at=urgent.first().event.at + timedelta(seconds=9))
    assert handover(before) == Handover(2, 2)
    late = urgent.first()
    Delivery.objects.filter(pk=late.pk).update(handed_at=late.event.at + timedelta(seconds=11))
    assert (handover(before), handover(before).percent) == (Handover(2, 1), 50)
    urgent.update(state=PARKED, handed_at=None)
    assert handover(before) == Handover(2, 0)
    assert handover(before + timedelta(days=9)) == Handover(0, 0)
