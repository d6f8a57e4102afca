"""The things every verb of a matter does: lock it, ask its state, move it with its clock, write the line, tell."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError
from governance.lifecycle.duties import MATTER_TRACK
from governance.lifecycle.matters import MATTER_CLOCKS, MATTER_ESCALATED, MATTER_FINAL, MatterState
from governance.models import DutyClock, Matter, MatterLine
from governance.services.duties import DutyKind, end_clocks, start_clock
from governance.services.ladder import Told
from neighborhoods.actors import SYSTEM, Actor, Level

OF_THE_COMMUNITY = frozenset({MatterState.FILED, MatterState.REPORTED, MatterState.CHECKED})  # whose turn it is then


def locked_matter(matter_id: int) -> Matter:
    """The matter, locked until the transaction ends, with what policies ask of it."""
    Matter.objects.select_for_update().only("pk").get(pk=matter_id)
    related = ("holder_area", "holder_unit", "owner_post__title", "owner_post__user", "area", "category")
    return Matter.objects.select_related(*related).get(pk=matter_id)


def require_state(matter: Matter, states: Collection[str]) -> None:
    """Refuse a step that does not fit (any more), saying what the matter is by now."""
    if matter.state not in states:
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": matter.number, "state": matter.state_label}
        )


def move(matter: Matter, to: MatterState, kind: str, actor: Actor, at: datetime, **entry: str) -> None:
    """Move the state, let the clock of the old one end and that of the new one run, save, write the line, tell."""
    if not matter.can_move_to(to):
        require_state(matter, ())
    before, matter.state = MatterState(matter.state), to
    matter.closed_at = at if to in MATTER_FINAL else None
    tick(matter, before, at)
    matter.save()
    write_line(matter, kind, actor, at, from_state=before, to_state=to, **entry)
    tell(kind, matter, actor)


def tick(matter: Matter, before: MatterState | None, at: datetime) -> None:
    """End and start what the two states say; the caller saves."""
    old = MATTER_CLOCKS.get(before) if before else None
    new = MATTER_CLOCKS.get(MatterState(matter.state))
    if old == new:
        return
    if old:
        end_clocks({"matter": matter}, at, [old])
    clock = start_clock({"matter": matter}, track=MATTER_TRACK, step=new, at=at) if new else None
    matter.due_at = clock.due_at if clock else None


def write_line(matter: Matter, kind: str, actor: Actor, at: datetime, **entry: str) -> None:
    """One line of the history."""
    MatterLine.objects.create(matter=matter, kind=kind, at=at, actor_id=actor.user_id, actor_label=actor.label, **entry)


def tell(kind: str, matter: Matter, actor: Actor) -> None:
    """Record the event of a verb."""
    events.record(kind, actor=actor, subject=matter, **payload_of(matter))


def payload_of(matter: Matter) -> dict[str, Any]:
    """What an event of a matter carries."""
    return {"matter_id": matter.pk, "number": matter.number}


# ---- the ladder ----
def _responsible(matter: Matter) -> int:
    """A unit answers to the community; what waits to be given out, looked at or closed is the community's."""
    level = int(matter.holder_area.level)
    is_above = bool(matter.holder_unit_id) or matter.state in OF_THE_COMMUNITY
    return min(level, int(Level.COMMUNITY)) if is_above else level


def _record(matter: Matter, _clock: DutyClock, told: Told, at: datetime) -> None:
    write_line(matter, MATTER_ESCALATED, SYSTEM, at, reason=told.target)
    if told.level is not None and (matter.escalated_level is None or told.level < matter.escalated_level):
        matter.escalated_level = told.level
        matter.save(update_fields=["escalated_level"])


MATTERS = DutyKind(
    field="matter",
    model=Matter,
    related=("holder_area",),
    event=MATTER_ESCALATED,
    track=lambda _matter: MATTER_TRACK,
    responsible=_responsible,
    record=_record,
    payload=payload_of,
)
