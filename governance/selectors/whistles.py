"""Whistles as people may see them. One visibility rule serves list, detail, count and photos."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.actors import VIEWERS
from governance.lifecycle import NOT_ENDED, ClockState
from governance.lifecycle.duties import DutyStep
from governance.lifecycle.whistles import TrackStep as Track
from governance.lifecycle.whistles import WhistleState, step_of
from governance.models import Call, DutyClock, Meeting, Minutes, Resolution, Whistle, WhistleLine
from governance.querysets import WhistleQuerySet
from governance.selectors.track import TrackLine
from neighborhoods.actors import Actor
from neighborhoods.querysets import scope

HISTORY_SHOWN = 200


def _called(actor: Actor) -> Q:
    """Blown, and one of the actor's units is called."""
    calls = Call.objects.filter(whistle=OuterRef("pk"), unit_id__in=sorted(actor.unit_ids), called_at__isnull=False)
    return Q(Exists(calls))


def whistles_visible_to(actor: Actor) -> WhistleQuerySet:
    """Those of the actor's area, and those that call the actor's units."""
    condition = scope(actor.grants_of(VIEWERS))
    if actor.unit_ids:
        condition |= _called(actor)
    return Whistle.objects.filter(condition)


def desk_whistles(actor: Actor) -> WhistleQuerySet:
    """The list a person starts from: one comparison for staff; for a unit, its calls."""
    grants = actor.grants_of(VIEWERS)
    if grants:
        return Whistle.objects.within(grants)
    return Whistle.objects.filter(_called(actor)) if actor.unit_ids else Whistle.objects.none()


@dataclass(frozen=True)
class WhistleFilters:
    """What the address of the list says, cleaned."""

    tab: str = "open"
    kind: str = ""
    words: str = ""


WHISTLE_TABS: dict[str, Promise] = {
    "open": _("open"),
    "late": _("overdue"),
    "backfill": _("to be written up"),
    "closed": _("closed"),
    "all": _("all"),
}


def listed_whistles(actor: Actor, filters: WhistleFilters, at: datetime) -> WhistleQuerySet:
    """The rows of the list in their order: open ones by the clock, the rest by age."""
    rows = desk_whistles(actor).annotate(next_due=next_due())
    if filters.tab == "closed":
        rows = rows.filter(closed_at__isnull=False)
    elif filters.tab != "all":
        rows = rows.open()
    if filters.tab == "late":
        rows = rows.filter(next_due__lt=at)
    if filters.tab == "backfill":
        rows = rows.filter(is_backfill_due=True)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.words:
        rows = rows.filter(Q(title__icontains=filters.words) | Q(number__icontains=filters.words))
    if filters.tab in {"closed", "all"}:
        return rows.order_by("-drafted_at", "-pk")
    return rows.order_by(F("next_due").asc(nulls_last=True), "pk")


def next_due() -> Least:
    """The first limit that runs: of the whistle, or of a unit it calls. The monthly review is a question of its own."""
    running = DutyClock.objects.filter(state__in=NOT_ENDED).exclude(step=DutyStep.REVIEW).order_by("due_at")
    own = running.filter(whistle=OuterRef("pk"))
    of_units = running.filter(call__whistle=OuterRef("pk"), call__released_at=None)
    return Least(Subquery(own.values("due_at")[:1]), Subquery(of_units.values("due_at")[:1]))


def review_due(until: datetime) -> Exists:
    """Whether the street's monthly review of a key problem is due by then."""
    clocks = DutyClock.objects.filter(whistle=OuterRef("pk"), step=DutyStep.REVIEW, ended_at=None, due_at__lt=until)
    return Exists(clocks)


def with_rows(rows: WhistleQuerySet, at: datetime) -> WhistleQuerySet:
    """What a row shows: place, units, how many have signed and come, whether the monthly review was missed."""
    calls = Call.objects.select_related("unit").order_by("-is_lead", "pk")
    rows = rows.annotate(is_review_missed=review_due(at))
    return rows.select_related("area__compound").prefetch_related(Prefetch("calls", calls))


class WhistleRow(NamedTuple):
    """A whistle in a list."""

    whistle: Whistle
    lead: str
    others: int
    signed: int
    came: int
    called: int


def whistle_rows(page: Iterable[Whistle]) -> list[WhistleRow]:
    """Rows of whistles loaded by `with_rows`."""
    return [_row(whistle, [call for call in whistle.calls.all() if not call.released_at]) for whistle in page]


def _row(whistle: Whistle, calls: list[Call]) -> WhistleRow:
    return WhistleRow(
        whistle=whistle,
        lead=next((call.unit.short_name for call in calls if call.is_lead), ""),
        others=len(calls) - 1,
        signed=sum(call.signed_at is not None for call in calls),
        came=sum(call.arrived_at is not None for call in calls),
        called=len(calls),
    )


# ---- one whistle ----
class Clocks(NamedTuple):
    """The newest clock of each step, of the whistle and of each call."""

    own: dict[str, DutyClock]
    of_calls: dict[int, dict[str, DutyClock]]


def desk_whistle(actor: Actor) -> WhistleQuerySet:
    """Visible whistles with what the detail page asks of one."""
    newest = Minutes.objects.filter(meeting=OuterRef("meeting")).order_by("-version")
    rows = whistles_visible_to(actor).select_related("area__compound", "meeting")
    return rows.annotate(
        met_texts=Subquery(newest.values("texts")[:1]), met_confirmed_at=Subquery(newest.values("confirmed_at")[:1])
    )


def calls_for(whistle: Whistle) -> list[Call]:
    """Its calls with unit and photos, the lead first."""
    calls = list(whistle.calls.select_related("unit").prefetch_related("photos__attachment").order_by("-is_lead", "pk"))
    for call in calls:
        call.whistle = whistle
    return calls


def clocks_of(whistle: Whistle, calls: list[Call]) -> Clocks:
    """In one statement; voided ones are left out. By ids of `calls`: a join here reads every clock there is."""
    mine_or_theirs = Q(whistle=whistle) | Q(call__in=[call.pk for call in calls])
    found = DutyClock.objects.filter(mine_or_theirs).exclude(state=ClockState.VOID)
    clocks = Clocks({}, {})
    for clock in found.order_by("pk"):
        mine = clocks.own if clock.whistle_id else clocks.of_calls.setdefault(clock.call_id or 0, {})
        mine[clock.step] = clock
    return clocks


def track_of(whistle: Whistle, clocks: Clocks, calls: list[Call]) -> list[TrackLine]:
    """The five steps computed from the state; nobody types where a whistle stands."""
    now = step_of(whistle.state)
    steps = list(Track)
    live = [call for call in calls if call.released_at is None]
    signed = sum(call.signed_at is not None for call in live)
    facts: dict[Track, tuple[datetime | None, str, datetime | None]] = {
        Track.COLLECT: (whistle.drafted_at, "", None),
        Track.PLAN: (whistle.issued_at, whistle.issued_by_label, None),
        Track.NOTIFY: (None, f"{signed}/{len(live)}" if whistle.issued_at else "", _due(clocks.own, DutyStep.MEET)),
        Track.MEET: (whistle.met_at, whistle.meeting_place, None if whistle.met_at else whistle.meeting_at),
        Track.CARRY_OUT: (whistle.claimed_at, "", whistle.due_at if whistle.claimed_at is None else None),
    }
    is_over = whistle.state in {WhistleState.CLOSED}
    lines = []
    for place, step in enumerate(steps):
        at, note, due = facts[step]
        done = is_over or place < steps.index(now)
        if step in {Track.PLAN, Track.MEET} and whistle.is_backfill_due and done:
            done = bool(whistle.plan) if step == Track.PLAN else bool(whistle.minutes)
        lines.append(TrackLine(step, place + 1, done, step == now and not is_over, at, note, due))
    return lines


def _due(clocks: dict[str, DutyClock], step: str) -> datetime | None:
    clock = clocks.get(step)
    return clock.due_at if clock and clock.ended_at is None else None


def lines_of(whistle: Whistle) -> list[WhistleLine]:
    """The history, the newest first."""
    return list(whistle.lines.select_related("call__unit").order_by("-at", "-pk")[:HISTORY_SHOWN])


def is_missed(clock: DutyClock | None) -> bool:
    """Whether a clock still runs although its time is over."""
    return clock is not None and clock.ended_at is None and clock.due_at < timezone.now()


class Met(NamedTuple):
    """What the units said when they met: as confirmed, or as it stands in the draft."""

    meeting: Meeting
    text: str
    resolutions: list[Resolution]
    is_confirmed: bool


def met_of(whistle: Whistle) -> Met | None:
    """Its meeting in words that everybody who sees the whistle may read."""
    meeting = whistle.meeting
    if meeting is None:
        return None
    texts: dict[str, str] = getattr(whistle, "met_texts", None) or {}
    confirmed = getattr(whistle, "met_confirmed_at", None) is not None
    return Met(meeting, "\n".join(texts.values()), list(meeting.resolutions.order_by("order")), confirmed)


def similar_whistles(actor: Actor, category_ids: Iterable[int]) -> list[Whistle]:
    """How older whistles about the same kind of trouble ended, for whoever writes a new one."""
    ids = sorted(set(category_ids))
    if not ids:
        return []
    same = desk_whistles(actor).filter(issues__category_id__in=ids, state=WhistleState.CLOSED).distinct()
    return list(with_rows(same, timezone.now()).order_by("-drafted_at", "-pk")[:3])


# ---- a unit's link ----
def call_by_digest(digest: str) -> Call | None:
    """The call behind a link, whatever has become of it."""
    found = Call.objects.filter(link_digest=digest).exclude(link_digest="")
    return found.select_related("unit", "whistle__area__compound").first()
