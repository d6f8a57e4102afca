"""The things every verb of a vote does: lock, ask the state, move, tell."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError
from governance.lifecycle.motions import MOTION_FITS, MotionState
from governance.models import EntitledList, Meeting, Motion, MotionEntry
from neighborhoods.actors import Actor

_MOTION = Motion.objects.select_related("meeting", "rule", "item")


def locked_meeting(meeting_id: int) -> Meeting:
    """The meeting, locked: its state stays as it is, its list of voters and its motions are kept one after another."""
    return Meeting.objects.select_for_update().get(pk=meeting_id)


def locked_motion(motion_id: int) -> Motion:
    """The motion, locked alone and read afterwards, as `moves.locked_issue`. Waits for every ballot under way."""
    Motion.objects.select_for_update().only("pk").get(pk=motion_id)
    return _MOTION.get(pk=motion_id)


def motion_to_vote_on(motion_id: int) -> Motion:
    """The motion, held in its state but not against other voters: ballots do not wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM governance_motion WHERE id = %s FOR SHARE", [motion_id])
    return _MOTION.get(pk=motion_id)


def voters_of(meeting_id: int) -> EntitledList | None:
    """The list of voters of a meeting, if there is one."""
    return EntitledList.objects.filter(meeting_id=meeting_id).select_related("meeting").first()


def require_step(motion: Motion, step: str) -> None:
    """Refuse a step that does not fit the state, saying what the motion is by now."""
    if motion.state not in MOTION_FITS[step]:
        raise RuleError(
            _("This motion is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"state": motion.state_label}
        )


def move_motion(
    motion: Motion, to: MotionState, *, kind: str, actor: Actor, at: datetime, reason: str = ""
) -> MotionEntry:
    """Move the state and write the line of history. The caller saves the motion."""
    if not motion.can_move_to(to):
        raise RuleError(_("This step does not fit any more."))
    motion.state = to
    return write_line(motion, kind=kind, actor=actor, at=at, to_state=to, reason=reason)


def write_line(
    motion: Motion, *, kind: str, actor: Actor, at: datetime, to_state: str = "", reason: str = ""
) -> MotionEntry:
    """One line of the motion's history."""
    return MotionEntry.objects.create(
        motion=motion,
        kind=kind,
        at=at,
        actor_id=actor.user_id,
        actor_label=actor.label,
        to_state=to_state,
        reason=reason,
    )


def tell(kind: str, motion: Motion, actor: Actor, **payload: Any) -> None:
    """Record the event of a verb."""
    events.record(kind, actor=actor, subject=motion, motion_id=motion.pk, meeting_id=motion.meeting_id, **payload)
