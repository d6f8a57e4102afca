"""Whistles: clocks and ladder, and what is checked, rated and looked at every month."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.lifecycle import ClockState, Target
from governance.lifecycle.duties import WhistleKind
from governance.lifecycle.whistles import (
    WHISTLE_ESCALATED,
    WhistleState,
)
from governance.models import DutyClock, DutyEscalation, Whistle, WhistleLine
from governance.selectors.waiting import whistle_lines
from governance.services.duties import sweep_kind
from governance.services.meetings.minutes import confirm_minutes
from governance.services.whistles import answering, carrying_out, closing, reviewing
from governance.services.whistles.ladder import CALLS, WHISTLES
from neighborhoods.actors import Level
from tests import whistle_steps as steps
from tests.whistle_verbs import later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
S = WhistleState


# ---- clocks and ladder ----
def test_each_unit_has_its_own_clocks(district, people):
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    clocks = DutyClock.objects.filter(call__whistle=whistle).order_by("call", "step")
    assert list(clocks.values_list("step", flat=True)) == ["arrive", "sign"] * 2
    assert steps.lead(whistle).sign_due == later(hours=2)
    with time_machine.travel(later(hours=1), tick=False):
        answering.sign_call(call_id=steps.lead(whistle).pk, actor=people.department_clerk)
    assert DutyClock.objects.get(call=steps.lead(whistle), step="sign").state == ClockState.MET
    assert DutyClock.objects.get(call=steps.helper(whistle), step="sign").state == ClockState.RUNNING
    own = DutyClock.objects.filter(whistle=whistle).order_by("step")
    assert list(own.values_list("step", flat=True)) == ["done", "meet"]


def test_late_units_climb_each_rung_once(district, people):
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    answering.sign_call(call_id=steps.lead(whistle).pk, actor=people.department_clerk)
    with time_machine.travel(later(hours=2, minutes=1), tick=False):
        assert sweep_kind(CALLS, at=timezone.now()) == 2 + 0
        assert sweep_kind(CALLS, at=timezone.now()) == 0
    told = DutyEscalation.objects.filter(clock__call=steps.helper(whistle)).order_by("rung")
    assert list(told.values_list("target", "level")) == [(Target.HANDLER, None), (Target.LEVEL_UP, int(Level.STREET))]
    assert steps.helper(whistle).escalated_level == Level.STREET
    assert WhistleLine.objects.filter(kind=WHISTLE_ESCALATED, call=steps.helper(whistle)).count() == 2
    assert Event.objects.filter(name=WHISTLE_ESCALATED, payload__unit_id=district.drainage.pk).count() == 2
    with time_machine.travel(later(days=1, hours=2, minutes=1), tick=False):  # a working day more: their lead
        sweep_kind(CALLS, at=timezone.now())
    assert DutyEscalation.objects.filter(
        clock__call=steps.helper(whistle), clock__step="sign", target=Target.HANDLER_LEAD
    ).exists()


def test_an_emergency_nobody_signs_for_reaches_the_district_in_half_an_hour(district, people):
    whistle = steps.put(steps.draft(district, people, kind=WhistleKind.EMERGENCY), S.ISSUED, people)
    with time_machine.travel(later(minutes=30), tick=False):
        sweep_kind(CALLS, at=timezone.now())
    told = DutyEscalation.objects.filter(clock__call=steps.lead(whistle), clock__step="sign").order_by("rung")
    assert [row.target for row in told] == [Target.LEVEL_UP, Target.DISTRICT]


def test_a_whistle_that_is_late_climbs_too(district, people):
    whistle = steps.put(steps.draft(district, people), S.CARRYING_OUT, people)
    with time_machine.travel(whistle.due_at + timedelta(minutes=1), tick=False):
        assert sweep_kind(WHISTLES, at=timezone.now()) == 2
        assert sweep_kind(WHISTLES, at=timezone.now()) == 0


# ---- what is checked, rated and looked at every month ----
def test_checking_and_rating_have_limits_and_what_is_late_climbs(district, people):
    whistle = steps.put(steps.draft(district, people), S.CLAIMED_DONE, people)

    def clock(step: str) -> DutyClock:
        return DutyClock.objects.filter(whistle=whistle, step=step).latest("pk")

    assert clock("check").due_at.date() == (timezone.now() + timedelta(days=3)).date()
    with time_machine.travel(later(days=4), tick=False):
        sweep_kind(WHISTLES, at=timezone.now())
        told = DutyEscalation.objects.filter(clock=clock("check"))
        assert Target.LEVEL_UP in told.values_list("target", flat=True)
        closing.check_whistle(whistle_id=whistle.pk, actor=people.community_lead, passed=False, note="路面没恢复")
        assert clock("check").state == ClockState.MISSED
        closing.claim_whistle(whistle_id=whistle.pk, actor=people.department_clerk, outcome="恢复了")
        steps.check(whistle, people)
        assert (clock("check").state, clock("rate").state) == (ClockState.MET, ClockState.RUNNING)
        steps.rate(whistle, people)
        assert clock("rate").state == ClockState.MET


def test_a_key_problem_is_looked_at_by_the_street_every_month(client, district, people):
    def as_(name):
        client.force_login(people.user(name))
        return client

    plain = steps.put(steps.draft(district, people), S.ISSUED, people)
    assert not DutyClock.objects.filter(whistle=plain, step="review").exists()
    whistle = steps.put(steps.draft(district, people, kind=WhistleKind.KEY_PROBLEM), S.CARRYING_OUT, people)
    first = DutyClock.objects.get(whistle=whistle, step="review")
    assert first.due_at == whistle.issued_at + timedelta(days=30)
    for actor, refusal in ((people.community_staff, NotAllowedError), (people.district_duty, NotAllowedError)):
        with pytest.raises(refusal):
            reviewing.look_at_whistle(whistle_id=whistle.pk, actor=actor, note="推进")
    with pytest.raises(RuleError):
        reviewing.look_at_whistle(whistle_id=plain.pk, actor=people.street_lead, note="推进")
    pages = [reverse("governance:whistle-detail", args=[whistle.number]), reverse("governance:whistle-list")]
    with time_machine.travel(later(days=31), tick=False):
        sweep_kind(WHISTLES, at=timezone.now())
        assert DutyEscalation.objects.filter(clock=first, target=Target.STREET).exists()
        assert all("每月调度已过期" in as_("street_lead").get(page).content.decode() for page in pages)
        assert ("每月调度", whistle.number) in [(line.small, line.number) for line in whistle_lines(people.street_lead)]
        answer = as_("street_lead").post(
            reverse("governance:whistle-look", args=[whistle.number]), {"note": "按月推进"}
        )
        assert answer.status_code == 303
        assert all("每月调度已过期" not in as_("street_lead").get(page).content.decode() for page in pages)
    later_one = DutyClock.objects.filter(whistle=whistle, step="review").latest("pk")
    first.refresh_from_db()
    assert (first.state, later_one.due_at - first.ended_at) == (ClockState.MISSED, timedelta(days=30))


def test_a_resolution_of_somewhere_else_is_no_task_of_this_whistle(district, people, client):
    ours, other = (steps.put(steps.draft(district, people), S.ARRIVED, people) for _n in range(2))
    for whistle in (ours, other):
        carrying_out.hold_meeting(
            whistle_id=whistle.pk, actor=people.community_staff, minutes="商定", resolved=["拆墙", " ", "公示"]
        )
    resolution = Whistle.objects.get(pk=other.pk).meeting.resolutions.first()
    with pytest.raises(RuleError):
        steps.give(ours, people, resolution_id=resolution.pk)
    task = steps.give(other, people, resolution_id=resolution.pk, title="")
    assert (task.title, task.resolution, task.whistle) == ("拆墙", resolution, other)
    meeting = Whistle.objects.get(pk=other.pk).meeting
    assert (meeting.chair_id, meeting.secretary_id) == (people.street_lead.user_id, people.community_staff.user_id)
    assert [line.presence for line in meeting.roll.all()] == ["present", "present"]
    waits = whistle_lines(people.street_lead)
    assert [w.small for w in waits if w.number == other.number] == ["确认现场会记录"]
    client.force_login(people.user("street_lead"))
    page = client.get(reverse("governance:whistle-detail", args=[other.number])).content.decode()
    main = page[page.index("mu-btn--main") :][:200]
    assert reverse("governance:meeting-confirm", args=[meeting.number]) in main, "first what the rest waits for"
    assert page.count("mu-btn--main") == 1
    with pytest.raises(NotAllowedError):  # whoever typed does not confirm
        confirm_minutes(meeting_id=meeting.pk, actor=people.community_staff)
    # ---- an emergency is written up in a few words, without a meeting
    emergency = steps.put(steps.draft(district, people, kind=WhistleKind.EMERGENCY), S.ARRIVED, people)
    steps.backfill(emergency, people)
    assert Whistle.objects.get(pk=emergency.pk).meeting is None
