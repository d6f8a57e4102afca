"""What every step of a check-in does: lock, look whether it fits, write the line, record the event."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError
from neighborhoods.actors import Actor
from volunteers.lifecycle.checkins import CHECKIN_BEGAN, CHECKIN_FITS, CheckInState
from volunteers.lifecycle.pledges import PLEDGE_WITHDRAWN, PledgeState
from volunteers.models import CheckIn, CheckInLine

LINE_LIMIT = 200


def locked_checkin(checkin_id: int) -> CheckIn:
    """The check-in with its resident, locked until the transaction ends."""
    rows = CheckIn.objects.select_for_update(of=("self",)).select_related("resident")
    return rows.get(pk=checkin_id)


def require_fit(checkin: CheckIn, verb: str) -> None:
    """Refuse a step that does not fit the state."""
    if checkin.state not in CHECKIN_FITS[verb]:
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": checkin.number, "state": checkin.get_state_display()}
        )


def write(checkin: CheckIn, kind: str, actor: Actor, *, text: str = "", **payload: Any) -> None:
    """A line of the history and its event. The words stay out of the event."""
    CheckInLine.objects.create(
        checkin=checkin,
        kind=kind,
        at=timezone.now(),
        actor_id=actor.user_id,
        actor_label=actor.label,
        text=text[:LINE_LIMIT],
    )
    events.record(kind, actor=actor, subject=checkin, checkin_id=checkin.pk, **payload)


def begin(checkin: CheckIn, actor: Actor, at: datetime) -> None:
    """The first post or the first confirmed service of an accepted member; nothing for everybody else."""
    if checkin.state != CheckInState.ACCEPTED:
        return
    checkin.state, checkin.began_at = CheckInState.ACTIVE, at
    checkin.save(update_fields=["state", "began_at"])
    write(checkin, CHECKIN_BEGAN, actor)


def end(checkin: CheckIn, state: CheckInState, at: datetime, actor: Actor) -> None:
    """Over: posts are free again, and what was shown is off the page, in the same transaction."""
    checkin.state, checkin.ended_at = state, at
    checkin.save(update_fields=["state", "ended_at"])
    checkin.takings.filter(left_at=None).update(left_at=at)
    if checkin.pledges.filter(withdrawn_at=None).update(state=PledgeState.WITHDRAWN, withdrawn_at=at):
        write(checkin, PLEDGE_WITHDRAWN, actor)
