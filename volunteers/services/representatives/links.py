"""Households are asked, say yes or no, and are handed over; never more than fifteen (docs/lifecycle.md).

Terms and doors are locked `no_key`: a new link or order that points at one does not wait for it, so nobody waits in a
circle. Term before door; a door that answers by itself locks no term.
"""

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods.actors import Actor
from neighborhoods.models import Household
from volunteers.lifecycle import links as life
from volunteers.lifecycle.links import LINK_FITS, LINK_LIVE, MOST_LINKS, Answered, LinkState
from volunteers.lifecycle.representatives import LINKING, RepresentativeState
from volunteers.models import HouseholdCard, HouseholdLink, Representative
from volunteers.policies import links as policies
from volunteers.services.representatives.carrying import carry_orders
from volunteers.services.representatives.moves import locked_representative, require_fit, write


def live_links(representative: Representative) -> QuerySet[HouseholdLink]:
    """Those that hold a place."""
    return representative.links.filter(state__in=LINK_LIVE)


# ---- asking ----
@transaction.atomic
def propose(*, representative_id: int, actor: Actor, household_ids: Collection[int]) -> list[HouseholdLink]:
    """Ask these households, all or none. A household that declined is not asked again before it says yes by itself."""
    representative = locked_representative(representative_id)
    require_fit(representative, "assign")
    require(policies.can_assign(actor, representative))
    if not household_ids:
        raise RuleError(_("Tick at least one door."), field="households")
    rows = Household.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=household_ids, closed_on=None)
    households = list(rows.order_by("pk"))
    _check_doors(representative, households, set(household_ids))
    _check_free(households)
    at = timezone.now()
    links = [
        HouseholdLink(
            representative=representative, household=door, slot=slot, proposed_at=at, proposed_by_label=actor.label
        )
        for door, slot in zip(households, _places(representative, len(households)), strict=True)
    ]
    HouseholdLink.objects.bulk_create(links)
    _record(life.LINK_PROPOSED, actor, links)
    return links


def _check_doors(representative: Representative, households: list[Household], wanted: set[int]) -> None:
    if representative.capacity not in LINKING:
        raise RuleError(_("This representative sits in the assembly and links no households."))
    is_elsewhere = any(door.branch_id != representative.branch_id for door in households)
    if is_elsewhere or {door.pk for door in households} != wanted:
        raise RuleError(_("A representative links households of their own compound."), field="households")


def _check_free(households: Iterable[Household]) -> None:
    doors = {door.pk: door.door for door in households}
    linked = HouseholdLink.objects.filter(household__in=doors, state__in=LINK_LIVE).values_list("household", flat=True)
    if linked:
        names = "、".join(doors[pk] for pk in linked)
        raise RuleError(_("These doors have a representative already: %(doors)s.") % {"doors": names})
    said_no = HouseholdCard.objects.filter(household__in=doors, declined_at__isnull=False)
    declined = said_no.values_list("household", flat=True)
    if declined:
        names = "、".join(doors[pk] for pk in declined)
        raise RuleError(
            _("These doors have declined; they are asked again only when they say so: %(doors)s.") % {"doors": names}
        )


def _places(representative: Representative, wanted: int) -> list[int]:
    """Free places of the fifteen. The term is locked, and the index refuses whatever comes around the lock."""
    taken = set(live_links(representative).values_list("slot", flat=True))
    free = [slot for slot in range(1, MOST_LINKS + 1) if slot not in taken]
    if wanted > len(free):
        raise RuleError(
            _("A representative looks after at most %(most)d households; there is room for %(n)d more.")
            % {"most": MOST_LINKS, "n": len(free)},
            field="households",
        )
    return free[:wanted]


# ---- answers ----
@transaction.atomic
def agree(*, link_id: int, actor: Actor, how: Answered) -> HouseholdLink:
    """The household said yes, and somebody writes it down."""
    link = _locked_link(link_id)
    require(policies.can_answer_for(actor, link))
    return _agree(link, actor, how)


@transaction.atomic
def decline(*, link_id: int, actor: Actor, how: Answered, words: str = "") -> HouseholdLink:
    """The household said no; the grid looks after it, and nobody asks again."""
    link = _locked_link(link_id)
    require(policies.can_answer_for(actor, link))
    return _decline(link, actor, how, words)


@transaction.atomic
def answer_by_card(*, household_id: int, actor: Actor, is_yes: bool) -> HouseholdLink | None:
    """The household answers on its own page; without a question on the table, its wish is remembered."""
    Household.objects.select_for_update(of=("self",), no_key=True).get(pk=household_id)
    live = HouseholdLink.objects.filter(household=household_id, state__in=LINK_LIVE).first()
    if live is None:
        _remember(household_id, actor, Answered.CARD, is_yes=is_yes)
        return None
    link = _locked_link(live.pk)
    if not is_yes:
        return _decline(link, actor, Answered.CARD, "")
    return _agree(link, actor, Answered.CARD) if link.state in LINK_FITS["agree"] else link


@transaction.atomic
def consent_again(*, household_id: int, actor: Actor, how: Answered) -> None:
    """A household that had declined says by itself that it likes to be linked after all."""
    household = Household.objects.select_for_update(of=("self",), no_key=True).get(pk=household_id)
    require(policies.can_link_at(actor, household))
    _remember(household_id, actor, how, is_yes=True)


def _agree(link: HouseholdLink, actor: Actor, how: Answered) -> HouseholdLink:
    _require_fit(link, "agree")
    link.state, link.answered_at = LinkState.ACTIVE, timezone.now()
    link.answered_by, link.answered_to_label = how, actor.label
    link.save(update_fields=["state", "answered_at", "answered_by", "answered_to_label"])
    _remember(link.household_id, actor, how, is_yes=True)
    _record(life.LINK_AGREED, actor, [link])
    return link


def _decline(link: HouseholdLink, actor: Actor, how: Answered, words: str) -> HouseholdLink:
    _require_fit(link, "decline")
    at = timezone.now()
    link.state, link.slot, link.answered_at, link.ended_at = LinkState.DECLINED, None, at, at
    link.answered_by, link.answered_to_label, link.end_words = how, actor.label, words.strip()[:200]
    link.save()
    carry_orders(link.representative, {link.household_id}, actor)
    _remember(link.household_id, actor, how, is_yes=False)
    _record(life.LINK_DECLINED, actor, [link])
    return link


def _remember(household_id: int, actor: Actor, how: Answered, *, is_yes: bool) -> None:
    """What the household said last stands, whoever asks next."""
    card, _is_new = HouseholdCard.objects.get_or_create(household_id=household_id)
    had_declined, at = card.declined_at is not None, timezone.now()
    card.declined_at, card.consented_at = (None, at) if is_yes else (at, None)
    card.consented_by = how if is_yes else ""
    card.save(update_fields=["declined_at", "consented_at", "consented_by"])
    if is_yes and had_declined:
        events.record(life.HOUSEHOLD_CONSENTED, actor=actor, subject=card, household_id=household_id, how=str(how))


# ---- ending and handing over ----
@transaction.atomic
def end_link(*, link_id: int, actor: Actor, words: str) -> HouseholdLink:
    """Without a no of the household: they moved out, or another representative is nearer."""
    link = _locked_link(link_id)
    require(policies.can_end_link(actor, link))
    _require_fit(link, "end")
    if not words.strip():
        raise RuleError(_("Say why."), field="words")
    _end([link], actor, words.strip())
    carry_orders(link.representative, {link.household_id}, actor)
    return link


def end_all_links(representative: Representative, actor: Actor) -> None:
    """Of a term that ends, in its transaction. The term is locked already."""
    links = list(live_links(representative).select_for_update().order_by("pk"))
    _end(links, actor, _("The term is over."))
    carry_orders(representative, {link.household_id for link in links}, actor)


def _end(links: list[HouseholdLink], actor: Actor, words: str) -> None:
    at = timezone.now()
    for link in links:
        link.state, link.slot, link.ended_at, link.end_words = LinkState.ENDED, None, at, words[:200]
    HouseholdLink.objects.bulk_update(links, ["state", "slot", "ended_at", "end_words"])
    _record(life.LINK_ENDED, actor, links)


@transaction.atomic
def hand_over(*, representative_id: int, actor: Actor, to_id: int) -> list[HouseholdLink]:
    """All live links go to another representative of the compound in one step, or none does.

    A household that agreed stays linked; it reads the new name on its page and may say no at any time.
    """
    pair = Representative.objects.select_for_update(of=("self",), no_key=True).select_related("resident")
    both = {one.pk: one for one in pair.filter(pk__in=[representative_id, to_id]).order_by("pk")}
    former, heir = both[representative_id], both.get(to_id)
    require_fit(former, "hand-over")
    require(policies.can_hand_over(actor, former))
    if heir is None or heir == former or heir.branch_id != former.branch_id:
        raise RuleError(_("Choose another representative of the same compound."), field="to")
    if heir.state != RepresentativeState.ACTIVE or heir.capacity not in LINKING:
        raise RuleError(_("Choose a representative who serves and links households."), field="to")
    old = list(live_links(former).select_for_update().order_by("pk"))
    if not old:
        raise RuleError(_("There is no household to hand over."))
    states, places = [link.state for link in old], _places(heir, len(old))
    _end(old, actor, _("Handed over."))
    new = [
        _handed_over(link.household_id, heir, actor, state=state, slot=slot)
        for link, state, slot in zip(old, states, places, strict=True)
    ]
    HouseholdLink.objects.bulk_create(new)
    carry_orders(former, {link.household_id for link in old}, actor, heir)
    write(former, life.LINKS_HANDED_OVER, actor, text=heir.number, to_id=heir.pk, links=len(new))
    write(heir, life.LINKS_HANDED_OVER, actor, text=former.number, from_id=former.pk, links=len(new))
    return new


def _handed_over(household_id: int, heir: Representative, actor: Actor, *, state: str, slot: int) -> HouseholdLink:
    at, agreed = timezone.now(), state == LinkState.ACTIVE
    return HouseholdLink(
        representative=heir,
        household_id=household_id,
        slot=slot,
        state=state,
        proposed_at=at,
        proposed_by_label=actor.label,
        answered_at=at if agreed else None,
        answered_by=Answered.HAND_OVER if agreed else "",
    )


# ---- what every verb does ----
def _locked_link(link_id: int) -> HouseholdLink:
    """The link, locked until the transaction ends, with what policies ask of it."""
    rows = HouseholdLink.objects.select_for_update(of=("self",))
    return rows.select_related("representative__resident", "household").get(pk=link_id)


def _require_fit(link: HouseholdLink, verb: str) -> None:
    if link.state not in LINK_FITS[verb]:
        raise RuleError(
            _("The door %(door)s is already “%(state)s”.")
            % {"door": link.household.door, "state": link.get_state_display()}
        )


def payload_of(link: HouseholdLink) -> dict[str, int]:
    """What an event of a link carries."""
    return {
        "household_link_id": link.pk,
        "household_id": link.household_id,
        "representative_id": link.representative_id,
    }


def _record(kind: str, actor: Actor, links: list[HouseholdLink]) -> None:
    rows = [(link.pk, payload_of(link)) for link in links]
    events.record_rows(kind, actor=actor, model=HouseholdLink, rows=rows)
