"""From an account to an Actor: one query over live posts."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from neighborhoods.actors import NOBODY, Actor, Grant, Level, UnitGrant
from neighborhoods.models import Post, Title


def live_posts(on: date) -> Any:
    """Posts whose term includes the day."""
    return Post.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on)


def actor_for(user: Any) -> Actor:
    """The person's roles, from the posts held today."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    posts = list(live_posts(timezone.localdate()).filter(user=user).select_related("title", "area", "unit"))
    return Actor(
        user_id=user.pk,
        label=actor_label(user.name, posts),
        grants=frozenset(_area_grants(posts)),
        units=frozenset(UnitGrant(role, p.unit_id, p.pk) for p in posts if p.unit_id for role in p.title.role_set),
    )


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


def _area_grants(posts: list[Post]) -> list[Grant]:
    grants = []
    for post in posts:
        if post.area:
            place = (Level(post.area.level), post.area.pk)
        elif post.title.place == Title.Place.DISTRICT:
            place = (Level.DISTRICT, 0)
        else:
            continue
        grants += [Grant(role, *place, post.pk) for role in post.title.role_set]
    return grants


def actor_label(name: str, posts: list[Post]) -> str:
    """Name and place of work, as it will stand in histories: "李某，大码头街道"."""
    for post in posts:
        place = post.unit.short_name if post.unit else post.area.name if post.area else ""
        if place:
            return f"{name}，{place}"
    return name
