"""What strangers may see: only what the requester agreed to, with numbers struck out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from core.masking import find_personal, mask_text
from governance.lifecycle import (
    ASKED,
    ISSUE_ACCEPTED,
    ISSUE_ANSWERED,
    ISSUE_CLOSED,
    ISSUE_DISPATCHED,
    ISSUE_REOPENED,
    ISSUE_REPLIED,
    ISSUE_SIGNED,
    ISSUE_SUBMITTED,
    OPEN,
    State,
    in_order,
)
from governance.models import Category, Issue, IssuePhoto, TimelineEntry
from governance.models.issues import Audience
from governance.querysets import IssueQuerySet
from governance.selectors.places import place_name, place_of
from governance.selectors.similar import Place, similar_issues
from neighborhoods.actors import Level
from neighborhoods.models import Area
from neighborhoods.services.stamps import Stamp

# Steps everybody may know of: that they happened, when and where, but not what was said.
_BARE_STEPS = (ISSUE_SUBMITTED, ISSUE_ACCEPTED, ISSUE_DISPATCHED, ISSUE_SIGNED, ISSUE_REPLIED, ISSUE_CLOSED)
# The filter of the list: few words people use, over the many states of the lifecycle.
STAGES: dict[str, frozenset[State]] = {
    "open": frozenset(OPEN - ASKED),
    "waiting": ASKED,
    "solved": frozenset({State.CLOSED_SOLVED}),
    "explained": frozenset({State.CLOSED_EXPLAINED}),
}


@dataclass(frozen=True)
class Part:
    """A stretch of a text. `kind` is empty, or what it looks like: a phone or ID number, a door, a name."""

    text: str
    kind: str = ""


def parts_of(text: str, category: Category) -> list[Part]:
    """The text cut at everything that looks like personal data; struck out when shown to neighbours, marked before."""
    parts, last = [], 0
    for finding in find_personal(text, for_neighbours=True, buildings=category.is_sensitive):
        parts += [Part(text[last : finding.start]), Part(text[finding.start : finding.end], finding.kind)]
        last = finding.end
    return [part for part in [*parts, Part(text[last:])] if part.text]


@dataclass(frozen=True)
class Glimpse:
    """Exactly what neighbours read. The preview before sending and the public pages are built from this one."""

    parts: list[Part]
    place: str
    at: datetime

    @property
    def struck(self) -> int:
        """How many stretches of the text neighbours do not read."""
        return sum(1 for part in self.parts if part.kind)


def glimpse_of(issue: Issue) -> Glimpse:
    """Of a case that is public. No name, not even a masked one: the page that asks for it says who reads it."""
    return Glimpse(
        parts_of(issue.text, issue.category),
        public_place(issue.category, public_place_of(issue), issue.place_note),
        issue.submitted_at,
    )


def public_place(category: Category, place: str, note: str) -> str:
    """A place and the spot as neighbours read it; the place itself comes from `public_place_of`."""
    spot = "" if category.is_sensitive else note
    return mask_text(f"{place} {spot}".strip(), for_neighbours=True)


def public_place_of(issue: Issue) -> str:
    """Community, compound and building; where it would tell who somebody is, no building."""
    if not issue.category.is_sensitive or issue.area.level < Level.BUILDING:
        return place_of(issue)
    compound = issue.area.compound
    return place_name(issue.community_id, Level.GRID, compound.name if compound else "", None)


@dataclass(frozen=True)
class Filters:
    """What the address of the list asks for; unknown codes were refused before."""

    community: Area | None = None
    category: Category | None = None
    stage: str = ""
    year: int | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether something was chosen besides the year."""
        return bool(self.community or self.category or self.stage)

    @property
    def is_figure(self) -> bool:
        """A figure of the first page leads here: the list says how many of its rows are public."""
        return self.year is not None and not self.category


def all_issues(filters: Filters) -> IssueQuerySet:
    """Every case the filters ask for, only to be counted."""
    return _filtered(Issue.objects.filter(part_of=None), filters)


def public_issues(filters: Filters) -> IssueQuerySet:
    """Public cases, the newest first."""
    found = _filtered(Issue.objects.public(), filters)
    return found.select_related("category", "area__compound", "contact").order_by("-submitted_at", "-pk")


def _filtered(found: IssueQuerySet, filters: Filters) -> IssueQuerySet:
    if filters.community:
        found = found.filter(community_id=filters.community.pk)
    if filters.category:
        found = found.filter(category=filters.category)
    if filters.stage:
        found = found.in_states(STAGES[filters.stage])
    if filters.year:
        found = found.filter(submitted_at__year=filters.year)
    return found


def public_issue(number: str) -> Issue | None:
    """One public case by its number."""
    found = Issue.objects.public().filter(number=number.upper())
    return found.select_related("category", "area__compound", "contact", "holder_area", "holder_unit").first()


def public_lines(issue: Issue) -> list[TimelineEntry]:
    """The history as everybody may read it: bare steps without words, and lines meant for everybody in full."""
    lines = TimelineEntry.objects.filter(issue=issue).select_related("area", "unit").order_by("-at", "-pk")
    return [line for line in lines if line.audience == Audience.EVERYBODY or _is_bare_step(line)]


def _is_bare_step(line: TimelineEntry) -> bool:
    said_no = line.kind == ISSUE_ANSWERED and line.to_state == State.REOPENED
    return (line.kind in {*_BARE_STEPS, ISSUE_REOPENED} or said_no) and line.audience >= Audience.REQUESTER


def public_photos(issue: Issue) -> QuerySet[IssuePhoto]:
    """Photos whose faces and plates were covered by hand."""
    shown = IssuePhoto.objects.filter(issue=issue, published_at__isnull=False).exclude(attachment__covered_file="")
    return shown.select_related("attachment").order_by("pk")


# ---- somebody has said it before ----
SIMILAR_SHOWN = 3


def similar_open(category: Category, stamp: Stamp, *, at: datetime) -> list[Issue]:
    """Open cases of the same kind as near as the category says, newest first.

    Not those already answered, which whoever asked has to judge, and none whose requester wants to stay hidden.
    """
    path = (stamp.building_id, stamp.branch_id, stamp.grid_id, stamp.community_id, stamp.street_id)
    place = Place(next(pk for pk in path if pk), stamp)
    open_now = similar_issues(category, place, at).unresolved().filter(hide_requester=False)
    open_now = open_now.exclude(state__in=in_order(ASKED | {State.APPEALED}))
    return list(open_now.select_related("area__compound", "category")[:SIMILAR_SHOWN])


def may_be_read_by_all(issue: Issue) -> bool:
    """A case that its requester did not open to neighbours is named by kind and date, never by its words."""
    return issue.is_public and issue.published_at is not None


def joinable_public(number: str) -> Issue | None:
    """An open public case that somebody may join from its page; not one that ends unless an appeal opens it again."""
    found = Issue.objects.public().unresolved().filter(number=number.upper()).exclude(state=State.APPEALED)
    return found.select_related("area__compound", "category").first()


def joinable(number: str, category: Category, stamp: Stamp, *, at: datetime) -> Issue | None:
    """The open case with this number, if it is public or one of those shown as similar."""
    shown = (issue for issue in similar_open(category, stamp, at=at) if issue.number == number)
    return joinable_public(number) or next(shown, None)


def community_by_code(code: str) -> Area | None:
    """An open community."""
    return Area.objects.open().of_level(Level.COMMUNITY).filter(code=code).first()


def communities() -> list[Area]:
    """The choices of the filter, in code order."""
    return list(Area.objects.open().of_level(Level.COMMUNITY).order_by("code"))


@dataclass(frozen=True)
class Row:
    """A public case in a list."""

    issue: Issue
    summary: str
    place: str


def rows_of(issues: Iterable[Issue]) -> list[Row]:
    """Summaries with numbers struck out, and places in words; two statements for all of them."""
    return [Row(issue, issue.public_summary, public_place_of(issue)) for issue in issues]
