"""The register as somebody may see it."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, F, Q, When

from accounts.models import User
from neighborhoods.actors import Actor
from neighborhoods.models import Resident
from neighborhoods.querysets import AreaScopedQuerySet
from neighborhoods.selectors.residents import doubtful_residents
from volunteers.actors import REGISTRARS, VIEWERS
from volunteers.lifecycle.records import MeritKind
from volunteers.lifecycle.volunteers import REGISTERED, VolunteerState
from volunteers.models import Merit, ServiceRecord, Volunteer
from volunteers.selectors.records import ACTIVE_FOR

WITH_PERSON = ("resident__guardian", "resident__user", "area__compound")


def volunteers_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Those of the actor's area."""
    return Volunteer.objects.within(actor.grants_of(VIEWERS))


def waiting_volunteers(actor: Actor) -> AreaScopedQuerySet:
    """Entries to verify within three working days, by who keeps the register; nobody verifies themselves."""
    rows = Volunteer.objects.within(actor.grants_of(REGISTRARS)).filter(state=VolunteerState.APPLIED)
    return rows.exclude(resident__user=actor.user_id) if actor.user_id else rows


def volunteer_of(user: User) -> Volunteer | None:
    """The entry of a signed-in person, with the resident; none when they never applied."""
    if not user.pk:
        return None
    return Volunteer.objects.filter(resident__user=user.pk).select_related("resident").first()


def entries_of(user: User | AnonymousUser) -> list[Volunteer]:
    """The entries somebody speaks for: their own, then those of their children who are not eighteen."""
    if not user.pk:
        return []
    own = Q(resident__user=user.pk) | Q(resident__guardian__user=user.pk)
    rows = Volunteer.objects.filter(own, resident__merged_into=None).select_related(*WITH_PERSON)
    today = date.today()  # noqa: DTZ011 - a birthday is a day on the wall
    return sorted(
        (one for one in rows if one.resident.user_id == user.pk or one.resident.is_minor(today)),
        key=lambda one: (one.resident.user_id != user.pk, one.pk),
    )


def honoured(limit: int, community_id: int | None = None) -> list[Merit]:
    """Commendations of grown-up volunteers who said that they like to be named, the newest first.

    Nothing is counted and nobody compared; who takes the word back is gone from the list at once.
    """
    rows = Merit.objects.filter(
        kind=MeritKind.COMMENDATION,
        withdrawn_at=None,
        volunteer__is_on_honour_list=True,
        volunteer__state__in=REGISTERED,
        volunteer__resident__merged_into=None,
    )
    if community_id:
        rows = rows.filter(volunteer__community_id=community_id)
    today = date.today()  # noqa: DTZ011 - a birthday is a day on the wall
    found = rows.select_related("volunteer__resident", "volunteer__area").order_by("-on", "-pk")[: 2 * limit]
    return [one for one in found if one.volunteer.resident.name and not one.volunteer.resident.is_minor(today)][:limit]


@dataclass(frozen=True)
class RegisterFilters:
    """What the list of the desk is narrowed by."""

    state: str = ""
    number: str = ""


def listed_volunteers(actor: Actor, filters: RegisterFilters) -> AreaScopedQuerySet:
    """The list: who waits first, by their day; the rest newest first. Names are encrypted: by state and number."""
    rows = volunteers_visible_to(actor).select_related("resident", "area__compound")
    if filters.state in VolunteerState.values:
        rows = rows.filter(state=filters.state)
    if filters.number:
        rows = rows.filter(number__icontains=re.sub(r"\s", "", filters.number))
    waits = Case(When(state=VolunteerState.APPLIED, then=F("verify_due_at")))
    return rows.order_by(waits.asc(nulls_last=True), "-pk")


def pair_of(actor: Actor, one: int, other: int) -> list[Resident]:
    """Two records with one phone, as whoever keeps both places may join them; else nothing."""
    found = doubtful_residents(actor).filter(pk__in=[one, other]).select_related("volunteer", "area", "user")
    pair = sorted(found, key=lambda resident: resident.pk)
    same = len(pair) == 2 and pair[0].phone_hash == pair[1].phone_hash
    return pair if same else []


def doubtful_groups(actor: Actor) -> list[list[Resident]]:
    """People with one phone, group by group; at most a hundred records."""
    rows = doubtful_residents(actor).select_related("area").order_by("phone_hash", "pk")[:100]
    groups: dict[str, list[Resident]] = {}
    for resident in rows:
        groups.setdefault(resident.phone_hash, []).append(resident)
    return [group for group in groups.values() if len(group) > 1]


def registered_volunteers(on: date) -> AreaScopedQuerySet:
    """Verified and not left by the end of the day (docs/glossary.md, "Figures")."""
    rows: AreaScopedQuerySet = Volunteer.objects.filter(state__in=REGISTERED, verified_at__date__lte=on)
    return rows


def active_volunteers(at: datetime) -> AreaScopedQuerySet:
    """Registered and with a confirmed record of the last twelve months."""
    served = ServiceRecord.objects.filter(state="confirmed", reverses=None, starts_at__gte=at - ACTIVE_FOR)
    rows: AreaScopedQuerySet = Volunteer.objects.filter(state__in=REGISTERED, pk__in=served.values("volunteer"))
    return rows
