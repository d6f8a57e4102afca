"""People become known, move, are found to be one person, and are forgotten.

Higher apps keep what people do. What has to follow a person they register here (`on_moved`, `on_merged`, `on_erased`),
as they do for stamps, so that it happens in the same transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import NotAllowedError, RuleError, require
from core.tokens import digits_of
from neighborhoods import policies
from neighborhoods.actors import Actor
from neighborhoods.lifecycle import (
    RESIDENT_ERASED,
    RESIDENT_MERGED,
    RESIDENT_MOVED,
    RESIDENT_REGISTERED,
    RESIDENT_REVEALED,
    RESIDENT_REVISED,
)
from neighborhoods.models import Area, Household, Resident, ResidentReveal
from neighborhoods.models.residents import age_on
from neighborhoods.selectors.residents import is_of_age, phone_hash_of
from neighborhoods.services.stamps import stamp_for_new

OLDEST = 120
Follower = Callable[[Resident], None]
_moved: list[Follower] = []
_merged: list[Callable[[Resident, Resident], None]] = []
_erased: list[Follower] = []
_accounts: list[Follower] = []


def on_moved(follow: Follower) -> None:
    """What a higher app does when somebody has moved; called in the transaction of the move."""
    _moved.append(follow)


def on_merged(follow: Callable[[Resident, Resident], None]) -> None:
    """What a higher app does when the second record turned out to be the first person: (kept, dropped)."""
    _merged.append(follow)


def on_erased(follow: Follower) -> None:
    """What a higher app does before somebody is forgotten; it may refuse with a RuleError (a legal hold)."""
    _erased.append(follow)


def on_account(follow: Follower) -> None:
    """Asked when an account may have become this person's: who signs in as somebody did not decide about them.

    It may refuse with a RuleError.
    """
    _accounts.append(follow)


@dataclass(frozen=True)
class PersonFacts:
    """What somebody says about themselves, or whoever types it for them."""

    name: str
    phone: str = ""
    born_on: date | None = None
    asked_by: str = ""  # who came to the counter, if not they themselves
    guardian_id: int | None = None  # of a minor; typed together with the guardian's consent


# ---- becoming known ----
@transaction.atomic
def register_self(*, user: User, facts: PersonFacts, area: Area | int, household_id: int | None = None) -> Resident:
    """Of a signed-in person. The phone is that of the account, because that one is proved.

    Somebody whom staff had written down with this phone and name becomes the same person.
    """
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)  # one registration of an account at a time
    known = Resident.objects.known().filter(user=user.pk).first()
    if known:
        return known
    phone = str(user.phone.as_national) if user.phone and user.phone_verified else ""
    facts = PersonFacts(facts.name, digits_of(phone), facts.born_on, "", facts.guardian_id)
    actor = Actor(user_id=user.pk, label=user.name)
    same = _same_person(facts)
    if same and same.user_id is None:
        same.user = user
        same.save(update_fields=["user"])
        _ask_about_account(same)
        events.record(RESIDENT_REVISED, actor=actor, subject=same, what="account")
        return same
    return _insert(facts, area, household_id, actor, user=user)


@transaction.atomic
def register_for(*, actor: Actor, facts: PersonFacts, area: Area | int, household_id: int | None = None) -> Resident:
    """Typed by staff for somebody. The same name with the same phone is the same person and comes back."""
    known_area, stamp = stamp_for_new(area)
    require(policies.can_keep_residents(actor, stamp))
    same = _same_person(facts)
    return same or _insert(facts, known_area, household_id, actor, user=None)


@transaction.atomic
def register_behind(*, actor: Actor, facts: PersonFacts, household_id: int) -> Resident:
    """Somebody behind a door, by whoever looks after it: the service that calls this has asked whether they do."""
    household = _household(household_id)
    same = _same_person(facts)
    return same or _insert(facts, household.area_id, household_id, actor, user=None)


@transaction.atomic
def register_ward(*, user: User, facts: PersonFacts, area: Area | int) -> Resident:
    """A child, by the parent or guardian who is signed in and known: writing them down is the consent."""
    guardian = Resident.objects.known().select_for_update(of=("self",)).get(user=user.pk)
    if is_of_age(facts.born_on, timezone.localdate()):
        raise RuleError(_("Whoever is eighteen registers for themselves."), field="born_on")
    facts = PersonFacts(facts.name, guardian.phone or "", facts.born_on, guardian.name or "", guardian.pk)
    known = next((ward for ward in guardian.wards.filter(merged_into=None) if ward.name == facts.name.strip()), None)
    return known or _insert(facts, area, None, Actor(user_id=user.pk, label=user.name), user=None)


def _ask_about_account(resident: Resident) -> None:
    for follow in _accounts:
        follow(resident)


def _same_person(facts: PersonFacts) -> Resident | None:
    phone_hash = phone_hash_of(facts.phone)
    if not phone_hash:
        return None
    alike = Resident.objects.known().filter(phone_hash=phone_hash).select_for_update(of=("self",)).order_by("pk")
    return next((one for one in alike if one.name == facts.name.strip()), None)


def _insert(
    facts: PersonFacts, area: Area | int, household_id: int | None, actor: Actor, *, user: User | None
) -> Resident:
    at = timezone.now()
    if not facts.name.strip():
        raise RuleError(_("Type the name."), field="name")
    _check_age(facts, timezone.localdate(at))
    household = _household(household_id) if household_id else None
    place, stamp = stamp_for_new(household.area_id if household else area)
    is_own = user is not None
    resident = Resident.objects.create(
        area_id=place.pk,
        **stamp.as_fields(),
        household=household,
        name=facts.name.strip(),
        phone=digits_of(facts.phone),
        phone_hash=phone_hash_of(facts.phone),
        born_on=facts.born_on,
        user=user,
        guardian_id=facts.guardian_id,
        guardian_agreed_at=at if facts.guardian_id else None,
        asked_by=facts.asked_by.strip(),
        recorded_by_id=None if is_own else actor.user_id,
        recorded_by_label="" if is_own else actor.label,
        agreed_at=at,
    )
    events.record(RESIDENT_REGISTERED, actor=actor, subject=resident, area_id=place.pk, is_own=is_own)
    return resident


def _household(household_id: int) -> Household:
    household = Household.objects.filter(pk=household_id, closed_on=None).first()
    if household is None:
        raise RuleError(_("There is no such door (any more)."), field="household")
    return household


def _check_age(facts: PersonFacts, today: date) -> None:
    born_on = facts.born_on
    if born_on and (born_on > today or age_on(born_on, today) > OLDEST):
        raise RuleError(_("Please check the birthday."), field="born_on")
    if is_of_age(born_on, today):
        return
    if facts.guardian_id is None:
        raise RuleError(_("A parent or guardian has to agree for somebody under eighteen."), field="guardian")
    guardian = Resident.objects.known().filter(pk=facts.guardian_id).first()
    if guardian is None or not is_of_age(guardian.born_on, today):
        raise RuleError(_("The guardian has to be a known adult."), field="guardian")


# ---- changes ----
@transaction.atomic
def move_resident(*, actor: Actor, resident_id: int, area: Area | int, household_id: int | None = None) -> Resident:
    """To another door or another area: by themselves, or by who keeps the place they leave or the one they go to."""
    resident = Resident.objects.select_for_update(of=("self",)).get(pk=resident_id)
    household = _household(household_id) if household_id else None
    place, stamp = stamp_for_new(household.area_id if household else area)
    is_own = actor.user_id is not None and actor.user_id == resident.user_id
    keeps = policies.can_keep_residents(actor, resident) or policies.can_keep_residents(actor, stamp)
    require(is_own or keeps)
    if (resident.area_id, resident.household_id) == (place.pk, household_id):
        return resident
    before = {"area_id": resident.area_id, "household_id": resident.household_id}
    resident.area_id, resident.household = place.pk, household
    for column, value in stamp.as_fields().items():
        setattr(resident, column, value)
    resident.save(update_fields=["area", "household", *stamp.as_fields()])
    events.record(RESIDENT_MOVED, actor=actor, subject=resident, before=before, area_id=place.pk)
    for follow in _moved:
        follow(resident)
    return resident


@transaction.atomic
def merge_residents(*, actor: Actor, keep_id: int, drop_id: int, reason: str) -> Resident:
    """Two records of one person become one, because somebody looked; never by itself: a phone may serve two people.

    What the second one did belongs to the first from now on.
    """
    if keep_id == drop_id:
        raise RuleError(_("Choose two different records."))
    if not reason.strip():
        raise RuleError(_("Say how you know that it is one person."), field="reason")
    pair = Resident.objects.select_for_update(of=("self",)).filter(pk__in=[keep_id, drop_id]).order_by("pk")
    by_id = {resident.pk: resident for resident in pair}
    kept, dropped = by_id[keep_id], by_id[drop_id]
    require(policies.can_keep_residents(actor, kept) and policies.can_keep_residents(actor, dropped))
    _require_one_person(actor, kept, dropped)
    account, dropped.user, dropped.merged_into = dropped.user, None, kept
    dropped.save(update_fields=["user", "merged_into"])
    kept.user = kept.user or account
    kept.born_on = kept.born_on or dropped.born_on
    if kept.guardian_id is None:
        kept.guardian_id, kept.guardian_agreed_at = dropped.guardian_id, dropped.guardian_agreed_at
    kept.save(update_fields=["user", "born_on", "guardian", "guardian_agreed_at"])
    dropped.wards.update(guardian=kept)
    for follow in _merged:
        follow(kept, dropped)
    _ask_about_account(kept)
    events.record(RESIDENT_MERGED, actor=actor, subject=kept, dropped_id=dropped.pk, reason=reason.strip())
    return kept


def _require_one_person(actor: Actor, kept: Resident, dropped: Resident) -> None:
    """What says that they are two, or that somebody else has to look."""
    if kept.merged_into_id or dropped.merged_into_id or kept.erased_at or dropped.erased_at:
        raise RuleError(_("One of the two records is closed already."))
    if actor.user_id is not None and actor.user_id in {kept.user_id, dropped.user_id}:
        raise RuleError(_("One of the two is your own record. Somebody else looks whether it is one person."))
    if kept.user_id and dropped.user_id:
        raise RuleError(_("Both records have an account of their own, so they are two people to the portal."))
    if kept.guardian_id == dropped.pk or dropped.guardian_id == kept.pk:
        raise RuleError(_("One of the two is the parent or guardian of the other, so they are two people."))


@transaction.atomic
def reveal_resident(*, actor: Actor, resident_id: int, reason: str) -> tuple[str, str]:
    """Name and phone in clear, for a reason that the person can read later."""
    resident = Resident.objects.select_for_update(of=("self",)).get(pk=resident_id)
    require(policies.can_keep_residents(actor, resident))
    if actor.user_id is None:
        raise NotAllowedError
    if not reason.strip():
        raise RuleError(_("Say why you need it."), field="reason")
    ResidentReveal.objects.create(
        resident=resident, at=timezone.now(), by_id=actor.user_id, by_label=actor.label, reason=reason.strip()[:200]
    )
    events.record(RESIDENT_REVEALED, actor=actor, subject=resident)
    return resident.name or "", resident.phone or ""


@transaction.atomic
def erase_resident(*, actor: Actor, resident_id: int) -> None:
    """Name, phone and birthday are gone for good; what the person did stays, without saying who it was."""
    resident = Resident.objects.select_for_update(of=("self",)).get(pk=resident_id)
    is_own = actor.user_id is not None and actor.user_id == resident.user_id
    require(is_own or policies.can_keep_residents(actor, resident))
    if resident.erased_at:
        return
    for follow in _erased:
        follow(resident)
    _forget(resident)
    resident.wards.update(asked_by="")  # a guardian is who asked for them
    events.record(RESIDENT_ERASED, actor=actor, subject=resident)


def _forget(resident: Resident) -> None:
    """On every record: those that were joined with this one still say who it was."""
    resident.name = resident.phone = resident.born_on = resident.user = resident.household = None
    resident.phone_hash = resident.asked_by = ""
    resident.erased_at = timezone.now()
    resident.save()
    for twin in resident.duplicates.select_for_update(of=("self",)).order_by("pk"):
        _forget(twin)
