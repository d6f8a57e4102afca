"""What was done, who says so, and what comes of it: a record of service and its points, or a decision of the community.

Whoever was helped confirms, on the page, on the phone or on paper; never whoever helped. More than eight hours a month
between the same two, or help behind one door, waits for a second person of the community: nothing is credited before.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.calendar import CHINA
from core.database import LOCK_PAIR, lock_for_transaction
from core.errors import RuleError, require
from neighborhoods.actors import SYSTEM, Actor
from volunteers.lifecycle import aid as life
from volunteers.lifecycle.aid import NUDGE_DAYS, PAIR_MINUTES, AidChannel, AidKind, AidState, CallReason, Decision
from volunteers.lifecycle.records import LIVE
from volunteers.models import AidNeed, ServiceRecord, Volunteer
from volunteers.policies import aid as policies
from volunteers.policies.volunteers import accounts_of
from volunteers.services.aid.common import (
    NAME_LIMIT,
    locked_need,
    require_fit,
    require_reason,
    said_words,
    save,
    stored_words,
    tell,
    tell_helped,
    tell_helper,
)
from volunteers.services.records import confirming
from volunteers.services.records.helping import Help, propose_help, require_sound
from volunteers.services.records.proposing import Stretch
from volunteers.services.registration import locked_volunteer

LONGEST_MINUTES = 24 * 60
CONTENT = gettext_lazy("Help for a neighbour: %(kind)s")
BEFORE = timedelta(days=7)  # neighbours help first, and elders have it written down when they come by


@dataclass(frozen=True)
class Word:
    """How somebody's word came in, and who said it."""

    how: AidChannel = AidChannel.PAGE
    said_by: str = ""


@transaction.atomic
def finish(*, need_id: int, actor: Actor, starts_at: datetime, minutes: int) -> AidNeed:
    """I have helped, from then on, so long. Whoever was helped is asked whether it was so."""
    helper, need = _locked_pair(need_id)
    require_fit(need, "finish")
    require(policies.can_finish(actor, need))
    stretch = _stretch(need, starts_at, minutes)
    if need.taken_at is not None and stretch.ends_at < need.taken_at - BEFORE:
        raise RuleError(_("That was before you took it on."), field="on")
    require_sound(helper, stretch)
    at = timezone.now()
    need.starts_at, need.ends_at, need.state = stretch.starts_at, stretch.ends_at, AidState.DONE
    need.done_at, need.done_by_id, need.nudge_due_at = at, actor.user_id, at + timedelta(days=NUDGE_DAYS)
    need.nudged_at = None
    save(need, life.AID_DONE, actor)
    return need


@transaction.atomic
def confirm(*, need_id: int, actor: Actor) -> AidNeed:
    """It was so, says whoever was helped, signed in."""
    helper, need = _locked_pair(need_id)
    require_fit(need, "confirm")
    require(policies.can_confirm(actor, need))
    return _confirmed(need, helper, actor, Word())


@transaction.atomic
def confirm_for(*, need_id: int, actor: Actor, word: Word) -> AidNeed:
    """It was so, said on the phone or on paper: written down with who said it, by neither of the two."""
    helper, need = _locked_pair(need_id)
    require_fit(need, "confirm")
    require(policies.can_confirm_for(actor, need))
    if word.how not in {AidChannel.PHONE, AidChannel.PAPER}:
        raise RuleError(_("Choose one of the answers."), field="how")
    if not word.said_by.strip():
        raise RuleError(_("Write down who said so."), field="said_by")
    return _confirmed(need, helper, actor, word)


def _confirmed(need: AidNeed, helper: Volunteer, actor: Actor, word: Word, decision: Decision | None = None) -> AidNeed:
    """The record is proposed and confirmed in one; what is too much for a pair waits for the second person."""
    if need.starts_at is None or need.ends_at is None:
        raise RuleError(_("Nobody has written down when it was."))
    stretch = _stretch(need, need.starts_at, int((need.ends_at - need.starts_at).total_seconds() // 60))
    over = _pair_minutes(need, helper) + require_sound(helper, stretch) > PAIR_MINUTES or _is_one_door(need, helper)
    record = propose_help(Help(helper, need, stretch, needs_second=over), actor)
    need.record, need.state, need.decision = record, AidState.CONFIRMED, decision or ""
    need.confirmed_at, need.confirmed_by_id, need.confirmed_by_label = timezone.now(), actor.user_id, actor.label
    need.confirmed_how, need.confirmed_with = word.how, word.said_by.strip()[:NAME_LIMIT]
    need.own_user_id = next(iter(accounts_of(helper.resident)), None)
    save(need, life.AID_CONFIRMED, actor, text=said_words(need.confirmed_with))
    if confirming.confirm(record_id=record.pk, actor=actor).is_open:
        tell(need, life.AID_HELD, SYSTEM)
    need.refresh_from_db()
    return need


def follow_confirmed(record: ServiceRecord) -> None:
    """A record that counts from now on: the need behind it is credited, by whatever page the last yes came."""
    need = AidNeed.objects.select_for_update(of=("self",)).filter(record=record, state=AidState.CONFIRMED).first()
    if need is not None:
        need.state = AidState.CREDITED
        save(need, life.AID_CREDITED, SYSTEM)


def _is_one_door(need: AidNeed, helper: Volunteer) -> bool:
    """Husband and wife: whether that is help of a neighbour, somebody of the community says."""
    return need.resident.household_id is not None and need.resident.household_id == helper.resident.household_id


def _pair_minutes(need: AidNeed, helper: Volunteer) -> int:
    """What these two have helped each other in the month, either way, summed up one confirmation at a time."""
    pair = sorted({need.resident_id, helper.resident_id})
    lock_for_transaction(LOCK_PAIR, hash(tuple(pair)) % 2**31)
    begin = timezone.localtime(need.starts_at, CHINA).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (begin + timedelta(days=32)).replace(day=1)
    either = Q(volunteer__resident=pair[0], helped=pair[1]) | Q(volunteer__resident=pair[1], helped=pair[0])
    rows = ServiceRecord.objects.filter(either, state__in=LIVE, reverses=None, starts_at__gte=begin, starts_at__lt=end)
    return rows.aggregate(sum=Sum("minutes"))["sum"] or 0


@transaction.atomic
def credit(*, need_id: int, actor: Actor) -> AidNeed:
    """The second yes of the community; only now it counts. The record is locked before the need, as on its page."""
    need = _read(need_id)
    require_fit(need, "credit")
    require(policies.can_credit(actor, need))
    confirming.approve(record_id=need.record_id or 0, actor=actor)
    return _read(need_id)


@transaction.atomic
def refuse(*, need_id: int, actor: Actor, reason: str) -> AidNeed:
    """The second person finds that it was not so; both read why."""
    need = _read(need_id)
    require_fit(need, "refuse")
    require(policies.can_refuse(actor, need))
    words = require_reason(reason)
    confirming.reject(record_id=need.record_id or 0, actor=actor, reason=words)
    need = locked_need(need_id)
    require_fit(need, "refuse")
    need.reason = words
    need.state = AidState.REFUSED
    save(need, life.AID_REFUSED, actor, text=need.reason)
    return need


# ---- disputes ----
@transaction.atomic
def dispute(*, need_id: int, actor: Actor, reason: str) -> AidNeed:
    """It was not so, not so long, or nobody answers: the community decides."""
    need = locked_need(need_id)
    require_fit(need, "dispute")
    require(policies.can_dispute(actor, need))
    words = require_reason(reason)
    need.state, need.disputed_by_id = AidState.DISPUTED, actor.user_id
    save(need, life.AID_DISPUTED, actor, text=words)
    return need


@transaction.atomic
def decide(*, need_id: int, actor: Actor, decision: Decision, reason: str, minutes: int | None = None) -> AidNeed:
    """The community, by somebody who is neither: credited, perhaps for less; once more; or not credited."""
    helper, need = _locked_pair(need_id)
    require_fit(need, "decide")
    require(policies.can_decide(actor, need))
    if decision not in Decision.values:
        raise RuleError(_("Choose one of the answers."), field="decision")
    need.reason, need.decision, need.decided_by_id = require_reason(reason), decision, actor.user_id
    if decision == Decision.SO and minutes and need.starts_at and need.ends_at:
        if need.starts_at + timedelta(minutes=minutes) > need.ends_at:
            raise RuleError(_("Not more than the helper wrote down."), field="minutes")
        need.ends_at = need.starts_at + timedelta(minutes=minutes)
    if decision == Decision.AGAIN:
        need.state, need.done_at, need.done_by_id, need.nudge_due_at = AidState.TAKEN, None, None, None
    if decision == Decision.NOT_SO:
        need.state = AidState.REFUSED
    save(need, life.AID_DECIDED, actor, text=need.reason)
    if decision == Decision.SO:
        need = _confirmed(need, helper, actor, Word(AidChannel.PAPER), decision)
    tell_helped(need, CallReason.DECIDED)
    tell_helper(need, CallReason.DECIDED)
    return need


# ---- shared ----
def _read(need_id: int) -> AidNeed:
    """With both persons, not locked."""
    rows = AidNeed.objects.select_related("resident__guardian", "helper__resident__guardian", "area")
    return rows.get(pk=need_id)


def _locked_pair(need_id: int) -> tuple[Volunteer, AidNeed]:
    """The volunteer before the need, by everybody; without a helper no step of this file fits, and says so."""
    helper_id = AidNeed.objects.values_list("helper_id", flat=True).get(pk=need_id)
    helper = locked_volunteer(helper_id) if helper_id else Volunteer()
    need = locked_need(need_id)
    if need.helper_id != helper_id:
        raise RuleError(_("Somebody changed this at the same moment. Please look again."))
    return helper, need


def _stretch(need: AidNeed, starts_at: datetime, minutes: int) -> Stretch:
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise RuleError(_("It has to end after it begins, within a day."), field="minutes")
    content = stored_words(CONTENT, kind=AidKind(need.kind).label)
    return Stretch(starts_at, starts_at + timedelta(minutes=minutes), content, need.resident_id)
