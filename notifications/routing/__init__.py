"""Which event tells whom, how soon, in which words. Every event of the portal is routed here or silent."""

from notifications.routing import issues, meetings, tasks
from notifications.routing.meetings import PROPOSER_TEXTS
from notifications.services.rules import Routes

__all__ = ["PROPOSER_TEXTS", "ROUTES", "SILENT"]
ROUTES: Routes = {**issues.ROUTES, **tasks.ROUTES}
SILENT = issues.SILENT | meetings.SILENT | tasks.SILENT
