"""Duty posts: the branch says what is needed, members take what suits them and leave it again."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods.actors import Actor
from neighborhoods.models import Area
from neighborhoods.services.stamps import stamp_for_new
from volunteers.lifecycle import checkins as life
from volunteers.lifecycle.checkins import DutyKind, FreeTime, Skill
from volunteers.models import DutyPost, DutyTaking
from volunteers.policies import checkins as policies
from volunteers.services.checkins.applying import quiet_from
from volunteers.services.checkins.moves import begin, locked_checkin, require_fit, write

MOST_PLACES = 99


@dataclass(frozen=True)
class Need:
    """What there is to do, who could, when, and for how many."""

    kind: DutyKind
    title: str
    words: str = ""
    skills: Collection[str] = ()
    free_times: Collection[str] = ()
    places: int = 1


@transaction.atomic
def open_post(*, actor: Actor, area: Area | int, need: Need) -> DutyPost:
    """A need of a branch, for its members."""
    place, stamp = stamp_for_new(area)
    require(policies.can_keep_for(actor, stamp))
    if stamp.branch_id is None:
        raise RuleError(_("A duty post belongs to a branch: choose the compound."), field="place_words")
    if not need.title.strip():
        raise RuleError(_("Say what there is to do."), field="title")
    if not 1 <= need.places <= MOST_PLACES:
        raise RuleError(_("Between 1 and 99 people."), field="places")
    post = DutyPost.objects.create(
        area=place,
        **stamp.as_fields(),
        kind=need.kind,
        title=need.title.strip()[:60],
        words=need.words.strip()[:200],
        skills=[code for code in Skill.values if code in set(need.skills)],
        free_times=[code for code in FreeTime.values if code in set(need.free_times)],
        places=need.places,
        opened_at=timezone.now(),
        opened_by_label=actor.label,
    )
    events.record(life.POST_OPENED, actor=actor, subject=post, duty_post_id=post.pk)
    return post


def locked_post(post_id: int) -> DutyPost:
    """The post, locked until the transaction ends: its places are counted under this lock."""
    return DutyPost.objects.select_for_update(of=("self",)).get(pk=post_id)


@transaction.atomic
def close_post(*, post_id: int, actor: Actor) -> DutyPost:
    """Not needed any more; who was on it is free."""
    post = locked_post(post_id)
    require(policies.can_keep_for(actor, post))
    if post.closed_at:
        raise RuleError(_("This duty post is closed already."))
    post.closed_at = timezone.now()
    post.save(update_fields=["closed_at"])
    post.takings.filter(left_at=None).update(left_at=post.closed_at)
    events.record(life.POST_CLOSED, actor=actor, subject=post, duty_post_id=post.pk)
    return post


@transaction.atomic
def take_post(*, post_id: int, checkin_id: int, actor: Actor) -> DutyTaking:
    """Take a post of one's own branch while there is a place. Check-in before post: everybody locks in this order."""
    checkin = locked_checkin(checkin_id)
    require_fit(checkin, "post")
    require(policies.can_take_post(actor, checkin))
    post, at = locked_post(post_id), timezone.now()
    if post.closed_at or post.branch_id != checkin.branch_id:
        raise RuleError(_("This duty post is not offered here (any more)."))
    live = post.takings.filter(left_at=None)
    if live.filter(checkin=checkin).exists():
        raise RuleError(_("This duty post is yours already."))
    if live.count() >= post.places:
        raise RuleError(_("All places of this duty post are taken."))
    taking = DutyTaking.objects.create(post=post, checkin=checkin, taken_at=at)
    checkin.quiet_due_at = quiet_from(at)
    checkin.save(update_fields=["quiet_due_at"])
    write(checkin, life.POST_TAKEN, actor, text=post.title, duty_post_id=post.pk)
    begin(checkin, actor, at)
    return taking


@transaction.atomic
def leave_post(*, post_id: int, checkin_id: int, actor: Actor) -> None:
    """Leave it, whenever one likes and without a reason."""
    checkin = locked_checkin(checkin_id)
    require_fit(checkin, "post")
    require(policies.can_take_post(actor, checkin))
    left = checkin.takings.filter(post=post_id, left_at=None).update(left_at=timezone.now())
    if not left:
        raise RuleError(_("This duty post is not yours."))
    write(checkin, life.POST_LEFT, actor, duty_post_id=post_id)
