"""Which event tells whom, how soon, in which words. Every event of the portal is routed here or silent."""

from notifications.routing import issues, tasks
from notifications.services.rules import Routes

ROUTES: Routes = {**issues.ROUTES, **tasks.ROUTES}
SILENT = issues.SILENT | tasks.SILENT
