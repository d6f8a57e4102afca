"""Who takes in what hotlines pass on."""

from governance.actors import STREET_ROLES
from neighborhoods.actors import Actor, Role


def can_import_hotline(actor: Actor) -> bool:
    """Load a table of a hotline: the duty desk of the district, and the street for its own places."""
    return bool(actor.grants_of({*STREET_ROLES, Role.DISTRICT_DUTY}))
