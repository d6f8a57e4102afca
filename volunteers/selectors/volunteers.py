"""The register as somebody may see it."""

from accounts.models import User
from neighborhoods.actors import Actor
from neighborhoods.querysets import AreaScopedQuerySet
from volunteers.actors import VIEWERS
from volunteers.models import Volunteer


def volunteers_visible_to(actor: Actor) -> AreaScopedQuerySet:
    """Those of the actor's area."""
    return Volunteer.objects.within(actor.grants_of(VIEWERS))


def volunteer_of(user: User) -> Volunteer | None:
    """The entry of a signed-in person, with the resident; none when they never applied."""
    if not user.pk:
        return None
    return Volunteer.objects.filter(resident__user=user.pk).select_related("resident").first()
