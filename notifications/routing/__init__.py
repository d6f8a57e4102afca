"""Which event tells whom, how soon, in which words. Every event of the portal is routed here or silent."""

from governance.lifecycle.hotline import HOTLINE_EVENTS
from governance.lifecycle.recurring import RECURRENCE_EVENTS
from notifications.routing import (
    aid,
    checkins,
    committees,
    incentives,
    issues,
    matters,
    meetings,
    representatives,
    tasks,
    volunteers,
    votes,
    whistles,
)
from notifications.routing.meetings import PROPOSER_TEXTS
from notifications.services.rules import Routes

__all__ = ["PROPOSER_TEXTS", "ROUTES", "SILENT"]
_KINDS = (
    aid,
    checkins,
    committees,
    incentives,
    issues,
    matters,
    meetings,
    representatives,
    tasks,
    volunteers,
    whistles,
)
ROUTES: Routes = {event: route for kind in _KINDS for event, route in kind.ROUTES.items()}
SILENT: frozenset[str] = votes.SILENT.union(*(kind.SILENT for kind in _KINDS))
SILENT |= HOTLINE_EVENTS  # whoever loaded it or gave the key knows; each case tells its own people
SILENT |= RECURRENCE_EVENTS  # read in their list; the task that follows is told
