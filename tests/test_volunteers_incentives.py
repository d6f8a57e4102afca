"""Rewards: two people, a public notice, money with a budget line, nothing by itself."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.selectors.actors import actor_for
from tests.representative_steps import serving
from volunteers.lifecycle.incentives import INCENTIVE_FITS, INCENTIVE_LOOKS, INCENTIVE_MOVES, IncentiveState
from volunteers.models import Incentive
from volunteers.services.representatives import incentives as services

pytestmark = pytest.mark.django_db
S = IncentiveState


def proposed(term, people, kind="material"):
    return services.propose_incentive(
        representative_id=term.pk, actor=people.community_staff, kind=kind, what="慰问品", evidence="照顾三位独居老人"
    )


def put(row, state, people):
    lead = people.street_lead
    if state in {S.CHECKED, S.NOTICED, S.GRANTED}:
        services.check_incentive(incentive_id=row.pk, actor=lead)
    if state in {S.NOTICED, S.GRANTED}:
        services.notice_incentive(incentive_id=row.pk, actor=lead)
        Incentive.objects.filter(pk=row.pk).update(notice_until=timezone.now())
    if state == S.GRANTED:
        services.grant_incentive(incentive_id=row.pk, actor=lead, budget_line="社区 2026-07")
    if state == S.REFUSED:
        services.refuse_incentive(incentive_id=row.pk, actor=lead, reason="材料不足")
    return Incentive.objects.get(pk=row.pk)


def test_every_step_in_every_state(district, people):
    assert set(INCENTIVE_MOVES) == set(INCENTIVE_LOOKS) == set(S)
    term, lead = serving(district, people), people.street_lead
    steps = {
        "check": lambda pk: services.check_incentive(incentive_id=pk, actor=lead),
        "notice": lambda pk: services.notice_incentive(incentive_id=pk, actor=lead),
        "grant": lambda pk: services.grant_incentive(incentive_id=pk, actor=lead, budget_line="社区 2026-07"),
        "refuse": lambda pk: services.refuse_incentive(incentive_id=pk, actor=lead, reason="材料不足"),
    }
    for state in S:
        row = put(proposed(term, people), state, people)
        for verb, run in steps.items():
            point, before = transaction.savepoint(), Event.objects.count()
            if state in INCENTIVE_FITS[verb]:
                assert run(row.pk).state != state
            else:
                with pytest.raises(RuleError):
                    run(row.pk)
                assert Event.objects.count() == before
            transaction.savepoint_rollback(point)


def test_who_may_and_what_the_database_holds_to(district, people):
    term = serving(district, people)
    for actor in (people.street_lead, people.outsider, actor_for(term.resident.user), people.branch_secretary):
        with pytest.raises(NotAllowedError):
            services.propose_incentive(
                representative_id=term.pk, actor=actor, kind="honour", what="表彰", evidence="热心"
            )
    for slip in ({"kind": "gold"}, {"evidence": " "}, {"what": ""}):
        words = {"kind": "honour", "what": "表彰", "evidence": "热心"} | slip
        with pytest.raises(RuleError):
            services.propose_incentive(representative_id=term.pk, actor=people.community_staff, **words)
    row = proposed(term, people)
    for actor in (people.community_lead, people.community_staff, people.far_officer):
        with pytest.raises(NotAllowedError):
            services.check_incentive(incentive_id=row.pk, actor=actor)
    row = put(row, S.NOTICED, people)
    with pytest.raises(RuleError):  # money without a budget line
        services.grant_incentive(incentive_id=row.pk, actor=people.street_lead)
    at = timezone.now()
    broken = (
        {"state": S.GRANTED, "closed_at": at, "budget_line": ""},
        {"checked_by_id": row.proposed_by_id},
        {"state": S.NOTICED, "checked_by_id": None},
        {"state": S.REFUSED, "closed_at": None},
    )
    for change in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            Incentive.objects.filter(pk=row.pk).update(**change)
    Incentive.objects.filter(pk=row.pk).update(notice_until=timezone.now() + timedelta(days=1))
    with pytest.raises(RuleError):
        services.grant_incentive(incentive_id=row.pk, actor=people.street_lead, budget_line="社区 2026-07")
