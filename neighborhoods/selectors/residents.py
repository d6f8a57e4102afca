"""People and doors as somebody may see them, and who may be the same person twice."""

from datetime import date

from django.db.models import Count

from accounts.models import User
from core.tokens import digits_of, keyed_hash
from neighborhoods.actors import RESIDENT_KEEPERS, Actor
from neighborhoods.models import Household, Resident
from neighborhoods.models.residents import ADULT_AT, age_on
from neighborhoods.querysets import AreaScopedQuerySet, ResidentQuerySet


def phone_hash_of(phone: str) -> str:
    """By which equal phones are found; empty for no phone."""
    return keyed_hash("phone", digits_of(phone))


def residents_visible_to(actor: Actor) -> ResidentQuerySet:
    """People of the areas of those who keep them."""
    return Resident.objects.within(actor.grants_of(RESIDENT_KEEPERS))


def households_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Doors of the areas of those who keep them."""
    return Household.objects.within(actor.grants_of(RESIDENT_KEEPERS))


def resident_of(user: User) -> Resident | None:
    """The record behind an account; None for somebody who takes part in nothing yet."""
    return Resident.objects.known().filter(user=user.pk).first() if user.pk else None


def same_phone(resident: Resident) -> ResidentQuerySet:
    """Other records with the same phone: offered for joining, never joined by themselves."""
    others = Resident.objects.known().exclude(pk=resident.pk)
    return others.filter(phone_hash=resident.phone_hash) if resident.phone_hash else others.none()


def records_of(resident_id: int) -> list[int]:
    """The record and all that were joined into it, one after the other."""
    found, last = [resident_id], [resident_id]
    while last:
        last = list(Resident.objects.filter(merged_into_id__in=last).values_list("pk", flat=True))
        found += last
    return found


def doubtful_residents(actor: Actor) -> ResidentQuerySet:
    """People of the actor's area whose phone stands on more than one record."""
    twice = Resident.objects.known().exclude(phone_hash="").values("phone_hash").annotate(n=Count("pk")).filter(n__gt=1)
    return residents_visible_to(actor).known().filter(phone_hash__in=twice.values("phone_hash"))


def is_of_age(born_on: date | None, on: date) -> bool:
    """Whether somebody acts for themselves; without a birthday they say so."""
    return born_on is None or age_on(born_on, on) >= ADULT_AT
