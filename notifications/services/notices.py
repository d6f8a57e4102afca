"""Reading and choosing. Nobody else is concerned, so nothing is recorded in the audit trail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from django.db import transaction

from accounts.models import User
from core.models import Event
from core.statements import Statement, updating
from neighborhoods.actors import Actor
from notifications.models import Notice, Preference
from notifications.texts import still_true


@transaction.atomic
def mark_read(*, notice_id: int, actor: Actor, at: datetime) -> None:
    """Somebody opened a notice of their own."""
    Notice.objects.filter(pk=notice_id, user=actor.user_id, read_at=None).update(read_at=at)


def mark_case_read(*, number: str, user_id: int, at: datetime) -> None:
    """Somebody opened a case: what they were told about it is read. One statement, because every case page asks it."""
    _case_read().run({_USER: user_id, _NUMBER: number, _AT: at})


# Marks in the compiled statement.
_USER, _NUMBER, _AT = -1, "(number)", datetime(1, 1, 2, tzinfo=UTC)


@cache
def _case_read() -> Statement:
    return updating(Notice.objects.filter(user=_USER, read_at=None, issue__number=_NUMBER), read_at=_AT)


def mark_settled(events: Iterable[Event], *, at: datetime) -> None:
    """What somebody acted on after it was told, and what its case has moved on from, needs no reading any more."""
    # of issues only: what is told about anything else is read when it is opened, or in its list
    acted: dict[tuple[int | None, int | None], int] = {}
    for event in events:
        key = (event.actor_id, event.payload.get("issue_id"))
        acted[key] = max(acted.get(key, 0), event.pk)
    cases = {issue_id for _actor_id, issue_id in acted if isinstance(issue_id, int)}
    unread = Notice.objects.filter(issue__in=cases, read_at=None).select_related("issue")
    settled = [
        notice.pk
        for notice in unread
        if notice.event_id < acted.get((notice.user_id, notice.issue_id), 0)
        or not still_true(notice.text, notice.issue, notice.values)
    ]
    Notice.objects.filter(pk__in=settled).update(read_at=at)


@transaction.atomic
def mark_all_read(*, actor: Actor, at: datetime) -> int:
    """Somebody has seen everything that came in so far."""
    return Notice.objects.filter(user=actor.user_id, read_at=None, at__lte=at).update(read_at=at)


@dataclass(frozen=True)
class Wishes:
    """How somebody wants to hear of things."""

    by_email: bool
    by_sms: bool
    wants_digest: bool
    language: str


@transaction.atomic
def save_wishes(*, actor: Actor, wishes: Wishes) -> None:
    """Everybody chooses for themselves."""
    user = User.objects.select_for_update().get(pk=actor.user_id or 0)
    Preference.objects.update_or_create(
        user=user,
        defaults={"by_email": wishes.by_email, "by_sms": wishes.by_sms, "language": wishes.language},
    )
    user.wants_digest = wishes.wants_digest
    user.save(update_fields=["wants_digest"])
