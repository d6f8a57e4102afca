"""Who serves where today. Work belongs to posts, so every question "who?" is answered from live posts."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from core.statements import keeping_cursor
from neighborhoods.actors import STAMP_COLUMN, Level, Stamped
from neighborhoods.models import Post, Title
from neighborhoods.selectors.actors import live_posts

# The levels that can hold work, the nearest first. A building lead is told, and holds nothing.
HOLDING_LEVELS = (Level.BRANCH, Level.GRID, Level.COMMUNITY, Level.STREET)
RolesByLevel = Mapping[Level, Collection[str]]


def _live(roles: Collection[str], on: date | None) -> QuerySet[Post]:
    posts = live_posts(on or timezone.localdate()).filter(user__is_active=True)
    return posts.filter(title__roles__has_any_keys=sorted(roles))


def _users(posts: QuerySet[Post]) -> list[User]:
    return list(User.objects.filter(pk__in=posts.values("user")).order_by("pk"))


def users_holding(roles: Collection[str], area_id: int, on: date | None = None) -> list[User]:
    """Active people with a live post of one of the roles exactly at this area, not above or below it."""
    return _users(_live(roles, on).filter(area=area_id))


def users_in_unit(roles: Collection[str], unit_id: int, on: date | None = None) -> list[User]:
    """Active people with one of the roles in a partner unit."""
    return _users(_live(roles, on).filter(unit=unit_id))


def users_of_district(roles: Collection[str], on: date | None = None) -> list[User]:
    """Active people with one of the roles for the whole district."""
    return _users(_live(roles, on).filter(title__place=Title.Place.DISTRICT, area=None))


def users_in_path(roles: Collection[str], place: Stamped, on: date | None = None) -> list[User]:
    """Active people with a live post of one of the roles at the place or at an area above it."""
    ids = [getattr(place, column) for column in STAMP_COLUMN.values()]
    return _users(_live(roles, on).filter(area__in=[pk for pk in ids if pk]))


def posts_in_path(roles: Collection[str], place: Stamped) -> dict[User, str]:
    """The same people, each with name, place and title of the post nearest to the place: a name is no address."""
    ids = [getattr(place, column) for column in STAMP_COLUMN.values()]
    posts = _live(roles, None).filter(area__in=[pk for pk in ids if pk]).select_related("user", "area", "title")
    named: dict[User, str] = {}
    for post in posts.order_by("user_id", "-area__level", "pk"):
        named.setdefault(post.user, f"{post.user.name}，{post.area}，{post.title.name_zh}")
    return named


# In SQL, because every report asks this (docs/performance.md). The rows of `_live`, on a few areas.
_POSTS_ON_PATH = """
SELECT post.area_id, title.roles
FROM neighborhoods_post post
JOIN neighborhoods_title title ON title.id = post.title_id
JOIN accounts_user person ON person.id = post.user_id
WHERE post.area_id = ANY(%s) AND person.is_active AND post.starts_on <= %s
    AND (post.ends_on IS NULL OR post.ends_on > %s)
"""


def lowest_staffed(place: Stamped, roles: RolesByLevel | Collection[str], on: date | None = None) -> int | None:
    """The nearest area upwards from a place where somebody serves who can hold work; None when nobody does.

    `roles` are the holder's roles of each level (or one set for all levels). One query.
    """
    by_level = roles if isinstance(roles, Mapping) else dict.fromkeys(HOLDING_LEVELS, roles)
    on_path = {getattr(place, STAMP_COLUMN[level]): level for level in HOLDING_LEVELS}
    with keeping_cursor() as cursor:
        cursor.execute(_POSTS_ON_PATH, [[pk for pk in on_path if pk], *[on or timezone.localdate()] * 2])
        posts = cursor.fetchall()
    staffed = {
        on_path[area_id]: area_id
        for area_id, held in posts
        if set(json.loads(held)) & set(by_level.get(on_path[area_id], ()))
    }
    return next((staffed[level] for level in HOLDING_LEVELS if level in staffed), None)


def posts_of(user_id: int) -> Any:
    """Every post a person holds or held, the newest first."""
    return (
        Post.objects.filter(user=user_id).select_related("title", "area", "unit", "body").order_by("-starts_on", "-pk")
    )
