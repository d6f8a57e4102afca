"""What volunteers like to do for neighbours."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods.actors import Actor
from volunteers.lifecycle import aid as life
from volunteers.lifecycle.aid import AidKind, Reach, Slot
from volunteers.lifecycle.volunteers import VolunteerState
from volunteers.models import AidOffer, Volunteer
from volunteers.policies import aid as policies
from volunteers.policies.volunteers import is_own
from volunteers.services.registration import locked_volunteer, stamps_of


@dataclass(frozen=True)
class OfferFacts:
    """What for, how far, when (bits of Slot; none is any time), and what one can do."""

    kind: AidKind
    reach: Reach = Reach.COMPOUND
    slots: int = 0
    skill: str = ""


def slots_of(chosen: Iterable[int]) -> int:
    """Several times of the week as one number."""
    return sum({int(one) for one in chosen} & set(Slot.values))


@transaction.atomic
def offer(*, actor: Actor, volunteer_id: int, facts: OfferFacts) -> AidOffer:
    """By oneself, or by the desk for somebody without a phone. The same kind again changes the offer."""
    volunteer = locked_volunteer(volunteer_id)
    own = is_own(actor, volunteer)
    require(own or policies.can_record_for(actor, volunteer))
    if volunteer.state != VolunteerState.VERIFIED:
        raise RuleError(_("Only registered volunteers who do not take a break."))
    if facts.kind not in AidKind.values or facts.reach not in Reach.values:
        raise RuleError(_("Choose what it is about."), field="kind")
    known = AidOffer.objects.filter(volunteer=volunteer, kind=facts.kind, closed_at=None).first()
    found = known or AidOffer(volunteer=volunteer, kind=facts.kind, opened_at=timezone.now())
    for name, value in stamps_of(volunteer).items():
        setattr(found, name, value)
    found.reach, found.slots, found.skill = facts.reach, facts.slots, facts.skill.strip()[:100]
    found.opened_by_label = "" if own else actor.label
    found.save()
    events.record(life.OFFER_OPENED, actor=actor, subject=found, offer_id=found.pk, kind=facts.kind)
    return found


@transaction.atomic
def end_offer(*, offer_id: int, actor: Actor) -> AidOffer:
    """Taken back, whenever one likes."""
    found = AidOffer.objects.select_for_update(of=("self",)).select_related("volunteer__resident__guardian")
    one = found.get(pk=offer_id)
    require(policies.can_end_offer(actor, one))
    close_offer(one, actor)
    return one


def close_offer(one: AidOffer, actor: Actor) -> None:
    """Row and event."""
    one.closed_at = timezone.now()
    one.save(update_fields=["closed_at"])
    events.record(life.OFFER_ENDED, actor=actor, subject=one, offer_id=one.pk)


def close_offers(volunteer: Volunteer, actor: Actor) -> None:
    """All of somebody who takes a break or leaves."""
    for one in AidOffer.objects.select_for_update(of=("self",)).filter(volunteer=volunteer, closed_at=None):
        close_offer(one, actor)
