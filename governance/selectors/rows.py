"""What is read of an issue for a row of a list: every column costs, and a desk shows many rows."""

from governance.models import Issue
from governance.querysets import IssueQuerySet

# Of joined tables a row shows a name.
_RELATIONS = ("category", "area__compound", "holder_area", "holder_unit")
_OF_RELATIONS = (
    *("category__code", "category__name_zh", "category__name_en", "area__name", "area__level", "area__compound__name"),
    *("holder_area__name", "holder_area__level", "holder_unit__short_name"),
)
_OF_ROWS = (
    *("number", "text", "state", "urgency", "due_at", "closed_at", "submitted_at", "community_id"),
    *("category", "area", "holder_area", "holder_unit"),
)


def with_row_columns(issues: IssueQuerySet) -> IssueQuerySet:
    """What a table and a board show."""
    return issues.select_related(*_RELATIONS).only(*_OF_ROWS, *_OF_RELATIONS)


def with_desk_relations(issues: IssueQuerySet) -> IssueQuerySet:
    """What rows with their next step ask, through the policies, and files for a spreadsheet."""
    return issues.select_related(*_RELATIONS).only(*_own(), *_OF_RELATIONS)


def with_page_columns(issues: IssueQuerySet) -> IssueQuerySet:
    """What the page of one case shows: also the contact, and the case it was joined to."""
    return issues.select_related(*_RELATIONS, "contact", "parent").only(*_own(), *_OF_RELATIONS, "parent__number")


def _own() -> list[str]:
    return [field.name for field in Issue._meta.concrete_fields if field.name != "search"]
