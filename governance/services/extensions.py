"""More time for a case: asked before it is due, decided by a level above, and told to whoever reported it."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.calendar import Unit, work_calendar
from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import (
    FITS,
    ISSUE_EXTENDED,
    ISSUE_EXTENSION_ASKED,
    ISSUE_EXTENSION_REFUSED,
    ClockState,
    Step,
)
from governance.lifecycle.asking import Asked, ExtensionOutcome
from governance.models import Clock, Extension, Issue
from governance.models.issues import Audience
from governance.services.asking import ask_for, settle
from governance.services.clocks import climb, measure_of, refresh_due
from governance.services.moves import locked_issue, person, require_state, tell, write_line
from neighborhoods.actors import Actor


@transaction.atomic
def ask_extension(*, issue_id: int, actor: Actor, reason: str, basis: str, days: int) -> Issue:
    """The holder asks for more working days, once, and before the case is due."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["extend"])
    require(policies.can_ask_extension(actor, issue))
    if not reason.strip():
        raise RuleError(_("Say why more time is needed; the resident reads it."), field="reason")
    if not basis.strip():
        raise RuleError(_("Name the rule it rests on."), field="basis")
    _require_days(issue, days)
    if _was_extended(issue):
        raise RuleError(_("A case is extended once."))
    clock = _running(issue, at)
    ask_for(issue, Asked.EXTENSION, actor)
    issue.extensions.filter(outcome=ExtensionOutcome.ASKED).update(outcome=ExtensionOutcome.LAPSED, decided_at=at)
    Extension.objects.create(
        issue=issue,
        clock=clock,
        days=days,
        reason=reason.strip()[:200],
        basis=basis.strip()[:200],
        asked_by_id=person(actor),
        asked_by_label=actor.label,
        asked_at=at,
        due_before=clock.due_at,
    )
    text, why = reason.strip()[:200], basis.strip()[:200]
    write_line(issue, kind=ISSUE_EXTENSION_ASKED, actor=actor, at=at, text=text, reason=why, audience=Audience.STAFF)
    tell(ISSUE_EXTENSION_ASKED, issue, actor, days=days)
    return issue


def _require_days(issue: Issue, days: int) -> None:
    most = settings.EXTENSION_DAYS.get(issue.urgency, 0)
    if not 1 <= days <= most:
        raise RuleError(_("At most %(most)d working days.") % {"most": most}, field="days")


def _was_extended(issue: Issue) -> bool:
    """Since it was last dispatched anew: a reopened case has a new limit, and may have an extension of that."""
    since = issue.dispatched_at or issue.submitted_at
    return issue.extensions.filter(outcome=ExtensionOutcome.AGREED, asked_at__gte=since).exists()


def _running(issue: Issue, at: datetime) -> Clock:
    clock = Clock.objects.filter(issue=issue, step=Step.DONE, state=ClockState.RUNNING).first()
    if clock is None or clock.due_at <= at:
        raise RuleError(_("Time can be added only while the clock runs and before the case is due."))
    return clock


@transaction.atomic
def decide_extension(*, issue_id: int, actor: Actor, agreed: bool, words: str = "") -> Issue:
    """A level above gives the days or refuses them with a reason, before the time is over: late stays late."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["decide-extension"])
    require(policies.can_decide_extension(actor, issue))
    asked = issue.extensions.filter(outcome=ExtensionOutcome.ASKED).first()
    if asked is None or issue.asked != Asked.EXTENSION:
        raise RuleError(_("No extension has been asked for."))
    if not agreed and not words.strip():
        raise RuleError(_("Say why."), field="words")
    asked.approver_id, asked.approver_label, asked.decided_at = person(actor), actor.label, at
    asked.words = words.strip()[:200]
    settle(issue)
    if agreed:
        return _extend(issue, asked, actor, at)
    asked.outcome = ExtensionOutcome.REFUSED
    asked.save()
    write_line(issue, kind=ISSUE_EXTENSION_REFUSED, actor=actor, at=at, text=words.strip(), audience=Audience.STAFF)
    tell(ISSUE_EXTENSION_REFUSED, issue, actor)
    return issue


def _extend(issue: Issue, asked: Extension, actor: Actor, at: datetime) -> Issue:
    clock = asked.clock = _running(issue, at)
    _require_days(issue, asked.days)
    calendar = work_calendar()
    asked.outcome, asked.due_before = ExtensionOutcome.AGREED, clock.due_at
    asked.due_after = clock.due_at = calendar.add(clock.due_at, asked.days, Unit.WORKING_DAY)
    clock.is_unconfirmed = not calendar.is_confirmed(timezone.localdate(clock.due_at))
    climb(clock, issue.urgency, measure_of(clock, issue.urgency), None)  # rungs not reached yet move with the limit
    clock.save(update_fields=["due_at", "is_unconfirmed", "next_rung", "next_rung_at"])
    asked.save()
    refresh_due(issue)
    issue.save(update_fields=["due_at", "paused_until"])
    until = timezone.localdate(clock.due_at).isoformat()
    write_line(issue, kind=ISSUE_EXTENDED, actor=actor, at=at, text=asked.reason, reason=until)
    tell(ISSUE_EXTENDED, issue, actor, days=asked.days, due_at=clock.due_at.isoformat())
    return issue


def lapse_extensions(*, at: datetime, limit: int = 500) -> int:
    """What nobody decided before the case was due, or before it moved on, is over; says how many."""
    open_ones = Extension.objects.filter(outcome=ExtensionOutcome.ASKED)
    stale = open_ones.filter(Q(due_before__lte=at) | ~Q(issue__asked=Asked.EXTENSION))
    return sum(_lapse_one(pk, at) for pk in stale.order_by("pk").values_list("issue", flat=True)[:limit])


@transaction.atomic
def _lapse_one(issue_id: int, at: datetime) -> bool:
    issue = locked_issue(issue_id)
    stale = issue.extensions.filter(outcome=ExtensionOutcome.ASKED)
    if issue.asked == Asked.EXTENSION:
        stale = stale.filter(due_before__lte=at)
        if not stale.exists():  # decided meanwhile
            return False
        settle(issue)
    return bool(stale.update(outcome=ExtensionOutcome.LAPSED, decided_at=at))
