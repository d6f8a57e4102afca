"""From an account to an Actor: one query over live posts."""

import json
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from core.statements import Statement, compiled
from neighborhoods.actors import NOBODY, Actor, Grant, Level, UnitGrant
from neighborhoods.models import Post, Title
from neighborhoods.models.posts import roles_in


class _Held(NamedTuple):
    """A post as every request of its holder asks for it, without making records of it."""

    pk: int
    roles: list[str]
    place: str
    area_id: int | None
    level: int | None
    area_name: str | None
    unit_id: int | None
    unit_name: str | None


_COLUMNS = (
    *("pk", "title__roles", "title__place"),
    *("area_id", "area__level", "area__name"),
    *("unit_id", "unit__short_name"),
)


def live_posts(on: date) -> Any:
    """Posts whose term includes the day."""
    return Post.objects.filter(live_on(on))


def live_on(on: date) -> Q:
    """The same as a condition."""
    return (Q(ends_on=None) | Q(ends_on__gt=on)) & Q(starts_on__lte=on)


def actor_for(user: Any) -> Actor:
    """The person's roles, from the posts held today."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    marks = {_USER: user.pk, _TODAY: timezone.localdate()}
    held = [_Held(pk, json.loads(roles), *place) for pk, roles, *place in _held_statement().rows(marks)]
    return Actor(
        user_id=user.pk,
        label=actor_label(user.name, [post.unit_name or post.area_name for post in held]),
        grants=frozenset(_area_grants(held)),
        units=frozenset(UnitGrant(role, p.unit_id, p.pk) for p in held if p.unit_id for role in roles_in(p.roles)),
    )


# Marks in the compiled statement: every request of somebody signed in asks this.
_USER, _TODAY = -1, date(1, 1, 2)


@cache
def _held_statement() -> Statement:
    return compiled(Post.objects.filter(live_on(_TODAY), user=_USER).values_list(*_COLUMNS))


def posts_of(user: Any) -> list[Post]:
    """The posts held today, with the names a page shows."""
    posts = live_posts(timezone.localdate()).filter(user_id=user.pk)
    return list(posts.select_related("title", "area", "unit").order_by("starts_on", "pk"))


def demo_posts(ending: str) -> list[Post]:
    """One post for each log-in of the demonstration, from the street down, then units, then the district."""
    posts = live_posts(timezone.localdate()).filter(user__email__endswith=ending)
    return list(posts.select_related("title", "area", "unit", "user").order_by("title__place", "title__level", "pk"))


def holds_post(user: Any) -> bool:
    """Whether somebody serves anywhere today."""
    return bool(live_posts(timezone.localdate()).filter(user_id=user.pk).exists())


def _area_grants(held: list[_Held]) -> list[Grant]:
    grants = []
    for post in held:
        if post.area_id and post.level is not None:
            place = (Level(post.level), post.area_id)
        elif post.place == Title.Place.DISTRICT:
            place = (Level.DISTRICT, 0)
        else:
            continue
        grants += [Grant(role, *place, post.pk) for role in roles_in(post.roles)]
    return grants


def actor_label(name: str, places: Iterable[str | None]) -> str:
    """Name and first place of work, as it will stand in histories: "李某，大码头街道"."""
    place = next(filter(None, places), None)
    return f"{name}，{place}" if place else name
