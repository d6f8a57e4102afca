"""Orders from above (督办): the street or the district wants a case seen to by a day, and reads how it went."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance import policies
from governance.actors import STREET_ROLES
from governance.lifecycle import FITS, ISSUE_ORDER_ENDED, ISSUE_ORDER_REPORTED, ISSUE_ORDERED
from governance.models import Issue, SupervisionOrder
from governance.models.issues import Audience
from governance.services.moves import locked_issue, person, require_state, tell, write_line
from neighborhoods.actors import Actor, Level


@transaction.atomic
def order_supervision(*, issue_id: int, actor: Actor, reason: str, due_at: datetime) -> Issue:
    """The street or the district orders; the holder reads who, why and until when. Its own clocks go on beside."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["order"])
    if issue.ordered_level is not None:
        raise RuleError(_("There is an order already; it ends with a report."))
    require(policies.can_order_issue(actor, issue))
    if not reason.strip():
        raise RuleError(_("Say what has to be seen to."), field="reason")
    if due_at <= at:
        raise RuleError(_("Choose a day that is still to come."), field="due_at")
    level = Level.STREET if actor.holds(STREET_ROLES, issue) else Level.DISTRICT
    SupervisionOrder.objects.create(
        issue=issue,
        level=int(level),
        given_at=at,
        given_by_id=person(actor),
        given_by_label=actor.label,
        reason=reason.strip()[:200],
        due_at=due_at,
    )
    issue.ordered_level, issue.ordered_until = int(level), due_at
    issue.save(update_fields=["ordered_level", "ordered_until"])
    write_line(issue, kind=ISSUE_ORDERED, actor=actor, at=at, text=reason.strip(), audience=Audience.STAFF)
    tell(ISSUE_ORDERED, issue, actor, level=int(level))
    return issue


def _open_order(issue: Issue) -> SupervisionOrder:
    return SupervisionOrder.objects.select_for_update().get(issue=issue, ended_at=None)


@transaction.atomic
def report_order(*, issue_id: int, actor: Actor, report: str) -> Issue:
    """Whoever holds the case, or stands between, reports; the order ends when the supervisor is content."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["order-report"])
    if issue.is_reported:
        raise RuleError(_("There is a report already; the supervisor reads it next."))
    require(policies.can_report_order(actor, issue))
    if not report.strip():
        raise RuleError(_("Write what was done and what is still to come."), field="report")
    order = _open_order(issue)
    order.report, order.reported_at = report.strip(), at
    order.reported_by_id, order.reported_by_label = person(actor), actor.label
    order.save()
    issue.is_reported = True
    issue.save(update_fields=["is_reported"])
    write_line(issue, kind=ISSUE_ORDER_REPORTED, actor=actor, at=at, text=report.strip(), audience=Audience.STAFF)
    tell(ISSUE_ORDER_REPORTED, issue, actor, level=order.level)
    return issue


@transaction.atomic
def end_order(*, issue_id: int, actor: Actor, enough: bool, note: str = "", due_at: datetime | None = None) -> Issue:
    """The supervisor has read the report: the order ends, or goes on until another day with what is missing."""
    issue, at = locked_issue(issue_id), timezone.now()
    require_state(issue, FITS["order-end"])
    if issue.ordered_level is not None and not issue.is_reported:
        raise RuleError(_("There is no report yet."))
    require(policies.can_end_order(actor, issue))
    order = _open_order(issue)
    if order.reported_by_id == person(actor):
        raise RuleError(_("You wrote the report, so somebody else reads it."))
    if enough:
        order.ended_at, order.ended_by_id, order.ended_by_label = at, actor.user_id, actor.label
        issue.ordered_level = issue.ordered_until = None
    else:
        _send_back(order, note, due_at, at)
        issue.ordered_until = order.due_at
    issue.is_reported = False
    order.note = note.strip()[:200]
    order.save()
    issue.save(update_fields=["ordered_level", "ordered_until", "is_reported"])
    code = "" if enough else "goes_on"
    audience = Audience.STAFF
    write_line(issue, kind=ISSUE_ORDER_ENDED, actor=actor, at=at, text=note.strip(), reason=code, audience=audience)
    tell(ISSUE_ORDER_ENDED, issue, actor, enough=enough)
    return issue


def _send_back(order: SupervisionOrder, note: str, due_at: datetime | None, at: datetime) -> None:
    if not note.strip():
        raise RuleError(_("Say what is still missing."), field="note")
    if due_at is None or due_at <= at:
        raise RuleError(_("Choose a day that is still to come."), field="due_at")
    order.due_at = due_at
    order.report, order.reported_at, order.reported_by_id, order.reported_by_label = "", None, None, ""
