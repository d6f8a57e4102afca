"""The daily message: one for each person, on working days, about everything that was not urgent."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from core.calendar import CHINA, parse_time, work_calendar
from notifications.models import Delivery, Digest, Notice, Preference, Urgency


def write_digests(*, at: datetime) -> int:
    """Write today's messages that are not written yet; the relay sends them. Answers how many.

    May run late, twice or in parallel: a person has one digest a day, by a unique constraint.
    """
    local = at.astimezone(CHINA)
    if not work_calendar().is_workday(local.date()) or local.time() < parse_time(settings.DIGEST_AT):
        return 0
    fresh = Notice.objects.filter(user=OuterRef("pk"), urgency=Urgency.DIGEST, digest=None, read_at=None)
    had = Digest.objects.filter(user=OuterRef("pk"), on=local.date())
    people = User.objects.filter(Exists(fresh), ~Exists(had), is_active=True, wants_digest=True)
    return sum(_write_one(user, local.date(), at) for user in people.order_by("pk"))


def _write_one(user: User, on: date, at: datetime) -> bool:
    try:
        with transaction.atomic():
            digest = Digest.objects.create(user=user, on=on)
            fresh = Notice.objects.filter(user=user, urgency=Urgency.DIGEST, digest=None, read_at=None, at__lte=at)
            fresh.update(digest=digest)
            Delivery.objects.bulk_create(_deliveries(user, digest, at))
    except IntegrityError:
        return False  # another run was quicker
    return True


def _deliveries(user: User, digest: Digest, at: datetime) -> list[Delivery]:
    wish = Preference.objects.filter(user=user).first() or Preference(user=user)
    whom: dict[str, Any] = {"user": user, "digest": digest, "recipient": f"user:{user.pk}"}
    rest: dict[str, Any] = {"text": "digest", "urgency": Urgency.DIGEST, "due_at": at}
    if user.email and wish.by_email:
        return [Delivery(channel="email", **whom, **rest)]
    return [Delivery(channel="sms", **whom, **rest)] if user.phone and wish.by_sms else []
