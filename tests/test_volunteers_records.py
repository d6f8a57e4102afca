"""Records of service: confirmed by somebody else, late ones by two, caps, no overlaps, taken back, expired."""

from datetime import UTC, date, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.calendar import CHINA
from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.services import residents
from tests import volunteer_stage as stage
from tests.parallel import at_once
from volunteers.lifecycle.records import LIVE, RECORD_MOVES, MeritKind, RecordState
from volunteers.models import RecordCheck, ServiceRecord
from volunteers.selectors.records import minutes_of
from volunteers.selectors.volunteers import honoured
from volunteers.services import registration
from volunteers.services.records import confirming, hooks, merits, proposing
from volunteers.services.records.merits import MeritFacts
from volunteers.services.records.proposing import Stretch
from volunteers.services.registration import Offer

pytestmark = pytest.mark.django_db


def proposed(district, people, entry, *, hours_ago=5.0, length=2.0, found=None, actor=None) -> ServiceRecord:
    found = found or stage.activity(district, people)
    starts = stage.ago(hours=hours_ago)
    return proposing.propose(
        actor=actor or people.branch_secretary,
        volunteer_id=entry.pk,
        activity_id=found.pk,
        stretch=Stretch(starts, starts + timedelta(hours=length)),
    )


def test_somebody_else_confirms(district, people, monkeypatch):
    seen: list[int] = []
    monkeypatch.setattr(hooks, "_confirmed", [lambda record: seen.append(record.minutes)])
    own, actor = stage.neighbour(district, people)
    record = proposed(district, people, own)
    assert minutes_of(own) == 0
    for foreign in (actor, people.outsider, people.street_lead, people.department_clerk):
        with pytest.raises(NotAllowedError):
            confirming.confirm(record_id=record.pk, actor=foreign)
    record = confirming.confirm(record_id=record.pk, actor=people.branch_secretary)
    assert (record.state, minutes_of(own), seen) == (RecordState.CONFIRMED, 120, [120])
    for again in (confirming.confirm, confirming.approve):
        with pytest.raises(RuleError):
            again(record_id=record.pk, actor=people.community_staff)
    assert set(RECORD_MOVES) == set(RecordState)


def test_nobody_confirms_their_own_by_any_path(district, people):
    """Not even the community's staff who lead what they served in; the database says so too."""
    user = people.user("community_staff")
    own = stage.volunteer(district, people, name="工作人员", user=user)
    record = proposed(district, people, own, found=stage.activity(district, people, lead_id=own.pk))
    with pytest.raises(NotAllowedError):
        confirming.confirm(record_id=record.pk, actor=people.community_staff)
    at = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceRecord.objects.filter(pk=record.pk).update(state="confirmed", confirmed_at=at, confirmed_by_id=user.pk)
    # an account that comes later is looked at as well
    other = stage.volunteer(district, people, name="后来")
    record = proposed(district, people, other)
    residents.Resident.objects.filter(pk=other.resident_id).update(user=people.user("branch_secretary"))
    with pytest.raises(NotAllowedError):
        confirming.confirm(record_id=record.pk, actor=people.branch_secretary)
    assert confirming.confirm(record_id=record.pk, actor=people.community_lead).state == RecordState.CONFIRMED


def test_the_helped_person_and_the_lead_confirm(district, people):
    lead, lead_actor = stage.neighbour(district, people, "带队人")
    helped, helped_actor = stage.neighbour(district, people, "被帮的人")
    own = stage.volunteer(district, people)
    found = stage.activity(district, people, lead_id=lead.pk)
    record = proposed(district, people, own, found=found)
    confirming.confirm(record_id=record.pk, actor=lead_actor)
    starts = stage.ago(hours=20)
    stretch = Stretch(starts, starts + timedelta(hours=1), "陪同就医", helped.resident_id)
    record = proposing.propose(actor=people.grid_worker, volunteer_id=own.pk, activity_id=found.pk, stretch=stretch)
    assert confirming.confirm(record_id=record.pk, actor=helped_actor).state == RecordState.CONFIRMED


def test_a_late_one_needs_two(district, people):
    own = stage.volunteer(district, people)
    record = proposed(district, people, own, hours_ago=24 * 9)
    record = confirming.confirm(record_id=record.pk, actor=people.branch_secretary)
    assert (record.state, minutes_of(own)) == (RecordState.SECOND, 0)
    for foreign in (people.branch_secretary, people.outsider, people.grid_worker):
        with pytest.raises(NotAllowedError):
            confirming.approve(record_id=record.pk, actor=foreign)
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceRecord.objects.filter(pk=record.pk).update(state="confirmed")
    assert confirming.approve(record_id=record.pk, actor=people.street_officer).state == RecordState.CONFIRMED
    assert minutes_of(own) == 120


def test_caps_of_the_day_and_no_future(district, people):
    own, found = stage.volunteer(district, people), stage.activity(district, people)
    noon = stage.ago(days=2).replace(hour=2, minute=0)  # 10 in the morning here
    counted = []
    for n, which in enumerate((found, found, stage.activity(district, people, title="二"))):
        starts = noon + timedelta(hours=n * 3 - 2)
        stretch = Stretch(starts, starts + timedelta(hours=3))
        record = proposing.propose(actor=people.grid_worker, volunteer_id=own.pk, activity_id=which.pk, stretch=stretch)
        counted.append(record.minutes)
    assert counted == [180, 60, 180]  # four hours an activity, eight a day
    starts = noon + timedelta(hours=7, minutes=30)
    more = stage.activity(district, people, title="三")
    stretch = Stretch(starts, starts + timedelta(hours=2))
    arguments = {"actor": people.grid_worker, "volunteer_id": own.pk, "activity_id": more.pk}
    assert proposing.propose(**arguments, stretch=stretch).minutes == 60
    with pytest.raises(RuleError):  # the day is full
        proposing.propose(**arguments, stretch=Stretch(starts + timedelta(hours=3), starts + timedelta(hours=4)))
    now = timezone.now()
    for bad in (
        Stretch(now - timedelta(hours=1), now + timedelta(hours=1)),
        Stretch(now - timedelta(hours=1), now - timedelta(hours=2)),
        Stretch(now - timedelta(days=9), now - timedelta(days=5)),
    ):
        with pytest.raises(RuleError):
            proposing.propose(**arguments, stretch=bad)


def test_taken_back_by_a_reverse_record(district, people, monkeypatch):
    seen: list[int] = []
    monkeypatch.setattr(hooks, "_reversed", [lambda old, new: seen.extend([old.minutes, new.minutes])])
    own, found = stage.volunteer(district, people), stage.activity(district, people)
    record = proposed(district, people, own, found=found)
    with pytest.raises(RuleError):
        proposed(district, people, own, found=found, hours_ago=4)  # overlaps
    confirming.confirm(record_id=record.pk, actor=people.branch_secretary)
    with pytest.raises(NotAllowedError):
        confirming.reverse(record_id=record.pk, actor=people.branch_secretary, reason="错了")
    with pytest.raises(RuleError):
        confirming.reverse(record_id=record.pk, actor=people.community_staff, reason=" ")
    undone = confirming.reverse(record_id=record.pk, actor=people.community_staff, reason="时间写错了")
    assert (undone.minutes, undone.reverses_id, minutes_of(own), seen) == (-120, record.pk, 0, [120, -120])
    with pytest.raises(RuleError):
        confirming.reverse(record_id=undone.pk, actor=people.community_staff, reason="再来")
    right = proposed(district, people, own, found=found, hours_ago=4)
    confirming.confirm(record_id=right.pk, actor=people.community_staff)
    assert minutes_of(own) == 120


def test_told_after_7_and_25_days_and_expired_after_30(district, people):
    own = stage.volunteer(district, people)
    record = proposed(district, people, own)
    told = [confirming.tell_unconfirmed(at=timezone.now() + timedelta(days=days)) for days in (6, 8, 8, 26, 26, 29)]
    assert told == [0, 1, 0, 1, 0, 0]
    late = timezone.now() + timedelta(days=31)
    assert [confirming.expire_unconfirmed(at=late) for _n in range(2)] == [1, 0]
    record.refresh_from_db()
    assert record.state == RecordState.EXPIRED
    rejected = proposed(district, people, own, hours_ago=10)
    confirming.reject(record_id=rejected.pk, actor=people.grid_worker, reason="没有来")
    assert minutes_of(own) == 0


def test_chance_picks_and_somebody_calls(district, people, monkeypatch):
    monkeypatch.setattr(confirming, "is_picked", lambda _record: True)
    own = stage.volunteer(district, people)
    record = proposed(district, people, own)
    confirming.confirm(record_id=record.pk, actor=people.community_staff)
    check = RecordCheck.objects.get()
    for foreign in (people.community_staff, people.grid_worker, people.outsider):
        with pytest.raises(NotAllowedError):
            confirming.write_answer(check_id=check.pk, actor=foreign, outcome="so")
    with pytest.raises(RuleError):
        confirming.write_answer(check_id=check.pk, actor=people.community_lead, outcome="not_so")
    confirming.write_answer(check_id=check.pk, actor=people.community_lead, outcome="not_reached")
    confirming.write_answer(check_id=check.pk, actor=people.community_lead, outcome="not_so", note="没有人来过")
    assert Event.objects.filter(name="record.doubted").count() == 1
    with pytest.raises(RuleError):
        confirming.write_answer(check_id=check.pk, actor=people.community_lead, outcome="so")


def test_trainings_and_commendations(client, district, people):
    own = stage.volunteer(district, people)
    facts = MeritFacts(MeritKind.TRAINING, "急救培训", timezone.localdate(), "区红十字会")
    merit = merits.enter_merit(volunteer_id=own.pk, actor=people.community_staff, facts=facts)
    with pytest.raises(NotAllowedError):
        merits.withdraw_merit(merit_id=merit.pk, actor=people.outsider)
    assert merits.withdraw_merit(merit_id=merit.pk, actor=people.community_lead).withdrawn_at
    lauded = MeritFacts(MeritKind.COMMENDATION, "优秀志愿者", timezone.localdate(), "区文明办")
    praise = merits.enter_merit(volunteer_id=own.pk, actor=people.community_staff, facts=lauded)
    assert honoured(9) == []  # only who likes to be named
    registration.revise(volunteer_id=own.pk, actor=people.community_staff, offer=Offer(is_on_honour_list=True))
    assert honoured(9, own.community_id) == [praise]
    assert own.resident.name in client.get(reverse("volunteers:landing")).content.decode()
    registration.revise(volunteer_id=own.pk, actor=people.community_staff, offer=Offer())
    assert own.resident.name not in client.get(reverse("volunteers:landing")).content.decode()
    for bad in (MeritFacts(MeritKind.TRAINING, " ", date(2026, 1, 1)), MeritFacts(MeritKind.TRAINING, "x", date.max)):
        with pytest.raises(RuleError):
            merits.enter_merit(volunteer_id=own.pk, actor=people.community_staff, facts=bad)


def test_two_records_of_one_person_become_one(district, people):
    first, second = stage.volunteer(district, people, name="张小明"), stage.volunteer(district, people, name="张晓明")
    join = {"actor": people.community_staff, "keep_id": first.resident_id, "drop_id": second.resident_id}
    made = stage.shift(stage.activity(district, people), people)
    stage.seat(made, first, people.community_staff)
    stage.seat(made, second, people.community_staff)
    kept = proposed(district, people, first)
    clash = proposed(district, people, second)
    confirming.confirm(record_id=clash.pk, actor=people.community_staff)
    with pytest.raises(RuleError):  # they would overlap
        residents.merge_residents(**join, reason="同一个人")
    second.refresh_from_db()
    assert second.left_at is None
    confirming.reverse(record_id=clash.pk, actor=people.community_staff, reason="重复")
    moved = proposed(district, people, second, hours_ago=30)
    confirming.confirm(record_id=moved.pk, actor=people.community_staff)
    residents.merge_residents(**join, reason="同一个人")
    second.refresh_from_db()
    made.refresh_from_db()
    assert (second.state, made.taken, first.records.count()) == ("left", 1, 4)
    assert {kept.pk, moved.pk} < set(first.records.values_list("pk", flat=True))
    assert minutes_of(first) == 120


def test_the_same_hours_in_two_teams_and_two_time_zones_count_once(district, people):
    own = stage.volunteer(district, people)
    both = [
        stage.activity(district, people, team_id=stage.team(district, people, name=name).pk)
        for name in ("巡逻", "分类")
    ]
    starts = stage.ago(hours=9)
    for number, zone in enumerate((UTC, CHINA, timezone.get_fixed_timezone(-300))):
        begins = starts.astimezone(zone) + timedelta(minutes=30 * number)
        stretch = Stretch(begins, begins + timedelta(hours=2))
        keys = {"volunteer_id": own.pk, "activity_id": both[number % 2].pk, "stretch": stretch}
        if number:
            with pytest.raises(RuleError):
                proposing.propose(actor=people.branch_secretary, **keys)
        else:
            proposing.propose(actor=people.branch_secretary, **keys)
    after = Stretch((starts + timedelta(hours=2)).astimezone(CHINA), (starts + timedelta(hours=3)).astimezone(UTC))
    proposing.propose(actor=people.branch_secretary, volunteer_id=own.pk, activity_id=both[1].pk, stretch=after)
    assert own.records.count() == 2


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-2, 20), st.booleans()), min_size=1, max_size=6))
@settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
def test_no_overlap_whatever_is_tried(district, people, tried):
    with transaction.atomic():
        own, found = stage.volunteer(district, people), stage.activity(district, people)
        base = stage.ago(days=3)
        for begins, quarters, confirms in tried:
            starts = base + timedelta(minutes=15 * begins)
            stretch = Stretch(starts, starts + timedelta(minutes=15 * quarters))
            try:
                record = proposing.propose(
                    actor=people.grid_worker, volunteer_id=own.pk, activity_id=found.pk, stretch=stretch
                )
                if confirms:
                    confirming.confirm(record_id=record.pk, actor=people.community_staff)
            except RuleError:
                continue
        live = list(own.records.filter(state__in=LIVE, reverses=None).order_by("starts_at"))
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(live))
        assert all(r.minutes <= proposing.minutes_between(r.starts_at, r.ends_at) for r in live)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_record(district, people):
    own = stage.volunteer(district, people)
    places = [stage.activity(district, people, title=f"{n}") for n in range(3)]
    turn, starts, staff = iter(places), stage.ago(hours=5), people.community_staff

    def job() -> str:
        try:
            proposing.propose(
                actor=staff, volunteer_id=own.pk, activity_id=next(turn).pk,
                stretch=Stretch(starts, starts + timedelta(hours=1)),
            )  # fmt: skip
        except RuleError:
            return "refused"
        return "done"

    assert sorted(at_once(3, job)) == ["done", "refused", "refused"]
