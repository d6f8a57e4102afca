"""A neighbour needs a hand: asked by oneself, or written down for somebody who called, brought a paper or told the
representative.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.numbers import next_number
from neighborhoods.actors import Actor
from neighborhoods.models import Area, Resident
from neighborhoods.services.residents import PersonFacts, register_behind, register_for
from volunteers.lifecycle import aid as life
from volunteers.lifecycle.aid import UNTAKEN_HOURS, AidChannel, AidKind, AidState, CallReason, DayPart
from volunteers.models import AidNeed, HouseholdLink
from volunteers.policies import aid as policies
from volunteers.policies.volunteers import speaks_for
from volunteers.services.aid.common import (
    NAME_LIMIT,
    WORDS_LIMIT,
    locked_need,
    require_fit,
    require_reason,
    said_words,
    save,
    tell,
    tell_helper,
)
from volunteers.services.registration import stamps_of

LETTER = "H"
MOST_OPEN = 10  # of one person at the same time
FURTHEST = timedelta(days=90)


@dataclass(frozen=True)
class Wish:
    """What is needed, when, in a few words; whether whoever helps may read the contact."""

    kind: AidKind
    words: str = ""
    wanted_on: date | None = None
    part: DayPart = DayPart.ANY
    shares: bool = False
    key: uuid.UUID = field(default_factory=uuid.uuid4)


@transaction.atomic
def ask(*, actor: Actor, resident_id: int, wish: Wish) -> AidNeed:
    """By oneself, or by the guardian of a minor."""
    resident = _known(resident_id)
    require(speaks_for(actor, resident))
    return _insert(actor, resident, wish, AidChannel.PAGE, "")


@transaction.atomic
def ask_for(
    *, actor: Actor, area: Area | int, facts: PersonFacts, wish: Wish, channel: AidChannel, said_by: str
) -> AidNeed:
    """By staff, for somebody who called or brought a paper. Who said so is written down."""
    resident = register_for(actor=actor, facts=facts, area=area)
    require(policies.can_record_for(actor, resident))
    return _insert(actor, resident, wish, _typed(channel), _said_by(said_by, facts))


@transaction.atomic
def ask_behind(*, actor: Actor, link_id: int, facts: PersonFacts, wish: Wish) -> AidNeed:
    """By the representative, for somebody of a household they look after."""
    rows = HouseholdLink.objects.select_for_update(of=("self",)).select_related("representative__resident", "household")
    link = rows.get(pk=link_id)
    require(policies.can_record_behind(actor, link))
    resident = register_behind(actor=actor, facts=facts, household_id=link.household_id)
    if resident.community_id != link.household.community_id:
        raise RuleError(_("This person is known in another community; ask that one."), field="name")
    return _insert(actor, resident, wish, AidChannel.VISIT, _said_by("", facts))


def _typed(channel: AidChannel) -> AidChannel:
    if channel not in {AidChannel.PHONE, AidChannel.PAPER}:
        raise RuleError(_("Choose one of the answers."), field="channel")
    return channel


def _said_by(said_by: str, facts: PersonFacts) -> str:
    return (said_by.strip() or facts.name.strip())[:NAME_LIMIT]


def _known(resident_id: int) -> Resident:
    return Resident.objects.known().select_for_update(of=("self",)).select_related("guardian").get(pk=resident_id)


def _insert(actor: Actor, resident: Resident, wish: Wish, channel: AidChannel, said_by: str) -> AidNeed:
    at = timezone.now()
    before = AidNeed.objects.filter(client_key=wish.key, resident=resident).first()
    if before is not None:
        return before
    _require_sound(resident, wish)
    try:
        with transaction.atomic():
            need = AidNeed.objects.create(
                number=next_number("aid", timezone.localdate(at).year, LETTER),
                **stamps_of(resident),
                resident=resident,
                kind=wish.kind,
                words=wish.words.strip(),
                wanted_on=wish.wanted_on,
                part=wish.part,
                channel=channel,
                said_by=said_by,
                client_key=wish.key,
                asked_at=at,
                asked_by_label=actor.label if said_by else "",
                due_at=at + timedelta(hours=UNTAKEN_HOURS),
                helped_agreed_at=at if wish.shares else None,
            )
    except IntegrityError:  # the same form twice at once; a key of somebody else's is a wrong one
        known = AidNeed.objects.filter(client_key=wish.key, resident=resident).first()
        if known is None:
            raise RuleError(_("Please send it once more.")) from None
        return known
    tell(need, life.AID_ASKED, actor, text=said_words(said_by))
    return need


def _require_sound(resident: Resident, wish: Wish) -> None:
    today = timezone.localdate()
    if wish.kind not in AidKind.values:
        raise RuleError(_("Choose what it is about."), field="kind")
    if len(wish.words.strip()) > WORDS_LIMIT:
        raise RuleError(_("At most %(limit)d characters.") % {"limit": WORDS_LIMIT}, field="words")
    if wish.kind == AidKind.OTHER and not wish.words.strip():
        raise RuleError(_("Write what is needed."), field="words")
    if wish.wanted_on is not None and not today <= wish.wanted_on <= today + FURTHEST:
        raise RuleError(_("Choose a day from today on, within three months."), field="wanted_on")
    if AidNeed.objects.filter(resident=resident, closed_at=None).count() >= MOST_OPEN:
        raise RuleError(_("Ten things at a time are the most. Call the community when it is urgent."))


@transaction.atomic
def cancel(*, need_id: int, actor: Actor, reason: str = "") -> AidNeed:
    """No longer needed; whoever had said yes is told. Staff say why."""
    need = locked_need(need_id)
    require_fit(need, "cancel")
    require(policies.can_cancel(actor, need))
    need.reason = reason.strip()[:200] if policies.is_helped(actor, need) else require_reason(reason)
    need.state = AidState.CANCELLED
    save(need, life.AID_CANCELLED, actor, text=need.reason)
    tell_helper(need, CallReason.GIVEN_BACK)
    return need
