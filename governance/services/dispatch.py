"""From the dispatcher's desk: accept, dispatch, refuse, return, rule."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.calendar import Unit, work_calendar
from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import (
    FITS,
    ISSUE_ACCEPTED,
    ISSUE_DISPATCHED,
    ISSUE_NOT_ACCEPTED,
    ISSUE_RETURNED,
    ISSUE_RULED,
    ISSUE_RULING_ASKED,
    ISSUE_SIGNED,
    WORK_STEPS,
    State,
    Step,
)
from governance.models import Dispatch, Issue
from governance.models.issues import Audience
from governance.services.clocks import end_clocks, start_clocks, void_clocks
from governance.services.moves import locked_issue, move, require_move, require_state, save_issue, tell
from neighborhoods.actors import Actor
from neighborhoods.models import Area, PartnerUnit


@dataclass(frozen=True)
class Goal:
    """To whom an issue is dispatched: an area on its path, or a partner unit."""

    area: Area | None = None
    unit: PartnerUnit | None = None


@transaction.atomic
def take_issue(*, issue_id: int, actor: Actor) -> Issue:
    """The post that received an issue accepts it, keeps it and signs for it, in one step."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_move(issue, State.ACCEPTED)
    require(policies.can_take_issue(actor, issue))
    accept(issue, actor, at)
    give(issue, Goal(area=issue.holder_area, unit=issue.holder_unit), actor, at)
    sign(issue, actor, at)
    save_issue(issue, "dispatched_at")
    tell(ISSUE_SIGNED, issue, actor)
    return issue


@transaction.atomic
def dispatch_issue(*, issue_id: int, actor: Actor, goal: Goal, note: str = "", again: bool = False) -> Issue:
    """A dispatcher gives an issue to an area or a unit; the clock runs from here.

    With `again` it is taken from whoever has it. Without, a dispatch that came second is refused, not carried out.
    """
    issue, at = locked_issue(issue_id), timezone.now()
    if goal.unit:  # a grid or branch hands on upwards; calling a unit is for dispatchers
        require(policies.is_dispatcher(actor, issue))
    if issue.state == State.SUBMITTED:
        require(policies.can_accept_issue(actor, issue))
        accept(issue, actor, at)
    elif again and issue.state in FITS["redispatch"]:
        require(policies.can_redispatch_issue(actor, issue))
        if not note.strip():
            raise RuleError(_("Say why somebody else gets it."), field="note")
        recall(issue, actor, at, note)
    else:
        require_move(issue, State.DISPATCHED)
        require(policies.can_dispatch_issue(actor, issue))
    binding = issue.state == State.RULING
    give(issue, goal, actor, at, note=note, binding=binding)
    save_issue(issue, "dispatched_at", "holder_area", "holder_unit", "is_binding")
    tell(ISSUE_RULED if binding else ISSUE_DISPATCHED, issue, actor, unit_id=issue.holder_unit_id)
    return issue


def accept(issue: Issue, actor: Actor, at: datetime) -> None:
    """Accepted; the caller has locked, asked and will tell, as with all of these."""
    move(issue, State.ACCEPTED, actor=actor, at=at, kind=ISSUE_ACCEPTED, audience=Audience.STAFF)
    end_clocks(issue, [Step.ACCEPT], at)


def give(issue: Issue, goal: Goal, actor: Actor, at: datetime, *, note: str = "", binding: bool = False) -> None:
    """Dispatched to an area or a unit; the caller saves the issue."""
    area = goal_area(issue, goal)
    if not binding and goal.unit and _returned_before(issue, goal.unit):
        raise RuleError(_("This unit has returned the case before. Ask for a ruling or choose another one."))
    move(
        issue,
        State.DISPATCHED,
        actor=actor,
        at=at,
        kind=ISSUE_RULED if binding else ISSUE_DISPATCHED,
        text=note,
        area=area,
        unit=goal.unit,
    )
    issue.holder_area, issue.holder_unit, issue.is_binding = area, goal.unit, binding
    Dispatch.objects.create(
        issue=issue,
        area=area,
        unit=goal.unit,
        at=at,
        by_id=actor.user_id,
        by_label=actor.label,
        note=note[:200],
        is_binding=binding,
    )
    end_clocks(issue, [Step.RULING], at)
    first = issue.dispatched_at is None or issue.replied_at is not None
    # A second dispatch asks for a new signature; what was promised to the resident goes on.
    start_clocks(issue, WORK_STEPS if first else [Step.SIGN], at)
    if first:
        issue.dispatched_at = at


def goal_area(issue: Issue, goal: Goal) -> Area:
    """The area of a goal; that of a unit is the one that dispatched it."""
    if goal.unit and not goal.unit.is_active:
        raise RuleError(_("This unit does not take cases any more."), field="goal")
    area = goal.area or issue.holder_area
    path = {issue.street_id, issue.community_id, issue.grid_id, issue.branch_id, issue.building_id}
    if goal.area and goal.area.pk not in path:
        raise RuleError(_("The case can only go to an area it belongs to."), field="goal")
    return area


def _returned_before(issue: Issue, unit: PartnerUnit) -> bool:
    return issue.dispatches.filter(unit=unit, returned_at__isnull=False).exists()


def recall(issue: Issue, actor: Actor, at: datetime, note: str) -> None:
    """Taken from whoever holds it."""
    move(issue, State.RETURNED, actor=actor, at=at, kind=ISSUE_RETURNED, reason=note[:200], audience=Audience.STAFF)
    void_clocks(issue, at, [Step.SIGN])
    issue.dispatches.filter(ended_at=None).update(ended_at=at)


@transaction.atomic
def sign_issue(*, issue_id: int, actor: Actor) -> Issue:
    """Whoever holds it signs for it."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_move(issue, State.SIGNED)
    require(policies.can_sign_issue(actor, issue))
    sign(issue, actor, at)
    save_issue(issue)
    tell(ISSUE_SIGNED, issue, actor)
    return issue


def sign(issue: Issue, actor: Actor, at: datetime) -> None:
    """Signed for by whoever holds it."""
    move(issue, State.SIGNED, actor=actor, at=at, kind=ISSUE_SIGNED, area=issue.holder_area, unit=issue.holder_unit)
    issue.dispatches.filter(ended_at=None).update(signed_at=at, signed_by_id=actor.user_id)
    end_clocks(issue, [Step.SIGN], at)


@transaction.atomic
def refuse_issue(*, issue_id: int, actor: Actor, reason: str, referral: str) -> Issue:
    """A dispatcher does not accept an issue, says why, and names where to turn instead."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_move(issue, State.NOT_ACCEPTED)
    require(policies.can_refuse_issue(actor, issue))
    if not reason.strip():
        raise RuleError(_("Say why it is not accepted."), field="reason")
    if not referral.strip():
        raise RuleError(_("Say where the resident can turn instead."), field="referral")
    move(
        issue,
        State.NOT_ACCEPTED,
        actor=actor,
        at=at,
        kind=ISSUE_NOT_ACCEPTED,
        reason=reason.strip()[:200],
        text=referral.strip(),
    )
    void_clocks(issue, at)
    save_issue(issue)
    tell(ISSUE_NOT_ACCEPTED, issue, actor)
    return issue


@transaction.atomic
def return_issue(*, issue_id: int, actor: Actor, reason: str, basis: str) -> Issue:
    """A holder sends an issue back, once, naming the duty it is not; the second return of a case goes to a ruling."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_move(issue, State.RETURNED)
    require(policies.can_return_issue(actor, issue))
    if not reason.strip():
        raise RuleError(_("Say why you send it back."), field="reason")
    if not basis.strip():
        raise RuleError(_("Name the rule or list of duties it rests on."), field="basis")
    _require_in_time(issue, at)
    again = issue.dispatches.filter(returned_at__isnull=False).exists()
    move(
        issue,
        State.RETURNED,
        actor=actor,
        at=at,
        kind=ISSUE_RETURNED,
        reason=reason.strip()[:200],
        text=basis.strip(),
        audience=Audience.STAFF,
        area=issue.holder_area,
        unit=issue.holder_unit,
    )
    issue.dispatches.filter(ended_at=None).update(
        returned_at=at, ended_at=at, return_reason=reason.strip()[:200], return_basis=basis.strip()[:200]
    )
    end_clocks(issue, [Step.SIGN], at)
    if again:
        move(issue, State.RULING, actor=actor, at=at, kind=ISSUE_RULING_ASKED, audience=Audience.STAFF)
    start_clocks(issue, [Step.RULING], at)
    save_issue(issue)
    tell(ISSUE_RETURNED, issue, actor, ruling=again)
    return issue


def _require_in_time(issue: Issue, at: datetime) -> None:
    """Bouncing late is the hidden delay: whoever kept a case longer than the limit keeps it."""
    current = issue.dispatches.filter(ended_at=None).first()
    if current and at > work_calendar().add(current.at, settings.RETURN_WORKING_DAYS, Unit.WORKING_DAY):
        raise RuleError(
            _("A case can be sent back within %(days)d working day after it was dispatched.")
            % {"days": settings.RETURN_WORKING_DAYS}
        )


@transaction.atomic
def ask_ruling(*, issue_id: int, actor: Actor, reason: str) -> Issue:
    """Whoever has to dispatch again asks the street to decide, bindingly; the clock of the ruling runs already."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["ask-ruling"])
    require(policies.can_ask_ruling(actor, issue))
    if not reason.strip():
        raise RuleError(_("Say what the street should decide."), field="reason")
    kind, text = ISSUE_RULING_ASKED, reason.strip()
    move(issue, State.RULING, actor=actor, at=at, kind=kind, text=text, audience=Audience.STAFF)
    save_issue(issue)
    tell(ISSUE_RULING_ASKED, issue, actor)
    return issue
