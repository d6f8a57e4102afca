"""Lists that leave the portal as files: masked, counted, and logged."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.errors import RuleError, require
from governance import policies
from governance.lifecycle import ISSUE_EXPORTED
from governance.querysets import IssueQuerySet
from governance.selectors.desk_list import EXPORT_CAP
from governance.services.moves import person
from neighborhoods.actors import Actor


@transaction.atomic
def record_export(*, actor: Actor, rows: IssueQuerySet, query: str, kind: str) -> int:
    """Who took which rows away as a file, before the first one leaves; says how many."""
    require(policies.can_export_issues(actor))
    count = rows.order_by()[: EXPORT_CAP + 1].count()
    if count > EXPORT_CAP:
        raise RuleError(
            _("That is more than %(limit)d cases. Narrow the filters and export in parts.") % {"limit": EXPORT_CAP}
        )
    account = User.objects.get(pk=person(actor))
    events.record(ISSUE_EXPORTED, actor=actor, subject=account, rows=count, query=query[:500], format=kind)
    return count
