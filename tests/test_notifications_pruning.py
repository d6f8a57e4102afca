"""What has been told long ago goes; what waits, what a person has to look at and the audit trail stay."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from config.celery import app
from core.models import Event, OutboxMessage
from notifications import tasks
from notifications.models import Delivery, DeliveryState, Digest, Notice, Urgency
from notifications.services import pruning
from notifications.services.pruning import prune_notices
from tests.factories import UserFactory, make_issue

pytestmark = pytest.mark.django_db

NOW = timezone.now()
KEPT = NOW - timedelta(days=settings.NOTICE_KEEP_DAYS - 1)
OLD = NOW - timedelta(days=settings.NOTICE_KEEP_DAYS + 1)


@pytest.fixture
def issue(district):
    return make_issue(district.building)


def happened(issue, at, **message):
    event = Event.objects.create(
        name="issue.replied", at=at, actor_label="x", subject_type="governance.issue", subject_id=issue.pk
    )
    OutboxMessage.objects.create(event=event, due_at=at, **{"relayed_at": at, **message})
    return event


def delivered(issue, event, at, state=DeliveryState.SENT, **whose):
    delivery = Delivery.objects.create(
        event=event,
        channel="email",
        recipient=f"user:{event.pk if event else 0}",
        text="check",
        urgency=Urgency.NOW,
        state=state,
        due_at=at,
        issue=issue,
        **whose,
    )
    Delivery.objects.filter(pk=delivery.pk).update(created_at=at)
    return delivery


def told(issue, event, read_at=None, **more):
    user = more.pop("user", None) or UserFactory()
    return Notice.objects.create(
        user=user, event=event, issue=issue, text="check", urgency=Urgency.DIGEST, at=event.at, read_at=read_at, **more
    )


def test_what_was_told_long_ago_goes_and_the_audit_trail_stays(issue):
    old, new = happened(issue, OLD), happened(issue, KEPT)
    for event, at in ((old, OLD), (new, KEPT)):
        delivered(issue, event, at)
        told(issue, event, read_at=at)
    events = Event.objects.count()
    assert prune_notices(at=NOW) == {"messages": 1, "deliveries": 1, "notices": 1, "digests": 0}
    assert not OutboxMessage.objects.filter(event=old).exists()
    assert OutboxMessage.objects.filter(event=new).exists()
    assert Delivery.objects.get().event == new
    assert Notice.objects.get().event == new
    assert Event.objects.count() == events
    assert prune_notices(at=NOW) == {"messages": 0, "deliveries": 0, "notices": 0, "digests": 0}


def test_what_waits_or_is_parked_stays(issue):
    waiting = happened(issue, OLD, relayed_at=None)
    parked = happened(issue, OLD, relayed_at=None, parked_at=OLD)
    done = happened(issue, OLD)
    delivered(issue, waiting, OLD)  # the relay would write it once more
    delivered(issue, parked, OLD, DeliveryState.PARKED)
    delivered(issue, done, OLD, DeliveryState.WAITING)
    told(issue, done)  # nobody has read it
    assert prune_notices(at=NOW) == {"messages": 1, "deliveries": 0, "notices": 0, "digests": 0}


def test_what_was_read_lately_stays(issue):
    told(issue, happened(issue, OLD), read_at=KEPT)
    assert prune_notices(at=NOW)["notices"] == 0


def test_dropped_deliveries_go_too(issue):
    delivered(issue, happened(issue, OLD), OLD, DeliveryState.DROPPED)
    assert prune_notices(at=NOW)["deliveries"] == 1


def old_digest(user):
    digest = Digest.objects.create(user=user, on=OLD.date())
    Digest.objects.filter(pk=digest.pk).update(created_at=OLD)
    return digest


def test_a_digest_goes_with_the_last_thing_in_it(issue):
    user = UserFactory()
    digest = old_digest(user)
    delivered(issue, None, OLD, digest=digest, user=user)
    told(issue, happened(issue, OLD), read_at=OLD, user=user, digest=digest)
    assert prune_notices(at=NOW) == {"messages": 1, "deliveries": 1, "notices": 1, "digests": 1}


def test_an_unread_notice_never_comes_in_a_second_digest(issue):
    user = UserFactory()
    notice = told(issue, happened(issue, OLD), user=user, digest=old_digest(user))
    prune_notices(at=NOW)
    notice.refresh_from_db()
    assert notice.digest_id is not None


def test_many_are_deleted_in_batches(issue, monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 2)
    for _n in range(5):
        happened(issue, OLD)
    assert prune_notices(at=NOW)["messages"] == 5


def test_the_task_runs_every_night(issue):
    entry = app.conf.beat_schedule["prune"]
    assert entry["task"] == tasks.prune.name == "notifications.prune"
    happened(issue, OLD)
    tasks.prune()
    assert not OutboxMessage.objects.filter(relayed_at__lt=KEPT).exists()
