"""Random movements of points; after each of them the ledger adds up (docs/points.md)."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from unittest import SkipTest

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from core.errors import NotAllowedError, RuleError
from neighborhoods.actors import SYSTEM
from neighborhoods.services import residents
from neighborhoods.services.residents import PersonFacts
from tests.conftest import build_district, build_people
from tests.test_volunteers_points import assert_sound
from volunteers.lifecycle.points import GiftTo
from volunteers.models import Gift, PointsEntry, Redemption
from volunteers.services.points import earning, expiring, gifts, rewards
from volunteers.services.points.booking import account_of
from volunteers.services.points.gifts import Wish
from volunteers.services.points.rewards import RewardFacts

WHO = st.integers(0, 2)


class LedgerMachine(RuleBasedStateMachine):
    """Three neighbours, two desks, a shelf of rewards, and a clock that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.at = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
        district = build_district()
        self.people = build_people(district)
        self.sources: list[str] = []
        with time_machine.travel(self.at, tick=False):
            self.neighbours = [
                residents.register_for(
                    actor=self.people.community_staff, facts=PersonFacts(f"邻{n}"), area=district.building
                )
                for n in range(3)
            ]
            self.reward = rewards.set_reward(
                actor=self.people.community_staff, area=district.community, facts=RewardFacts("米", 2, 3)
            )

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def attempt(self, verb, **arguments) -> None:
        try:
            with time_machine.travel(self.at, tick=False), transaction.atomic():
                verb(**arguments)
        except (RuleError, NotAllowedError):
            return

    @rule(days=st.sampled_from([1, 3, 40, 300, 500]))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(who=WHO, minutes=st.integers(1, 600), is_hard=st.booleans(), again=st.booleans())
    def somebody_serves(self, who: int, minutes: int, is_hard: bool, again: bool) -> None:
        if not (again and self.sources):
            self.sources.append(f"record:{uuid.uuid4()}")
        self.attempt(
            earning.earn,
            resident_id=self.neighbours[who].pk,
            source=self.sources[-1],
            minutes=minutes,
            served_at=self.at,
            by=SYSTEM,
            is_hard=is_hard,
        )

    @rule(which=st.integers(0, 30))
    def a_record_is_taken_back(self, which: int) -> None:
        if self.sources:
            self.attempt(earning.take_back, source=self.sources[which % len(self.sources)], by=SYSTEM)

    @rule(who=WHO)
    def something_is_reserved(self, who: int) -> None:
        self.attempt(
            rewards.reserve,
            actor=self.people.community_staff,
            account_id=account_of(self.neighbours[who]).pk,
            reward_id=self.reward.pk,
            submission_key=uuid.uuid4(),
        )

    @rule(which=st.integers(0, 30), verb=st.sampled_from([rewards.cancel, rewards.hand_out]))
    def a_redemption_ends(self, which: int, verb) -> None:
        known = list(Redemption.objects.order_by("pk"))
        if known:
            self.attempt(verb, redemption_id=known[which % len(known)].pk, actor=self.people.community_lead)

    @rule(giver=WHO, receiver=WHO, amount=st.decimals(0, 5, places=2), to=st.sampled_from(list(GiftTo)))
    def a_gift_is_asked_for(self, giver: int, receiver: int, amount: Decimal, to: GiftTo) -> None:
        self.attempt(
            gifts.ask_gift,
            actor=self.people.community_staff,
            account_id=account_of(self.neighbours[giver]).pk,
            wish=Wish(to, amount, receiver_id=self.neighbours[receiver].pk),
        )

    @rule(agreed=st.booleans())
    def a_gift_is_decided(self, agreed: bool) -> None:
        waiting = Gift.objects.filter(state="asked").first()
        if waiting:
            self.attempt(
                gifts.decide_gift,
                gift_id=waiting.pk,
                actor=self.people.community_lead,
                agreed=agreed,
                answer="不合适",
            )

    @rule()
    def sweeps_run(self) -> None:
        with time_machine.travel(self.at, tick=False):
            rewards.lapse_reserved(at=self.at)
            expiring.expire_points(at=self.at)
            expiring.tell_expiring(at=self.at)

    @invariant()
    def the_ledger_adds_up(self) -> None:
        with time_machine.travel(self.at, tick=False):
            assert_sound()

    @invariant()
    def nothing_is_booked_or_reversed_twice(self) -> None:
        entries = PointsEntry.objects.exclude(reverses=None)
        assert entries.count() == entries.values("reverses").distinct().count()

    @invariant()
    def what_left_the_shelf_is_somewhere(self) -> None:
        self.reward.refresh_from_db()
        out = Redemption.objects.filter(state__in=["reserved", "collected"]).count()
        assert self.reward.stock + out == 3


@pytest.mark.django_db
def test_the_ledger_adds_up_whatever_happens():
    LedgerMachine.TestCase.settings = settings(
        max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    try:
        run_state_machine_as_test(LedgerMachine, settings=LedgerMachine.TestCase.settings)
    except SkipTest as nothing:
        raise AssertionError("no example was run") from nothing
