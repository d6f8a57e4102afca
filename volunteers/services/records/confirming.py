"""A record is confirmed by somebody else, agreed to by a second person when it is late, or said not to be so."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import events
from core.database import get_locked
from core.errors import NotAllowedError, RuleError, require
from core.tokens import keyed_hash
from neighborhoods.actors import SYSTEM, Actor
from neighborhoods.selectors.residents import phone_hash_of
from volunteers.lifecycle import records as life
from volunteers.lifecycle.records import RECORD_FITS, Asked, RecordState
from volunteers.models import RecordCheck, ServiceRecord
from volunteers.policies import records as policies
from volunteers.policies.volunteers import accounts_of
from volunteers.services.records.hooks import follow_confirmed, follow_reversed
from volunteers.services.registration import stamps_of
from volunteers.services.rules import hour_rule

_DAY = timedelta(days=1)


def locked_record(record_id: int) -> ServiceRecord:
    """The record with everything a policy asks, locked until the transaction ends."""
    rows = ServiceRecord.objects.select_for_update(of=("self",)).select_related(
        "volunteer__resident__guardian",
        "helped__guardian",
        "activity__lead__resident__guardian",
        "activity__team__lead__resident__guardian",
    )
    return get_locked(rows, record_id)


def require_fit(record: ServiceRecord, verb: str) -> None:
    """The step fits the state, else a sentence says how it stands."""
    if record.state not in RECORD_FITS[verb]:
        raise RuleError(_("This record is “%(state)s” now.") % {"state": record.get_state_display()})


@transaction.atomic
def confirm(*, record_id: int, actor: Actor) -> ServiceRecord:
    """It was so. A late one waits for a second person afterwards."""
    record = locked_record(record_id)
    require_fit(record, "confirm")
    require(policies.can_confirm(actor, record))
    _require_other_phone(actor, record)
    at = timezone.now()
    record.own_user_id = _account_of(record)
    record.confirmed_at, record.confirmed_by_id, record.confirmed_by_label = at, actor.user_id, actor.label
    record.state = RecordState.SECOND if record.is_late else RecordState.CONFIRMED
    record.save(update_fields=["own_user_id", "confirmed_at", "confirmed_by_id", "confirmed_by_label", "state"])
    if record.is_late:
        events.record(life.RECORD_SECONDED, actor=actor, subject=record, record_id=record.pk)
    else:
        _count(record, actor, at)
    return record


@transaction.atomic
def approve(*, record_id: int, actor: Actor) -> ServiceRecord:
    """A second person agrees to a late one."""
    record = locked_record(record_id)
    require_fit(record, "approve")
    require(policies.can_approve(actor, record))
    _require_other_phone(actor, record)
    at = timezone.now()
    record.own_user_id = _account_of(record)
    record.approved_at, record.approved_by_id, record.state = at, actor.user_id, RecordState.CONFIRMED
    record.save(update_fields=["own_user_id", "approved_at", "approved_by_id", "state"])
    _count(record, actor, at)
    return record


def _require_other_phone(actor: Actor, record: ServiceRecord) -> None:
    """Written down at the counter, somebody has no account there, but the phone of the one they confirm with."""
    phone_hash = record.volunteer.resident.phone_hash
    account = User.objects.filter(pk=actor.user_id or 0).first() if phone_hash else None
    if account is not None and account.phone and phone_hash_of(str(account.phone.as_national)) == phone_hash:
        raise RuleError(_("The phone of your account stands on this volunteer's record. Somebody else confirms it."))


def _account_of(record: ServiceRecord) -> int | None:
    """Of the volunteer today: an account may have come after the record."""
    return next(iter(accounts_of(record.volunteer.resident)), None)


def _count(record: ServiceRecord, actor: Actor, at: datetime) -> None:
    """It counts from now on. Chance, which nobody can foresee, picks some for a call."""
    if is_picked(record):
        RecordCheck.objects.create(record=record, picked_at=at)
    events.record(life.RECORD_CONFIRMED, actor=actor, subject=record, record_id=record.pk, minutes=record.minutes)
    follow_confirmed(record)


def is_picked(record: ServiceRecord) -> bool:
    """By a keyed hash, so that whoever confirms cannot know beforehand."""
    drawn = int(keyed_hash("record-check", str(record.pk))[:8], 16) % 100
    return drawn < hour_rule(timezone.localdate(record.starts_at)).check_percent


@transaction.atomic
def reject(*, record_id: int, actor: Actor, reason: str) -> ServiceRecord:
    """It was not so; the volunteer reads why."""
    record = locked_record(record_id)
    require_fit(record, "reject")
    require(policies.can_reject(actor, record))
    if not reason.strip():
        raise RuleError(_("Say why."), field="reason")
    record.state, record.ended_at, record.reason = RecordState.REJECTED, timezone.now(), reason.strip()[:200]
    record.save(update_fields=["state", "ended_at", "reason"])
    events.record(life.RECORD_REJECTED, actor=actor, subject=record, record_id=record.pk)
    return record


@transaction.atomic
def reverse(*, record_id: int, actor: Actor, reason: str) -> ServiceRecord:
    """A confirmed record was wrong: a second row with the minutes below zero points at it. Answers that row."""
    record = locked_record(record_id)
    require_fit(record, "reverse")
    if record.reverses_id:
        raise RuleError(_("This line takes another one back; write down the right hours anew."))
    require(policies.can_reverse(actor, record))
    if not reason.strip():
        raise RuleError(_("Say why."), field="reason")
    at = timezone.now()
    record.state, record.ended_at, record.reason = RecordState.REVERSED, at, reason.strip()[:200]
    record.save(update_fields=["state", "ended_at", "reason"])
    undone = ServiceRecord.objects.create(
        volunteer=record.volunteer,
        activity=record.activity,
        **stamps_of(record),
        helped=record.helped,
        content=record.content,
        starts_at=record.starts_at,
        ends_at=record.ends_at,
        minutes=-record.minutes,
        is_hard=record.is_hard,
        state=RecordState.CONFIRMED,
        own_user_id=_account_of(record),
        proposed_at=at,
        proposed_by_id=actor.user_id,
        proposed_by_label=actor.label,
        confirmed_at=at,
        confirmed_by_id=actor.user_id,
        confirmed_by_label=actor.label,
        reason=record.reason,
        reverses=record,
    )
    events.record(life.RECORD_REVERSED, actor=actor, subject=record, record_id=record.pk, reverse_id=undone.pk)
    follow_reversed(record, undone)
    return undone


@transaction.atomic
def write_answer(*, check_id: int, actor: Actor, outcome: str, note: str = "") -> RecordCheck:
    """What somebody said who was called about a confirmed record."""
    check = RecordCheck.objects.select_for_update(of=("self",)).get(pk=check_id)
    record = locked_record(check.record_id)
    require(policies.can_ask(actor, record))
    if actor.user_id is None:
        raise NotAllowedError
    if outcome not in Asked.values:
        raise RuleError(_("Choose one of the answers."), field="outcome")
    if check.outcome and check.outcome != Asked.NOT_REACHED:
        raise RuleError(_("This has been asked already."))
    if outcome == Asked.NOT_SO and not note.strip():
        raise RuleError(_("Write down what was said."), field="note")
    check.asked_at, check.outcome, check.note = timezone.now(), outcome, note.strip()[:200]
    check.by_id, check.by_label = actor.user_id, actor.label
    check.save()
    name = life.RECORD_DOUBTED if outcome == Asked.NOT_SO else life.RECORD_ASKED
    events.record(name, actor=actor, subject=record, record_id=record.pk, outcome=outcome)
    return check


# ---- what waits too long ----
@transaction.atomic
def tell_unconfirmed(*, at: datetime) -> int:
    """After 7 and after 25 days; each once, run twice, late or in parallel: one that is late for both is told once."""
    count = 0
    rule = hour_rule(timezone.localdate(at))
    for step, days in reversed(list(enumerate(rule.remind_days))):
        rows = ServiceRecord.objects.select_for_update(of=("self",), skip_locked=True).filter(
            state__in=life.WAITING, told__lte=step, proposed_at__lt=at - days * _DAY
        )
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:1000])
        ServiceRecord.objects.filter(pk__in=ids).update(told=step + 1)
        payloads = [(pk, {"record_id": pk}) for pk in ids]
        events.record_rows(life.RECORD_REMINDED, actor=SYSTEM, model=ServiceRecord, rows=payloads)
        count += len(ids)
    return count


@transaction.atomic
def expire_unconfirmed(*, at: datetime) -> int:
    """After 30 days without a word; it can be proposed anew, late, with two persons."""
    days = hour_rule(timezone.localdate(at)).expire_days
    rows = ServiceRecord.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state__in=life.WAITING, proposed_at__lt=at - days * _DAY
    )
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:1000])
    ServiceRecord.objects.filter(pk__in=ids).update(state=RecordState.EXPIRED, ended_at=at)
    payloads = [(pk, {"record_id": pk}) for pk in ids]
    events.record_rows(life.RECORD_EXPIRED, actor=SYSTEM, model=ServiceRecord, rows=payloads)
    return len(ids)
