"""Whistles: every step in every state, who may, disputes, clocks and ladder, what the residents read."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance.lifecycle import ISSUE_UNIT_CAME, ISSUE_WHISTLE_ENDED, ISSUE_WHISTLED, ClockState, Target
from governance.lifecycle.duties import DutyStep, WhistleKind
from governance.lifecycle.whistles import (
    WHISTLE_ESCALATED,
    WHISTLE_EVENTS,
    WHISTLE_FINAL,
    WHISTLE_FITS,
    WHISTLE_LOOKS,
    WHISTLE_MOVES,
    WHISTLE_STEPS,
    WhistleState,
    step_of,
    whistle_fits,
    whistle_moves,
)
from governance.models import Call, DutyClock, DutyEscalation, Task, TimelineEntry, Whistle, WhistleIssue, WhistleLine
from governance.selectors.waiting import whistle_lines
from governance.services import tasks
from governance.services.duties import sweep_kind
from governance.services.meetings.minutes import confirm_minutes
from governance.services.whistles import answering, carrying_out, closing, drafting, reviewing
from governance.services.whistles.ladder import CALLS, WHISTLES
from governance.services.whistles.links import give_link
from neighborhoods.actors import Level
from tests import whistle_steps as steps
from tests.factories import UnitFactory, make_post

pytestmark = pytest.mark.django_db
MONDAY = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)  # 9:00 in Yiyang
S = WhistleState
TABLES = (Whistle, WhistleLine, WhistleIssue, Call, Task, DutyClock, DutyEscalation, Event, OutboxMessage)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


def seen() -> list:
    return [list(model.objects.order_by("pk").values()) for model in TABLES]


def later(**delta) -> datetime:
    return timezone.now() + timedelta(**delta)


VERBS = {
    "edit": lambda w, d, p: drafting.edit_whistle(
        whistle_id=w.pk, actor=p.community_staff, draft=steps.draft_of(d, title="新题目")
    ),
    "review": lambda w, d, p: drafting.review_whistle(whistle_id=w.pk, actor=p.street_lead, rank="red"),
    "send-back": lambda w, d, p: drafting.send_back_whistle(whistle_id=w.pk, actor=p.street_lead, reason="补依据"),
    "issue": lambda w, d, p: drafting.issue_whistle(whistle_id=w.pk, actor=p.street_lead),
    "cancel": lambda w, d, p: drafting.cancel_whistle(whistle_id=w.pk, actor=p.community_staff, reason="已解决"),
    "sign": lambda w, d, p: answering.sign_call(call_id=steps.lead(w).pk, actor=p.department_clerk),
    "contact": lambda w, d, p: answering.contact_call(
        call_id=steps.lead(w).pk, actor=p.department_clerk, note="电话说过"
    ),
    "arrive": lambda w, d, p: answering.arrive_call(
        call_id=steps.lead(w).pk, actor=p.department_clerk, who="分管负责人"
    ),
    "report": lambda w, d, p: answering.report_call(
        call_id=steps.lead(w).pk, actor=p.department_clerk, result="认定为违建"
    ),
    "dispute": lambda w, d, p: answering.dispute_call(
        call_id=steps.lead(w).pk, actor=p.department_clerk, reason="不属本所", basis="权责清单"
    ),
    "rule": lambda w, d, p: answering.rule_call(
        call_id=steps.lead(w).pk, actor=p.street_lead, stays=True, ruling="由你单位牵头"
    ),
    "absent": lambda w, d, p: answering.mark_absent(
        call_id=steps.helper(w).pk, actor=p.community_staff, note="到点没来"
    ),
    "nudge": lambda w, d, p: answering.nudge_whistle(whistle_id=w.pk, actor=p.community_staff),
    "add-unit": lambda w, d, p: answering.add_unit(whistle_id=w.pk, actor=p.community_staff, unit=UnitFactory()),
    "meeting-time": lambda w, d, p: carrying_out.move_meeting(
        whistle_id=w.pk, actor=p.community_staff, meeting_at=later(hours=5), meeting_place="", reason="下雨"
    ),
    "meet": lambda w, d, p: carrying_out.hold_meeting(whistle_id=w.pk, actor=p.community_staff, minutes="七天内拆除"),
    "resolve": lambda w, d, p: steps.give(w, p),
    "backfill": lambda w, d, p: steps.backfill(w, p),
    "claim": lambda w, d, p: closing.claim_whistle(whistle_id=w.pk, actor=p.department_clerk, outcome="拆了"),
    "check": lambda w, d, p: closing.check_whistle(whistle_id=w.pk, actor=p.community_lead, passed=True),
    "rate": lambda w, d, p: closing.rate_call(
        call_id=steps.lead(w).pk, actor=p.community_staff, turn_up=5, handling=5, solved=5
    ),
    "close": lambda w, d, p: closing.close_whistle(whistle_id=w.pk, actor=p.community_staff, reply="已拆除"),
    "look": lambda w, d, p: reviewing.look_at_whistle(whistle_id=w.pk, actor=p.street_lead, note="按月推进"),
    "raise": lambda w, d, p: carrying_out.raise_whistle(whistle_id=w.pk, actor=p.street_lead, reason="跨街道"),
}
# A state in which each step does its work on the ordinary way; elsewhere it may fit and still be refused by a rule.
WORKS = {
    "edit": S.DRAFT,
    "review": S.DRAFT,
    "send-back": S.REVIEWED,
    "issue": S.REVIEWED,
    "cancel": S.REVIEWED,
    "sign": S.ISSUED,
    "contact": S.ACKNOWLEDGED,
    "arrive": S.ACKNOWLEDGED,
    "report": S.CARRYING_OUT,
    "dispute": S.ISSUED,
    "nudge": S.ISSUED,
    "add-unit": S.ACKNOWLEDGED,
    "meeting-time": S.ARRIVED,
    "meet": S.ARRIVED,
    "resolve": S.MEETING_HELD,
    "check": S.CLAIMED_DONE,
    "rate": S.CHECKED,
    "close": S.RATED,
    "raise": S.CARRYING_OUT,
}
NEEDS_MORE = {"rule", "absent", "backfill", "claim", "look"}  # tried below, each with what it needs


def test_the_tables_are_whole():
    assert set(WHISTLE_MOVES) == set(WHISTLE_LOOKS) == set(S)
    assert all(not WHISTLE_MOVES[state] for state in WHISTLE_FINAL)
    assert set(WHISTLE_STEPS) == set(WhistleKind)
    assert set(VERBS) == set(WHISTLE_FITS) == {*WORKS, *NEEDS_MORE}
    assert all(name.startswith("whistle.") for name in WHISTLE_EVENTS)
    assert [step_of(state) for state in S][-2] == "carry_out"


def test_no_step_is_skipped_except_in_an_emergency():
    order = [S.DRAFT, S.REVIEWED, *(state for state, _step in steps.PATH)]
    for kind in WhistleKind:
        for place, state in enumerate(order):
            for goal in whistle_moves(kind, state) - {S.CANCELLED}:
                jump = order.index(goal) - place
                assert jump <= 1 or (kind == WhistleKind.EMERGENCY and jump == 2), (kind, state, goal)


class _UndoneError(Exception):
    pass


# an emergency goes to work without a meeting
STATES = [(WhistleKind.ENFORCEMENT, state) for state in S]
STATES += [(WhistleKind.EMERGENCY, state) for state in S if state != S.MEETING_HELD]


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_every_step_in_every_state(district, people, kind, state):
    whistle = steps.put(steps.draft(district, people, kind=kind), state, people)
    assert whistle.state == state
    before = seen()
    for verb, attempt in VERBS.items():
        try:
            with transaction.atomic():
                attempt(whistle, district, people)
                assert WhistleLine.objects.count() > len(before[1])
                assert Event.objects.filter(name__startswith="whistle.").count() >= 2
                raise _UndoneError
        except _UndoneError:
            assert whistle_fits(verb, kind, state), verb
        except (RuleError, NotAllowedError):
            assert kind == WhistleKind.EMERGENCY or WORKS.get(verb) != state, verb
        assert seen() == before, verb


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
