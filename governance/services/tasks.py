"""What is to be done by a day: given, begun, said to be done, looked at by somebody else (docs/lifecycle.md)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from core.models import Attachment
from core.numbers import next_number
from governance.actors import HANDLER_ROLES, UNIT_ROLES
from governance.lifecycle.duties import TASK_TRACK, DutyStep
from governance.lifecycle.tasks import (
    TASK_CANCELLED,
    TASK_CHECKED,
    TASK_CLAIMED,
    TASK_ESCALATED,
    TASK_FINAL,
    TASK_FITS,
    TASK_GIVEN,
    TASK_MOVED,
    TASK_NOTED,
    TASK_SENT_BACK,
    TASK_STARTED,
    TaskState,
    task_before,
)
from governance.models import DutyClock, Issue, Task, TaskLine, TaskMilestone, TaskPhoto
from governance.policies import tasks as policies
from governance.services.duties import DutyKind, end_clocks, start_clock, void_clocks
from governance.services.ladder import Told
from governance.services.moves import person
from neighborhoods.actors import SYSTEM, Actor, Level
from neighborhoods.models import Area, PartnerUnit, Post
from neighborhoods.selectors.posts import lowest_staffed, users_in_unit
from neighborhoods.services.stamps import stamp_of

TITLE_LIMIT = 120
MILESTONES_LIMIT = 6


class Milestone(NamedTuple):
    """A step on the way, by a day."""

    title: str
    due_on: date


@dataclass(frozen=True)
class Order:
    """What somebody is to do. Whoever holds `post` does it; without one, the desk of `area` or the unit."""

    area: Area
    title: str
    due_at: datetime
    text: str = ""
    proof_wanted: str = ""
    unit: PartnerUnit | None = None
    post: Post | None = None
    issue: Issue | None = None
    milestones: tuple[Milestone, ...] = ()


@transaction.atomic
def give_task(*, actor: Actor, order: Order, **origin: Any) -> Task:
    """Give a task. `origin` names what resolved it (`resolution=...`, `whistle=...`).

    An owner whose post is vacant, or an area where nobody serves, passes it to the nearest level above that is staffed.
    Who may give one is asked by the verb that does: convening a meeting, carrying out a whistle.
    """
    at = timezone.now()
    if not order.title.strip():
        raise RuleError(_("Say in a few words what is to be done."), field="title")
    if len(order.title.strip()) > TITLE_LIMIT:
        raise RuleError(_("At most %(limit)d characters.") % {"limit": TITLE_LIMIT}, field="title")
    if order.due_at <= at:
        raise RuleError(_("Choose a day that is still to come."), field="due_at")
    _require_milestones(order, at)
    stamp = stamp_of(order.area)
    task = Task(
        number=next_number("task", timezone.localdate(at).year, "T"),
        area=order.area,
        **stamp.as_fields(),
        title=order.title.strip(),
        text=order.text.strip(),
        proof_wanted=order.proof_wanted.strip(),
        holder_area=order.area,
        holder_unit=order.unit,
        owner_post=order.post if order.post and order.post.ends_on is None else None,
        issue=order.issue,
        given_at=at,
        given_by_id=actor.user_id,
        given_by_label=actor.label,
        due_at=order.due_at,
        **origin,
    )
    if not order.unit:  # the desk that goes on when a post ends
        task.holder_area_id = lowest_staffed(stamp, HANDLER_ROLES) or stamp.street_id or order.area.pk
    task.save(force_insert=True)
    TaskMilestone.objects.bulk_create([TaskMilestone(task=task, **m._asdict()) for m in order.milestones])
    _line(task, TASK_GIVEN, actor, at, text=task.text)
    start_clock({"task": task}, track=TASK_TRACK, step=DutyStep.DONE, at=at, due_at=task.due_at)
    _tell(TASK_GIVEN, task, actor)
    return task


def _require_milestones(order: Order, at: datetime) -> None:
    first, last = timezone.localdate(at), timezone.localdate(order.due_at)
    if len(order.milestones) > MILESTONES_LIMIT:
        raise RuleError(_("At most %(limit)d milestones.") % {"limit": MILESTONES_LIMIT}, field="milestones")
    for title, due_on in order.milestones:
        if not 0 < len(title) <= TITLE_LIMIT:
            raise RuleError(_("At most %(limit)d characters.") % {"limit": TITLE_LIMIT}, field="milestones")
        if not first <= due_on <= last:
            raise RuleError(_("A milestone lies between today and the day of the task."), field="milestones")


@transaction.atomic
def note_task(*, task_id: int, actor: Actor, note: str = "", milestone_id: int | None = None) -> Task:
    """How far it is: in words, or a milestone that was reached. Nothing moves."""
    task, at = locked_task(task_id), timezone.now()
    _require_state(task, TASK_FITS["note"])
    require(policies.can_note_task(actor, task))
    milestone = task.milestones.filter(pk=milestone_id, reached_at=None).first() if milestone_id else None
    if milestone_id and not milestone:
        raise RuleError(_("This milestone was reached already."), field="milestone")
    if not milestone and not note.strip():
        raise RuleError(_("Write how far it is."), field="note")
    if milestone:
        milestone.reached_at, milestone.reached_by_label = at, actor.label
        milestone.save(update_fields=["reached_at", "reached_by_label"])
    _line(task, TASK_NOTED, actor, at, text=note.strip(), reason=milestone.title if milestone else "")
    _tell(TASK_NOTED, task, actor)
    return task


@transaction.atomic
def start_task(*, task_id: int, actor: Actor, note: str = "") -> Task:
    """The owner has begun."""
    task, at = locked_task(task_id), timezone.now()
    _require_state(task, TASK_FITS["start"])
    require(policies.can_start_task(actor, task))
    _move(task, TaskState.DOING, TASK_STARTED, actor, at, text=note.strip())
    return task


def may_claim_task(actor: Actor, task: Task) -> bool:
    """The owner; and for a unit in which nobody has an account, whoever gave the task or answers for it."""
    if policies.can_claim_task(actor, task):
        return True
    return policies.can_claim_for_unit(actor, task) and not users_in_unit(UNIT_ROLES, task.holder_unit_id or 0)


@transaction.atomic
def claim_task(*, task_id: int, actor: Actor, result: str, photos: tuple[Attachment, ...] = ()) -> Task:
    """The owner says what was done. A claim until somebody else has looked."""
    task, at = locked_task(task_id), timezone.now()
    _require_move(task, TaskState.CLAIMED)
    require(may_claim_task(actor, task))
    if not result.strip():
        raise RuleError(_("Write what was done."), field="result")
    task.result, task.claimed_at, task.claimed_by_id = result.strip(), at, person(actor)
    TaskPhoto.objects.bulk_create([TaskPhoto(task=task, attachment=photo) for photo in photos])
    end_clocks({"task": task}, at, [DutyStep.DONE])
    start_clock({"task": task}, track=TASK_TRACK, step=DutyStep.CHECK, at=at)
    _move(task, TaskState.CLAIMED, TASK_CLAIMED, actor, at, text=task.result)
    return task


@transaction.atomic
def check_task(*, task_id: int, actor: Actor, passed: bool, note: str = "") -> Task:
    """Somebody other than the owner has looked: done, or back to work with what is missing."""
    task, at = locked_task(task_id), timezone.now()
    _require_move(task, TaskState.DONE)
    require(policies.can_check_task(actor, task))
    if not passed and not note.strip():
        raise RuleError(_("Say what is still missing."), field="note")
    end_clocks({"task": task}, at, [DutyStep.CHECK])
    if passed:
        task.checked_by_id = person(actor)
        _move(task, TaskState.DONE, TASK_CHECKED, actor, at, text=note.strip())
        return task
    task.claimed_at = task.claimed_by_id = None
    start_clock({"task": task}, track=TASK_TRACK, step=DutyStep.DONE, at=at, due_at=max(task.due_at, at))
    _move(task, TaskState.DOING, TASK_SENT_BACK, actor, at, text=note.strip())
    return task


@transaction.atomic
def cancel_task(*, task_id: int, actor: Actor, reason: str) -> Task:
    """Called off, with a reason everybody concerned can read."""
    task, at = locked_task(task_id), timezone.now()
    _require_move(task, TaskState.CANCELLED)
    require(policies.can_cancel_task(actor, task))
    if not reason.strip():
        raise RuleError(_("Say why it is called off."), field="reason")
    void_clocks({"task": task}, at)
    _move(task, TaskState.CANCELLED, TASK_CANCELLED, actor, at, reason=reason.strip()[:200])
    return task


@transaction.atomic
def move_task(
    *, task_id: int, actor: Actor, reason: str, due_at: datetime | None = None, unit: PartnerUnit | None = None
) -> Task:
    """Another day, or another unit, with a reason. The old clock ends without a verdict, the new day counts."""
    task, at = locked_task(task_id), timezone.now()
    _require_state(task, TASK_FITS["move"])
    require(policies.can_move_task(actor, task))
    if not reason.strip():
        raise RuleError(_("Say why."), field="reason")
    if due_at and due_at <= at:
        raise RuleError(_("Choose a day that is still to come."), field="due_at")
    if not due_at and not unit:
        raise RuleError(_("Choose another day or another unit."), field="due_at")
    if unit:
        task.holder_unit, task.owner_post = unit, None
    if due_at:
        void_clocks({"task": task}, at, [DutyStep.DONE])
        start_clock({"task": task}, track=TASK_TRACK, step=DutyStep.DONE, at=at, due_at=due_at)
        task.due_at = due_at
    _line(task, TASK_MOVED, actor, at, reason=reason.strip()[:200], text=task.holder_name)
    task.save()
    _tell(TASK_MOVED, task, actor)
    return task


# ---- what every verb does ----
def locked_task(task_id: int) -> Task:
    """The task, locked until the transaction ends, with what policies ask of it."""
    Task.objects.select_for_update().only("pk").get(pk=task_id)
    return Task.objects.select_related("holder_area", "holder_unit", "owner_post__title", "area").get(pk=task_id)


def _require_move(task: Task, to: TaskState) -> None:
    _require_state(task, task_before(to))


def _require_state(task: Task, states: Collection[str]) -> None:
    if task.state not in states:
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": task.number, "state": task.state_label}
        )


def _move(task: Task, to: TaskState, kind: str, actor: Actor, at: datetime, **entry: str) -> None:
    _require_move(task, to)
    before, task.state = task.state, to
    task.closed_at = at if to in TASK_FINAL else None
    task.save()
    _line(task, kind, actor, at, from_state=before, **entry)
    _tell(kind, task, actor)


def _line(task: Task, kind: str, actor: Actor, at: datetime, **entry: str) -> None:
    TaskLine.objects.create(
        task=task, kind=kind, at=at, actor_id=actor.user_id, actor_label=actor.label, to_state=task.state, **entry
    )


def _tell(kind: str, task: Task, actor: Actor) -> None:
    events.record(kind, actor=actor, subject=task, **payload_of(task))


def payload_of(task: Task) -> dict[str, Any]:
    """What an event of a task carries."""
    return {"task_id": task.pk, "number": task.number, "issue_id": task.issue_id}


# ---- the ladder ----
def _responsible(task: Task) -> int:
    """A unit answers to the community, an area to the level above it; what is claimed waits for the community."""
    level = int(task.holder_area.level)
    return min(level, int(Level.COMMUNITY)) if task.holder_unit_id or task.state == TaskState.CLAIMED else level


def _record(task: Task, _clock: DutyClock, told: Told, at: datetime) -> None:
    _line(task, TASK_ESCALATED, SYSTEM, at, reason=told.target)
    if told.level is not None and (task.escalated_level is None or told.level < task.escalated_level):
        task.escalated_level = told.level
        task.save(update_fields=["escalated_level"])


TASKS = DutyKind(
    field="task",
    model=Task,
    related=("holder_area",),
    event=TASK_ESCALATED,
    track=lambda _task: TASK_TRACK,
    responsible=_responsible,
    record=_record,
    payload=payload_of,
)
