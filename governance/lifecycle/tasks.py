"""The states of a task: what somebody is to do by a day, after a meeting or a whistle, or by foresight."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.looks import Look


class TaskState(models.TextChoices):
    """Where a task stands."""

    GIVEN = "given", _("given")
    DOING = "doing", _("being done")
    CLAIMED = "claimed", _("said to be done")
    DONE = "done", _("done and checked")
    CANCELLED = "cancelled", _("called off")


TASK_FINAL = frozenset({TaskState.DONE, TaskState.CANCELLED})
TASK_OPEN = frozenset(TaskState) - TASK_FINAL
TASK_MOVES: dict[TaskState, frozenset[TaskState]] = {
    TaskState.GIVEN: frozenset({TaskState.DOING, TaskState.CLAIMED, TaskState.CANCELLED}),
    TaskState.DOING: frozenset({TaskState.CLAIMED, TaskState.CANCELLED}),
    TaskState.CLAIMED: frozenset({TaskState.DONE, TaskState.DOING, TaskState.CANCELLED}),
    TaskState.DONE: frozenset(),
    TaskState.CANCELLED: frozenset(),
}


def task_before(*goals: TaskState) -> frozenset[TaskState]:
    """The states from which a task can move to one of these."""
    return frozenset(state for state, nexts in TASK_MOVES.items() if nexts & set(goals))


# In which states each step fits: of buttons, policies and services.
TASK_FITS: dict[str, frozenset[TaskState]] = {
    "start": task_before(TaskState.DOING) - {TaskState.CLAIMED},
    "claim": task_before(TaskState.CLAIMED),
    "check": task_before(TaskState.DONE),
    "cancel": task_before(TaskState.CANCELLED),
    "move": TASK_OPEN - {TaskState.CLAIMED},  # to another day or another owner
    "note": TASK_OPEN,
}
TASK_LOOKS: dict[TaskState, Look] = {
    TaskState.GIVEN: Look("soon", "wait"),
    TaskState.DOING: Look("run", "run"),
    TaskState.CLAIMED: Look("run", "message"),
    TaskState.DONE: Look("done", "done"),
    TaskState.CANCELLED: Look("", "x"),
}

TASK_GIVEN = "task.given"
TASK_STARTED = "task.started"
TASK_CLAIMED = "task.claimed"
TASK_CHECKED = "task.checked"
TASK_SENT_BACK = "task.sent_back"
TASK_CANCELLED = "task.cancelled"
TASK_MOVED = "task.moved"  # another day, or another owner
TASK_NOTED = "task.noted"
TASK_ESCALATED = "task.escalated"

TASK_EVENTS = frozenset(
    {
        *(TASK_GIVEN, TASK_STARTED, TASK_CLAIMED, TASK_CHECKED, TASK_SENT_BACK),
        *(TASK_CANCELLED, TASK_MOVED, TASK_NOTED, TASK_ESCALATED),
    }
)
