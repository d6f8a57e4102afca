"""The private page of a household: issued on a printed card, taken back when it is lost or somebody moves in."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core import events
from core.errors import require
from core.tokens import digest_of, token_of
from neighborhoods.actors import Actor
from neighborhoods.models import Household
from volunteers.lifecycle.links import CARD_ISSUED, CARD_REVOKED, LINK_LIVE
from volunteers.models import HouseholdCard, HouseholdLink
from volunteers.policies import links as policies


def card_token(card: HouseholdCard) -> str:
    """The token of the page: derived from the household and the number of its card, never stored."""
    return token_of(f"household:{card.household_id}:{card.version}")


def card_url(card: HouseholdCard) -> str:
    """The whole address, as printed."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('volunteers:household-page', args=[card_token(card)])}"


def card_by_token(token: str) -> HouseholdCard | None:
    """The card that is good for this token today."""
    cards = HouseholdCard.objects.select_related("household__area__compound")
    return cards.filter(digest=digest_of(token), household__closed_on=None).first()


@transaction.atomic
def issue_card(*, household_id: int, actor: Actor) -> HouseholdCard:
    """The card to print. The one that hangs at the door stays good; after `revoke_card` it is a new one."""
    household = _kept_household(household_id, actor)
    card, _is_new = HouseholdCard.objects.get_or_create(household=household)
    if card.digest:
        return card
    card.version += 1
    card.digest, card.issued_at, card.issued_by_label = digest_of(card_token(card)), timezone.now(), actor.label
    card.save(update_fields=["version", "digest", "issued_at", "issued_by_label"])
    events.record(CARD_ISSUED, actor=actor, subject=card, household_id=household.pk)
    return card


@transaction.atomic
def revoke_card(*, household_id: int, actor: Actor) -> None:
    """Lost, or other people live there now: the address opens nothing any more."""
    household = _kept_household(household_id, actor)
    card = HouseholdCard.objects.filter(household=household, digest__isnull=False).first()
    if card is not None:
        card.digest = None
        card.save(update_fields=["digest"])
        events.record(CARD_REVOKED, actor=actor, subject=card, household_id=household.pk)


def _kept_household(household_id: int, actor: Actor) -> Household:
    household = Household.objects.select_for_update(of=("self",), no_key=True).get(pk=household_id)
    links = HouseholdLink.objects.select_related("representative__resident")
    live = links.filter(household=household, state__in=LINK_LIVE).first()
    require(policies.can_keep_card(actor, household, live))
    return household
