"""A matter in seven steps, and its history in words."""

from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from governance.lifecycle import matters as lifecycle
from governance.lifecycle.matters import HelperRole, MatterState, MatterStep
from governance.models import Matter, MatterLine
from governance.selectors.task_history import TARGETS
from governance.selectors.track import TrackLine

KINDS: dict[str, tuple[str, Promise]] = {
    lifecycle.MATTER_COLLECTED: ("inbox", pgettext_lazy("line of a matter", "Collected")),
    lifecycle.MATTER_FILED: ("doc", pgettext_lazy("line of a matter", "Filed")),
    lifecycle.MATTER_NOT_FILED: ("x", gettext_lazy("Not filed")),
    lifecycle.MATTER_DISPATCHED: ("go", pgettext_lazy("line of a matter", "Dispatched")),
    lifecycle.MATTER_REDISPATCHED: ("swap", gettext_lazy("Given to somebody else")),
    lifecycle.MATTER_HANDLED: ("hand", gettext_lazy("Handled")),
    lifecycle.MATTER_REPORTED: ("message", gettext_lazy("Reported back")),
    lifecycle.MATTER_CHECKED: ("eye", gettext_lazy("Looked at: it is so")),
    lifecycle.MATTER_SENT_BACK: ("again", gettext_lazy("Looked at: something is missing")),
    lifecycle.MATTER_CLOSED: ("done", pgettext_lazy("line of a matter", "Closed")),
    lifecycle.MATTER_HELPED: ("people", gettext_lazy("Somebody helped")),
    lifecycle.MATTER_LINKED: ("link", gettext_lazy("Linked with a request")),
    lifecycle.MATTER_UNLINKED: ("split", gettext_lazy("No longer linked with a request")),
    lifecycle.MATTER_ESCALATED: ("late", gettext_lazy("Escalated")),
}


class MatterLineView(NamedTuple):
    """One line as the desk shows it."""

    at: datetime
    icon: str
    title: str
    text: str
    reason: str
    who: str


def lines_of(matter: Matter) -> list[MatterLine]:
    """The whole history, the newest first; a matter has some dozen lines."""
    return list(matter.lines.order_by("-at", "-pk"))


def matter_lines(lines: list[MatterLine]) -> list[MatterLineView]:
    """The history in words."""
    return [_view(line) for line in lines]


def _view(line: MatterLine) -> MatterLineView:
    icon, title = KINDS[line.kind]
    reason = line.reason
    if line.kind == lifecycle.MATTER_ESCALATED:
        title, reason = TARGETS[line.reason], ""
    elif line.kind == lifecycle.MATTER_HELPED:
        reason = str(HelperRole(line.reason).label)
    who = line.actor_label if line.actor_id else _("automatically")
    return MatterLineView(line.at, icon, str(title), line.text, reason, who)


def track_of(matter: Matter, lines: list[MatterLine]) -> list[TrackLine]:
    """The seven steps, computed from state and history; each with who took it and when."""
    order = list(MatterStep)
    reached = 0 if matter.state == MatterState.NOT_FILED else order.index(MatterStep(matter.state))
    taken = {line.to_state: line for line in reversed(lines) if line.to_state}
    track = []
    for place, step in enumerate(order):
        line = taken.get(step.value) if place <= reached else None
        is_now = place == reached + 1 and matter.is_open
        track.append(
            TrackLine(
                step,
                place + 1,
                place <= reached,
                is_now,
                line.at if line else None,
                line.actor_label if line else "",
                matter.due_at if is_now or (place == reached + 2 and matter.state == MatterState.DISPATCHED) else None,
            )
        )
    return track
