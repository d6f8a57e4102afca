"""The ladder of whistles and of the units they call."""

from datetime import datetime
from typing import Any

from governance.lifecycle.whistles import WHISTLE_ESCALATED
from governance.models import Call, DutyClock, Whistle
from governance.services.duties import DutyKind
from governance.services.ladder import Told
from governance.services.whistles.moves import payload_of, write_line
from neighborhoods.actors import SYSTEM, Level


def _record_whistle(whistle: Whistle, _clock: DutyClock, told: Told, at: datetime) -> None:
    write_line(whistle, WHISTLE_ESCALATED, SYSTEM, at, reason=told.target)


def _record_call(call: Call, _clock: DutyClock, told: Told, at: datetime) -> None:
    """The line is of the whistle; what was told is kept on the call, which the sweep holds."""
    write_line(call.whistle, WHISTLE_ESCALATED, SYSTEM, at, call=call, reason=told.target)
    if told.level is not None and (call.escalated_level is None or told.level < call.escalated_level):
        call.escalated_level = told.level
        call.save(update_fields=["escalated_level"])


def _call_payload(call: Call) -> dict[str, Any]:
    return {**payload_of(call.whistle), "call_id": call.pk, "unit_id": call.unit_id}


WHISTLES = DutyKind(
    field="whistle",
    model=Whistle,
    related=("area",),
    event=WHISTLE_ESCALATED,
    track=lambda whistle: whistle.kind,
    responsible=lambda _whistle: int(Level.COMMUNITY),
    record=_record_whistle,
    payload=payload_of,
)
CALLS = DutyKind(
    field="call",
    model=Call,
    related=("whistle", "unit"),
    event=WHISTLE_ESCALATED,
    track=lambda call: call.whistle.kind,
    responsible=lambda _call: int(Level.COMMUNITY),  # one level up is the street that called
    record=_record_call,
    payload=_call_payload,
)
