"""What every step of a need does: lock, ask whether it fits, save, write a line, record the event."""

from django.conf import settings
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import events
from core.errors import RuleError
from core.masking import mask_name
from neighborhoods.actors import Actor
from volunteers.lifecycle.aid import AID_FINAL, AID_FITS, CallReason
from volunteers.models import AidLine, AidNeed
from volunteers.services.calls import call_unreached

WORDS_LIMIT = 300
REASON_LIMIT = 200
NAME_LIMIT = 60
SAID_BY = gettext_lazy("said by %(name)s")


def locked_need(need_id: int) -> AidNeed:
    """The need with both persons, locked until the transaction ends."""
    rows = AidNeed.objects.select_for_update(of=("self",))
    return rows.select_related("resident__guardian", "helper__resident__guardian", "area").get(pk=need_id)


def require_fit(need: AidNeed, verb: str) -> None:
    """The step fits the state, else a sentence says how it stands."""
    if need.state not in AID_FITS[verb]:
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": need.number, "state": need.get_state_display()}
        )


def save(need: AidNeed, kind: str, actor: Actor, *, text: str = "") -> None:
    """Row, line and event."""
    if need.closed_at is None and need.state in AID_FINAL:
        need.closed_at = timezone.now()
    need.save()
    tell(need, kind, actor, text=text)


def tell(need: AidNeed, kind: str, actor: Actor, *, text: str = "") -> None:
    """Line and event."""
    AidLine.objects.create(
        need=need,
        kind=kind,
        at=timezone.now(),
        actor_id=actor.user_id,
        actor_label=actor.label,
        text=text[:WORDS_LIMIT],
    )
    events.record(kind, actor=actor, subject=need, aid_id=need.pk, number=need.number)


def tell_helped(need: AidNeed, reason: CallReason, *, by_voice: bool = False) -> None:
    """A line to call when no message reaches whoever needs the hand."""
    call_unreached(need.resident, reason, need.number, need=need, by_voice=by_voice)


def tell_helper(need: AidNeed, reason: CallReason) -> None:
    """The same for whoever helps."""
    if need.helper is not None:
        call_unreached(need.helper.resident, reason, need.number, need=need)


def stored_words(words: Promise, **facts: str | Promise) -> str:
    """What is written down is read by others: in the portal's language, whoever pressed the button."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(words) % {name: str(fact) for name, fact in facts.items()}


def said_words(name: str) -> str:
    """Who said so, masked, as a line of the history has it."""
    return stored_words(SAID_BY, name=mask_name(name)) if name else ""


def require_reason(reason: str) -> str:
    """Said in words."""
    words = reason.strip()
    if not words:
        raise RuleError(_("Say why."), field="reason")
    return words[:REASON_LIMIT]
