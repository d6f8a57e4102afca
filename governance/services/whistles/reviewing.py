"""Who stands above looks at it: the street every month at a key problem (重点工作，每月调度), the district at what was
put before it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.lifecycle.duties import DutyStep
from governance.lifecycle.whistles import WHISTLE_INSTRUCTED, WHISTLE_LOOKED_AT
from governance.models import Whistle
from governance.policies import whistles as policies
from governance.services.duties import end_clocks, start_clock
from governance.services.whistles.moves import locked_whistle, require_fit, tell, write_line
from neighborhoods.actors import Actor


@transaction.atomic
def look_at_whistle(*, whistle_id: int, actor: Actor, note: str) -> Whistle:
    """The street says how it stands and what is next; the next look is due a month from today."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "look")
    require(policies.can_look_at_whistle(actor, whistle))
    if not note.strip():
        raise RuleError(_("Say how it stands and what comes next."), field="note")
    end_clocks({"whistle": whistle}, at, [DutyStep.REVIEW])
    start_clock({"whistle": whistle}, track=whistle.kind, step=DutyStep.REVIEW, at=at)
    write_line(whistle, WHISTLE_LOOKED_AT, actor, at, text=note.strip())
    tell(WHISTLE_LOOKED_AT, whistle, actor)
    return whistle


@transaction.atomic
def instruct_whistle(*, whistle_id: int, actor: Actor, note: str) -> Whistle:
    """The district says what it does about a whistle that was raised; the street goes on with that."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "instruct")
    require(policies.can_instruct_whistle(actor, whistle))
    if not note.strip():
        raise RuleError(_("Say what the district does, and what the street should do."), field="note")
    write_line(whistle, WHISTLE_INSTRUCTED, actor, at, text=note.strip())
    tell(WHISTLE_INSTRUCTED, whistle, actor)
    return whistle
