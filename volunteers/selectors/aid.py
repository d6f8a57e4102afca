"""Needs and offers as somebody may see them, who fits whom, and the share of those who serve and are served."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.reference import remembered
from neighborhoods.actors import Actor, Level
from neighborhoods.models import Resident
from neighborhoods.models.areas import Area
from neighborhoods.querysets import AreaScopedQuerySet, scope
from volunteers.actors import ORGANISERS, VIEWERS
from volunteers.lifecycle.aid import KINDS, NEARNESS, AidState, CallReason, DayPart, Reach, Slot
from volunteers.lifecycle.records import RecordState
from volunteers.lifecycle.volunteers import VolunteerState
from volunteers.models import AidNeed, AidOffer, PhoneCall, Volunteer
from volunteers.selectors.records import ACTIVE_FOR

RELATED = ("resident__guardian", "resident__household", "helper__resident__guardian", "helper__resident__household")
SHOWN = 30
SMALL = 5  # a share of fewer people says something about one of them, and is not shown
_RISKY = sorted(kind for kind, facts in KINDS.items() if facts.is_risky)


def needs_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Needs of the actor's area."""
    return AidNeed.objects.within(actor.grants_of(VIEWERS))


def need_related(rows: AreaScopedQuerySet) -> AreaScopedQuerySet:
    """With everything a policy and a row ask."""
    return rows.select_related(*RELATED, "area__compound")


@dataclass(frozen=True)
class AidTab:
    """A list of needs at the desk."""

    key: str
    label: Promise
    states: frozenset[AidState]
    by: str = "asked_at"


S = AidState
TABS = {
    tab.key: tab
    for tab in (
        AidTab("open", pgettext_lazy("needs", "nobody yet"), frozenset({S.OPEN}), "due_at"),
        AidTab("going", _("a neighbour helps"), frozenset({S.TAKEN})),
        AidTab("confirm", _("to confirm"), frozenset({S.DONE}), "nudge_due_at"),
        AidTab("look", _("to look at"), frozenset({S.CONFIRMED, S.DISPUTED})),
        AidTab("over", _("over"), frozenset({S.CREDITED, S.REFUSED, S.CANCELLED}), "-pk"),
    )
}


def listed_needs(actor: Actor, tab: AidTab) -> AreaScopedQuerySet:
    """Those of a tab: what waits by its age, the rest newest first."""
    rows: AreaScopedQuerySet = needs_visible_to(actor).filter(state__in=tab.states).select_related("area__compound")
    return rows.order_by(tab.by, "pk") if tab.by != "-pk" else rows.order_by("-pk")


def waiting_looks(actor: Actor) -> int:
    """How many wait for a decision of the community."""
    return needs_to_decide(actor).count()


def needs_to_decide(actor: Actor) -> Any:
    """Disputes, and pairs with many hours: the community looks."""
    return needs_visible_to(actor).filter(state__in=TABS["look"].states)


# ---- who fits whom ----
def _nearness(mine: str, need_building: Any, need_compound: Any) -> Case:
    """1 same building, 2 same compound, 3 same community; of people known only by their grid it stays 3."""
    return Case(
        When(**{f"{mine}building_id": need_building}, then=Value(int(Reach.BUILDING))),
        When(**{f"{mine}area__compound_id": need_compound}, then=Value(int(Reach.COMPOUND))),
        default=Value(int(Reach.COMMUNITY)),
        output_field=IntegerField(),
    )


def slots_wanted(wanted_on: date | None, part: str) -> int:
    """The bits of Slot a need falls into; none when any day does."""
    names = [part.upper()] if part != DayPart.ANY else ["MORNING", "AFTERNOON", "EVENING"]
    if wanted_on is None:
        days = ["WEEKDAY", "WEEKEND"] if part != DayPart.ANY else []
    else:
        days = ["WEEKEND" if wanted_on.isoweekday() > 5 else "WEEKDAY"]
    return sum(Slot[f"{day}_{name}"] for day in days for name in names)


def _in_time(slots: int) -> Case:
    """1 when the offer's times hold that of the need, or either says any time."""
    if not slots:
        return Case(default=Value(1), output_field=IntegerField())
    return Case(When(Q(slots=0) | Q(common__gt=0), then=Value(1)), default=Value(0), output_field=IntegerField())


@dataclass(frozen=True)
class Match:
    """An offer that fits a need: how near, and whether the time fits as well."""

    offer: AidOffer
    near: Promise
    fits_time: bool


def matches_of(need: AidNeed) -> list[Match]:
    """Offers of the kind within their reach, the nearest first, then those whose time fits. One statement."""
    today = timezone.localdate()
    slots = slots_wanted(need.wanted_on, need.part)
    place = Area.objects.filter(pk=need.area_id).values("compound_id")[:1]
    rows = AidOffer.objects.filter(
        closed_at=None,
        kind=need.kind,
        community_id=need.community_id,
        volunteer__state=VolunteerState.VERIFIED,
        volunteer__resident__merged_into=None,
    ).exclude(volunteer__resident=need.resident_id)
    if need.facts.is_risky:
        rows = rows.filter(volunteer__insured_until__gte=max(need.wanted_on or today, today))
    near = _nearness("", need.building_id or -1, place)
    rows = rows.annotate(common=F("slots").bitand(slots), near=near).filter(near__lte=F("reach"))
    rows = rows.annotate(in_time=_in_time(slots)).order_by("near", "-in_time", "pk")
    found = rows.select_related("volunteer__resident", "area")[:SHOWN]
    return [Match(offer, NEARNESS[offer.near], bool(offer.in_time)) for offer in found]


@dataclass(frozen=True)
class OpenNeed:
    """A need as neighbours read it: no name, no phone, no door."""

    need: AidNeed
    near: Promise | str
    fits: bool = False


def open_needs(volunteer: Volunteer | None) -> list[OpenNeed]:
    """What neighbours need: of one's own community the nearest first, what one offered before the rest; for everybody
    else the newest. One statement either way.
    """
    today = timezone.localdate()
    timely = Q(wanted_on=None) | Q(wanted_on__gte=today)
    rows = AidNeed.objects.filter(timely, state=AidState.OPEN).select_related("area__compound")
    if volunteer is None:
        return [OpenNeed(need, "") for need in rows.order_by("-pk")[:SHOWN]]
    offers = AidOffer.objects.filter(volunteer=volunteer, closed_at=None)
    place = Area.objects.filter(pk=volunteer.area_id).values("compound_id")[:1]
    near = _nearness("", volunteer.building_id or -1, place)
    rows = rows.filter(community_id=volunteer.community_id).exclude(resident=volunteer.resident_id)
    if volunteer.insured_until is None or volunteer.insured_until < today:
        rows = rows.exclude(kind__in=_RISKY)
    wanted = Exists(offers.filter(kind=OuterRef("kind"), reach__gte=OuterRef("near")))
    found = rows.annotate(near=near).annotate(fits=wanted).order_by("-fits", "near", "wanted_on", "-pk")[:SHOWN]
    return [OpenNeed(need, NEARNESS[need.near], need.fits) for need in found]


def communities_of(needs: list[OpenNeed]) -> dict[int, str]:
    """The names of the places, which is all that strangers read of them. One statement."""
    ids = {one.need.community_id for one in needs if one.need.community_id}
    return dict(Area.objects.filter(pk__in=ids, level=Level.COMMUNITY).values_list("pk", "name"))


# ---- one's own ----
def _own(user: User, prefix: str) -> Q:
    return Q(**{f"{prefix}user": user.pk}) | Q(**{f"{prefix}guardian__user": user.pk})


def my_needs(user: User) -> list[AidNeed]:
    """What I asked for, the open ones first."""
    rows = need_related(AidNeed.objects.filter(resident__user=user.pk))
    return list(rows.order_by(F("closed_at").desc(nulls_first=True), "-pk")[:SHOWN])


def my_helps(user: User) -> list[AidNeed]:
    """What I help with, the open ones first."""
    rows = need_related(AidNeed.objects.filter(helper__resident__user=user.pk))
    return list(rows.order_by(F("closed_at").desc(nulls_first=True), "-pk")[:SHOWN])


def own_need(user: User, number: str) -> AidNeed | None:
    """One of mine, as either of the two; also of a child."""
    rows = need_related(AidNeed.objects.filter(_own(user, "resident__") | _own(user, "helper__resident__")))
    return rows.filter(number=number.replace("\x00", "")).first() if user.pk else None


def my_offers(volunteer: Volunteer) -> list[AidOffer]:
    """What I offer."""
    return list(AidOffer.objects.filter(volunteer=volunteer, closed_at=None).order_by("kind"))


# ---- people to call ----
def open_calls(actor: Actor) -> QuerySet[PhoneCall]:
    """Promised answers that reach nobody by message, the oldest first."""
    over = Q(need__closed_at__isnull=False) & ~Q(reason=CallReason.DECIDED)
    answered = Q(reason=CallReason.NUDGE) & ~Q(need__state=AidState.DONE)
    answered |= Q(reason=CallReason.REMIND) & ~Q(need__state=AidState.TAKEN)
    rows = PhoneCall.objects.filter(scope(actor.grants_of(ORGANISERS)), done_at=None).exclude(over | answered)
    return rows.select_related("resident", "area__compound").order_by("asked_at", "pk")


# ---- the share of both ----
@dataclass(frozen=True)
class Share:
    """How many residents took part in twelve months, and how many of them both served and were served."""

    active: int
    both: int

    @property
    def percent(self) -> int | None:
        """Rounded; nothing while so few are meant that it would say something about one of them."""
        return round(100 * self.both / self.active) if self.both >= SMALL else None


_SHARE = """
WITH part AS (
  SELECT v.resident_id AS who, true AS served FROM volunteers_servicerecord r
    JOIN volunteers_volunteer v ON v.id = r.volunteer_id
    WHERE r.state = %(state)s AND r.reverses_id IS NULL AND r.starts_at >= %(since)s {place}
  UNION
  SELECT r.helped_id, false FROM volunteers_servicerecord r
    WHERE r.state = %(state)s AND r.reverses_id IS NULL AND r.starts_at >= %(since)s AND r.helped_id IS NOT NULL {place}
)
SELECT count(DISTINCT who), count(*) - count(DISTINCT who) FROM part
"""


def both_share(at: datetime, community_id: int | None = None) -> Share:
    """Residents who served or were served by a confirmed record of the last twelve months, and those who did both
    (双向服务; docs/glossary.md: 既帮人也受助). Of the district or a community, never of a person. One statement.
    """
    keys: dict[str, Any] = {"state": RecordState.CONFIRMED.value, "since": at - ACTIVE_FOR, "community": community_id}
    place = "" if community_id is None else "AND r.community_id = %(community)s"
    with connection.cursor() as cursor:
        cursor.execute(_SHARE.format(place=place), keys)
        active, both = cursor.fetchone()
    return Share(active, both)


@remembered(seconds=600)
def _share_of(community_id: int | None) -> Share:
    """Counted at most every ten minutes: over a district it reads a year of records."""
    return both_share(timezone.now(), community_id)


def shares_for(actor: Actor) -> list[tuple[str, Share]]:
    """Of the district, and of the communities the actor works in."""
    ids = sorted({grant.area_id for grant in actor.grants_of(VIEWERS) if grant.level == Level.COMMUNITY})[:3]
    names = dict(Area.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return [("", _share_of(None)), *((names[pk], _share_of(pk)) for pk in ids if pk in names)]


def last_contact(need: AidNeed, resident: Resident) -> str:
    """Where somebody lives, for the other one of the two, once both agreed."""
    door = resident.household.door if resident.household else ""
    return " ".join(part for part in (need.area.name, door) if part)
