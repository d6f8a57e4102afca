"""Teams, activities, shifts and seats: the last seat, the waiting list, clashes, series, the list and the code."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.services import residents
from neighborhoods.services.residents import PersonFacts
from tests import volunteer_stage as stage
from tests.parallel import at_once
from volunteers.lifecycle.activities import ACTIVITY_MOVES, ActivityState, SeatState
from volunteers.lifecycle.teams import TEAM_MOVES, MemberState, TeamState
from volunteers.models import ServiceRecord, Shift, SignUp, Team
from volunteers.selectors.activities import open_teams
from volunteers.services import registration, teams
from volunteers.services.activities import attendance, planning, seats, shifts
from volunteers.services.activities.planning import Plan
from volunteers.services.activities.shifts import Rule, Times
from volunteers.services.insurance import insure
from volunteers.services.registration import Offer

pytestmark = pytest.mark.django_db


def test_the_way_of_a_team(district, people):
    team = stage.team(district, people)
    lead, member = stage.volunteer(district, people), stage.volunteer(district, people, name="王五")
    staff = people.community_staff
    with pytest.raises(RuleError):
        teams.activate_team(team_id=team.pk, actor=staff)
    teams.name_lead(team_id=team.pk, actor=staff, volunteer_id=lead.pk)
    for verb, state in (("activate", "active"), ("rest", "resting"), ("activate", "active")):
        assert getattr(teams, f"{verb}_team")(team_id=team.pk, actor=staff).state == state
    teams.ask_to_join(team_id=team.pk, volunteer_id=member.pk, actor=staff)
    assert team.members.filter(state=MemberState.JOINED).count() == 2
    with pytest.raises(RuleError):  # the lead hands over first
        teams.leave_team(team_id=team.pk, volunteer_id=lead.pk, actor=staff)
    for actor in (people.outsider, people.department_clerk, people.street_lead):
        with pytest.raises(NotAllowedError):
            teams.close_team(team_id=team.pk, actor=actor)
    with pytest.raises(RuleError):
        stage.team(district, people)  # the name is taken
    assert teams.close_team(team_id=team.pk, actor=staff).state == TeamState.CLOSED
    with pytest.raises(RuleError):
        teams.activate_team(team_id=team.pk, actor=staff)
    assert set(TEAM_MOVES) == set(TeamState)
    assert set(ACTIVITY_MOVES) == set(ActivityState)


def test_somebody_asks_to_join_and_the_lead_takes_them_in(district, people):
    team = stage.team(district, people)
    lead, lead_actor = stage.neighbour(district, people)
    own, actor = stage.neighbour(district, people, "赵六")
    teams.name_lead(team_id=team.pk, actor=people.grid_worker, volunteer_id=lead.pk)
    member = teams.ask_to_join(team_id=team.pk, volunteer_id=own.pk, actor=actor)
    assert member.state == MemberState.ASKED
    assert teams.ask_to_join(team_id=team.pk, volunteer_id=own.pk, actor=lead_actor).state == MemberState.JOINED
    teams.leave_team(team_id=team.pk, volunteer_id=own.pk, actor=actor)
    teams.set_interests(volunteer_id=own.pk, actor=actor, kinds=["care", "sorting"])
    teams.set_interests(volunteer_id=own.pk, actor=actor, kinds=["care"])
    assert list(own.interests.values_list("kind", flat=True)) == ["care"]
    far = stage.team(district, people, name="远处的队")
    Team.objects.filter(pk=far.pk).update(community_id=district.far_community.pk)
    for community_id, nearest in ((district.far_community.pk, far), (district.community.pk, team)):
        assert open_teams(1, community_id) == [nearest]  # one's own community is never crowded out


def test_seats_waiting_list_and_clash(district, people):
    one = stage.shift(stage.activity(district, people), people, capacity=1)
    other = stage.shift(stage.activity(district, people, title="巡逻"), people, hours=25)
    (a, a_actor), (b, b_actor) = stage.neighbour(district, people), stage.neighbour(district, people, "赵六")
    first = stage.seat(one, a, a_actor)
    assert first.state == SeatState.BOOKED
    assert stage.seat(one, a, a_actor).pk == first.pk  # twice is once
    waiting = stage.seat(one, b, b_actor)
    assert waiting.state == SeatState.WAITING
    with pytest.raises(RuleError):
        stage.seat(other, a, a_actor)  # overlaps
    with pytest.raises(NotAllowedError):
        stage.seat(other, a, b_actor)
    seats.cancel_seat(sign_up_id=first.pk, actor=a_actor)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.moved_up_at is not None) == (SeatState.BOOKED, True)
    assert Event.objects.filter(name="seat.moved_up").count() == 1
    one.refresh_from_db()
    assert one.taken == 1
    with pytest.raises(IntegrityError), transaction.atomic():  # whatever is tried
        SignUp.objects.create(
            shift=other, volunteer=b, state="booked", starts_at=other.starts_at, ends_at=other.ends_at,
            at=timezone.now(),
        )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.filter(pk=one.pk).update(taken=2)
    registration.pause(volunteer_id=b.pk, actor=b_actor)  # gives the seat back
    one.refresh_from_db()
    assert one.taken == 0
    with pytest.raises(RuleError):
        stage.seat(one, b, b_actor)


def test_who_waits_and_is_busy_by_then_is_passed_over(district, people):
    one = stage.shift(stage.activity(district, people), people, capacity=1)
    other = stage.shift(stage.activity(district, people, title="巡逻"), people, hours=25)
    staff = people.community_staff
    a, b, c = (stage.volunteer(district, people, name=name) for name in ("甲一", "乙二", "丙三"))
    first = stage.seat(one, a, staff)
    stage.seat(one, b, staff)
    stage.seat(one, c, staff)
    stage.seat(other, b, staff)
    seats.cancel_seat(sign_up_id=first.pk, actor=staff)
    assert dict(one.sign_ups.values_list("volunteer", "state")) == {
        a.pk: "cancelled", b.pk: "waiting", c.pk: "booked",
    }  # fmt: skip
    shifts.change_capacity(shift_id=one.pk, actor=staff, capacity=2)  # still busy
    assert one.sign_ups.get(volunteer=b).state == SeatState.WAITING
    planning.cancel_activity(activity_id=one.activity_id, actor=staff, reason="下雨")
    assert set(one.sign_ups.values_list("state", flat=True)) == {"cancelled"}
    assert Event.objects.filter(name="seat.lost").count() == 2


def test_insurance_and_age(district, people):
    staff = people.community_staff
    risky = stage.shift(stage.activity(district, people, needs_insurance=True), people)
    grown = stage.shift(stage.activity(district, people, min_age=16, title="夜巡"), people, hours=30)
    entry = stage.volunteer(district, people)
    with pytest.raises(RuleError):
        stage.seat(risky, entry, staff)
    insure(volunteer_id=entry.pk, actor=staff, until=date.today() + timedelta(days=90))  # noqa: DTZ011
    assert stage.seat(risky, entry, staff).state == SeatState.BOOKED
    parent = residents.register_for(actor=staff, facts=PersonFacts("陈某"), area=district.building)
    born_on = timezone.localdate() - timedelta(days=12 * 365)
    facts = PersonFacts("小陈", born_on=born_on, guardian_id=parent.pk)
    child = residents.register_for(actor=staff, facts=facts, area=district.building)
    young = registration.apply(actor=staff, resident_id=child.pk, offer=Offer())
    registration.verify(volunteer_id=young.pk, actor=people.community_lead)
    with pytest.raises(RuleError):
        stage.seat(grown, young, staff)


def test_a_series_never_touches_what_is_past_or_taken(district, people):
    with time_machine.travel("2026-11-23 09:00+08:00", tick=False):  # a Monday
        found = stage.activity(district, people)
        rule = Rule((1, 3), time(10), time(12), 5, date(2026, 11, 23), date(2026, 12, 9))
        series = shifts.add_series(activity_id=found.pk, actor=people.community_staff, rule=rule)
        planning.open_activity(activity_id=found.pk, actor=people.community_staff)
        assert found.shifts.count() == 6
        taken = found.shifts.get(starts_at__date=date(2026, 12, 2))
        stage.seat(taken, stage.volunteer(district, people), people.community_staff)
    with time_machine.travel("2026-11-26 09:00+08:00", tick=False):
        new = Rule((1, 3), time(14), time(16), 8, date(2026, 11, 23), date(2026, 12, 9))
        changed = shifts.change_series(series_id=series.pk, actor=people.community_staff, rule=new)
        assert (changed.added, changed.removed, [s.pk for s in changed.kept]) == (3, 3, [taken.pk])
        live = found.shifts.filter(cancelled_at=None).order_by("starts_at")
        hours = [timezone.localtime(s.starts_at).hour for s in live]
        assert hours == [10, 10, 14, 10, 14, 14]  # two that are past, and the taken one, are as they were
        again = shifts.change_series(series_id=series.pk, actor=people.community_staff, rule=new)
        assert (again.added, again.removed) == (0, 0)
        with pytest.raises(NotAllowedError):
            shifts.change_series(series_id=series.pk, actor=people.outsider, rule=new)


def test_an_activity_refuses_what_does_not_fit(district, people):
    staff, found = people.community_staff, stage.activity(district, people)
    with pytest.raises(RuleError):
        planning.open_activity(activity_id=found.pk, actor=staff)  # no shift
    past = timezone.now() - timedelta(hours=1)
    for times in (
        Times(past, past + timedelta(hours=2), 3),
        Times(timezone.now() + timedelta(hours=2), timezone.now() + timedelta(hours=1), 3),
        Times(timezone.now() + timedelta(hours=2), timezone.now() + timedelta(hours=3), 0),
        Times(timezone.now() + timedelta(days=400), timezone.now() + timedelta(days=400, hours=1), 3),
    ):
        with pytest.raises(RuleError):
            shifts.add_shift(activity_id=found.pk, actor=staff, times=times)
    made = stage.shift(found, people)
    with pytest.raises(RuleError):
        planning.close_activity(activity_id=found.pk, actor=staff)  # a shift is to come
    for actor in (people.outsider, people.street_lead, people.department_clerk):
        with pytest.raises(NotAllowedError):
            planning.cancel_activity(activity_id=found.pk, actor=actor, reason="x")
    with pytest.raises(RuleError):
        planning.cancel_activity(activity_id=found.pk, actor=staff, reason=" ")
    with pytest.raises(NotAllowedError):
        planning.plan_activity(actor=people.outsider, area=district.branch, plan=Plan("别处"))
    shifts.cancel_shift(shift_id=made.pk, actor=staff)
    assert planning.close_activity(activity_id=found.pk, actor=staff).state == ActivityState.CLOSED


def test_the_code_changes_and_an_old_one_is_worthless(district, people):
    own, actor = stage.neighbour(district, people)
    start = timezone.now().replace(minute=0, second=0, microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        made = stage.shift(stage.activity(district, people), people, hours=1)
        stage.seat(made, own, actor)
        early = attendance.code_of(made, timezone.now())
        enter = {"shift_id": made.pk, "volunteer_id": own.pk, "actor": actor, "is_going": False}
        with pytest.raises(RuleError):
            attendance.pass_by_code(**enter, code=early)  # an hour before
        clock.shift(timedelta(minutes=50))
        with pytest.raises(RuleError):
            attendance.pass_by_code(**enter, code=early)  # replayed
        code = attendance.code_of(made, timezone.now())
        clock.shift(timedelta(minutes=2))
        seat = attendance.pass_by_code(**enter, code=code)  # the one before is still taken
        assert (seat.came_how, seat.went_at) == ("code", None)
        clock.shift(timedelta(seconds=2))
        assert attendance.pass_by_code(**enter, code=code).went_at is None  # pressed twice: still there
        with pytest.raises(NotAllowedError):
            attendance.pass_by_code(**{**enter, "actor": people.community_staff}, code=code)
        clock.shift(timedelta(minutes=98))
        code, enter["is_going"] = attendance.code_of(made, timezone.now()), True
        seat = attendance.pass_by_code(**enter, code=code)
        record = ServiceRecord.objects.get()
        assert (record.minutes, record.sign_up_id, record.state) == (90, seat.pk, "proposed")  # not before it began


def test_the_list_of_who_leads(district, people):
    own, actor = stage.neighbour(district, people)
    lead, lead_actor = stage.neighbour(district, people, "带队人")
    start = timezone.now().replace(second=0, microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        made = stage.shift(stage.activity(district, people, lead_id=lead.pk), people, hours=1)
        seat, of_lead = stage.seat(made, own, actor), stage.seat(made, lead, lead_actor)
        clock.shift(timedelta(hours=1))
        attendance.mark_came(sign_up_id=seat.pk, actor=lead_actor)
        for foreign in (actor, people.outsider):
            with pytest.raises(NotAllowedError):
                attendance.mark_went(sign_up_id=seat.pk, actor=foreign)
        with pytest.raises(NotAllowedError):  # nobody marks themselves, not even who leads
            attendance.mark_came(sign_up_id=of_lead.pk, actor=lead_actor)
        with pytest.raises(RuleError):
            attendance.add_on_the_spot(shift_id=made.pk, number="ZYV-0", actor=lead_actor)
        third = stage.volunteer(district, people, name="王五")
        attendance.add_on_the_spot(shift_id=made.pk, number=third.number, actor=lead_actor)
        clock.shift(timedelta(hours=5))
        with pytest.raises(RuleError):
            attendance.mark_went(sign_up_id=seat.pk, actor=lead_actor, went_at=start)  # before coming
        attendance.mark_went(sign_up_id=seat.pk, actor=lead_actor)
        assert ServiceRecord.objects.get().minutes == 120  # until the shift ended


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_has_one_winner(district, people):
    made = stage.shift(stage.activity(district, people), people, capacity=2)
    entries = [stage.volunteer(district, people, name=f"{n}号") for n in range(8)]
    stage.seat(made, entries.pop(), people.community_staff)
    turn, staff = iter(entries), people.community_staff
    job = lambda: seats.sign_up(shift_id=made.pk, volunteer_id=next(turn).pk, actor=staff).state  # noqa: E731
    assert sorted(at_once(7, job)) == ["booked", *["waiting"] * 6]
    made.refresh_from_db()
    assert made.taken == 2
