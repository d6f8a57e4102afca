"""Proposed rewards as somebody may see them."""

from datetime import date, datetime
from typing import Any

from django.db.models import F

from neighborhoods.actors import Actor
from volunteers.actors import REWARD_READERS
from volunteers.lifecycle.incentives import IncentiveState
from volunteers.models import Incentive, IncentiveRule

RELATED = ("representative__resident", "area__compound", "rule")


def rule_on(day: date) -> IncentiveRule:
    """The rule in force on a day; the oldest one reaches back without end."""
    rules = IncentiveRule.objects.all()
    return rules.filter(valid_from__lte=day).order_by("-valid_from").first() or rules.earliest("valid_from")


def incentives_visible_to(actor: Actor) -> Any:
    """Those of the actor's area, open ones first, then the newest."""
    rows = Incentive.objects.within(actor.grants_of(REWARD_READERS)).select_related(*RELATED)
    return rows.order_by(F("closed_at").desc(nulls_first=True), "-pk")


def incentives_on_notice(at: datetime) -> Any:
    """What hangs out now."""
    rows = Incentive.objects.filter(state=IncentiveState.NOTICED, notice_until__gt=at)
    return rows.select_related(*RELATED).order_by("notice_until", "pk")
