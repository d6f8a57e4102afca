"""The daily message: one a person, on working mornings, whatever runs twice."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from core.calendar import CHINA
from core.models import Event, WorkDay
from core.reference import forget_all
from notifications.models import Delivery, DeliveryState, Digest, Notice, Preference, Urgency
from notifications.services.deliver import deliver_batch
from notifications.services.digests import write_digests
from notifications.services.notices import mark_all_read
from tests.conftest import build_district
from tests.factories import UserFactory, make_issue
from tests.parallel import at_once


def working_day(hour: int, minute: int = 0) -> datetime:
    """A working morning after today."""
    day = timezone.now().astimezone(CHINA) + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


EIGHT = working_day(8)


@pytest.fixture(autouse=True)
def plain_weeks(request):
    """No holidays: the rule of the week decides."""
    if "transactional_db" not in request.fixturenames:
        request.getfixturevalue("db")
        WorkDay.objects.all().delete()
    forget_all()


@pytest.fixture
def issue(district):
    return make_issue(district.building)


def told(user, issue, count: int = 1, urgency: Urgency = Urgency.DIGEST) -> None:
    for _n in range(count):
        event = Event.objects.create(
            name="issue.replied",
            at=timezone.now(),
            actor_label="x",
            subject_type="governance.issue",
            subject_id=issue.pk,
        )
        Notice.objects.create(user=user, event=event, issue=issue, text="check", urgency=urgency, at=event.at)


def test_one_message_about_everything(issue):
    user = UserFactory()
    told(user, issue, 3)
    assert write_digests(at=EIGHT) == 1
    deliver_batch(at=EIGHT)
    (message,) = mail.outbox
    assert message.to == [user.email]
    assert "3 条通知" in message.subject
    assert message.body.count(f"- {issue.number} 路灯照明：已有答复") == 3
    assert "/desk/notices/" in message.body


def test_once_a_day_even_if_run_twice(issue):
    user = UserFactory()
    told(user, issue)
    assert write_digests(at=EIGHT) == 1
    told(user, issue)
    assert write_digests(at=EIGHT) == 0
    assert write_digests(at=EIGHT + timedelta(hours=8)) == 0
    assert Delivery.objects.count() == 1
    # what came later is in the next one
    assert write_digests(at=EIGHT + timedelta(days=7)) == 1


@pytest.mark.django_db(transaction=True)
def test_once_a_day_even_in_parallel():
    issue = make_issue(build_district().building)
    WorkDay.objects.all().delete()
    forget_all()
    for _n in range(3):
        told(UserFactory(), issue)
    counts = at_once(4, lambda: write_digests(at=EIGHT))
    assert sum(counts) == Digest.objects.count() == Delivery.objects.count() == 3


def test_not_before_its_hour_and_not_on_free_days(issue):
    told(UserFactory(), issue)
    assert write_digests(at=working_day(7, 59)) == 0
    saturday = EIGHT + timedelta(days=5 - EIGHT.weekday())
    assert write_digests(at=saturday) == 0
    WorkDay.objects.create(on=EIGHT.date(), kind=WorkDay.Kind.HOLIDAY)
    WorkDay.objects.create(on=saturday.date(), kind=WorkDay.Kind.MAKE_UP)
    forget_all()
    assert write_digests(at=EIGHT) == 0
    assert write_digests(at=saturday) == 1


def test_only_who_wants_it_and_has_something_new(issue):
    off = UserFactory(wants_digest=False)
    left = UserFactory(is_active=False)
    read = UserFactory()
    urgent = UserFactory()
    for user in (off, left, read):
        told(user, issue)
    told(urgent, issue, urgency=Urgency.NOW)
    Notice.objects.filter(user=read).update(read_at=timezone.now())
    assert write_digests(at=EIGHT) == 0


def test_read_in_the_meantime_is_not_sent(issue, people):
    user = people.user("grid_worker")
    told(user, issue)
    write_digests(at=EIGHT)
    mark_all_read(actor=people.grid_worker, at=timezone.now())
    deliver_batch(at=EIGHT)
    assert Delivery.objects.get().state == DeliveryState.DROPPED
    assert mail.outbox == []


def test_by_text_message_for_who_has_no_mail_and_not_at_all_when_switched_off(issue, settings, tmp_path):
    settings.LOCAL_DIR = tmp_path
    by_phone = UserFactory(email=None, phone="+8613900000002")
    told(by_phone, issue, 2)
    nothing = UserFactory()
    Preference.objects.create(user=nothing, by_email=False, by_sms=False)
    told(nothing, issue)
    write_digests(at=EIGHT)
    deliver_batch(at=EIGHT)
    (text,) = [path.read_text(encoding="utf-8") for path in (tmp_path / "sms").iterdir()]
    assert "您有 2 条通知" in text
    assert mail.outbox == []


def test_long_lists_are_cut(issue):
    told(UserFactory(), issue, 34)
    write_digests(at=EIGHT)
    deliver_batch(at=EIGHT)
    assert mail.outbox[0].body.count("\n- ") + 1 == 30
    assert "另有 4 条" in mail.outbox[0].body
