"""One neighbour takes a need on. The row of the need is locked, so two at once have one winner."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import RuleError, require
from neighborhoods.actors import Actor
from volunteers.lifecycle import aid as life
from volunteers.lifecycle.aid import ACTS_FOR_ONESELF, AidState, CallReason, remind_at
from volunteers.lifecycle.volunteers import VolunteerState
from volunteers.models import AidNeed, Volunteer
from volunteers.policies import aid as policies
from volunteers.policies.volunteers import accounts_of
from volunteers.services.aid.common import locked_need, require_fit, save, tell_helped, tell_helper
from volunteers.services.registration import locked_volunteer


@transaction.atomic
def take(*, need_id: int, actor: Actor, volunteer_id: int, shares: bool = False) -> AidNeed:
    """I can help."""
    volunteer, need = locked_volunteer(volunteer_id), locked_need(need_id)
    require_fit(need, "take")
    require(policies.can_take(actor, need, volunteer))
    return _taken(need, volunteer, actor, shares=shares)


@transaction.atomic
def match(*, need_id: int, actor: Actor, volunteer_id: int, shares: bool = False) -> AidNeed:
    """By staff, after both said yes on the phone; `shares`: both also agreed to read each other's contact."""
    volunteer, need = locked_volunteer(volunteer_id), locked_need(need_id)
    require_fit(need, "match")
    require(policies.can_match(actor, need))
    need.matched_by_label = actor.label
    if shares:
        need.helped_agreed_at = need.helped_agreed_at or timezone.now()
    return _taken(need, volunteer, actor, shares=shares)


def _taken(need: AidNeed, volunteer: Volunteer, actor: Actor, *, shares: bool) -> AidNeed:
    _require_fit_for(volunteer, need)
    at = timezone.now()
    need.helper, need.taken_at, need.state = volunteer, at, AidState.TAKEN
    need.helper_agreed_at = at if shares else None
    need.remind_due_at, need.reminded_at = remind_at(need.wanted_on, at), None
    save(need, life.AID_MATCHED if need.matched_by_label else life.AID_TAKEN, actor)
    tell_helped(need, CallReason.TAKEN)
    return need


def _require_fit_for(volunteer: Volunteer, need: AidNeed) -> None:
    """Registered, grown up, of the community, somebody else, and insured where it is needed."""
    resident, today = volunteer.resident, timezone.localdate()
    if volunteer.state != VolunteerState.VERIFIED:
        raise RuleError(_("Only registered volunteers who do not take a break."), field="number")
    if resident.pk == need.resident_id or accounts_of(resident) & accounts_of(need.resident):
        raise RuleError(_("Nobody helps themselves or their own child for hours and points."), field="number")
    if resident.is_minor(today):
        raise RuleError(_("For people of %(age)d and older.") % {"age": ACTS_FOR_ONESELF}, field="number")
    if volunteer.community_id != need.community_id:
        raise RuleError(_("Only a neighbour of the same community."), field="number")
    day = max(need.wanted_on or today, today)
    if need.facts.is_risky and (volunteer.insured_until is None or volunteer.insured_until < day):
        raise RuleError(
            _("This needs an insurance that holds on that day. The community arranges it: please ask there."),
            field="number",
        )


@transaction.atomic
def share(*, need_id: int, actor: Actor) -> AidNeed:
    """I agree that the other one reads my name, phone and door. Only when both agreed anybody reads anything."""
    need = locked_need(need_id)
    require_fit(need, "share")
    require(policies.can_share(actor, need))
    at = timezone.now()
    if policies.is_helper(actor, need):
        need.helper_agreed_at = need.helper_agreed_at or at
    else:
        need.helped_agreed_at = need.helped_agreed_at or at
    save(need, life.AID_SHARED, actor)
    return need


@transaction.atomic
def give_back(*, need_id: int, actor: Actor, reason: str = "") -> AidNeed:
    """The helper cannot come after all, without having to say why; another neighbour is looked for."""
    need = locked_need(need_id)
    require_fit(need, "give-back")
    require(policies.can_give_back(actor, need))
    release(need, actor, reason)
    return need


def release(need: AidNeed, actor: Actor, reason: str = "") -> None:
    """Open again, a locked one; the next helper has to agree for themselves."""
    helped_knows = policies.is_helped(actor, need)
    if helped_knows:
        tell_helper(need, CallReason.GIVEN_BACK)
    need.helper = need.taken_at = need.helper_agreed_at = need.remind_due_at = need.reminded_at = None
    need.matched_by_label, need.state = "", AidState.OPEN
    save(need, life.AID_GIVEN_BACK, actor, text=reason.strip())
    if not helped_knows:
        tell_helped(need, CallReason.GIVEN_BACK)
