"""Pausing the clock: asked by whoever holds the case, agreed by somebody else, for a listed reason, with an end."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import (
    FITS,
    ISSUE_PAUSE_ASKED,
    ISSUE_PAUSE_REFUSED,
    ISSUE_PAUSED,
    ISSUE_RESUMED,
    NOT_ENDED,
    ClockState,
    Step,
)
from governance.lifecycle.asking import Asked
from governance.models import Clock, ClockPause, Issue
from governance.models.issues import Audience
from governance.services.asking import ask_for, settle
from governance.services.clocks import measure_of, refresh_due
from governance.services.moves import locked_issue, person, require_state, tell, write_line
from neighborhoods.actors import SYSTEM, Actor

PAUSE_DAYS = 30  # longer is not a pause; close it with an explanation or park it


@transaction.atomic
def ask_pause(*, issue_id: int, actor: Actor, reason: str, ends_at: datetime, note: str = "") -> Issue:
    """The holder asks that the time until a day does not count, before the case is due."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["pause"])
    require(policies.can_ask_pause(actor, issue))
    clock = Clock.objects.filter(issue=issue, step=Step.DONE, state=ClockState.RUNNING).first()
    if clock is None or clock.due_at <= at:
        raise RuleError(_("The clock can be paused only while it runs and before it is due."))
    if reason not in ClockPause.Reason.values:
        raise RuleError(_("Choose one of the reasons."), field="reason")
    if not at < ends_at <= at + timedelta(days=PAUSE_DAYS):
        raise RuleError(_("A pause ends within %(days)d days.") % {"days": PAUSE_DAYS}, field="ends_at")
    ask_for(issue, Asked.PAUSE, actor)
    clock.pauses.filter(is_over=False).update(is_over=True)  # asked for by a holder who has given the case back
    ClockPause.objects.create(
        clock=clock, reason=reason, note=note.strip()[:200], asked_by_id=person(actor), asked_at=at, ends_at=ends_at
    )
    write_line(
        issue,
        kind=ISSUE_PAUSE_ASKED,
        actor=actor,
        at=at,
        reason=reason,
        text=note.strip()[:200],
        audience=Audience.STAFF,
    )
    tell(ISSUE_PAUSE_ASKED, issue, actor, reason=reason, ends_at=ends_at.isoformat())
    return issue


def _open_pause(issue: Issue, *, decided: bool) -> ClockPause:
    """The pause that waits for a decision, or the one that runs."""
    found = ClockPause.objects.select_for_update(of=("self",)).select_related("clock")
    pause = found.filter(clock__issue=issue, is_over=False, clock__state__in=NOT_ENDED).first()
    is_asked = decided or issue.asked == Asked.PAUSE
    if pause is None or (pause.decided_at is not None) != decided or not is_asked:
        raise RuleError(_("The clock is not paused.") if decided else _("No pause has been asked for."))
    return pause


@transaction.atomic
def pause_clock(*, issue_id: int, actor: Actor) -> Issue:
    """A dispatcher who did not ask agrees: the clock stands until the end asked for, and everything due shifts."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["decide-pause"])
    require(policies.can_decide_pause(actor, issue))
    pause = _open_pause(issue, decided=False)
    if pause.ends_at <= at:
        raise RuleError(_("The time asked for is over already."))
    pause.approved_by_id, pause.decided_at, pause.starts_at = person(actor), at, at
    pause.save(update_fields=["approved_by_id", "decided_at", "starts_at"])
    settle(issue)
    stand_still(issue, pause, at)
    write_line(issue, kind=ISSUE_PAUSED, actor=actor, at=at, reason=pause.reason)
    tell(ISSUE_PAUSED, issue, actor, reason=pause.reason, ends_at=pause.ends_at.isoformat())
    return issue


@transaction.atomic
def refuse_pause(*, issue_id: int, actor: Actor, reason: str) -> Issue:
    """A dispatcher who did not ask refuses: the clock goes on as it did."""
    issue, at = locked_issue(issue_id), timezone.now()
    require(policies.can_decide_pause(actor, issue))
    pause = _open_pause(issue, decided=False)
    if not reason.strip():
        raise RuleError(_("Say why."), field="words")
    pause.decided_at, pause.is_over = at, True
    pause.save(update_fields=["decided_at", "is_over"])
    settle(issue)
    write_line(
        issue,
        kind=ISSUE_PAUSE_REFUSED,
        actor=actor,
        at=at,
        text=reason.strip(),
        audience=Audience.STAFF,
    )
    tell(ISSUE_PAUSE_REFUSED, issue, actor)
    return issue


@transaction.atomic
def decide_pause(*, issue_id: int, actor: Actor, agreed: bool, words: str = "") -> Issue:
    """One answer to a request: the clock stands, or it goes on and the asker reads why."""
    if agreed:
        return pause_clock(issue_id=issue_id, actor=actor)
    return refuse_pause(issue_id=issue_id, actor=actor, reason=words)


@transaction.atomic
def resume_clock(*, issue_id: int, actor: Actor) -> Issue:
    """Holder or dispatcher lets the clock go on before the pause ends; only what really passed is left out."""
    issue, at = locked_issue(issue_id), timezone.now()
    require(policies.can_resume_clock(actor, issue))
    _resume(issue, _open_pause(issue, decided=True), actor, at)
    return issue


def stand_still(issue: Issue, pause: ClockPause, at: datetime) -> None:
    """The clock stands until the end of a pause that was agreed, and everything due shifts."""
    clock = pause.clock
    clock.paused_seconds += round(measure_of(clock, issue.urgency).between(at, pause.ends_at))
    clock.state = ClockState.PAUSED
    _shift(clock, issue.urgency, at, pause.ends_at)
    refresh_due(issue)
    issue.save(update_fields=["due_at", "paused_until"])


def _resume(issue: Issue, pause: ClockPause, actor: Actor, at: datetime) -> None:
    go_on(issue, pause, at)
    write_line(issue, kind=ISSUE_RESUMED, actor=actor, at=at)
    tell(ISSUE_RESUMED, issue, actor)


def go_on(issue: Issue, pause: ClockPause, at: datetime) -> None:
    """The clock of a running pause ticks again; what was not used of the pause counts again."""
    clock = pause.clock
    if at < pause.ends_at:
        unused = round(measure_of(clock, issue.urgency).between(at, pause.ends_at))
        clock.paused_seconds = max(clock.paused_seconds - unused, 0)
        _shift(clock, issue.urgency, pause.ends_at, at)
        pause.ends_at = max(at, pause.starts_at or at)
    clock.state = ClockState.RUNNING
    clock.save(update_fields=["state", "due_at", "next_rung_at", "paused_seconds"])
    pause.is_over = True
    pause.save(update_fields=["is_over", "ends_at"])
    refresh_due(issue)
    issue.save(update_fields=["due_at", "paused_until"])


def _shift(clock: Clock, urgency: str, was: datetime, now: datetime) -> None:
    """What was left of the limit at `was` is left at `now`; the same for the next rung of the ladder."""
    measure = measure_of(clock, urgency)
    if clock.next_rung_at is not None:
        ahead = clock.next_rung_at > was
        clock.next_rung_at = measure.after(now, measure.between(was, clock.next_rung_at)) if ahead else now
    clock.due_at = measure.after(now, measure.between(was, clock.due_at))
    clock.save(update_fields=["state", "due_at", "next_rung_at", "paused_seconds"])


def resume_ended(*, at: datetime, limit: int = 500) -> int:
    """The clocks whose pause has ended go on; says how many. Pauses of clocks that ended are over too."""
    ClockPause.objects.filter(Q(is_over=False) & ~Q(clock__state__in=NOT_ENDED)).update(is_over=True)
    ended = ClockPause.objects.filter(is_over=False, ends_at__lte=at, decided_at__isnull=False)
    issues = ended.order_by("ends_at", "pk").values_list("clock__issue", flat=True)[:limit]
    return sum(_resume_one(pk, at) for pk in issues)


@transaction.atomic
def _resume_one(issue_id: int, at: datetime) -> bool:
    issue = locked_issue(issue_id)
    pauses = ClockPause.objects.filter(clock__issue=issue, is_over=False, decided_at__isnull=False, ends_at__lte=at)
    pause = pauses.select_related("clock").filter(clock__state=ClockState.PAUSED).first()
    if pause is None:  # somebody was quicker
        return False
    _resume(issue, pause, SYSTEM, at)
    return True
