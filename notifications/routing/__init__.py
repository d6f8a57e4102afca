"""Which event tells whom, how soon, in which words. Every event of the portal is routed here or silent."""

from governance.lifecycle.recurring import RECURRENCE_EVENTS
from notifications.routing import issues, matters, meetings, tasks, votes, whistles
from notifications.routing.meetings import PROPOSER_TEXTS
from notifications.services.rules import Routes

__all__ = ["PROPOSER_TEXTS", "ROUTES", "SILENT"]
ROUTES: Routes = {**issues.ROUTES, **matters.ROUTES, **meetings.ROUTES, **tasks.ROUTES, **whistles.ROUTES}
SILENT = issues.SILENT | matters.SILENT | meetings.SILENT | tasks.SILENT | votes.SILENT | whistles.SILENT
SILENT |= RECURRENCE_EVENTS  # read in their list; the task that follows is told
