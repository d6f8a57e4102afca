"""What every step of a term does: lock, look whether it fits, write the line, record the event."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.database import get_locked
from core.errors import RuleError
from neighborhoods.actors import Actor
from volunteers.lifecycle.representatives import REPRESENTATIVE_FITS
from volunteers.models import Representative, RepresentativeLine

LINE_LIMIT = 500
LETTER = "R"


def locked_representative(representative_id: int) -> Representative:
    """The term with its resident, locked until the transaction ends."""
    rows = Representative.objects.select_for_update(of=("self",), no_key=True).select_related("resident")
    return get_locked(rows, representative_id)


def require_fit(representative: Representative, verb: str) -> None:
    """Refuse a step that does not fit the state."""
    if representative.state not in REPRESENTATIVE_FITS[verb]:
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": representative.number, "state": representative.get_state_display()}
        )


def write(representative: Representative, kind: str, actor: Actor, *, text: str = "", **payload: Any) -> None:
    """A line of the history and its event. The words stay out of the event."""
    RepresentativeLine.objects.create(
        representative=representative,
        kind=kind,
        at=timezone.now(),
        actor_id=actor.user_id,
        actor_label=actor.label,
        text=text[:LINE_LIMIT],
    )
    events.record(kind, actor=actor, subject=representative, representative_id=representative.pk, **payload)


def said(words: str, sentence: str, *, field: str) -> str:
    """The words without blanks around them; refuse when there are none."""
    if not words.strip():
        raise RuleError(sentence, field=field)
    return words.strip()
