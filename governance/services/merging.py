"""The same thing reported twice: staff join the cases, and take them apart again when it was something else."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import (
    FITS,
    GOES_ON,
    ISSUE_CALLED_BACK,
    ISSUE_MERGED,
    ISSUE_SPLIT_OFF,
    WORK_STEPS,
    ClockState,
    State,
    Step,
)
from governance.models import Callback, Clock, Issue
from governance.models.issues import Audience
from governance.services.answers import ask_reopening
from governance.services.clocks import climb, measure_of, refresh_due, start_clocks, void_clocks
from governance.services.locks import lock_issues
from governance.services.moves import (
    locked_issue,
    move,
    person,
    require_state,
    save_issue,
    tell,
    write_line,
)
from governance.services.reopening import bring_up_to_date
from governance.services.routing import choose_holder
from neighborhoods.actors import Actor
from neighborhoods.services.stamps import stamp_for_new


@transaction.atomic
def merge_issue(*, issue_id: int, actor: Actor, into: str, reason: str = "") -> Issue:
    """A dispatcher joins a case to another of the same street. Whoever asked keeps number, link, answer and voice.

    Neighbours who had joined it come along. It can be undone (`split_off`).
    """
    target_id = Issue.objects.filter(number=into.strip().upper()).values_list("pk", flat=True).first()
    if target_id is None or not Issue.objects.filter(pk=target_id, part_of=None).exists():
        raise RuleError(_("There is no such case in your area."), field="into")
    if target_id == issue_id:
        raise RuleError(_("Choose another case than this one."), field="into")
    lock_issues([issue_id, target_id], joined_to=issue_id)  # those that come along as well
    issue, target, at = locked_issue(issue_id), locked_issue(target_id), timezone.now()
    _require_not_merged(issue)
    require_state(issue, FITS["merge"])
    require(policies.can_merge_issue(actor, issue))
    _require_goal(issue, target, actor)
    followers = Issue.objects.filter(parent=issue)
    voices = issue.voices
    _join(issue, target, actor, at, reason)
    followers.update(parent=target)
    issue.voices = 1
    issue.save(update_fields=["voices"])
    Issue.objects.filter(pk=target.pk).update(voices=F("voices") + voices)
    audience = Audience.STAFF
    write_line(target, kind=ISSUE_MERGED, actor=actor, at=at, reason=issue.number, audience=audience)
    tell(ISSUE_MERGED, issue, actor, parent_id=target.pk)
    return issue


def _require_not_merged(issue: Issue) -> None:
    if issue.state == State.MERGED and issue.parent:
        raise RuleError(
            _("%(number)s was joined with %(parent)s already. Open that one.")
            % {"number": issue.number, "parent": issue.parent.number}
        )


def _require_goal(issue: Issue, target: Issue, actor: Actor) -> None:
    """What a case may be joined to: one that goes on, of the same street, on the same dispatcher's desk."""
    if issue.street_id != target.street_id:
        raise RuleError(_("Cases of different streets stay apart."), field="into")
    if not policies.is_dispatcher(actor, target):
        raise RuleError(_("There is no such case in your area."), field="into")
    if target.state == State.MERGED and target.parent:
        raise RuleError(
            _("%(number)s was joined with %(parent)s itself. Choose %(parent)s.")
            % {"number": target.number, "parent": target.parent.number},
            field="into",
        )
    if target.state not in GOES_ON:
        raise RuleError(
            _("%(number)s is “%(state)s”: it was answered already, so nobody can be joined to it.")
            % {"number": target.number, "state": target.state_label},
            field="into",
        )


def _join(issue: Issue, target: Issue, actor: Actor, at: datetime, reason: str) -> None:
    issue.parent = target
    move(issue, State.MERGED, actor=actor, at=at, kind=ISSUE_MERGED, reason=target.number, text=reason.strip())
    void_clocks(issue, at)
    issue.dispatches.filter(ended_at=None).update(ended_at=at)
    issue.escalated_level = None
    save_issue(issue, "parent", "escalated_level")


@transaction.atomic
def split_off(*, issue_id: int, actor: Actor, reason: str) -> Issue:
    """It was something else after all: the case is open again, and what was promised counts from its own day."""
    # a move of the area waits for us, or we for it: asked before the case is locked
    stamp_for_new(Issue.objects.select_related("area").get(pk=issue_id).area)
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["split-off"])
    require(policies.can_split_off_issue(actor, issue))
    if not reason.strip():
        raise RuleError(_("Say why it is something else."), field="reason")
    parent = Issue.objects.get(pk=issue.parent_id)
    merged_at = issue.closed_at or at
    issue.parent = None
    bring_up_to_date(issue)
    holder = choose_holder(issue.category, stamp_for_new(issue.area)[1])
    issue.holder_area_id, issue.holder_unit, issue.is_binding = holder.area_id, None, False
    move(issue, State.SUBMITTED, actor=actor, at=at, kind=ISSUE_SPLIT_OFF, reason=parent.number, text=reason.strip())
    _revive_clocks(issue, merged_at, at)
    save_issue(issue, "parent", "holder_area", "holder_unit", "is_binding")
    Issue.objects.filter(pk=parent.pk, voices__gt=1).update(voices=F("voices") - 1)
    write_line(parent, kind=ISSUE_SPLIT_OFF, actor=actor, at=at, reason=issue.number, audience=Audience.STAFF)
    tell(ISSUE_SPLIT_OFF, issue, actor, parent_id=parent.pk)
    return issue


def _revive_clocks(issue: Issue, merged_at: datetime, at: datetime) -> None:
    """Somebody accepts it anew; the limits the merge had ended go on from their own day, late when they are late."""
    ended = Clock.objects.filter(issue=issue, state=ClockState.VOID, ended_at=merged_at, step__in=WORK_STEPS)
    for clock in ended.exclude(step=Step.SIGN):
        clock.state, clock.ended_at = ClockState.RUNNING, None
        climb(clock, issue.urgency, measure_of(clock, issue.urgency), at)
        clock.save(update_fields=["state", "ended_at", "next_rung", "next_rung_at"])
    start_clocks(issue, [Step.ACCEPT], at)
    refresh_due(issue)


@transaction.atomic
def record_voice(
    *,
    issue_id: int,
    actor: Actor,
    outcome: Callback.Outcome,
    satisfaction: int | None,
    words: str,
    was_dealt_with: bool | None = None,
) -> Issue:
    """What somebody who joined a case said on the phone: their own answer, beside that of whoever asked first."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["voice"])
    parent = locked_issue(issue.parent_id or 0)
    require_state(parent, FITS["callback"])
    require(policies.can_call_back_issue(actor, parent))
    if satisfaction is not None and not 1 <= satisfaction <= 5:
        raise RuleError(_("Choose one to five."), field="satisfaction")
    reached = outcome != Callback.Outcome.UNREACHED
    Callback.objects.create(
        issue=issue,
        at=at,
        by_id=person(actor),
        via=Callback.Via.PHONE,
        outcome=outcome,
        was_dealt_with=was_dealt_with if reached else None,
        satisfaction=satisfaction if reached else None,
        words=words.strip(),
    )
    code = {} if outcome == Callback.Outcome.SOLVED else {"reason": outcome}
    audience = Audience.REQUESTER if reached else Audience.STAFF
    write_line(issue, kind=ISSUE_CALLED_BACK, actor=actor, at=at, text=words.strip(), audience=audience, **code)
    if outcome == Callback.Outcome.NOT_SOLVED:  # one word is enough: somebody decides whether it goes back to work
        if parent.state == State.REPLIED:
            move(parent, State.CALLBACK, actor=actor, at=at, kind=ISSUE_CALLED_BACK, audience=Audience.STAFF)
        ask_reopening(parent, actor, at)
        save_issue(parent)
    # to the one who asked first these are a stranger's words
    write_line(parent, kind=ISSUE_CALLED_BACK, actor=actor, at=at, text=words.strip(), audience=Audience.STAFF, **code)
    tell(ISSUE_CALLED_BACK, parent, actor, outcome=outcome, voice=issue.number)
    return issue
