"""A name is put forward, and two sides say yes: the Party organisation, and the residents."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.numbers import next_number
from neighborhoods.actors import Actor
from neighborhoods.models import Household, Resident
from volunteers.lifecycle import representatives as life
from volunteers.lifecycle.representatives import CONSENTS_NEEDED, Capacity, NominationSource, RepresentativeState
from volunteers.models import Consent, Representative
from volunteers.policies import representatives as policies
from volunteers.services.registration import stamps_of
from volunteers.services.representatives.moves import LETTER, locked_representative, require_fit, said, write


@dataclass(frozen=True)
class Nomination:
    """Who put the name forward, why, and as what the person is to serve."""

    source: NominationSource
    qualities: str  # the four qualities (四有): zeal, time, ability, trust
    capacity: Capacity = Capacity.LINKING


@transaction.atomic
def nominate(*, actor: Actor, resident_id: int, nomination: Nomination) -> Representative:
    """Put a name forward: oneself, or the desk for residents or the branch. One live term a person."""
    resident = Resident.objects.select_for_update(of=("self",)).get(pk=resident_id)
    own = policies.is_person(actor, resident)
    require(own if nomination.source == NominationSource.SELF else policies.can_nominate_for(actor, resident))
    _check_person(resident)
    qualities = said(
        nomination.qualities, _("Say what speaks for this person: zeal, time, ability, trust."), field="qualities"
    )
    at = timezone.now()
    representative = Representative.objects.create(
        resident=resident,
        **stamps_of(resident),
        number=next_number("representative", timezone.localdate(at).year, LETTER),
        capacity=nomination.capacity,
        source=nomination.source,
        qualities=qualities,
        nominated_at=at,
        nominated_by_id=actor.user_id,
    )
    write(representative, life.REPRESENTATIVE_NOMINATED, actor, text=qualities)
    return representative


def _check_person(resident: Resident) -> None:
    if resident.erased_at or resident.merged_into_id:
        raise RuleError(_("This record is closed."), field="resident")
    if resident.branch_id is None:
        raise RuleError(_("A representative lives in the compound. Write down the building first."), field="resident")
    if resident.is_minor(timezone.localdate()):
        raise RuleError(_("A representative is an adult."), field="resident")
    live = Representative.objects.filter(resident=resident, ended_at=None).first()
    if live:
        raise RuleError(
            _("There is a term of this person already: %(number)s.") % {"number": live.number}, field="resident"
        )


@transaction.atomic
def approve(*, representative_id: int, actor: Actor, words: str = "") -> Representative:
    """The Party organisation says yes: branch secretary or community secretary, not whoever nominated."""
    representative = locked_representative(representative_id)
    require_fit(representative, "approve")
    if representative.party_approved_at:
        raise RuleError(_("The Party organisation has said yes already."))
    require(policies.can_approve(actor, representative))
    representative.party_approved_at = timezone.now()
    representative.party_approved_by_id, representative.party_approved_by_label = actor.user_id, actor.label
    write(representative, life.REPRESENTATIVE_APPROVED, actor, text=words.strip())
    _review(representative, actor)
    return representative


@transaction.atomic
def agree(
    *, representative_id: int, actor: Actor, household_ids: Collection[int] = (), meeting_number: str = ""
) -> Representative:
    """The residents say yes: by a meeting, named by its number, or household by household until there are enough.

    Households of the same branch only; each counts once, in however many sittings they were written down.
    """
    representative = locked_representative(representative_id)
    require_fit(representative, "agree")
    if representative.residents_agreed_at:
        raise RuleError(_("The residents have said yes already."))
    require(policies.can_agree(actor, representative))
    number = meeting_number.strip()
    if not number and not household_ids:
        raise RuleError(_("Tick the households that agree, or name the meeting by its number."), field="households")
    _write_consents(representative, actor, household_ids)
    count = representative.consents.count()
    representative.meeting_number = number[:20]
    if number or count >= CONSENTS_NEEDED:
        representative.residents_agreed_at = timezone.now()
    text = _("meeting %(number)s") % {"number": number} if number else _("%(n)d households so far") % {"n": count}
    write(representative, life.REPRESENTATIVE_AGREED, actor, text=text, consents=count)
    _review(representative, actor)
    return representative


def _write_consents(representative: Representative, actor: Actor, household_ids: Collection[int]) -> None:
    found = list(Household.objects.filter(pk__in=household_ids, branch_id=representative.branch_id, closed_on=None))
    if len(found) != len(set(household_ids)):
        raise RuleError(_("Only households of the same compound are asked."), field="households")
    if any(household.pk == representative.resident.household_id for household in found):
        raise RuleError(_("The candidate's own household does not count."), field="households")
    at = timezone.now()
    Consent.objects.bulk_create(
        [
            Consent(
                representative=representative,
                household=household,
                at=at,
                recorded_by_id=actor.user_id,
                recorded_by_label=actor.label,
            )
            for household in found
        ],
        ignore_conflicts=True,  # written down before: it counts once
    )


def _review(representative: Representative, actor: Actor) -> None:
    """Both sides have said yes: reviewed, whoever was second."""
    both = representative.party_approved_at and representative.residents_agreed_at
    if both:
        representative.state = RepresentativeState.REVIEWED
    representative.save()
    if both:
        write(representative, life.REPRESENTATIVE_REVIEWED, actor)
