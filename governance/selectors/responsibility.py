"""Whose turn it is: which open issues lie on a person's own desk, and which wait for their decision."""

from django.db.models import F, Q

from governance.actors import COMMUNITY_ROLES, HANDLER_ROLES, STREET_ROLES, UNIT_ROLES
from governance.lifecycle import TO_DISPATCH, State, in_order
from neighborhoods.actors import STAMP_COLUMN, Actor, Grant, Level, Role
from neighborhoods.querysets import scope

NOTHING = Q(pk__in=[])


def on_desk_of(actor: Actor) -> Q:
    """Issues held by exactly the actor's areas or units (policies.is_holder as a condition).

    The stamp is named beside the holder so that the ordered index of open issues of that level is used.
    """
    condition = NOTHING
    areas = {(g.level, g.area_id) for g in actor.grants if g.role in HANDLER_ROLES.get(g.level, ())}
    for level, area_id in sorted(areas):
        condition |= Q(**{STAMP_COLUMN[level]: area_id, "holder_area_id": area_id, "holder_unit": None})
    units = {u.unit_id for u in actor.units if u.role in UNIT_ROLES}
    if units:
        condition |= Q(holder_unit_id__in=sorted(units))
    return condition


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
    by_street = Q(holder_area_id=F("street_id"), holder_unit=None)
    returned_by_community = Q(holder_area_id=F("community_id"), holder_unit=None, state=State.RETURNED)
    decide = Q(state__in=in_order(TO_DISPATCH))
    check = Q(state=State.REPLIED) & ~Q(replied_by_id=actor.user_id)
    answered = Q(state=State.CALLBACK, called_back_by_id__isnull=False) & ~Q(replied_by_id=actor.user_id)
    wanted = decide | check | answered
    condition = NOTHING
    community = actor.grants_of(COMMUNITY_ROLES)
    if community:
        condition |= scope(community) & wanted & ~by_street & ~returned_by_community
    street = actor.grants_of(STREET_ROLES)
    if street:
        condition |= scope(street) & wanted & (by_street | returned_by_community)
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
    return scope(agents) & Q(state=State.CALLBACK, part_of=None) & mine & not_me
