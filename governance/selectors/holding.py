"""By which posts, units and desks work is an actor's to do, as conditions."""

from datetime import date

from django.db.models import Q

from governance.actors import HANDLER_ROLES, UNIT_ROLES
from neighborhoods.actors import Actor

NOTHING = Q(pk__in=[])


def by_post(actor: Actor, today: date) -> Q:
    """Rows owned by one of the actor's posts, or by one that ended by `today` and is gone on with by another of its
    title in the same place (mirror of policies.matters.is_of_post)."""
    condition = NOTHING
    posts = {grant.post_id for grant in actor.grants if grant.post_id}
    if posts:
        condition |= Q(owner_post_id__in=sorted(posts))
    for grant in actor.grants:
        condition |= Q(
            owner_post__ends_on__lte=today,
            owner_post__area_id=grant.area_id,
            owner_post__title__roles__contains=[grant.role],
        )
    return condition


def by_unit(actor: Actor) -> Q:
    """Rows held by a unit the actor works for."""
    units = {unit.unit_id for unit in actor.units if unit.role in UNIT_ROLES}
    return Q(holder_unit_id__in=sorted(units)) if units else NOTHING


def at_desk(actor: Actor) -> Q:
    """Rows held by an area whose work the actor does."""
    areas = {grant.area_id for grant in actor.grants if grant.role in HANDLER_ROLES.get(grant.level, ())}
    return Q(holder_area_id__in=sorted(areas), holder_unit=None) if areas else NOTHING
