"""Trainings and commendations in a volunteer's record."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods.actors import Actor
from volunteers.lifecycle import records as life
from volunteers.lifecycle.records import MeritKind
from volunteers.models import Merit
from volunteers.policies.volunteers import can_keep_record
from volunteers.services.registration import locked_volunteer


@dataclass(frozen=True)
class MeritFacts:
    """What was learned or commended, when, by whom."""

    kind: MeritKind
    title: str
    on: date
    issuer: str = ""


@transaction.atomic
def enter_merit(*, volunteer_id: int, actor: Actor, facts: MeritFacts) -> Merit:
    """Written down by the desk; nobody enters their own."""
    volunteer = locked_volunteer(volunteer_id)
    require(can_keep_record(actor, volunteer))
    if not facts.title.strip():
        raise RuleError(_("Write down what it is called."), field="title")
    if facts.on > timezone.localdate():
        raise RuleError(_("Choose a day that is over."), field="on")
    merit = Merit.objects.create(
        volunteer=volunteer,
        kind=facts.kind,
        title=facts.title.strip()[:120],
        on=facts.on,
        issuer=facts.issuer.strip()[:80],
        entered_at=timezone.now(),
        entered_by_id=actor.user_id,
        entered_by_label=actor.label,
    )
    events.record(life.MERIT_ENTERED, actor=actor, subject=merit, volunteer_id=volunteer.pk)
    return merit


@transaction.atomic
def withdraw_merit(*, merit_id: int, actor: Actor) -> Merit:
    """It was entered by mistake; the line stays, struck out."""
    merit = Merit.objects.select_for_update(of=("self",)).get(pk=merit_id)
    volunteer = locked_volunteer(merit.volunteer_id)
    require(can_keep_record(actor, volunteer))
    if merit.withdrawn_at is None:
        merit.withdrawn_at = timezone.now()
        merit.save(update_fields=["withdrawn_at"])
        events.record(life.MERIT_WITHDRAWN, actor=actor, subject=merit, volunteer_id=volunteer.pk)
    return merit
