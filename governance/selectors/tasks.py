"""Tasks as people may see them, and the lists of the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.actors import DISPATCHERS, VIEWERS
from governance.lifecycle.tasks import TaskState
from governance.models import Task
from governance.querysets import TaskQuerySet
from governance.selectors.holding import at_desk, by_post, by_unit
from neighborhoods.actors import Actor
from neighborhoods.querysets import scope


def tasks_visible_to(actor: Actor) -> TaskQuerySet:
    """What the actor's posts open: areas by stamp, their units' tasks, their own, and what they gave."""
    condition = scope(actor.grants_of(VIEWERS)) | _own(actor, timezone.localdate())
    if actor.is_somebody and actor.user_id is not None:
        condition |= Q(given_by_id=actor.user_id)
    return Task.objects.filter(condition)


def _own(actor: Actor, today: date) -> Q:
    """Mirror of policies.tasks.is_owner as a condition."""
    nobody = Q(owner_post=None) | Q(owner_post__ends_on__lte=today)
    return by_post(actor, today) | (by_unit(actor) & Q(owner_post=None)) | (at_desk(actor) & nobody)


def to_do(actor: Actor, today: date | None = None) -> TaskQuerySet:
    """What the actor has to do."""
    own = _own(actor, today or timezone.localdate())
    return Task.objects.open().filter(own, state__in=[TaskState.GIVEN, TaskState.DOING])


def to_check(actor: Actor) -> TaskQuerySet:
    """What waits for the actor to look whether it is done."""
    keeps = scope(actor.grants_of(DISPATCHERS))
    if actor.is_somebody and actor.user_id is not None:
        keeps |= Q(given_by_id=actor.user_id)
    mine = Q(claimed_by_id=actor.user_id) | Q(holder_unit_id__in=sorted(actor.unit_ids))
    return Task.objects.open().filter(keeps, state=TaskState.CLAIMED).exclude(mine)


@dataclass(frozen=True)
class TaskTab:
    """A list of tasks, open ones by their day, the others by when they were given."""

    key: str
    label: Promise
    rows: Callable[[Actor, datetime], TaskQuerySet]
    newest_first: bool = False


TABS: dict[str, TaskTab] = {
    tab.key: tab
    for tab in (
        TaskTab("todo", _("for me to do"), lambda actor, _at: to_do(actor)),
        TaskTab("check", _("for me to check"), lambda actor, _at: to_check(actor)),
        TaskTab("open", _("all open"), lambda actor, _at: tasks_visible_to(actor).open()),
        TaskTab("late", _("overdue"), lambda actor, at: tasks_visible_to(actor).open().filter(due_at__lt=at)),
        TaskTab("over", _("over"), lambda actor, _at: tasks_visible_to(actor).over(), newest_first=True),
    )
}


def listed(actor: Actor, tab: TaskTab, at: datetime) -> TaskQuerySet:
    """The rows of a tab in their order, with what a row shows."""
    rows = tab.rows(actor, at).select_related("holder_area", "holder_unit", "owner_post", "area__compound", "issue")
    return rows.order_by("-given_at", "-pk") if tab.newest_first else rows.order_by("due_at", "pk")
