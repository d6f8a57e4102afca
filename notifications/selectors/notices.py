"""What a person's notice centre shows."""

from functools import cache
from typing import Any

from django.db.models import QuerySet

from core.statements import Statement, counted
from neighborhoods.actors import Actor
from notifications.models import Notice, Preference

UNREAD_SHOWN = 999


def notices_of(actor: Actor) -> QuerySet[Notice]:
    """A person's own notices, the newest first."""
    notices = Notice.objects.filter(user=actor.user_id) if actor.user_id else Notice.objects.none()
    return notices.select_related("issue__category", "issue__holder_area", "issue__holder_unit").order_by("-at", "-pk")


def unread_count(user_id: int) -> int:
    """How many notices somebody has not read; stops counting where nobody counts any more."""
    ((unread,),) = _unread_statement().rows({_USER: user_id})
    return int(unread)


_USER = -1  # a mark in the compiled statement: every page of the desk asks this


@cache
def _unread_statement() -> Statement:
    return counted(Notice.objects.filter(user=_USER, read_at=None).order_by().values_list("pk")[:UNREAD_SHOWN])


def preference_of(user: Any) -> Preference:
    """The person's choice, or what holds without one."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)
