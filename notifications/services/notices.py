"""Reading and choosing. Nobody else is concerned, so nothing is recorded in the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from neighborhoods.actors import Actor
from notifications.models import Notice, Preference


@transaction.atomic
def mark_read(*, notice_id: int, actor: Actor, at: datetime) -> None:
    """Somebody opened a notice of their own."""
    Notice.objects.filter(pk=notice_id, user=actor.user_id, read_at=None).update(read_at=at)


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
