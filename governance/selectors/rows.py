"""What is read of an issue for a row of a list: every column costs, and a desk shows many rows."""

from datetime import datetime
from typing import NamedTuple

from governance.lifecycle import InState, in_whose_hands
from governance.models import Issue
from governance.models.issues import first_clause
from governance.querysets import IssueQuerySet
from governance.selectors.places import place_name, place_of
from governance.selectors.reference import category_name

# Of joined tables a row shows a name.
_RELATIONS = ("category", "area__compound", "holder_area", "holder_unit")
_OF_PLACES = (
    *("area__name", "area__level", "area__compound__name"),
    *("holder_area__name", "holder_area__level", "holder_unit__short_name"),
)
_OF_RELATIONS = ("category__code", "category__name_zh", "category__name_en", *_OF_PLACES)
_OF_STEPS = (
    *("number", "text", "state", "urgency", "due_at", "closed_at", "submitted_at", "reopened_count"),
    *("street_id", "community_id", "grid_id", "branch_id", "building_id", "category_id"),
    *("area", "holder_area", "holder_unit", "is_binding", "is_public"),
    *("part_of_id", "is_split", "ordered_level", "ordered_until", "is_reported"),
    *("recorded_by_id", "replied_by_id", "checked_by_id", "called_back_by_id"),
    *("asked", "asked_by_id", "refused_by_id", "paused_until"),
)


class _Read(NamedTuple):
    """What is read for a row: the fields are the names of the columns."""

    pk: int
    number: str
    text: str
    state: str
    urgency: str
    due_at: datetime | None
    closed_at: datetime | None
    submitted_at: datetime
    reopened_count: int
    asked: str
    category_id: int
    community_id: int | None
    area__level: int
    area__name: str
    area__compound__name: str | None
    holder_unit__short_name: str | None
    holder_area__name: str


class _Columns(NamedTuple):
    pk: int
    number: str
    summary: str
    place: str
    category: str
    holder: str
    state: str
    urgency: str
    due_at: datetime | None
    closed_at: datetime | None
    submitted_at: datetime
    reopened_count: int


class IssueRow(InState, _Columns):
    """A case in a list. Rows with the same values are the same, so a page may keep how they look."""


def issue_rows(issues: IssueQuerySet) -> list[IssueRow]:
    """The rows of a table or a board, without making records of them."""
    return [_row_from(_Read._make(values)) for values in issues.values_list(*_Read._fields)]


def _row_from(read: _Read) -> IssueRow:
    place = place_name(read.community_id, read.area__level, read.area__name, read.area__compound__name)
    return _row(read, first_clause(read.text), place, read.holder_unit__short_name or read.holder_area__name)


def with_step_columns(issues: IssueQuerySet) -> IssueQuerySet:
    """What `row_of` shows, and what the policies ask before a row offers its next step."""
    return issues.select_related("area__compound", "holder_area", "holder_unit").only(*_OF_STEPS, *_OF_PLACES)


def row_of(issue: Issue) -> IssueRow:
    """The row of a case that is loaded, with its area, compound and holder."""
    return _row(issue, issue.summary, place_of(issue), issue.holder_name)


def _row(of: _Read | Issue, summary: str, place: str, holder: str) -> IssueRow:
    return IssueRow(
        pk=of.pk,
        number=of.number,
        summary=summary,
        place=place,
        category=category_name(of.category_id),
        holder=in_whose_hands(of.state, holder, of.asked),
        state=of.state,
        urgency=of.urgency,
        due_at=of.due_at,
        closed_at=of.closed_at,
        submitted_at=of.submitted_at,
        reopened_count=of.reopened_count,
    )


def with_desk_relations(issues: IssueQuerySet) -> IssueQuerySet:
    """What lists of chosen cases and files for a spreadsheet show."""
    return issues.select_related(*_RELATIONS).only(*_own(), *_OF_RELATIONS)


def with_page_columns(issues: IssueQuerySet) -> IssueQuerySet:
    """What the page of one case shows: also the contact, and the case it was joined to."""
    return issues.select_related(*_RELATIONS, "contact", "parent", "part_of").only(
        *_own(), *_OF_RELATIONS, "parent__number", "part_of__number"
    )


def the_only(issues: IssueQuerySet) -> Issue | None:
    """The case that a unique value finds. Unlike `first()` without an order, which costs as much as the page around."""
    return next(iter(issues), None)


def _own() -> list[str]:
    return [field.name for field in Issue._meta.concrete_fields if field.name != "search"]
