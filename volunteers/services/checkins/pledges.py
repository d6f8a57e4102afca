"""A promise that neighbours may read: offered, agreed to, shown, and off the page when the member says so."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from neighborhoods.actors import Actor
from volunteers.lifecycle import pledges as life
from volunteers.lifecycle.pledges import PLEDGE_FITS, PledgeState
from volunteers.models import CheckIn, Pledge
from volunteers.policies import checkins as policies
from volunteers.services.checkins.moves import locked_checkin, require_fit, write

WORDS_LIMIT = 120


@dataclass(frozen=True)
class Promise:
    """What is promised until when, for which duty post; `consents` only when the member says it themselves."""

    words: str
    due_on: date
    post_id: int | None = None
    consents: bool = False


@transaction.atomic
def offer_pledge(*, checkin_id: int, actor: Actor, promise: Promise) -> Pledge:
    """Write it down: the branch proposes, or the member says it and agrees to being shown in one go."""
    checkin = locked_checkin(checkin_id)
    require_fit(checkin, "pledge")
    require(policies.can_offer_pledge(actor, checkin))
    words, at = promise.words.strip(), timezone.now()
    if not words:
        raise RuleError(_("Say what is promised."), field="words")
    if promise.due_on < timezone.localdate(at):
        raise RuleError(_("Choose a day that is still to come."), field="due_on")
    if checkin.pledges.filter(withdrawn_at=None).exists():
        raise RuleError(_("There is a pledge already. Take it back first."))
    if promise.post_id and not checkin.takings.filter(post=promise.post_id, left_at=None).exists():
        raise RuleError(_("This duty post is not theirs."), field="post")
    pledge = Pledge.objects.create(
        checkin=checkin,
        post_id=promise.post_id,
        words=words[:WORDS_LIMIT],
        due_on=promise.due_on,
        offered_at=at,
        offered_by_label=actor.label,
    )
    write(checkin, life.PLEDGE_OFFERED, actor)
    if promise.consents and policies.is_self(actor, checkin):
        _consent(pledge, checkin, actor)
    return pledge


def _locked(pledge_id: int, verb: str) -> tuple[Pledge, CheckIn]:
    """The check-in first: everything about one member waits for one lock."""
    checkin = locked_checkin(Pledge.objects.values_list("checkin", flat=True).get(pk=pledge_id))
    pledge = Pledge.objects.get(pk=pledge_id)
    pledge.checkin = checkin
    if pledge.state not in PLEDGE_FITS[verb]:
        raise RuleError(_("This pledge is “%(state)s” now.") % {"state": pledge.get_state_display()})
    return pledge, checkin


@transaction.atomic
def consent(*, pledge_id: int, actor: Actor) -> Pledge:
    """The member agrees to name, post and promise being read by everybody."""
    pledge, checkin = _locked(pledge_id, "consent")
    require(policies.can_consent(actor, pledge))
    _consent(pledge, checkin, actor)
    return pledge


def _consent(pledge: Pledge, checkin: CheckIn, actor: Actor) -> None:
    pledge.state, pledge.consented_at = PledgeState.CONSENTED, timezone.now()
    pledge.consent_written_by_label = "" if policies.is_self(actor, checkin) else actor.label
    pledge.save(update_fields=["state", "consented_at", "consent_written_by_label"])
    write(checkin, life.PLEDGE_CONSENTED, actor)


@transaction.atomic
def show(*, pledge_id: int, actor: Actor) -> Pledge:
    """The branch puts it on its page."""
    pledge, checkin = _locked(pledge_id, "show")
    require(policies.can_show(actor, pledge))
    pledge.state, pledge.shown_at = PledgeState.SHOWN, timezone.now()
    pledge.save(update_fields=["state", "shown_at"])
    write(checkin, life.PLEDGE_SHOWN, actor)
    return pledge


@transaction.atomic
def fulfil(*, pledge_id: int, actor: Actor, words: str = "") -> Pledge:
    """The branch says that the promise was kept."""
    pledge, checkin = _locked(pledge_id, "fulfil")
    require(policies.can_fulfil(actor, pledge))
    pledge.fulfilled_at, pledge.fulfilled_words = timezone.now(), words.strip()[:WORDS_LIMIT]
    pledge.save(update_fields=["fulfilled_at", "fulfilled_words"])
    write(checkin, life.PLEDGE_FULFILLED, actor)
    return pledge


@transaction.atomic
def withdraw(*, pledge_id: int, actor: Actor) -> Pledge:
    """Off the page with this transaction; nobody is asked why."""
    pledge, checkin = _locked(pledge_id, "withdraw")
    require(policies.can_withdraw(actor, pledge))
    pledge.state, pledge.withdrawn_at = PledgeState.WITHDRAWN, timezone.now()
    pledge.save(update_fields=["state", "withdrawn_at"])
    write(checkin, life.PLEDGE_WITHDRAWN, actor)
    return pledge
