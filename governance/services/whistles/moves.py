"""The things every verb of a whistle does: lock it, ask its state, move it, tell what happened."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError
from governance.lifecycle.whistles import WHISTLE_ACKNOWLEDGED, WHISTLE_ARRIVED, WHISTLE_FINAL, WhistleState
from governance.models import Call, Issue, Whistle, WhistleLine
from governance.services.locks import lock_issues
from governance.services.moves import tell as tell_issue
from governance.services.moves import write_line as write_issue_line
from neighborhoods.actors import Actor


def locked_whistle(whistle_id: int) -> Whistle:
    """The whistle, locked until the transaction ends.

    Against other verbs only: the sweep, which holds a call, may still write a line of history meanwhile.
    """
    Whistle.objects.select_for_update(no_key=True).only("pk").get(pk=whistle_id)
    return Whistle.objects.select_related("area").get(pk=whistle_id)


def locked_call(call_id: int) -> Call:
    """A call, its whistle locked before it, as every verb locks them."""
    whistle = locked_whistle(Call.objects.only("whistle_id").get(pk=call_id).whistle_id)
    call = Call.objects.select_related("unit").select_for_update(of=("self",)).get(pk=call_id)
    call.whistle = whistle
    return call


def calls_of(whistle: Whistle) -> list[Call]:
    """All calls, the lead first, each with its unit and this whistle."""
    calls = list(whistle.calls.select_related("unit").order_by("-is_lead", "pk"))
    for call in calls:
        call.whistle = whistle
    return calls


def lead_of(calls: list[Call]) -> Call:
    """The one that leads."""
    return next(call for call in calls if call.is_lead and call.released_at is None)


def require_fit(whistle: Whistle, verb: str) -> None:
    """Refuse a step that does not fit (any more), saying what the whistle is by now."""
    if not whistle.fits(verb):
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": whistle.number, "state": whistle.state_label}
        )


def move(whistle: Whistle, to: WhistleState, kind: str, actor: Actor, at: datetime, **entry: Any) -> None:
    """Move the state and write the line; the caller saves the whistle and tells."""
    if not whistle.can_move_to(to):
        raise RuleError(_("This step does not fit any more."))
    before, whistle.state = whistle.state, to
    whistle.closed_at = at if to in WHISTLE_FINAL else None
    write_line(whistle, kind, actor, at, from_state=before, to_state=to, **entry)


def write_line(whistle: Whistle, kind: str, actor: Actor, at: datetime, **entry: Any) -> None:
    """One line of the history."""
    WhistleLine.objects.create(
        whistle=whistle, kind=kind, at=at, actor_id=actor.user_id, actor_label=actor.label, **entry
    )


def tell(kind: str, whistle: Whistle, actor: Actor, call: Call | None = None, **payload: Any) -> None:
    """Record the event of a verb, once each verb."""
    if call is not None:
        payload |= {"call_id": call.pk, "unit_id": call.unit_id}
    events.record(kind, actor=actor, subject=whistle, **payload_of(whistle), **payload)


def payload_of(whistle: Whistle) -> dict[str, Any]:
    """What an event of a whistle carries."""
    return {"whistle_id": whistle.pk, "number": whistle.number}


def advance(whistle: Whistle, actor: Actor, at: datetime) -> None:
    """Signed for by all, come all: the state follows. Whoever is marked absent is not waited for any more."""
    live = [call for call in calls_of(whistle) if call.is_live]
    if whistle.state == WhistleState.ISSUED and all(call.signed_at or call.absent_at for call in live):
        move(whistle, WhistleState.ACKNOWLEDGED, WHISTLE_ACKNOWLEDGED, actor, at)
    came = [call for call in live if call.arrived_at]
    all_here = all(call.arrived_at or call.absent_at for call in live)
    if whistle.state == WhistleState.ACKNOWLEDGED and came and all_here:
        move(whistle, WhistleState.ARRIVED, WHISTLE_ARRIVED, actor, at)
    whistle.save()


def tell_residents(whistle: Whistle, kind: str, actor: Actor, at: datetime, **entry: Any) -> None:
    """A line on the timeline of every linked request, which its residents read. Lines are inserted, nothing moves."""
    linked = Issue.objects.filter(whistle_links__whistle=whistle).order_by("pk")
    lock_issues(linked.values_list("pk", flat=True))  # a line waits for whoever works on its case
    for issue in linked:
        write_issue_line(issue, kind=kind, actor=actor, at=at, **entry)
        tell_issue(kind, issue, actor)
