"""Clocks: due times, pauses, raised and lowered urgency, and what a second dispatch or a reopening does to them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from core.calendar import CHINA
from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.lifecycle import ISSUE_PAUSED, ISSUE_RESUMED, NOT_ENDED, ClockState, Step, Urgency
from governance.models import Clock, ClockPause, Issue
from governance.selectors.extension_figures import pause_figures
from governance.services import dispatch, handling, pauses
from governance.services.dispatch import Goal
from governance.services.sweep import sweep_clocks
from tests.factories import make_issue

pytestmark = pytest.mark.django_db
MONDAY = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)  # 09:00 in Ziyang


def local(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2023, month, day, hour, minute, tzinfo=CHINA)


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def issue(district, people):
    with at(MONDAY):
        issue = make_issue(district.building)
        dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
    return issue


def clock(step: Step = Step.DONE) -> Clock:
    return Clock.objects.get(step=step, state__in=NOT_ENDED)


def test_due_counts_from_the_dispatch_in_working_days(issue):
    assert clock().due_at == local(6, 12, 17, 30)  # five working days after Monday
    assert clock(Step.CONTACT).due_at == local(6, 6, 9)
    assert Issue.objects.get().due_at == local(6, 6, 9)


def test_second_dispatch_asks_for_a_new_signature_only(issue, people, district):
    before = clock().due_at
    with at(MONDAY + timedelta(hours=3)):
        dispatch.dispatch_issue(
            issue_id=issue.pk,
            actor=people.community_staff,
            goal=Goal(unit=district.lighting),
            note="归照明所",
            again=True,
        )
    assert clock().due_at == before
    assert clock(Step.SIGN).started_at == MONDAY + timedelta(hours=3)


def test_recalling_a_case_needs_a_reason(issue, people, district):
    with at(MONDAY), pytest.raises(RuleError) as refused:
        dispatch.dispatch_issue(
            issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting), again=True
        )
    assert refused.value.field == "note"


def test_return_comes_too_late_after_a_working_day(issue, people):
    arguments = {"issue_id": issue.pk, "actor": people.grid_worker, "reason": "不归我们", "basis": "职责清单"}
    with at(local(6, 6, 17, 31)), pytest.raises(RuleError):
        dispatch.return_issue(**arguments)
    with at(local(6, 6, 17, 30)):
        dispatch.return_issue(**arguments)


# ---- pauses ----
def ask(people, issue, days=2):
    pauses.ask_pause(
        issue_id=issue.pk, actor=people.grid_worker, reason="weather", ends_at=MONDAY + timedelta(days=days)
    )


def test_pause_shifts_what_is_due_and_goes_on_by_itself(issue, people):
    with at(MONDAY):
        ask(people, issue)
        pauses.pause_clock(issue_id=issue.pk, actor=people.community_staff)
    paused = clock()
    assert (paused.state, paused.due_at) == (ClockState.PAUSED, local(6, 14, 17, 30))
    assert paused.paused_seconds == 2 * 9 * 3600
    assert paused.next_rung_at > MONDAY + timedelta(days=2)
    assert Event.objects.filter(name=ISSUE_PAUSED).count() == 1
    assert sweep_clocks(at=MONDAY + timedelta(days=1, hours=23)) == 4  # only the first contact's
    assert pauses.resume_ended(at=MONDAY + timedelta(days=2, seconds=-1)) == 0
    assert pauses.resume_ended(at=MONDAY + timedelta(days=2)) == 1
    assert pauses.resume_ended(at=MONDAY + timedelta(days=2)) == 0
    going = clock()
    assert (going.state, going.due_at) == (ClockState.RUNNING, local(6, 14, 17, 30))
    # ---- what did not count is reported, to whoever sees the place, until the window has passed
    [stood] = pause_figures(people.street_lead, MONDAY + timedelta(days=5))
    assert (stood.pauses, stood.cases, stood.days, stood.open) == (1, 1, 2.0, 0)
    assert pause_figures(people.street_lead, MONDAY + timedelta(hours=12))[0].days == 0.5
    assert not pause_figures(people.outsider, MONDAY + timedelta(days=5))
    assert not pause_figures(people.street_lead, MONDAY + timedelta(days=91))
    assert Event.objects.filter(name=ISSUE_RESUMED).count() == 1


def test_rungs_after_a_pause_leave_the_pause_out(issue, people):
    with at(MONDAY):
        assert clock().next_rung_at == local(6, 8, 8, 45)  # half of 53.5 office hours
        ask(people, issue)
        pauses.pause_clock(issue_id=issue.pk, actor=people.community_staff)
    pauses.resume_ended(at=MONDAY + timedelta(days=2))
    assert clock().next_rung_at == local(6, 12, 8, 45)  # two working days later
    sweep_clocks(at=clock().next_rung_at)
    assert clock().next_rung == 2
    assert clock().next_rung_at == local(6, 13, 15, 48)  # 80 % of 53.5, after the 18 that did not count


def test_going_on_early_gives_back_what_did_not_pass(issue, people):
    with at(MONDAY):
        before = (clock().due_at, clock().next_rung_at)
        ask(people, issue, days=10)
        pauses.pause_clock(issue_id=issue.pk, actor=people.community_staff)
        pauses.resume_clock(issue_id=issue.pk, actor=people.grid_worker)
    assert (clock().due_at, clock().next_rung_at) == before
    assert (clock().paused_seconds, ClockPause.objects.get().is_over) == (0, True)


def test_whoever_asked_does_not_agree(issue, people):
    staff = people.community_staff
    with at(MONDAY):
        own = Goal(area=issue_area(issue))
        dispatch.dispatch_issue(issue_id=issue.pk, actor=staff, goal=own, note="社区自办", again=True)
        dispatch.sign_issue(issue_id=issue.pk, actor=staff)
        pauses.ask_pause(issue_id=issue.pk, actor=staff, reason="legal_notice", ends_at=MONDAY + timedelta(days=2))
        with pytest.raises(NotAllowedError):
            pauses.pause_clock(issue_id=issue.pk, actor=staff)
        assert clock().state == ClockState.RUNNING
        pauses.pause_clock(issue_id=issue.pk, actor=people.community_lead)
    assert clock().state == ClockState.PAUSED


def issue_area(issue):
    from neighborhoods.models import Area

    return Area.objects.get(pk=issue.community_id)


@pytest.mark.parametrize(("reason", "days"), [("mood", 2), ("weather", 31), ("weather", 0)])
def test_pause_needs_a_listed_reason_and_an_end(issue, people, reason, days):
    with at(MONDAY), pytest.raises(RuleError):
        pauses.ask_pause(
            issue_id=issue.pk, actor=people.grid_worker, reason=reason, ends_at=MONDAY + timedelta(days=days)
        )
    assert not ClockPause.objects.exists()


def test_refused_pause_leaves_the_clock_and_may_be_asked_again(issue, people):
    with at(MONDAY):
        before = clock().due_at
        ask(people, issue)
        with pytest.raises(RuleError):
            ask(people, issue)
        pauses.refuse_pause(issue_id=issue.pk, actor=people.community_staff, reason="天气晴好")
        ask(people, issue)
    assert (clock().due_at, clock().state) == (before, ClockState.RUNNING)


def test_reply_during_a_pause_ends_clock_and_pause(issue, people):
    with at(MONDAY):
        ask(people, issue)
        pauses.pause_clock(issue_id=issue.pk, actor=people.community_staff)
        handling.log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
        handling.reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头")
    assert Clock.objects.get(step=Step.DONE).state == ClockState.MET
    assert pauses.resume_ended(at=MONDAY + timedelta(days=9)) == 0
    assert ClockPause.objects.get().is_over


# ---- urgency ----
def change(people, issue, urgency, reason=""):
    handling.change_urgency(issue_id=issue.pk, actor=people.community_staff, urgency=urgency, reason=reason)


def test_raised_urgency_counts_from_now_but_never_ends_later(issue, people):
    with at(MONDAY + timedelta(days=1)):
        change(people, issue, Urgency.URGENT)
    assert clock().due_at == MONDAY + timedelta(days=2)
    assert clock(Step.CONTACT).due_at == MONDAY + timedelta(days=1)  # was due at this very moment, and stays so
    with at(local(6, 12, 17)):
        change(people, issue, Urgency.ORDINARY, reason="现场已控制")
    assert clock().due_at == local(6, 13, 17, 30)


def test_lowering_needs_a_reason(issue, people):
    with at(MONDAY), pytest.raises(RuleError) as refused:
        change(people, issue, Urgency.SUGGESTION)
    assert refused.value.field == "reason"


def test_overdue_clock_ends_late_when_the_urgency_is_raised(issue, people):
    with at(MONDAY + timedelta(days=2)):
        change(people, issue, Urgency.CRITICAL)
    assert (
        Clock.objects.filter(step=Step.CONTACT).values_list("state", flat=True).order_by("pk")[0] == ClockState.MISSED
    )
    assert clock(Step.CONTACT).due_at == MONDAY + timedelta(days=2, minutes=15)
    assert Clock.objects.filter(step=Step.DONE).order_by("pk").first().state == ClockState.VOID


def test_paused_clock_is_not_lost_when_the_urgency_changes(issue, people):
    with at(MONDAY):
        ask(people, issue)
        pauses.pause_clock(issue_id=issue.pk, actor=people.community_staff)
        with pytest.raises(RuleError):
            change(people, issue, Urgency.URGENT)
    assert clock().state == ClockState.PAUSED


def test_inquiry_that_becomes_a_request_gets_a_first_contact(district, people):
    with at(MONDAY):
        issue = make_issue(district.building)
        change(people, issue, Urgency.INQUIRY, reason="只是咨询")
        dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
        assert not Clock.objects.filter(step=Step.CONTACT).exists()
        change(people, issue, Urgency.ORDINARY)
    assert clock(Step.CONTACT).due_at == MONDAY + timedelta(days=1)


def test_limit_that_both_share_runs_on(district, people):
    with at(MONDAY):
        issue = make_issue(district.building)
        before = clock(Step.ACCEPT)
        change(people, issue, Urgency.COMPLEX, reason="涉及多家单位")
    assert clock(Step.ACCEPT).pk == before.pk
