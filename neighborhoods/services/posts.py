"""Appointing, ending and handing over posts. Work belongs to the post's place, so nothing else has to move."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import RuleError, require
from neighborhoods import policies
from neighborhoods.actors import Actor, Level, Role
from neighborhoods.lifecycle import POST_APPOINTED, POST_ENDED, POST_HANDED_OVER
from neighborhoods.models import Area, Body, PartnerUnit, Post, Title
from neighborhoods.models.areas import LEVEL_NAMES
from neighborhoods.selectors.actors import live_posts
from neighborhoods.services.stamps import stamp_of


@dataclass(frozen=True)
class PostPlace:
    """Where a post stands: an area, a unit, or neither for the whole district; a body for cross-appointments."""

    area_id: int | None = None
    unit_id: int | None = None
    body_id: int | None = None


@transaction.atomic
def appoint(*, user_id: int, title_id: int, place: PostPlace, actor: Actor, starts_on: date | None = None) -> Post:
    """Whoever staffs the place gives a person a title there."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    title = Title.objects.get(pk=title_id)
    _require_keeper(actor, place)
    _check_place(title, place)
    _check_person(user, title)
    post = _insert(user, title, place, starts_on or timezone.localdate())
    _sync_admin_entry(user)
    events.record(POST_APPOINTED, actor=actor, subject=post, user_id=user.pk, title=title.code, area_id=place.area_id)
    return post


def _require_keeper(actor: Actor, place: PostPlace) -> None:
    if place.area_id:
        area = Area.objects.get(pk=place.area_id)
        require(policies.can_keep_area_posts(actor, Level(area.level), stamp_of(area)))
    elif place.unit_id:
        require(policies.can_keep_unit_posts(actor, place.unit_id))
    else:
        require(policies.can_keep_district_posts(actor))


def _check_place(title: Title, place: PostPlace) -> None:
    where = {
        Title.Place.AREA: bool(place.area_id and not place.unit_id),
        Title.Place.UNIT: bool(place.unit_id and not place.area_id),
        Title.Place.DISTRICT: not (place.area_id or place.unit_id),
    }
    if not where[Title.Place(title.place)]:
        sentences = {
            Title.Place.AREA: _("This title needs an area."),
            Title.Place.UNIT: _("This title needs a partner unit."),
            Title.Place.DISTRICT: _("This title is for the whole district: leave area and unit empty."),
        }
        raise RuleError(sentences[Title.Place(title.place)], field="title")
    if place.area_id:
        _check_area(title, Area.objects.get(pk=place.area_id))
    if place.unit_id and not PartnerUnit.objects.get(pk=place.unit_id).is_active:
        raise RuleError(_("This unit is not active any more."), field="unit")
    if place.body_id and not Body.objects.filter(pk=place.body_id).exists():
        raise RuleError(_("This body does not exist any more."), field="body")


def _check_area(title: Title, area: Area) -> None:
    if area.closed_on:
        raise RuleError(_("%(area)s is closed.") % {"area": area.name}, field="area")
    if title.level is not None and title.level != area.level:
        raise RuleError(
            _("“%(title)s” is a title of a %(kind)s.")
            % {"title": title.name_zh, "kind": LEVEL_NAMES[Level(title.level)]},
            field="title",
        )


def _check_person(user: User, title: Title) -> None:
    if not user.is_active:
        raise RuleError(_("This account is switched off."), field="user")
    held = {role for post in _current(user).select_related("title") for role in post.title.role_set}
    if not policies.are_separate(held | title.role_set):
        raise RuleError(
            _("One person cannot run, guard and audit the portal: give this post to somebody else."), field="user"
        )


def _current(user: User) -> QuerySet[Post]:
    """Posts that are live or will be."""
    return Post.objects.filter(user=user).exclude(ends_on__lte=timezone.localdate())


def _insert(user: User, title: Title, place: PostPlace, starts_on: date) -> Post:
    post = Post(
        user=user,
        title=title,
        area_id=place.area_id,
        unit_id=place.unit_id,
        body_id=place.body_id,
        starts_on=starts_on,
    )
    try:
        with transaction.atomic():
            post.save(force_insert=True)
    except IntegrityError:
        raise RuleError(_("This person holds this post already."), field="user") from None
    return post


def _sync_admin_entry(user: User) -> None:
    """Whoever runs the portal may enter the administration, and nobody else."""
    roles = {role for post in _current(user).select_related("title") for role in post.title.role_set}
    may_enter = user.is_superuser or bool(policies.ADMIN_ROLES & roles)
    if user.is_staff != may_enter:
        user.is_staff = may_enter
        user.save(update_fields=["is_staff"])


def locked_post(post_id: int) -> Post:
    """The post, held until the transaction ends."""
    return Post.objects.select_for_update(of=("self",)).select_related("user", "title").get(pk=post_id)


@transaction.atomic
def end_post(*, post_id: int, actor: Actor, ends_on: date | None = None) -> Post:
    """Whoever staffs the place ends a post; its work stays with the place."""
    post = locked_post(post_id)
    _require_keeper(actor, _place_of(post))
    _end(post, ends_on or timezone.localdate())
    events.record(POST_ENDED, actor=actor, subject=post, user_id=post.user_id, title=post.title.code)
    return post


def _place_of(post: Post) -> PostPlace:
    return PostPlace(post.area_id, post.unit_id, post.body_id)


def _end(post: Post, on: date) -> None:
    if post.ends_on and post.ends_on <= timezone.localdate():
        raise RuleError(_("This post has ended already."))
    if not _leaves_an_admin(post):
        raise RuleError(_("This is the last system administrator. Appoint another one first."))
    post.ends_on = max(on, post.starts_on)  # an appointment taken back on its first day was never in force
    post.save(update_fields=["ends_on"])
    _sync_admin_entry(post.user)


def _leaves_an_admin(post: Post) -> bool:
    if Role.SYSTEM_ADMIN not in post.title.role_set:
        return True
    others = live_posts(timezone.localdate()).exclude(pk=post.pk).filter(user__is_active=True)
    return others.filter(title__roles__contains=[Role.SYSTEM_ADMIN]).exists()


@transaction.atomic
def hand_over_post(*, post_id: int, to_user_id: int, actor: Actor, on: date | None = None) -> Post:
    """One person leaves a post and another takes it the same day: everything on its desk is theirs."""
    on = on or timezone.localdate()
    former = locked_post(post_id)
    place = _place_of(former)
    _require_keeper(actor, place)
    if to_user_id == former.user_id:
        raise RuleError(_("This person holds this post already."), field="user")
    successor = User.objects.select_for_update(of=("self",)).get(pk=to_user_id)
    _check_place(former.title, place)
    _check_person(successor, former.title)
    post = _insert(successor, former.title, place, on)
    _end(former, on)
    _sync_admin_entry(successor)
    events.record(
        POST_HANDED_OVER,
        actor=actor,
        subject=post,
        from_user_id=former.user_id,
        to_user_id=successor.pk,
        title=former.title.code,
        former_post_id=former.pk,
    )
    return post
