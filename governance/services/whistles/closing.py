"""Said to be done, looked at by somebody else, rated by the side that called, told to the residents."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.lifecycle import ISSUE_WHISTLE_ENDED
from governance.lifecycle.duties import DutyStep
from governance.lifecycle.tasks import TASK_OPEN, TaskState
from governance.lifecycle.whistles import (
    WHISTLE_CHECKED,
    WHISTLE_CLAIMED,
    WHISTLE_CLOSED,
    WHISTLE_NOT_DONE,
    WHISTLE_RATED,
    WhistleState,
)
from governance.models import Call, Whistle
from governance.policies import whistles as policies
from governance.services.duties import end_clocks, start_clock, void_clocks
from governance.services.moves import person
from governance.services.whistles.met import require_filed
from governance.services.whistles.moves import (
    calls_of,
    lead_of,
    locked_call,
    locked_whistle,
    move,
    require_fit,
    tell,
    tell_residents,
    write_line,
)
from neighborhoods.actors import Actor


@transaction.atomic
def claim_whistle(*, whistle_id: int, actor: Actor, outcome: str) -> Whistle:
    """The unit that leads says that all is done. A claim until the side that called has looked."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "claim")
    require(policies.can_claim_whistle(actor, whistle, lead_of(calls_of(whistle))))
    if not outcome.strip():
        raise RuleError(_("Write what was done."), field="outcome")
    undone = whistle.tasks.filter(state__in=sorted(TASK_OPEN - {TaskState.CLAIMED}))
    if undone.exists():
        raise RuleError(_("%(n)d tasks of it are not done yet.") % {"n": undone.count()})
    whistle.outcome, whistle.claimed_at = outcome.strip(), at
    whistle.claimed_by_id, whistle.claimed_by_label = actor.user_id, actor.label
    end_clocks({"whistle": whistle}, at, [DutyStep.DONE])
    start_clock({"whistle": whistle}, track=whistle.kind, step=DutyStep.CHECK, at=at)
    move(whistle, WhistleState.CLAIMED_DONE, WHISTLE_CLAIMED, actor, at, text=whistle.outcome)
    whistle.save()
    tell(WHISTLE_CLAIMED, whistle, actor)
    return whistle


@transaction.atomic
def check_whistle(*, whistle_id: int, actor: Actor, passed: bool, note: str = "") -> Whistle:
    """Somebody of the side that called has looked: done, or back to work with what is missing."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "check")
    require(policies.can_check_whistle(actor, whistle, calls_of(whistle)))
    if not passed:
        return _not_done(whistle, actor, note)
    if whistle.tasks.filter(closed_at=None).exists():
        raise RuleError(_("Check its tasks first; each of them is looked at."))
    whistle.checked_at, whistle.checked_by_id = at, person(actor)
    end_clocks({"whistle": whistle}, at, [DutyStep.CHECK])
    start_clock({"whistle": whistle}, track=whistle.kind, step=DutyStep.RATE, at=at)
    move(whistle, WhistleState.CHECKED, WHISTLE_CHECKED, actor, at, text=note.strip())
    whistle.save()
    tell(WHISTLE_CHECKED, whistle, actor)
    return whistle


def _not_done(whistle: Whistle, actor: Actor, note: str) -> Whistle:
    at = timezone.now()
    if not note.strip():
        raise RuleError(_("Say what is still missing."), field="note")
    whistle.claimed_at = whistle.claimed_by_id = None
    whistle.claimed_by_label = ""
    end_clocks({"whistle": whistle}, at, [DutyStep.CHECK])
    start_clock(
        {"whistle": whistle}, track=whistle.kind, step=DutyStep.DONE, at=at, due_at=max(whistle.due_at or at, at)
    )
    move(whistle, WhistleState.CARRYING_OUT, WHISTLE_NOT_DONE, actor, at, text=note.strip())
    whistle.save()
    tell(WHISTLE_NOT_DONE, whistle, actor)
    return whistle


@transaction.atomic
def rate_call(*, call_id: int, actor: Actor, turn_up: int, handling: int, solved: int, words: str = "") -> Call:
    """The side that called rates a unit: whether it came, how it worked, whether it helped. The last one moves on."""
    call, at = locked_call(call_id), timezone.now()
    require_fit(call.whistle, "rate")
    require(policies.can_rate_call(actor, call))
    if not all(1 <= mark <= 5 for mark in (turn_up, handling, solved)):
        raise RuleError(_("Marks go from 1 to 5."), field="turn_up")
    call.turn_up, call.handling, call.solved = turn_up, handling, solved
    call.rating_words, call.rated_at, call.rated_by_id = words.strip()[:200], at, person(actor)
    call.save()
    whistle = call.whistle
    entry = {"call": call, "text": call.rating_words, "reason": f"{turn_up} {handling} {solved}"}
    if all(other.is_rated for other in calls_of(whistle) if other.is_live):
        end_clocks({"whistle": whistle}, at, [DutyStep.RATE])
        move(whistle, WhistleState.RATED, WHISTLE_RATED, actor, at, **entry)
        whistle.save()
    else:
        write_line(whistle, WHISTLE_RATED, actor, at, **entry)
    tell(WHISTLE_RATED, whistle, actor, call)
    return call


@transaction.atomic
def close_whistle(*, whistle_id: int, actor: Actor, reply: str) -> Whistle:
    """Tell the residents how it ended, close it and its meeting. Not before an emergency is written up."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "close")
    require(policies.can_close_whistle(actor, whistle))
    if whistle.is_backfill_due:
        raise RuleError(_("Write up the plan and the meeting first."))
    if not reply.strip():
        raise RuleError(_("Write to the residents what became of it."), field="reply")
    require_filed(whistle, actor, at)
    whistle.reply = reply.strip()
    void_clocks({"whistle": whistle}, at)
    for call in calls_of(whistle):
        void_clocks({"call": call}, at)
    move(whistle, WhistleState.CLOSED, WHISTLE_CLOSED, actor, at, text=whistle.reply)
    whistle.save()
    tell_residents(whistle, ISSUE_WHISTLE_ENDED, actor, at, text=whistle.reply)
    tell(WHISTLE_CLOSED, whistle, actor)
    return whistle
