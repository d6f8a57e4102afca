"""Which event tells whom, how soon, in which words. Every event of the portal is routed here or silent."""

from governance.lifecycle.hotline import HOTLINE_EVENTS
from governance.lifecycle.recurring import RECURRENCE_EVENTS
from notifications.routing import issues, meetings, tasks, votes, whistles
from notifications.routing.meetings import PROPOSER_TEXTS
from notifications.services.rules import Routes

__all__ = ["PROPOSER_TEXTS", "ROUTES", "SILENT"]
ROUTES: Routes = {**issues.ROUTES, **meetings.ROUTES, **tasks.ROUTES, **whistles.ROUTES}
SILENT = issues.SILENT | meetings.SILENT | tasks.SILENT | votes.SILENT | whistles.SILENT
SILENT |= HOTLINE_EVENTS  # whoever loaded it or gave the key knows; each case tells its own people
SILENT |= RECURRENCE_EVENTS  # read in their list; the task that follows is told
