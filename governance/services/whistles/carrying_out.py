"""The meeting, what it decides, and what is written up after an emergency."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.lifecycle.duties import DutyStep
from governance.lifecycle.whistles import (
    WHISTLE_BACKFILLED,
    WHISTLE_MEETING_HELD,
    WHISTLE_MEETING_MOVED,
    WHISTLE_RAISED,
    WHISTLE_RESOLVED,
    WhistleState,
)
from governance.models import Resolution, Task, Whistle
from governance.policies import whistles as policies
from governance.services.duties import end_clocks, start_clock, void_clocks
from governance.services.meetings.follow_up import Follow, require_one_owner
from governance.services.tasks import TITLE_LIMIT, Order, give_task
from governance.services.whistles.drafting import require_soon
from governance.services.whistles.met import record_meeting
from governance.services.whistles.moves import (
    calls_of,
    lead_of,
    locked_whistle,
    move,
    require_fit,
    tell,
    write_line,
)
from neighborhoods.actors import Actor


@transaction.atomic
def move_meeting(*, whistle_id: int, actor: Actor, meeting_at: datetime, meeting_place: str, reason: str) -> Whistle:
    """Another hour or place; units that have not come are waited for until then."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "meeting-time")
    require(policies.can_run_whistle(actor, whistle, "meeting-time"))
    if not reason.strip():
        raise RuleError(_("Say why."), field="reason")
    require_soon(whistle, meeting_at, at)
    whistle.meeting_at, whistle.meeting_place = meeting_at, meeting_place.strip()[:120] or whistle.meeting_place
    whistle.save()
    for call in calls_of(whistle):
        if call.is_live and call.arrived_at is None and call.absent_at is None:
            void_clocks({"call": call}, at, [DutyStep.ARRIVE])
            start_clock({"call": call}, track=whistle.kind, step=DutyStep.ARRIVE, at=at, due_at=meeting_at)
            call.arrive_due = meeting_at
            call.save()
    write_line(whistle, WHISTLE_MEETING_MOVED, actor, at, text=whistle.meeting_place, reason=reason.strip()[:200])
    tell(WHISTLE_MEETING_MOVED, whistle, actor)
    return whistle


@transaction.atomic
def hold_meeting(*, whistle_id: int, actor: Actor, minutes: str, resolved: Iterable[str] = ()) -> Whistle:
    """The units have met on the spot; what was said and resolved is written down at once, as a meeting of its own.

    In an emergency it is a few words, and no meeting.
    """
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "meet")
    require(policies.can_run_whistle(actor, whistle, "meet"))
    if not minutes.strip():
        raise RuleError(_("Write what was said and decided."), field="minutes")
    if lead_of(calls_of(whistle)).arrived_at is None and whistle.raised_at is None:
        raise RuleError(_("The unit that leads has not come."))
    whistle.met_at = at
    if whistle.is_emergency:
        whistle.minutes = minutes.strip()
    else:
        whistle.meeting = record_meeting(whistle, actor, at, minutes.strip(), resolved)
    end_clocks({"whistle": whistle}, at, [DutyStep.MEET])
    move(whistle, WhistleState.MEETING_HELD, WHISTLE_MEETING_HELD, actor, at, text=whistle.minutes or _number(whistle))
    _settle_backfill(whistle, at)
    whistle.save()
    tell(WHISTLE_MEETING_HELD, whistle, actor)
    return whistle


@transaction.atomic
def resolve_whistle(*, whistle_id: int, actor: Actor, follow: Follow, resolution_id: int | None = None) -> Task:
    """Give what was decided to a unit that was called, to a post of the place, or to its desk, until a day.

    Of a resolution of its meeting; without a title its words are taken.
    """
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "resolve")
    require(policies.can_run_whistle(actor, whistle, "resolve"))
    unit = follow.unit
    if unit and not any(call.is_live and call.unit_id == unit.pk for call in calls_of(whistle)):
        raise RuleError(_("This unit was not called."), field="unit")
    require_one_owner(follow, whistle)
    resolution = _resolution(whistle, resolution_id)
    link = whistle.links.select_related("issue").order_by("pk").first()
    order = Order(
        area=whistle.area,
        title=follow.title.strip() or (resolution.text[:TITLE_LIMIT] if resolution else ""),
        text=resolution.text if resolution else "",
        due_at=follow.due_at,
        unit=unit,
        post=follow.post,
        milestones=follow.milestones,
        proof_wanted=follow.proof_wanted,
        issue=link.issue if link else None,
    )
    task = give_task(actor=actor, order=order, whistle=whistle, resolution=resolution)
    end_clocks({"whistle": whistle}, at, [DutyStep.PLAN])
    text = f"{task.number} {task.title}（{task.holder_name}）"
    if whistle.state == WhistleState.CARRYING_OUT:
        write_line(whistle, WHISTLE_RESOLVED, actor, at, text=text)
    else:
        move(whistle, WhistleState.CARRYING_OUT, WHISTLE_RESOLVED, actor, at, text=text)
    whistle.save()
    tell(WHISTLE_RESOLVED, whistle, actor, task_id=task.pk)
    return task


def _number(whistle: Whistle) -> str:
    return whistle.meeting.number if whistle.meeting else ""


def _resolution(whistle: Whistle, resolution_id: int | None) -> Resolution | None:
    if resolution_id is None:
        return None
    ours = Resolution.objects.filter(meeting__whistle=whistle, is_information_only=False)
    found = ours.filter(pk=resolution_id).first()
    if found is None:
        raise RuleError(_("This resolution is not one of this meeting."), field="resolution")
    return found


@transaction.atomic
def backfill_whistle(*, whistle_id: int, actor: Actor, plan: str, minutes: str) -> Whistle:
    """After an emergency: the plan and the minutes, within three working days. Until then the whistle is flagged."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "backfill")
    require(policies.can_run_whistle(actor, whistle, "backfill"))
    if not whistle.is_backfill_due:
        raise RuleError(_("Nothing is left to be written up."))
    for name, words in (("plan", plan), ("minutes", minutes)):
        if not words.strip():
            raise RuleError(_("Please fill this in."), field=name)
    whistle.plan, whistle.minutes = plan.strip(), minutes.strip()
    whistle.met_at = whistle.met_at or at
    _settle_backfill(whistle, at)
    whistle.save()
    write_line(whistle, WHISTLE_BACKFILLED, actor, at, text=whistle.minutes)
    tell(WHISTLE_BACKFILLED, whistle, actor)
    return whistle


def _settle_backfill(whistle: Whistle, at: datetime) -> None:
    """Both are there: the flag goes, and the clock stops."""
    if whistle.is_backfill_due and whistle.plan and whistle.minutes:
        whistle.is_backfill_due = False
        end_clocks({"whistle": whistle}, at, [DutyStep.BACKFILL])


@transaction.atomic
def raise_whistle(*, whistle_id: int, actor: Actor, reason: str) -> Whistle:
    """The street puts it before the district, once; it goes on meanwhile."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "raise")
    require(policies.can_raise_whistle(actor, whistle))
    if not reason.strip():
        raise RuleError(_("Say why the street cannot settle it."), field="reason")
    whistle.raised_at = at
    whistle.save()
    write_line(whistle, WHISTLE_RAISED, actor, at, reason=reason.strip()[:200])
    tell(WHISTLE_RAISED, whistle, actor)
    return whistle
