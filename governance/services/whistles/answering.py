"""What a unit answers to its call, and how the side that called deals with those who do not."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from core.models import Attachment
from governance.lifecycle import ISSUE_UNIT_CAME
from governance.lifecycle.duties import DutyStep
from governance.lifecycle.whistles import (
    WHISTLE_ABSENT,
    WHISTLE_ACKNOWLEDGED,
    WHISTLE_ARRIVED,
    WHISTLE_CONTACTED,
    WHISTLE_DISPUTED,
    WHISTLE_NUDGED,
    WHISTLE_REPORTED,
    WHISTLE_RULED,
    WHISTLE_UNIT_ADDED,
)
from governance.models import Call, CallPhoto
from governance.policies import whistles as policies
from governance.services.duties import end_clocks, start_clock, void_clocks
from governance.services.whistles.drafting import call_unit
from governance.services.whistles.moves import (
    advance,
    calls_of,
    locked_call,
    locked_whistle,
    require_fit,
    tell,
    tell_residents,
    write_line,
)
from neighborhoods.actors import Actor
from neighborhoods.models import PartnerUnit

NUDGE_HOURS = 4  # reminding every hour is noise, and noise is not read


def _answer(call_id: int, actor: Actor, verb: str, done: str) -> Call:
    """The call, if its unit may say this now. `done` names the field that is filled once."""
    call = locked_call(call_id)
    require_fit(call.whistle, verb)
    require(policies.is_answering(actor, call))
    if done and getattr(call, done):
        raise RuleError(_("That was written down already."))
    return call


@transaction.atomic
def sign_call(*, call_id: int, actor: Actor, who: str = "") -> Call:
    """The unit signs for its call. The last one to sign moves the whistle on."""
    call, at = _answer(call_id, actor, "sign", "signed_at"), timezone.now()
    _sign(call, actor, at, who)
    call.save()
    advance(call.whistle, actor, at)
    tell(WHISTLE_ACKNOWLEDGED, call.whistle, actor, call)
    return call


def _sign(call: Call, actor: Actor, at: datetime, who: str) -> None:
    call.signed_at, call.signed_by_label = at, (who.strip() or actor.label)[:120]
    end_clocks({"call": call}, at, [DutyStep.SIGN])
    write_line(call.whistle, WHISTLE_ACKNOWLEDGED, actor, at, call=call, text=who.strip())


@transaction.atomic
def contact_call(*, call_id: int, actor: Actor, note: str) -> Call:
    """The unit has talked with the street."""
    call, at = _answer(call_id, actor, "contact", "contact_at"), timezone.now()
    if not note.strip():
        raise RuleError(_("Say with whom, and how."), field="note")
    call.contact_at, call.contact_note = at, note.strip()[:200]
    call.save()
    write_line(call.whistle, WHISTLE_CONTACTED, actor, at, call=call, text=call.contact_note)
    tell(WHISTLE_CONTACTED, call.whistle, actor, call)
    return call


@transaction.atomic
def arrive_call(*, call_id: int, actor: Actor, who: str) -> Call:
    """The unit has come; residents read it. Coming without having signed is signing too."""
    call, at = _answer(call_id, actor, "arrive", "arrived_at"), timezone.now()
    if not who.strip():
        raise RuleError(_("Say who came: the post is enough."), field="who")
    if call.signed_at is None:
        _sign(call, actor, at, "")
    call.arrived_at, call.arrived_who = at, who.strip()[:60]
    end_clocks({"call": call}, at, [DutyStep.ARRIVE])
    call.save()
    write_line(call.whistle, WHISTLE_ARRIVED, actor, at, call=call, text=call.arrived_who)
    advance(call.whistle, actor, at)
    tell_residents(call.whistle, ISSUE_UNIT_CAME, actor, at, unit=call.unit)
    tell(WHISTLE_ARRIVED, call.whistle, actor, call)
    return call


@transaction.atomic
def report_call(*, call_id: int, actor: Actor, result: str, photos: tuple[Attachment, ...] = ()) -> Call:
    """The unit says what it did, with photos if there are any; a later report replaces the words."""
    call, at = _answer(call_id, actor, "report", ""), timezone.now()
    if call.arrived_at is None:
        raise RuleError(_("First say that you have come."))
    if not result.strip():
        raise RuleError(_("Write what was done."), field="result")
    call.result, call.result_at = result.strip(), at
    call.save()
    CallPhoto.objects.bulk_create([CallPhoto(call=call, attachment=photo) for photo in photos])
    write_line(call.whistle, WHISTLE_REPORTED, actor, at, call=call, text=call.result)
    tell(WHISTLE_REPORTED, call.whistle, actor, call)
    return call


@transaction.atomic
def dispute_call(*, call_id: int, actor: Actor, reason: str, basis: str) -> Call:
    """The unit says, once and before it comes, that this is not its duty. Its clocks go on until the ruling."""
    call, at = _answer(call_id, actor, "dispute", "disputed_at"), timezone.now()
    if call.arrived_at:
        raise RuleError(_("You have come already."))
    for name, words in (("reason", reason), ("basis", basis)):
        if not words.strip():
            raise RuleError(_("Please fill this in."), field=name)
    call.disputed_at, call.dispute_reason, call.dispute_basis = at, reason.strip()[:200], basis.strip()[:200]
    call.save()
    start_clock({"call": call}, track=call.whistle.kind, step=DutyStep.RULING, at=at)
    write_line(
        call.whistle, WHISTLE_DISPUTED, actor, at, call=call, text=call.dispute_basis, reason=call.dispute_reason
    )
    tell(WHISTLE_DISPUTED, call.whistle, actor, call)
    return call


@transaction.atomic
def rule_call(*, call_id: int, actor: Actor, stays: bool, ruling: str, new_lead_id: int | None = None) -> Call:
    """Whether the unit has to come: decided once, and binding. If the lead is released, another one leads."""
    call, at = locked_call(call_id), timezone.now()
    require_fit(call.whistle, "rule")
    require(policies.can_rule_call(actor, call))
    if not ruling.strip():
        raise RuleError(_("Write the ruling and its reason."), field="ruling")
    call.ruled_at, call.ruling = at, ruling.strip()[:200]
    end_clocks({"call": call}, at, [DutyStep.RULING])
    if not stays:
        _release(call, at, new_lead_id)
    call.save()
    write_line(
        call.whistle, WHISTLE_RULED, actor, at, call=call, text=call.ruling, reason="stays" if stays else "released"
    )
    advance(call.whistle, actor, at)
    tell(WHISTLE_RULED, call.whistle, actor, call, stays=stays)
    return call


def _release(call: Call, at: datetime, new_lead_id: int | None) -> None:
    others = [other for other in calls_of(call.whistle) if other.pk != call.pk and other.is_live]
    if not others:
        raise RuleError(_("Nobody would be left. Add another unit first."), field="stays")
    call.released_at = at
    void_clocks({"call": call}, at, [DutyStep.SIGN, DutyStep.ARRIVE])
    if not call.is_lead:
        return
    heir = next((other for other in others if other.pk == new_lead_id), None)
    if heir is None:
        raise RuleError(_("Say which of the other units leads now."), field="new_lead_id")
    call.save()  # released first: there is one lead at a time
    heir.is_lead = True
    heir.save()


@transaction.atomic
def mark_absent(*, call_id: int, actor: Actor, note: str) -> Call:
    """A unit has not come in time; the others go on. It is still called, and coming late is written down too."""
    call, at = locked_call(call_id), timezone.now()
    require_fit(call.whistle, "absent")
    require(policies.can_mark_absent(actor, call))
    if call.arrive_due is not None and at <= call.arrive_due:
        raise RuleError(_("Its time is not over yet."))
    if call.is_lead and call.whistle.raised_at is None:
        raise RuleError(_("Without the unit that leads there is no meeting. Raise it to the district first."))
    call.absent_at = at
    end_clocks({"call": call}, at, [DutyStep.SIGN, DutyStep.ARRIVE])
    call.save()
    write_line(call.whistle, WHISTLE_ABSENT, actor, at, call=call, text=note.strip())
    advance(call.whistle, actor, at)
    tell(WHISTLE_ABSENT, call.whistle, actor, call)
    return call


@transaction.atomic
def add_unit(*, whistle_id: int, actor: Actor, unit: PartnerUnit, duty: str = "") -> Call:
    """Call one more unit to help."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "add-unit")
    require(policies.can_run_whistle(actor, whistle, "add-unit"))
    if not unit.is_active or whistle.calls.filter(unit=unit).exists():
        raise RuleError(_("This unit was called already, or takes no work any more."), field="unit")
    call = Call.objects.create(whistle=whistle, unit=unit, duty=duty.strip()[:200])
    call_unit(call, at)
    write_line(whistle, WHISTLE_UNIT_ADDED, actor, at, call=call, text=call.duty)
    tell(WHISTLE_UNIT_ADDED, whistle, actor, call)
    return call


@transaction.atomic
def nudge_whistle(*, whistle_id: int, actor: Actor, words: str = "") -> None:
    """Remind the units that have not answered."""
    whistle, at = locked_whistle(whistle_id), timezone.now()
    require_fit(whistle, "nudge")
    require(policies.can_run_whistle(actor, whistle, "nudge"))
    if whistle.lines.filter(kind=WHISTLE_NUDGED, at__gt=at - timedelta(hours=NUDGE_HOURS)).exists():
        raise RuleError(_("They were reminded within the last %(hours)d hours.") % {"hours": NUDGE_HOURS})
    slow = [call for call in calls_of(whistle) if call.is_live and not (call.signed_at and call.arrived_at)]
    if not slow:
        raise RuleError(_("All units have come."))
    names = "、".join(call.unit.short_name for call in slow)
    write_line(whistle, WHISTLE_NUDGED, actor, at, text=words.strip()[:500], reason=names[:200])
    tell(WHISTLE_NUDGED, whistle, actor, unit_ids=[call.unit_id for call in slow])
