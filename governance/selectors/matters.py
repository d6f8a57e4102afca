"""Matters as people may see them, the lists of the desk, and the figure of those that representatives helped with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject, Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.looks import Look
from governance.actors import COLLECTORS, DISPATCHERS, FILERS, HANDLER_ROLES, VIEWERS
from governance.lifecycle.matters import MATTER_LOOKS, HelperRole, MatterState
from governance.models import Issue, Matter, MatterHelper
from governance.models.issues import first_clause
from governance.querysets import IssueQuerySet, MatterQuerySet
from governance.selectors.holding import NOTHING, at_desk, by_post, by_unit
from neighborhoods.actors import STAMP_COLUMN, Actor, Level, Role
from neighborhoods.models import AreaStamped, Post
from neighborhoods.querysets import scope
from neighborhoods.selectors.actors import live_posts

S = MatterState


# ---- what is seen ----
def matters_visible_to(actor: Actor) -> MatterQuerySet:
    """What the actor's posts open: areas by stamp, what is theirs to do, and what they collected."""
    condition = scope(actor.grants_of(VIEWERS)) | _in_hand(actor, timezone.localdate())
    if actor.grants_of(COLLECTORS) and actor.user_id is not None:
        condition |= Q(collected_by_id=actor.user_id)
    return Matter.objects.filter(condition)


def _in_hand(actor: Actor, today: date) -> Q:
    """Mirror of policies.matters.is_hand as a condition."""
    return by_post(actor, today) | by_unit(actor) | (at_desk(actor) & Q(owner_post=None))


def to_handle(actor: Actor, today: date | None = None) -> MatterQuerySet:
    """What the actor has to do, or to report on; posts that ended by `today` are over."""
    mine = _in_hand(actor, today or timezone.localdate())
    return Matter.objects.open().filter(mine, state__in=[S.DISPATCHED, S.HANDLED])


def to_file(actor: Actor) -> MatterQuerySet:
    """What waits on the actor's desk to be filed or given to somebody; the desks above see it when it is overdue."""
    return Matter.objects.open().filter(_on_filing_desk(actor), state__in=[S.COLLECTED, S.FILED])


def _on_filing_desk(actor: Actor) -> Q:
    desks = {grant.area_id for grant in actor.grants_of(FILERS) if grant.role in HANDLER_ROLES.get(grant.level, ())}
    own = Q(holder_area_id__in=sorted(desks)) if desks else NOTHING
    return (own | Q(due_at__lt=Now())) & scope(
        actor.grants_of(FILERS)
    )  # the database's: statements are kept for longer


def to_check(actor: Actor) -> MatterQuerySet:
    """What waits for the actor to look at (mirror of policies.matters.can_check_matter), or to close near the place."""
    mine = Q(state=S.REPORTED, handled_by_id=actor.user_id) | Q(holder_unit_id__in=sorted(actor.unit_ids))
    near = [grant for grant in actor.grants_of(FILERS) if grant.level >= Level.COMMUNITY]
    closing = scope(near) | (scope(actor.grants_of(FILERS)) & Q(due_at__lt=Now()))
    waiting = (_may_check(actor) & Q(state=S.REPORTED)) | (closing & Q(state=S.CHECKED))
    return Matter.objects.open().filter(waiting).exclude(mine)


def _may_check(actor: Actor) -> Q:
    """From a post above or beside that of whoever handled it; a unit is looked at by the community or above."""
    condition = NOTHING
    for grant in sorted(actor.grants_of(DISPATCHERS), key=lambda grant: (grant.level, grant.area_id)):
        beside = Q(handler_level__gte=int(grant.level))
        if grant.level <= Level.COMMUNITY:
            beside |= Q(handler_level=None)
        condition |= scope([grant]) & beside
    return condition


def waiting_matters(actor: Actor, today: date | None = None) -> MatterQuerySet:
    """Whatever the actor has to do next: the number in the navigation, and the lines of Today."""
    return to_handle(actor, today) | to_file(actor) | to_check(actor)


def first_tab(actor: Actor) -> str:
    """Where the list opens: at the first of the three waiting lists that has something. At most three statements."""
    waiting = (key for key in ("todo", "file", "check") if MATTER_TABS[key].rows(actor, timezone.now()).exists())
    return next(waiting, "todo")


# ---- the list ----
@dataclass(frozen=True)
class MatterTab:
    """A list of matters, open ones by their clock, the others by age."""

    key: str
    label: Promise
    rows: Callable[[Actor, datetime], MatterQuerySet]
    newest_first: bool = False


MATTER_TABS: dict[str, MatterTab] = {
    tab.key: tab
    for tab in (
        MatterTab("todo", _("for me to handle"), lambda actor, _at: to_handle(actor)),
        MatterTab("file", _("to file and give out"), lambda actor, _at: to_file(actor)),
        MatterTab("check", _("to look at and close"), lambda actor, _at: to_check(actor)),
        MatterTab("open", _("all open"), lambda actor, _at: matters_visible_to(actor).open()),
        MatterTab("late", _("overdue"), lambda actor, at: matters_visible_to(actor).open().filter(due_at__lt=at)),
        MatterTab(
            "over", _("over"), lambda actor, _at: matters_visible_to(actor).exclude(closed_at=None), newest_first=True
        ),
    )
}


@dataclass(frozen=True)
class MatterFilters:
    """What the address of the list says, cleaned."""

    category: str = ""
    source: str = ""
    words: str = ""
    is_helped: bool = False


def listed_matters(actor: Actor, tab: MatterTab, filters: MatterFilters, at: datetime) -> MatterQuerySet:
    """The rows of a tab in their order, with what a row shows."""
    rows = tab.rows(actor, at)
    if filters.category:
        rows = rows.filter(category__code=filters.category)
    if filters.source:
        rows = rows.filter(source=filters.source)
    if filters.words:
        rows = rows.filter(Q(text__icontains=filters.words) | Q(number__icontains=filters.words))
    if filters.is_helped:
        rows = rows.filter(_by_a_representative())
    rows = rows.select_related("category", "area__compound", "holder_area", "holder_unit", "owner_post__user")
    return rows.order_by("-collected_at", "-pk") if tab.newest_first else rows.order_by("due_at", "pk")


# ---- the figure ----
def _by_a_representative() -> Q:
    helped = MatterHelper.objects.filter(matter=OuterRef("pk"), role=HelperRole.REPRESENTATIVE)
    return Q(handler_role=Role.REPRESENTATIVE) | Q(Exists(helped))


def matters_helped(start: datetime, end: datetime) -> QuerySet[Matter]:
    """Matters that a representative handled or helped with, closed in a window (docs/glossary.md, "Figures").

    Each once, with or without a request: this figure and that of the requests never derive from each other.
    """
    closed = Matter.objects.filter(state=S.CLOSED, closed_at__gte=start, closed_at__lt=end)
    return closed.filter(_by_a_representative())


# ---- whom it can be given to, and who may have helped ----
HANDS = frozenset(
    {Role.GRID_WORKER, Role.BRANCH_SECRETARY, Role.REPRESENTATIVE, Role.STREET_DISPATCHER, Role.COMMUNITY_STAFF}
)
NEIGHBOURS = frozenset({Role.REPRESENTATIVE, Role.BUILDING_LEAD, Role.BRANCH_SECRETARY})


def posts_near(thing: AreaStamped, roles: frozenset[str], from_level: Level = Level.STREET) -> list[Post]:
    """Live posts on the path of the place and directly below it, the nearest first."""
    path = [pk for column in STAMP_COLUMN.values() if (pk := getattr(thing, column))]
    posts = live_posts(timezone.localdate()).filter(
        Q(area_id__in=path) | Q(area__parent_id=thing.area_id),
        title__roles__has_any_keys=sorted(roles),
        area__level__gte=int(from_level),
        user__is_active=True,
    )
    return list(posts.select_related("user", "title", "area", "unit").order_by("-area__level", "area__code", "pk"))


# ---- on the page of a request ----
class MatterOfIssue(NamedTuple):
    """A matter as the page of a request lists it."""

    number: str
    summary: str
    state_label: str
    look: Look


def with_matters(issues: IssueQuerySet) -> IssueQuerySet:
    """The matters of a request, read with it."""
    linked = Matter.objects.filter(links__issue=OuterRef("pk")).order_by("pk")
    return issues.annotate(
        linked_matters=ArraySubquery(linked.values(json=JSONObject(number="number", text="text", state="state")))
    )


def matters_of(issue: Issue) -> tuple[MatterOfIssue, ...]:
    """Of a request that came with its matters."""
    rows = getattr(issue, "linked_matters", [])
    return tuple(
        MatterOfIssue(
            row["number"],
            first_clause(row["text"]),
            str(MatterState(row["state"]).label),
            MATTER_LOOKS[MatterState(row["state"])],
        )
        for row in rows
    )
