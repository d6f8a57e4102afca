"""Promises (承诺事项) of the units in a committee: made, delivered with proof, looked at by somebody else."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from core.numbers import next_number
from governance.lifecycle import committees as life
from governance.lifecycle.committees import PROMISE_FITS, PROMISE_OPEN, PromiseState
from governance.models import Promise
from governance.policies import committees as policies
from governance.selectors.committees import long_overdue, units_seated
from governance.services.committees.members import locked_committee, write
from governance.services.moves import person
from neighborhoods.actors import SYSTEM, Actor
from neighborhoods.models import PartnerUnit
from neighborhoods.services.stamps import stamp_of

LETTER, TITLE_LIMIT = "C", 120


@dataclass(frozen=True)
class Pledge:
    """What a unit takes on, until when."""

    unit: PartnerUnit
    title: str
    due_on: date


@transaction.atomic
def make_promise(*, committee_id: int, actor: Actor, pledge: Pledge) -> Promise:
    """A unit with an appointed member promises something."""
    committee, at = locked_committee(committee_id), timezone.now()
    require(policies.can_keep_committee(actor, committee))
    if not pledge.title.strip() or len(pledge.title.strip()) > TITLE_LIMIT:
        raise RuleError(_("Say in a few words what is promised."), field="title")
    if pledge.unit not in units_seated(committee):
        raise RuleError(
            _("%(unit)s has no appointed member in this committee. Appoint one first.")
            % {"unit": pledge.unit.short_name},
            field="unit",
        )
    if pledge.due_on <= timezone.localdate(at):
        raise RuleError(_("Choose a day that is still to come."), field="due_on")
    promise = Promise.objects.create(
        number=next_number("promise", timezone.localdate(at).year, LETTER),
        committee=committee,
        area=committee.area,
        **stamp_of(committee.area).as_fields(),
        holder_unit=pledge.unit,
        title=pledge.title.strip(),
        due_on=pledge.due_on,
        made_at=at,
        made_by_label=actor.label,
    )
    _written(promise, life.PROMISE_MADE, actor, at, promise.title)
    return promise


def _locked(promise_id: int) -> Promise:
    """A promise, its committee locked before it."""
    committee = locked_committee(Promise.objects.only("committee_id").get(pk=promise_id).committee_id)
    promise = Promise.objects.select_related("holder_unit", "area").get(pk=promise_id)
    promise.committee = committee
    return promise


def _written(promise: Promise, kind: str, actor: Actor, at: datetime, text: str = "") -> None:
    write(kind, promise.committee, actor, at, about=f"{promise.holder_unit.short_name} {promise.number}", text=text)
    payload = {"promise_id": promise.pk, "number": promise.number, "unit_id": promise.holder_unit_id}
    events.record(kind, actor=actor, subject=promise, **payload)


def _require_fit(promise: Promise, verb: str) -> None:
    if promise.state not in PROMISE_FITS[verb]:
        raise RuleError(
            _("%(number)s is already “%(state)s”. Somebody else was quicker, or this step does not fit any more.")
            % {"number": promise.number, "state": promise.state_label}
        )


def _move(promise: Promise, to: PromiseState, kind: str, actor: Actor, at: datetime, text: str) -> None:
    if not promise.can_move_to(to):
        raise RuleError(_("This step does not fit any more."))
    promise.state = to
    promise.closed_at = None if to in PROMISE_OPEN else at
    promise.save()
    _written(promise, kind, actor, at, text)


@transaction.atomic
def deliver_promise(*, promise_id: int, actor: Actor, proof: str) -> Promise:
    """What was delivered, and how one sees it."""
    promise, at = _locked(promise_id), timezone.now()
    _require_fit(promise, "deliver")
    require(policies.can_deliver_promise(actor, promise))
    if not proof.strip():
        raise RuleError(_("Write what was delivered, and how one sees it."), field="proof")
    promise.proof, promise.delivered_at, promise.delivered_by_id = proof.strip(), at, person(actor)
    _move(promise, PromiseState.DELIVERED, life.PROMISE_DELIVERED, actor, at, promise.proof)
    return promise


@transaction.atomic
def confirm_promise(*, promise_id: int, actor: Actor, passed: bool, note: str = "") -> Promise:
    """Somebody else has looked: kept, or something is missing."""
    promise, at = _locked(promise_id), timezone.now()
    _require_fit(promise, "confirm")
    require(policies.can_confirm_promise(actor, promise))
    if passed:
        promise.confirmed_by_id = person(actor)
        _move(promise, PromiseState.KEPT, life.PROMISE_KEPT, actor, at, note.strip())
        return promise
    if not note.strip():
        raise RuleError(_("Say what is still missing."), field="note")
    promise.proof, promise.delivered_at, promise.delivered_by_id = "", None, None
    _move(promise, PromiseState.PROMISED, life.PROMISE_SENT_BACK, actor, at, note.strip())
    return promise


@transaction.atomic
def withdraw_promise(*, promise_id: int, actor: Actor, reason: str) -> Promise:
    """It will not be kept; the committee and the unit read why."""
    promise, at = _locked(promise_id), timezone.now()
    _require_fit(promise, "withdraw")
    require(policies.can_withdraw_promise(actor, promise))
    if not reason.strip():
        raise RuleError(_("Say why."), field="reason")
    _move(promise, PromiseState.WITHDRAWN, life.PROMISE_WITHDRAWN, actor, at, reason.strip()[:200])
    return promise


def tell_late_promises(*, at: datetime) -> int:
    """The street hears once of each promise that is overdue for 15 days; run twice, it tells nothing new."""
    waiting = long_overdue(timezone.localdate(at)).filter(late_told_at=None).values_list("pk", flat=True)
    return sum(_tell_late(pk, at) for pk in waiting)


@transaction.atomic
def _tell_late(promise_id: int, at: datetime) -> bool:
    promise = _locked(promise_id)
    if promise.late_told_at or promise.state != PromiseState.PROMISED:
        return False
    promise.late_told_at = at
    promise.save(update_fields=["late_told_at"])
    _written(promise, life.PROMISE_LATE, SYSTEM, at)
    return True
