"""A reward is proposed with evidence, looked at by the street, hung out, granted by the district; never by a count."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods.actors import Actor
from volunteers.lifecycle import incentives as life
from volunteers.lifecycle.incentives import INCENTIVE_FITS, IncentiveKind, IncentiveState
from volunteers.models import Incentive
from volunteers.policies import incentives as policies
from volunteers.selectors.incentives import rule_on
from volunteers.services.registration import stamps_of
from volunteers.services.representatives.moves import locked_representative, said

S = IncentiveState


@transaction.atomic
def propose_incentive(
    *, representative_id: int, actor: Actor, kind: str, what: str, evidence: str, budget_line: str = ""
) -> Incentive:
    """By the community: what for, and what speaks for it in words."""
    representative = locked_representative(representative_id)
    require(policies.can_propose(actor, representative))
    if kind not in IncentiveKind.values:
        raise RuleError(_("Choose one of the four kinds."), field="kind")
    at = timezone.now()
    incentive = Incentive.objects.create(
        representative=representative,
        **stamps_of(representative),
        kind=kind,
        rule=rule_on(timezone.localdate(at)),
        what=said(what, _("Say what it is."), field="what")[:120],
        evidence=said(evidence, _("Say what speaks for it."), field="evidence"),
        budget_line=budget_line.strip()[:40],
        proposed_at=at,
        proposed_by_id=actor.user_id,
        proposed_by_label=actor.label,
    )
    _tell(life.INCENTIVE_PROPOSED, incentive, actor)
    return incentive


@transaction.atomic
def check_incentive(*, incentive_id: int, actor: Actor) -> Incentive:
    """Somebody of the street has looked at the evidence."""
    incentive = _locked(incentive_id, actor, "check")
    return _move(
        incentive,
        S.CHECKED,
        life.INCENTIVE_CHECKED,
        actor,
        checked_by_id=actor.user_id,
        checked_by_label=actor.label,
    )


@transaction.atomic
def notice_incentive(*, incentive_id: int, actor: Actor) -> Incentive:
    """Hang it out for as long as the rule it was proposed under says."""
    incentive = _locked(incentive_id, actor, "notice")
    until = timezone.now() + timedelta(days=incentive.rule.notice_days)
    return _move(
        incentive,
        S.NOTICED,
        life.INCENTIVE_NOTICED,
        actor,
        noticed_by_id=actor.user_id,
        noticed_by_label=actor.label,
        notice_until=until,
    )


@transaction.atomic
def grant_incentive(*, incentive_id: int, actor: Actor, budget_line: str = "") -> Incentive:
    """By the district, after the notice; money only with a budget line."""
    incentive = _locked(incentive_id, actor, "grant")
    line = budget_line.strip()[:40] or incentive.budget_line
    if not incentive.is_notice_over:
        raise RuleError(_("The time of the notice is not over yet."))
    if incentive.kind == IncentiveKind.MATERIAL and not line:
        raise RuleError(_("Money needs a budget line."), field="budget_line")
    return _close(incentive, S.GRANTED, life.INCENTIVE_GRANTED, actor, budget_line=line)


@transaction.atomic
def refuse_incentive(*, incentive_id: int, actor: Actor, reason: str) -> Incentive:
    """With a reason: the street before the notice, the district after it."""
    incentive = _locked(incentive_id, actor, "refuse")
    words = said(reason, _("Say why."), field="reason")[:200]
    return _close(incentive, S.REFUSED, life.INCENTIVE_REFUSED, actor, refusal=words)


def _close(incentive: Incentive, to: IncentiveState, kind: str, actor: Actor, **fields: str) -> Incentive:
    by = {"closed_at": timezone.now(), "closed_by_id": actor.user_id, "closed_by_label": actor.label}
    return _move(incentive, to, kind, actor, **by, **fields)


def _locked(incentive_id: int, actor: Actor, verb: str) -> Incentive:
    rows = Incentive.objects.select_for_update(of=("self",)).select_related("representative__resident", "rule")
    incentive = rows.get(pk=incentive_id)
    if incentive.state not in INCENTIVE_FITS[verb]:
        state = {"state": incentive.get_state_display()}
        raise RuleError(_("This step does not fit any more: it is “%(state)s”.") % state)
    require(policies.can_step(actor, incentive, verb))
    return incentive


def _move(incentive: Incentive, to: IncentiveState, kind: str, actor: Actor, **fields: Any) -> Incentive:
    incentive.state = to
    for name, value in fields.items():
        setattr(incentive, name, value)
    incentive.save()
    _tell(kind, incentive, actor)
    return incentive


def _tell(kind: str, incentive: Incentive, actor: Actor) -> None:
    events.record(
        kind,
        actor=actor,
        subject=incentive,
        incentive_id=incentive.pk,
        representative_id=incentive.representative_id,
    )
