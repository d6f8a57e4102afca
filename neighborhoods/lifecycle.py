"""Names of what happens to the tree, its compounds, posts and codes."""

AREA_ADDED = "area.added"
AREA_RENAMED = "area.renamed"
AREA_REVISED = "area.revised"
AREA_MOVED = "area.moved"
AREA_MERGED = "area.merged"
AREA_CLOSED = "area.closed"
AREAS_IMPORTED = "area.imported"
DISTRICT_LOADED = "area.district_loaded"
TREES_FOUND_BROKEN = "area.tree_found_broken"
COMPOUND_ADDED = "compound.added"
COMPOUND_REVISED = "compound.revised"
COVERAGE_SET = "coverage.set"
POST_APPOINTED = "post.appointed"
POST_ENDED = "post.ended"
POST_HANDED_OVER = "post.handed_over"
PLACE_CODE_ISSUED = "place_code.issued"
PLACE_CODE_REVOKED = "place_code.revoked"
PORTAL_SET_UP = "portal.set_up"
ACCOUNT_INVITED = "account.invited"

EVENT_NAMES = frozenset(
    value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str) and "." in value
)
