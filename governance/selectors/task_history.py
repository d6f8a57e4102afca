"""Lines of a task's history in words."""

from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.lifecycle import Target
from governance.lifecycle import tasks as lifecycle
from governance.models import Task


class TaskLineView(NamedTuple):
    """One line as the desk shows it."""

    at: datetime
    icon: str
    title: str
    text: str
    reason: str
    who: str


KINDS: dict[str, tuple[str, Promise]] = {
    lifecycle.TASK_GIVEN: ("flag", gettext_lazy("Given")),
    lifecycle.TASK_STARTED: ("run", gettext_lazy("Begun")),
    lifecycle.TASK_CLAIMED: ("message", gettext_lazy("Said to be done")),
    lifecycle.TASK_CHECKED: ("done", gettext_lazy("Checked: done")),
    lifecycle.TASK_SENT_BACK: ("again", gettext_lazy("Checked: something is missing")),
    lifecycle.TASK_CANCELLED: ("x", gettext_lazy("Called off")),
    lifecycle.TASK_MOVED: ("wait", gettext_lazy("Moved to another day or owner")),
    lifecycle.TASK_NOTED: ("write", gettext_lazy("Note")),
    lifecycle.TASK_ESCALATED: ("late", gettext_lazy("Escalated")),
}
TARGETS: dict[str, Promise] = {
    Target.HANDLER: gettext_lazy("Reminder: the owner is told"),
    Target.HANDLER_LEAD: gettext_lazy("Reminder: the owner and their lead are told"),
    Target.LEVEL_UP: gettext_lazy("Escalated: one level up is told"),
    Target.STREET: gettext_lazy("Escalated: under the street's supervision"),
    Target.DISTRICT: gettext_lazy("Escalated: on the district's list"),
}


def task_lines(task: Task) -> list[TaskLineView]:
    """The history, the newest first."""
    lines = []
    for line in task.lines.order_by("-at", "-pk"):
        icon, title = KINDS[line.kind]
        is_rung = line.kind == lifecycle.TASK_ESCALATED
        lines.append(
            TaskLineView(
                at=line.at,
                icon=icon,
                title=str(TARGETS[line.reason] if is_rung else title),
                text=line.text,
                reason="" if is_rung else line.reason,
                who=line.actor_label if line.actor_id else _("automatically"),
            )
        )
    return lines
