"""An issue that was not solved goes back to whoever handled it, on a new clock."""

from datetime import datetime

from governance.lifecycle import ISSUE_DISPATCHED, ISSUE_REOPENED, PART_STEPS, WORK_STEPS, State
from governance.models import Contact, Dispatch, Issue
from governance.models.issues import Audience
from governance.services.clocks import start_clocks, void_clocks
from governance.services.moves import move, save_issue
from neighborhoods.actors import STAMP_COLUMN, SYSTEM, Actor, Level
from neighborhoods.models import Area, AreaChange
from neighborhoods.services.stamps import Stamp, stamp_for_new


def reopen(issue: Issue, *, actor: Actor, at: datetime, reason: str, kind: str = ISSUE_REOPENED) -> None:
    """Reopen and dispatch again to the same holder; the caller has locked, asked and will tell."""
    was_closed = not issue.is_open
    move(issue, State.REOPENED, actor=actor, at=at, kind=kind, text=reason)
    if was_closed:
        bring_up_to_date(issue)
    void_clocks(issue, at)
    move(
        issue,
        State.DISPATCHED,
        actor=SYSTEM,
        at=at,
        kind=ISSUE_DISPATCHED,
        area=issue.holder_area,
        unit=issue.holder_unit,
        audience=Audience.STAFF,
    )
    issue.dispatches.filter(ended_at=None).update(ended_at=at)
    Dispatch.objects.create(
        issue=issue,
        area=issue.holder_area,
        unit=issue.holder_unit,
        at=at,
        by_label=SYSTEM.label,
        is_binding=issue.is_binding,
    )
    start_clocks(issue, PART_STEPS if issue.part_of_id else WORK_STEPS, at)
    issue.dispatched_at, issue.reopened_count = at, issue.reopened_count + 1
    issue.replied_by_id = issue.checked_by_id = issue.called_back_by_id = issue.replied_at = None
    issue.escalated_level = issue.refused_by_id = issue.appeal_until = None
    save_issue(
        issue,
        "dispatched_at",
        "reopened_count",
        "replied_by_id",
        "checked_by_id",
        "called_back_by_id",
        "replied_at",
        "escalated_level",
        "refused_by_id",
        "appeal_until",
    )


def bring_up_to_date(issue: Issue) -> None:
    """A closed case keeps the place and holder of its day; open again, it follows the tree and the units of today."""
    area, stamp = _area_of_today(issue.area)
    before = (issue.holder_area_id, issue.holder_unit_id)
    issue.area = area
    for column, value in stamp.as_fields().items():
        setattr(issue, column, value)
    issue.holder_area = _holder_of_today(issue.holder_area, stamp)
    if issue.holder_unit and not issue.holder_unit.is_active:
        issue.holder_unit = None
    if before != (issue.holder_area_id, issue.holder_unit_id):
        issue.is_binding = False  # the ruling named somebody else
    issue.save(update_fields=["area", *stamp.as_fields(), "holder_area", "holder_unit", "is_binding"])
    Contact.objects.filter(issues=issue, erased_at=None).update(hidden_at=None)


def _area_of_today(area: Area) -> tuple[Area, Stamp]:
    """The area, or the one it was merged into."""
    found, stamp = stamp_for_new(area)
    while found.closed_on:
        merged = AreaChange.objects.filter(area=found, kind=AreaChange.Kind.MERGED).first()
        if merged is None:  # a building that is gone: its case stays where it stood
            break
        found, stamp = stamp_for_new(merged.after["into"])
    return found, stamp


def _holder_of_today(holder: Area, stamp: Stamp) -> Area:
    """The same desk if it is still on the path, else the one of its level, else the street's."""
    path = stamp.as_fields()
    if holder.pk in path.values() and not holder.closed_on:
        return holder
    pk = path.get(STAMP_COLUMN[Level(holder.level)]) or stamp.street_id
    return Area.objects.get(pk=pk)
