"""Whose turn it is: which open issues lie on a person's own desk, and which wait for their decision."""

from django.db.models import Exists, F, OuterRef, Q

from governance.actors import COMMUNITY_ROLES, HANDLER_ROLES, STREET_ROLES
from governance.lifecycle import FITS, IN_HAND, TO_DISPATCH, URGES_MANY, State, in_order
from governance.lifecycle.asking import AppealOutcome, Asked
from governance.models import Appeal
from governance.selectors.callbacks import IS_CALLED, SAID_BY_LINK
from governance.selectors.holding import NOTHING, by_unit
from neighborhoods.actors import STAMP_COLUMN, Actor, Grant, Level, Role
from neighborhoods.querysets import scope

# Whose desk it lies on: the street's own, or one below the community (a unit stands beside them).
_BY_STREET = Q(holder_area_id=F("street_id"), holder_unit=None)
_BELOW_COMMUNITY = ~Q(holder_area_id=F("community_id")) & ~Q(holder_area_id=F("street_id")) & Q(holder_unit=None)


def on_desk_of(actor: Actor) -> Q:
    """Issues held by exactly the actor's areas or units (policies.is_holder as a condition).

    The stamp is named beside the holder so that the ordered index of open issues of that level is used.
    """
    condition = NOTHING
    areas = {(g.level, g.area_id) for g in actor.grants if g.role in HANDLER_ROLES.get(g.level, ())}
    for level, area_id in sorted(areas):
        condition |= Q(**{STAMP_COLUMN[level]: area_id, "holder_area_id": area_id, "holder_unit": None})
    return condition | by_unit(actor)


def escalated_to(actor: Actor) -> Q:
    """Issues whose ladder has reached the actor's level and stopped there."""
    levels: dict[Level, list[Grant]] = {}
    for grant in actor.grants:
        if grant.role in COMMUNITY_ROLES | STREET_ROLES | {Role.DISTRICT_DUTY}:
            levels.setdefault(grant.level, []).append(grant)
    condition = NOTHING
    for level, grants in sorted(levels.items()):
        condition |= scope(grants) & Q(escalated_level=int(level))
    return condition


def ordered_for(actor: Actor) -> Q:
    """Cases under an order of the street or the district: on the holder's desk, and of whoever ordered."""
    condition = on_desk_of(actor) & Q(ordered_level__isnull=False, is_reported=False)
    for roles, level in ((STREET_ROLES, Level.STREET), ({Role.DISTRICT_DUTY}, Level.DISTRICT)):
        grants = actor.grants_of(roles)
        if grants:
            condition |= scope(grants) & Q(ordered_level=int(level))
    return condition


def parked_by(actor: Actor) -> Q:
    """Parked cases of the nearest dispatcher, who writes the note of the month."""
    community = actor.grants_of(COMMUNITY_ROLES)
    condition = scope(community) & Q(state=State.PARKED) if community else NOTHING
    street = actor.grants_of(STREET_ROLES)
    if street:
        condition |= scope(street) & Q(state=State.PARKED, holder_area_id=F("street_id"), holder_unit=None)
    return condition


def waiting_for(actor: Actor) -> Q:
    """Issues that stand still until the actor decides: dispatch, ruling, check, what follows a call-back, the call."""
    return _to_decide(actor) | _to_rule(actor) | _to_call(actor)


def _to_decide(actor: Actor) -> Q:
    """The nearest dispatcher decides: the community, and the street where street or community had it themselves."""
    returned_by_community = Q(holder_area_id=F("community_id"), holder_unit=None, state=State.RETURNED)
    decide = Q(state__in=in_order(TO_DISPATCH))
    check = Q(state=State.REPLIED) & ~Q(replied_by_id=actor.user_id)
    # three tries without an answer; a "not solved" lies before fewer people (_to_reopen)
    unreached = Q(state=State.CALLBACK, called_back_by_id__isnull=False, asked="") & ~Q(replied_by_id=actor.user_id)
    wanted = decide | check | unreached
    condition = NOTHING
    community = actor.grants_of(COMMUNITY_ROLES)
    if community:
        condition |= scope(community) & wanted & ~_BY_STREET & ~returned_by_community
    street = actor.grants_of(STREET_ROLES)
    if street:
        condition |= scope(street) & wanted & (_BY_STREET | returned_by_community)
    return condition


def _to_rule(actor: Actor) -> Q:
    judges = actor.grants_of({*STREET_ROLES, Role.DISTRICT_DUTY})
    return scope(judges) & Q(state=State.RULING) if judges else NOTHING


def _to_call(actor: Actor) -> Q:
    agents = actor.grants_of({Role.CALLBACK_AGENT})
    if not agents:
        return NOTHING
    mine = Q(called_back_by_id=None) | Q(called_back_by_id=actor.user_id)
    not_me = ~Q(replied_by_id=actor.user_id) & ~Q(checked_by_id=actor.user_id)
    return scope(agents) & Q(state=State.CALLBACK, part_of=None) & IS_CALLED & ~SAID_BY_LINK & mine & not_me


def to_decide_for(actor: Actor) -> Q:
    """What waits for this person's word: pauses, more time, going back to work, dismissals. Never one's own."""
    community = actor.grants_of(COMMUNITY_ROLES)
    condition = NOTHING
    if community:
        pause, extension = Q(asked=Asked.PAUSE) & ~_BY_STREET, Q(asked=Asked.EXTENSION) & _BELOW_COMMUNITY
        condition |= scope(community) & (pause | extension)
    street = actor.grants_of(STREET_ROLES)
    if street:
        of_community = Q(holder_area_id=F("community_id"), holder_unit=None)
        pause = Q(asked=Asked.PAUSE) & (_BY_STREET | of_community)  # a community may have one person only
        extension = Q(asked=Asked.EXTENSION) & (of_community | Q(holder_unit__isnull=False))
        condition |= scope(street) & (pause | extension)
    district = actor.grants_of({Role.DISTRICT_DUTY})
    if district:
        condition |= scope(district) & Q(asked=Asked.EXTENSION) & _BY_STREET
    to_grant = condition & ~Q(asked_by_id=actor.user_id) & Q(state__in=in_order(IN_HAND))
    return to_grant | _to_reopen(actor) | _to_dismiss(actor)


def _to_dismiss(actor: Actor) -> Q:
    """The street decides about proposals to dismiss a request; about appeals the district too (policies.hard)."""
    street, district = actor.grants_of(STREET_ROLES), actor.grants_of({Role.DISTRICT_DUTY})
    if not street and not district:
        return NOTHING
    proposed = Q(asked=Asked.DISMISSAL) & ~Q(asked_by_id=actor.user_id)
    proposed_it = Appeal.objects.filter(issue=OuterRef("pk"), outcome=AppealOutcome.ASKED, proposed_by_id=actor.user_id)
    appealed = Q(asked=Asked.APPEAL) & ~Q(refused_by_id=actor.user_id) & ~_had_a_part(actor) & ~Q(Exists(proposed_it))
    own_unit = Q(holder_unit_id__in=sorted(actor.unit_ids)) if actor.unit_ids else NOTHING
    return ((scope(street) & proposed) | (scope(street | district) & appealed)) & ~own_unit


def _had_a_part(actor: Actor) -> Q:
    return Q(replied_by_id=actor.user_id) | Q(checked_by_id=actor.user_id) | Q(called_back_by_id=actor.user_id)


def _to_reopen(actor: Actor) -> Q:
    """Not solved, says the resident: for somebody who neither replied, checked nor called."""
    wanted = Q(asked=Asked.REOPEN, state=State.CALLBACK) & ~_had_a_part(actor)
    condition = NOTHING
    community = actor.grants_of(COMMUNITY_ROLES)
    if community:
        condition |= scope(community) & ~_BY_STREET
    street = actor.grants_of(STREET_ROLES)
    if street:
        condition |= scope(street) & _BY_STREET
    return condition & wanted


def supervised_by(actor: Actor) -> Q:
    """Cases urged again and again without a reply: of the community's lead, and of the street what is not below."""
    condition = NOTHING
    community = actor.grants_of({Role.COMMUNITY_LEAD})
    if community:
        condition |= scope(community) & _BELOW_COMMUNITY
    street = actor.grants_of(STREET_ROLES)
    if street:
        condition |= scope(street) & ~_BELOW_COMMUNITY
    return condition & Q(urges__gte=URGES_MANY, state__in=in_order(FITS["nudge"]))
