"""Who keeps the tree, its compounds and its posts. Pure.

The street keeps itself and its communities, the community keeps grids, branches and buildings (docs/tree.md).
"""

from collections.abc import Collection

from neighborhoods.actors import (
    LOCAL_KEEPERS,
    POSTER_ROLES,
    RESIDENT_KEEPERS,
    STREET_KEEPERS,
    Actor,
    Level,
    Role,
    Stamped,
)

# Roles that look after the running of the portal. One person never holds two of them.
ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})


def is_admin(actor: Actor) -> bool:
    """The system itself, or whoever runs the portal."""
    return actor.is_system or Role.SYSTEM_ADMIN in actor.roles


def can_keep_area(actor: Actor, level: Level, place: Stamped) -> bool:
    """Add, move, merge or close an area of a level at a place (its path, or its parent's)."""
    if is_admin(actor):
        return True
    if level == Level.STREET:
        return False
    if level == Level.COMMUNITY:
        return actor.holds(STREET_KEEPERS, place)
    return actor.holds(LOCAL_KEEPERS, place)


def can_move_area(actor: Actor, level: Level, old: Stamped, new: Stamped) -> bool:
    """Both ends have to be one's own."""
    return can_keep_area(actor, level, old) and can_keep_area(actor, level, new)


def can_revise_area(actor: Actor, level: Level, place: Stamped) -> bool:
    """Rename it or change its facts. A street may rename itself."""
    if level == Level.STREET:
        return is_admin(actor) or actor.holds(STREET_KEEPERS, place)
    return can_keep_area(actor, level, place)


def can_keep_compound(actor: Actor, grid: Stamped) -> bool:
    """Add or change a compound in a grid."""
    return can_keep_area(actor, Level.BRANCH, grid)


def can_set_coverage(actor: Actor, grid: Stamped, branch: Stamped) -> bool:
    """The compound's grid and the branch both have to be one's own."""
    return can_keep_area(actor, Level.BRANCH, grid) and can_keep_area(actor, Level.BRANCH, branch)


def can_print_posters(actor: Actor, grid: Stamped) -> bool:
    """Print the stairwell posters of a compound that stands in this grid."""
    return actor.is_system or actor.holds(POSTER_ROLES, grid)


def can_keep_place_codes(actor: Actor, building: Stamped) -> bool:
    """Issue codes for stairwells, or revoke one that was torn off or misused."""
    return is_admin(actor) or actor.holds(POSTER_ROLES, building)


def can_keep_area_posts(actor: Actor, level: Level, place: Stamped) -> bool:
    """Appoint at an area. Whoever keeps the level below also staffs it; a street lead staffs the street."""
    if is_admin(actor):
        return True
    if level <= Level.COMMUNITY:
        return actor.holds(STREET_KEEPERS, place)
    return actor.holds(LOCAL_KEEPERS, place)


def can_keep_unit_posts(actor: Actor, unit_id: int) -> bool:
    """A unit's own lead staffs it."""
    return is_admin(actor) or actor.in_unit(unit_id, {Role.UNIT_LEAD})


def can_keep_district_posts(actor: Actor) -> bool:
    """Appoint for the whole district."""
    return is_admin(actor)


def can_load_district(actor: Actor) -> bool:
    """Load areas, compounds and posts from a file."""
    return is_admin(actor)


def are_separate(roles: Collection[str]) -> bool:
    """Whether one person may hold these roles together: running, guarding and auditing the portal stay apart."""
    return len(ADMIN_ROLES & set(roles)) <= 1


def can_keep_residents(actor: Actor, place: Stamped) -> bool:
    """Write down doors and people of a place, join two records of one person, read contacts with a reason."""
    return actor.is_system or actor.holds(RESIDENT_KEEPERS, place)
