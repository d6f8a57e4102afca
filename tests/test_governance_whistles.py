"""Whistles: who may, what must be there, disputes, what the residents read."""

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from governance.lifecycle import ISSUE_UNIT_CAME, ISSUE_WHISTLE_ENDED, ISSUE_WHISTLED, ClockState
from governance.lifecycle.duties import DutyStep, WhistleKind
from governance.lifecycle.whistles import (
    WhistleState,
)
from governance.models import Call, DutyClock, TimelineEntry, Whistle, WhistleIssue
from governance.selectors.waiting import whistle_lines
from governance.services import tasks
from governance.services.whistles import answering, carrying_out, closing, drafting, reviewing
from governance.services.whistles.links import give_link
from notifications.models import Notice
from notifications.routing import ROUTES
from notifications.services.relay import relay_batch
from tests import whistle_steps as steps
from tests.factories import UnitFactory, make_post
from tests.whistle_verbs import VERBS, later

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
S = WhistleState


# ---- who may ----
@pytest.mark.parametrize("verb", ["review", "issue"])
def test_only_the_streets_principal_signs(district, people, verb):
    whistle = steps.put(steps.draft(district, people), S.DRAFT if verb == "review" else S.REVIEWED, people)
    call = {"review": lambda who: drafting.review_whistle(whistle_id=whistle.pk, actor=who, rank="blue")}
    call["issue"] = lambda who: drafting.issue_whistle(whistle_id=whistle.pk, actor=who)
    for name in ("community_staff", "community_lead", "street_officer", "far_officer", "department_clerk", "resident"):
        with pytest.raises(NotAllowedError):
            call[verb](getattr(people, name))
    call[verb](people.street_lead)


def test_the_principal_reviews_no_draft_of_their_own(district, people):
    own = drafting.draft_whistle(actor=people.street_lead, area=district.building, draft=steps.draft_of(district))
    with pytest.raises(NotAllowedError):
        drafting.review_whistle(whistle_id=own.pk, actor=people.street_lead, rank="blue")


def test_others_do_nothing(district, people):
    with pytest.raises(NotAllowedError):
        drafting.draft_whistle(actor=people.outsider, area=district.building, draft=steps.draft_of(district))
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    for who in (people.other_clerk, people.community_staff, people.street_lead, people.resident):
        with pytest.raises(NotAllowedError):
            answering.sign_call(call_id=steps.lead(whistle).pk, actor=who)
    with pytest.raises(NotAllowedError):
        carrying_out.raise_whistle(whistle_id=whistle.pk, actor=people.community_staff, reason="x")
    with pytest.raises(NotAllowedError):
        give_link(call_id=steps.lead(whistle).pk, actor=people.outsider)


def test_units_neither_check_nor_rate(district, people):
    whistle = steps.put(steps.draft(district, people), S.CLAIMED_DONE, people)
    both = make_post("community_staff", area=district.community).user  # works for the community, and for a unit
    make_post("unit_clerk", unit=district.drainage, user=both)
    from neighborhoods.selectors.actors import actor_for

    for who in (people.department_clerk, actor_for(both), people.outsider):
        with pytest.raises(NotAllowedError):
            closing.check_whistle(whistle_id=whistle.pk, actor=who, passed=True)
    steps.check(whistle, people)
    for who in (people.department_clerk, people.other_clerk, actor_for(both), people.far_officer):
        with pytest.raises(NotAllowedError):
            closing.rate_call(call_id=steps.helper(whistle).pk, actor=who, turn_up=5, handling=5, solved=5)


# ---- what must be there ----
@pytest.mark.parametrize(
    ("fields", "field"), [({"title": " "}, "title"), ({"problem": ""}, "problem"), ({"why": ""}, "why")]
)
def test_half_a_draft_is_refused(district, people, fields, field):
    with pytest.raises(RuleError) as refusal:
        steps.draft(district, people, **fields)
    assert refusal.value.field == field
    assert not Whistle.objects.exists()


def test_two_leads_are_refused_by_the_database(district, people):
    whistle = steps.draft(district, people)
    with pytest.raises(RuleError):
        steps.draft(district, people, helpers=(district.lighting,))
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(whistle=whistle).update(is_lead=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.create(whistle=whistle, unit=UnitFactory(), is_lead=True)
    assert Call.objects.filter(whistle=whistle, is_lead=True).count() == 1


def test_without_duty_or_plan_it_is_not_reviewed(district, people):
    whistle = steps.draft(district, people, plan="")
    with pytest.raises(RuleError):
        drafting.review_whistle(whistle_id=whistle.pk, actor=people.street_lead, rank="blue")


@pytest.mark.parametrize("hours", [0, -1, 24 * 8])
def test_units_meet_soon_and_not_in_the_past(district, people, hours):
    whistle = steps.put(steps.draft(district, people, meeting_at=later(hours=hours)), S.REVIEWED, people)
    with pytest.raises(RuleError) as refusal:
        drafting.issue_whistle(whistle_id=whistle.pk, actor=people.street_lead)
    assert refusal.value.field == "meeting_at"
    drafting.issue_whistle(whistle_id=whistle.pk, actor=people.street_lead, meeting_at=later(hours=4))
    assert Call.objects.filter(arrive_due=later(hours=4)).count() == 2


def test_one_open_whistle_for_a_case_and_only_of_this_street(district, people):
    mine = steps.accepted_issue(district, people)
    steps.draft(district, people, issue_ids=(mine.pk,))
    with pytest.raises(RuleError) as refusal:
        steps.draft(district, people, issue_ids=(mine.pk,))
    assert refusal.value.field == "issues"
    from tests.factories import make_issue

    fresh = make_issue(district.other_building)
    with pytest.raises(RuleError):
        steps.draft(district, people, issue_ids=(fresh.pk,))  # nobody has accepted it yet
    with pytest.raises(NotAllowedError):
        steps.draft(district, people, issue_ids=(make_issue(district.far_building).pk,))


def test_only_a_key_problem_has_a_plan_of_its_own_length(district, people):
    long = later(days=60)
    enforcement = steps.put(steps.draft(district, people, wanted_by=long), S.REVIEWED, people)
    with pytest.raises(RuleError) as refusal:
        drafting.issue_whistle(whistle_id=enforcement.pk, actor=people.street_lead)
    assert refusal.value.field == "wanted_by"
    key = steps.put(steps.draft(district, people, kind=WhistleKind.KEY_PROBLEM, wanted_by=long), S.ISSUED, people)
    assert key.due_at == long


# ---- the way ----
def test_residents_read_who_was_called_who_came_and_how_it_ended(district, people):
    first, second = (
        steps.accepted_issue(district, people, area=a) for a in (district.building, district.other_building)
    )
    whistle = steps.draft(district, people, area=district.grid, issue_ids=(first.pk, second.pk), reason="同一堵墙")
    steps.put(whistle, S.CLOSED, people)
    for issue in (first, second):
        lines = TimelineEntry.objects.filter(
            issue=issue, kind__in=[ISSUE_WHISTLED, ISSUE_UNIT_CAME, ISSUE_WHISTLE_ENDED]
        )
        told = list(lines.order_by("pk").values_list("kind", "text", "unit__short_name"))
        assert told == [
            (ISSUE_WHISTLED, "市政照明所、排水公司", None),
            (ISSUE_UNIT_CAME, "", "市政照明所"),
            (ISSUE_UNIT_CAME, "", "排水公司"),
            (ISSUE_WHISTLE_ENDED, "墙已拆除，消防车能进了", None),
        ]
    assert WhistleIssue.objects.get(issue=second).reason == "同一堵墙"


def test_the_last_to_sign_and_the_last_to_come_move_it_on(district, people):
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    answering.sign_call(call_id=steps.lead(whistle).pk, actor=people.department_clerk)
    assert Whistle.objects.get().state == S.ISSUED
    answering.arrive_call(call_id=steps.helper(whistle).pk, actor=people.other_clerk, who="科长")  # without signing
    assert Whistle.objects.get().state == S.ACKNOWLEDGED
    assert steps.helper(whistle).signed_at == timezone.now()
    answering.arrive_call(call_id=steps.lead(whistle).pk, actor=people.department_clerk, who="局长")
    assert Whistle.objects.get().state == S.ARRIVED
    with pytest.raises(RuleError):
        answering.arrive_call(call_id=steps.lead(whistle).pk, actor=people.department_clerk, who="局长")


def test_a_unit_that_does_not_come_is_not_waited_for(district, people):
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    answering.arrive_call(call_id=steps.lead(whistle).pk, actor=people.department_clerk, who="局长")
    with pytest.raises(RuleError):
        answering.mark_absent(call_id=steps.helper(whistle).pk, actor=people.community_staff, note="")
    with time_machine.travel(later(hours=4), tick=False):
        answering.mark_absent(call_id=steps.helper(whistle).pk, actor=people.community_staff, note="没来")
        assert Whistle.objects.get().state == S.ARRIVED
        late = steps.helper(whistle)
        answering.arrive_call(call_id=late.pk, actor=people.other_clerk, who="科长")
    late.refresh_from_db()
    assert late.arrived_at
    assert not late.came_in_time
    assert steps.lead(whistle).came_in_time


def test_without_the_lead_there_is_no_meeting_unless_the_district_knows(district, people):
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    answering.arrive_call(call_id=steps.helper(whistle).pk, actor=people.other_clerk, who="科长")
    with time_machine.travel(later(hours=4), tick=False):
        with pytest.raises(RuleError):
            answering.mark_absent(call_id=steps.lead(whistle).pk, actor=people.community_staff, note="")
        carrying_out.raise_whistle(whistle_id=whistle.pk, actor=people.street_lead, reason="主办不来")
        answering.mark_absent(call_id=steps.lead(whistle).pk, actor=people.community_staff, note="")
        carrying_out.hold_meeting(whistle_id=whistle.pk, actor=people.community_staff, minutes="区里协调")
        with pytest.raises(NotAllowedError):
            carrying_out.raise_whistle(whistle_id=whistle.pk, actor=people.street_lead, reason="再报")


def test_a_dispute_is_ruled_once_and_binds(district, people):
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    call = steps.lead(whistle)
    with pytest.raises(RuleError):
        answering.dispute_call(call_id=call.pk, actor=people.department_clerk, reason="不是我们的", basis=" ")
    VERBS["dispute"](whistle, district, people)
    assert DutyClock.objects.get(call=call, step=DutyStep.RULING).state == ClockState.RUNNING
    with pytest.raises(NotAllowedError):
        answering.rule_call(call_id=call.pk, actor=people.community_lead, stays=True, ruling="牵头")
    VERBS["rule"](whistle, district, people)
    for again in ("dispute", "rule"):
        with pytest.raises((RuleError, NotAllowedError)):
            VERBS[again](whistle, district, people)


def test_a_released_lead_leaves_another_one(district, people):
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    call, other = steps.lead(whistle), steps.helper(whistle)
    VERBS["dispute"](whistle, district, people)
    answering.sign_call(call_id=other.pk, actor=people.other_clerk)
    with pytest.raises(RuleError) as refusal:
        answering.rule_call(call_id=call.pk, actor=people.street_lead, stays=False, ruling="不属其职责")
    assert refusal.value.field == "new_lead_id"
    answering.rule_call(
        call_id=call.pk, actor=people.district_duty, stays=False, ruling="不属其职责", new_lead_id=other.pk
    )
    assert list(Call.objects.filter(is_lead=True, released_at=None)) == [other]
    assert Whistle.objects.get().state == S.ACKNOWLEDGED  # nobody else was waited for
    with pytest.raises(NotAllowedError):
        answering.sign_call(call_id=call.pk, actor=people.department_clerk)
    assert not DutyClock.objects.filter(call=call, state=ClockState.RUNNING).exists()


def test_nobody_is_left_when_the_only_unit_is_released(district, people):
    whistle = steps.draft(district, people, helpers=())
    steps.issue(whistle, people)
    VERBS["dispute"](whistle, district, people)
    with pytest.raises(RuleError):
        answering.rule_call(call_id=steps.lead(whistle).pk, actor=people.street_lead, stays=False, ruling="算了")
    assert steps.lead(whistle).is_disputed


def test_tasks_are_done_before_it_is_said_and_checked_before_it_is_agreed(district, people):
    whistle = steps.put(steps.draft(district, people), S.CARRYING_OUT, people)
    with pytest.raises(RuleError):
        VERBS["claim"](whistle, district, people)
    task = whistle.tasks.get()
    assert (task.holder_unit, task.due_at) == (district.lighting, later(days=4))
    tasks.claim_task(task_id=task.pk, actor=people.department_clerk, result="拆了")
    with pytest.raises(NotAllowedError):
        closing.claim_whistle(whistle_id=whistle.pk, actor=people.other_clerk, outcome="拆了")
    VERBS["claim"](whistle, district, people)
    with pytest.raises(RuleError):
        steps.check(whistle, people)
    tasks.check_task(task_id=task.pk, actor=people.community_staff, passed=True)
    steps.check(whistle, people)


def test_what_is_missing_goes_back_to_work(district, people):
    whistle = steps.put(steps.draft(district, people), S.CLAIMED_DONE, people)
    with pytest.raises(RuleError):
        closing.check_whistle(whistle_id=whistle.pk, actor=people.community_lead, passed=False)
    closing.check_whistle(whistle_id=whistle.pk, actor=people.community_lead, passed=False, note="路面没恢复")
    whistle.refresh_from_db()
    assert (whistle.state, whistle.claimed_by_id) == (S.CARRYING_OUT, None)
    assert DutyClock.objects.get(whistle=whistle, step=DutyStep.DONE, state=ClockState.RUNNING).due_at == whistle.due_at


def test_tasks_go_to_units_that_were_called(district, people):
    whistle = steps.put(steps.draft(district, people), S.MEETING_HELD, people)
    with pytest.raises(RuleError) as refusal:
        steps.give(whistle, people, unit=UnitFactory())
    assert refusal.value.field == "unit"
    own = steps.give(whistle, people, unit=None, title="贴告示")
    assert own.holder_unit is None
    assert own.whistle == whistle


def test_an_emergency_is_flagged_until_it_is_written_up(district, people):
    whistle = steps.draft(district, people, kind=WhistleKind.EMERGENCY, plan="", basis="")
    steps.put(whistle, S.RATED, people)
    whistle.refresh_from_db()
    assert whistle.is_backfill_due
    assert DutyClock.objects.get(whistle=whistle, step=DutyStep.BACKFILL).state == ClockState.RUNNING
    with pytest.raises(RuleError):
        VERBS["close"](whistle, district, people)
    with pytest.raises(IntegrityError), transaction.atomic():
        Whistle.objects.filter(pk=whistle.pk).update(state=S.CLOSED, closed_at=timezone.now(), reply="好了")
    with pytest.raises(RuleError):
        carrying_out.backfill_whistle(whistle_id=whistle.pk, actor=people.community_staff, plan="", minutes="商定")
    steps.backfill(whistle, people)
    assert DutyClock.objects.get(whistle=whistle, step=DutyStep.BACKFILL).state == ClockState.MET
    VERBS["close"](whistle, district, people)


def test_no_close_without_words_for_the_residents(district, people):
    whistle = steps.put(steps.draft(district, people), S.RATED, people)
    with pytest.raises(RuleError) as refusal:
        closing.close_whistle(whistle_id=whistle.pk, actor=people.community_staff, reply=" ")
    assert refusal.value.field == "reply"
    assert not DutyClock.objects.filter(call__whistle=whistle, state=ClockState.RUNNING).exists()


def test_reminding_every_hour_is_refused(district, people):
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    VERBS["nudge"](whistle, district, people)
    with pytest.raises(RuleError):
        VERBS["nudge"](whistle, district, people)
    with time_machine.travel(later(hours=5), tick=False):
        VERBS["nudge"](whistle, district, people)


def test_what_was_raised_waits_for_the_district_until_it_answers(client, district, people):
    plain, whistle = (steps.put(steps.draft(district, people), S.ISSUED, people) for _n in range(2))
    duty = people.district_duty
    carrying_out.raise_whistle(whistle_id=whistle.pk, actor=people.street_lead, reason="跨街道")
    with pytest.raises(NotAllowedError):
        reviewing.instruct_whistle(whistle_id=plain.pk, actor=duty, note="区里统筹")
    with pytest.raises(NotAllowedError):
        reviewing.instruct_whistle(whistle_id=whistle.pk, actor=people.street_lead, note="区里统筹")
    assert [line.number for line in whistle_lines(duty)] == [whistle.number]
    client.force_login(people.user("district_duty"))
    assert "回复上报事项" in client.get("/desk/").content.decode()
    with pytest.raises(RuleError) as refusal:
        reviewing.instruct_whistle(whistle_id=whistle.pk, actor=duty, note=" ")
    assert refusal.value.field == "note"
    url = reverse("governance:whistle-instruct", args=[whistle.number])
    assert client.post(url, {"note": "区里协调交警，本周三到场"}).status_code == 303
    assert whistle_lines(duty) == []
    assert "区里协调交警" in client.get(f"/desk/whistles/{whistle.number}/").content.decode()
    while relay_batch(at=timezone.now(), routes=ROUTES):
        pass
    told = Notice.objects.filter(text="whistle_instructed").values_list("user_id", flat=True)
    assert people.street_lead.user_id in told
