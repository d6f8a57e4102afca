"""Which roles do what for people who serve (docs/glossary.md, "Roles"). Policies and selectors ask these tables."""

from neighborhoods.actors import Role

# Who keeps the register of volunteers and what they did.
REGISTRARS = frozenset({Role.COMMUNITY_STAFF, Role.COMMUNITY_LEAD})
# Who puts teams together, plans activities and confirms what was done there.
ORGANISERS = REGISTRARS | {Role.BRANCH_SECRETARY, Role.GRID_WORKER}
# Who is the second person of a late record, and calls residents about a confirmed one.
SECONDS = REGISTRARS | {Role.STREET_DISPATCHER, Role.STREET_LEAD}
# Who sees volunteers of their area.
VIEWERS = REGISTRARS | {Role.BRANCH_SECRETARY, Role.GRID_WORKER, Role.STREET_DISPATCHER, Role.STREET_LEAD}
# ---- representatives ----
NOMINATORS = REGISTRARS | {Role.BRANCH_SECRETARY}  # who writes a nomination and the residents' agreement down
APPROVERS = frozenset({Role.BRANCH_SECRETARY, Role.COMMUNITY_LEAD})  # for the Party organisation
# Who takes an order that nobody took for a day.
GRID_TAKERS = REGISTRARS | {Role.GRID_WORKER}
# Rewards: the community proposes, the street looks, either hangs it out, the district grants; each time somebody else.
CHECKERS = frozenset({Role.STREET_LEAD, Role.STREET_DISPATCHER})
HANGERS = CHECKERS | REGISTRARS
GRANTERS = frozenset({Role.DISTRICT_DUTY})
REWARD_READERS = VIEWERS | GRANTERS
# ---- members checking in ----
CHECKIN_KEEPERS = REGISTRARS | {Role.BRANCH_SECRETARY}  # the branch's people, and the community's beside them
