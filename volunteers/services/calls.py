"""Somebody without an account was promised an answer. A text message goes out by itself where a phone is known
(notifications); for everybody else staff have a line to call, or to go there.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods.actors import SYSTEM, Actor
from neighborhoods.models import AreaStamped, Resident
from volunteers.lifecycle.aid import CALL_ASKED, CALL_DONE, CallReason
from volunteers.models import AidNeed, PhoneCall
from volunteers.policies import aid as policies
from volunteers.policies.volunteers import accounts_of

STAMPS = tuple(field.attname for field in AreaStamped._meta.local_fields)


def call_unreached(
    resident: Resident, reason: CallReason, about: str, *, need: AidNeed | None = None, by_voice: bool = False
) -> PhoneCall | None:
    """A line for staff when nobody signs in for the person and no message reaches them; `by_voice`: in any case."""
    if accounts_of(resident) or (resident.phone and not by_voice) or resident.erased_at:
        return None
    call = PhoneCall.objects.create(
        **{name: getattr(resident, name) for name in STAMPS},
        resident=resident,
        reason=reason,
        about=about[:80],
        need=need,
        asked_at=timezone.now(),
    )
    events.record(CALL_ASKED, actor=SYSTEM, subject=call, call_id=call.pk)
    return call


@transaction.atomic
def write_call(*, call_id: int, actor: Actor, note: str = "") -> PhoneCall:
    """Somebody was called or visited."""
    rows = PhoneCall.objects.select_for_update(of=("self",)).select_related("resident")
    call = rows.get(pk=call_id)
    if call.done_at is not None:
        raise RuleError(_("Somebody else has called already."))
    require(policies.can_call(actor, call))
    call.done_at, call.done_by_id, call.done_by_label = timezone.now(), actor.user_id, actor.label
    call.note = note.strip()[:200]
    call.save(update_fields=["done_at", "done_by_id", "done_by_label", "note"])
    events.record(CALL_DONE, actor=actor, subject=call, call_id=call.pk)
    return call
