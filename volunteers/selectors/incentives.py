"""Proposed rewards as somebody may see them."""

from datetime import date, datetime
from typing import Any

from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from neighborhoods.actors import Actor
from neighborhoods.querysets import scope
from volunteers.actors import CHECKERS, GRANTERS, HANGERS, REWARD_READERS
from volunteers.lifecycle.incentives import IncentiveState
from volunteers.models import Incentive, IncentiveRule

RELATED = ("representative__resident", "area__compound", "rule")


def rule_on(day: date) -> IncentiveRule:
    """The rule in force on a day; the oldest one reaches back without end."""
    rules = IncentiveRule.objects.all()
    return rules.filter(valid_from__lte=day).order_by("-valid_from").first() or rules.earliest("valid_from")


def incentives_visible_to(actor: Actor) -> Any:
    """Those of the actor's area: first what waits for this very person, then the other open ones, then the newest."""
    rows = Incentive.objects.within(actor.grants_of(REWARD_READERS)).select_related(*RELATED)
    order = (F("closed_at").desc(nulls_first=True), "-pk")
    if not actor.grants_of(CHECKERS | HANGERS | GRANTERS):
        return rows.order_by(*order)
    return rows.order_by(Case(When(_my_turn(actor), then=Value(0)), default=Value(1)), *order)


def waiting_incentives(actor: Actor) -> Any:
    """Those this person may look at, hang out or grant now: the number in the navigation and on the button."""
    return Incentive.objects.filter(_my_turn(actor))


def _my_turn(actor: Actor) -> Q:
    """The yes of policies.incentives.can_step as a condition: the post of the step, and none of the steps before."""
    over = Q(state=IncentiveState.NOTICED, notice_until__lte=timezone.now())
    turn = (
        Q(state=IncentiveState.PROPOSED) & scope(actor.grants_of(CHECKERS))
        | Q(state=IncentiveState.CHECKED) & scope(actor.grants_of(HANGERS))
        | over & scope(actor.grants_of(GRANTERS))
    )
    took = Q(proposed_by_id=actor.user_id) | Q(checked_by_id=actor.user_id) | Q(noticed_by_id=actor.user_id)
    return turn & ~took & ~Q(representative__resident__user=actor.user_id)


def incentives_on_notice(at: datetime) -> Any:
    """What hangs out now."""
    rows = Incentive.objects.filter(state=IncentiveState.NOTICED, notice_until__gt=at)
    return rows.select_related(*RELATED).order_by("notice_until", "pk")
