"""A matter is handled, reported, looked at by somebody else, and closed (处置-反馈-核查-结案)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from governance.lifecycle.matters import (
    MATTER_CHECKED,
    MATTER_CLOSED,
    MATTER_FITS,
    MATTER_HANDLED,
    MATTER_REPORTED,
    MATTER_SENT_BACK,
    MatterState,
)
from governance.models import Matter
from governance.policies import matters as policies
from governance.services.matters.around import Helper, add_helpers
from governance.services.matters.moves import locked_matter, move, require_state
from governance.services.moves import person
from neighborhoods.actors import Actor, Level


@transaction.atomic
def handle_matter(*, matter_id: int, actor: Actor, result: str, helpers: tuple[Helper, ...] = ()) -> Matter:
    """What was done, and who helped."""
    matter, at = locked_matter(matter_id), timezone.now()
    require_state(matter, MATTER_FITS["handle"])
    require(policies.can_handle_matter(actor, matter))
    if not result.strip():
        raise RuleError(_("Write what was done."), field="result")
    grant = policies.handling_grant(actor, matter)
    in_unit = [held.role for held in actor.units if held.unit_id == matter.holder_unit_id]
    matter.handler_role = grant.role if grant else min(in_unit)
    matter.handler_level = int(grant.level if grant else Level.COMMUNITY)
    matter.handled_at, matter.handled_by_id, matter.result = at, person(actor), result.strip()
    add_helpers(matter, helpers, actor, at)
    move(matter, MatterState.HANDLED, MATTER_HANDLED, actor, at, text=matter.result)
    return matter


@transaction.atomic
def report_matter(*, matter_id: int, actor: Actor, text: str) -> Matter:
    """How it is now, and who was told. From here on it waits for somebody else to look."""
    matter, at = locked_matter(matter_id), timezone.now()
    require_state(matter, MATTER_FITS["report"])
    require(policies.can_report_matter(actor, matter))
    if not text.strip():
        raise RuleError(_("Write how it is now, and whom you told."), field="text")
    move(matter, MatterState.REPORTED, MATTER_REPORTED, actor, at, text=text.strip())
    return matter


@transaction.atomic
def check_matter(*, matter_id: int, actor: Actor, passed: bool, note: str = "") -> Matter:
    """Somebody above or beside has looked: it is so, or it goes back with what is missing."""
    matter, at = locked_matter(matter_id), timezone.now()
    require_state(matter, MATTER_FITS["check"])
    require(policies.can_check_matter(actor, matter))
    report = matter.lines.filter(kind=MATTER_REPORTED).order_by("pk").last()
    if report is not None and report.actor_id == person(actor):
        raise RuleError(_("You wrote the report, so somebody else reads it."))
    if passed:
        matter.checked_by_id = person(actor)
        move(matter, MatterState.CHECKED, MATTER_CHECKED, actor, at, text=note.strip())
        return matter
    if not note.strip():
        raise RuleError(_("Say what is still missing."), field="note")
    matter.handled_at = matter.handled_by_id = matter.handler_level = None
    matter.handler_role = matter.result = ""
    move(matter, MatterState.DISPATCHED, MATTER_SENT_BACK, actor, at, text=note.strip())
    return matter


@transaction.atomic
def close_matter(*, matter_id: int, actor: Actor, note: str = "") -> Matter:
    """The file is closed; from here on it counts."""
    matter, at = locked_matter(matter_id), timezone.now()
    require_state(matter, MATTER_FITS["close"])
    require(policies.can_close_matter(actor, matter))
    move(matter, MatterState.CLOSED, MATTER_CLOSED, actor, at, text=note.strip())
    return matter
