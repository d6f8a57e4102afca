"""Which roles do what in casework (docs/glossary.md, "Roles"). Policies and selectors ask these tables."""

from neighborhoods.actors import Level, Role

# Who handles what an area of this level holds.
HANDLER_ROLES: dict[Level, frozenset[str]] = {
    Level.STREET: frozenset({Role.STREET_DISPATCHER, Role.STREET_LEAD}),
    Level.COMMUNITY: frozenset({Role.COMMUNITY_STAFF, Role.COMMUNITY_LEAD}),
    Level.GRID: frozenset({Role.GRID_WORKER}),
    Level.BRANCH: frozenset({Role.BRANCH_SECRETARY}),
}
# Who receives a new case. Branch secretaries are neighbours, not staff: they get a case only when it is given to them.
RECEIVER_ROLES: dict[Level, frozenset[str]] = {
    level: roles for level, roles in HANDLER_ROLES.items() if level != Level.BRANCH
}
# Who leads them, told together with the handler.
LEAD_ROLES: dict[Level, frozenset[str]] = {
    Level.STREET: frozenset({Role.STREET_LEAD}),
    Level.COMMUNITY: frozenset({Role.COMMUNITY_LEAD}),
    Level.GRID: frozenset({Role.COMMUNITY_LEAD}),
    Level.BRANCH: frozenset({Role.COMMUNITY_LEAD}),
}
UNIT_ROLES = frozenset({Role.UNIT_CLERK, Role.UNIT_LEAD, Role.BODY_CONTACT})
DISPATCHERS = frozenset({Role.COMMUNITY_STAFF, Role.COMMUNITY_LEAD, Role.STREET_DISPATCHER, Role.STREET_LEAD})
COMMUNITY_ROLES = frozenset({Role.COMMUNITY_STAFF, Role.COMMUNITY_LEAD})
STREET_ROLES = frozenset({Role.STREET_DISPATCHER, Role.STREET_LEAD})
# Roles that see the issues of their area.
VIEWERS = DISPATCHERS | {Role.GRID_WORKER, Role.BRANCH_SECRETARY, Role.DISTRICT_DUTY}
RECORDERS = VIEWERS | {Role.REPRESENTATIVE, Role.BUILDING_LEAD}
# Who calls residents together (docs/lifecycle.md, "Meetings"); the assembly is called by the community or the street.
CONVENERS = DISPATCHERS | {Role.BRANCH_SECRETARY}
# Matters: who writes them down, being out and about or at the desk; who files and gives them out; who links requests.
COLLECTORS = DISPATCHERS | {Role.REPRESENTATIVE, Role.GRID_WORKER, Role.BRANCH_SECRETARY}
FILERS = DISPATCHERS | {Role.GRID_WORKER}
LINKERS = FILERS | {Role.BRANCH_SECRETARY}
