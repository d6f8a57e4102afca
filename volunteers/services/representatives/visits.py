"""A visit is one tap, and counts once however often a weak connection sends it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods.actors import Actor
from neighborhoods.models import Household
from volunteers.lifecycle.links import VISITED, LinkState, Method
from volunteers.models import HouseholdLink, Representative, Visit
from volunteers.policies import links as policies
from volunteers.services.registration import stamps_of

WAITS_AT_MOST = timedelta(days=14)  # in a phone without a connection


@dataclass(frozen=True)
class Tap:
    """What the phone sends: which door, which of the five words, and its own key and hour."""

    household_id: int
    methods: Collection[str]
    key: uuid.UUID
    words: str = ""
    at: datetime | None = None


def visit(*, representative_id: int, actor: Actor, tap: Tap) -> Visit:
    """Write a visit down. The same key again gives back what is there; the hour of the phone counts if it can be."""
    known = Visit.objects.filter(representative=representative_id, client_key=tap.key)
    try:
        return known.first() or _insert(representative_id, actor, tap)
    except IntegrityError:  # sent twice at once
        return known.get()


@transaction.atomic
def _insert(representative_id: int, actor: Actor, tap: Tap) -> Visit:
    representative = Representative.objects.select_related("resident").get(pk=representative_id)
    require(policies.can_visit(actor, representative))
    methods = [method for method in Method.values if method in set(tap.methods)]
    if not methods:
        raise RuleError(_("Choose at least one of the five words."), field="methods")
    now = timezone.now()
    at = tap.at if tap.at and now - WAITS_AT_MOST <= tap.at <= now else now
    linked = HouseholdLink.objects.filter(representative=representative, household=tap.household_id)
    if not any(_was_linked(link, at) for link in linked):
        raise RuleError(_("This household is not one of yours."), field="household")
    household = Household.objects.get(pk=tap.household_id)
    made = Visit.objects.create(
        representative=representative,
        household=household,
        **stamps_of(household),
        at=at,
        methods=methods,
        words=tap.words.strip()[:300],
        client_key=tap.key,
    )
    events.record(VISITED, actor=actor, subject=made, representative_id=representative.pk, household_id=household.pk)
    return made


def _was_linked(link: HouseholdLink, at: datetime) -> bool:
    """At the hour of the visit: a link that ended while the phone was offline still counts."""
    return link.state == LinkState.ACTIVE or link.is_live or (link.ended_at is not None and at <= link.ended_at)
