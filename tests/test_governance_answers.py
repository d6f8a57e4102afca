"""After the reply: the resident's word, the call-back, reopening, and who may not do two of these."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.lifecycle import ISSUE_ANSWERED, ISSUE_CLOSED, State, Step
from governance.lifecycle.asking import Asked
from governance.models import Callback, Clock, Contact, Dispatch, Issue
from governance.services import answers, callbacks, dispatch, handling
from governance.services.dispatch import Goal
from neighborhoods.actors import SYSTEM
from neighborhoods.services.areas import move_area
from tests.factories import make_issue

pytestmark = pytest.mark.django_db
MONDAY = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def issue(district, people):
    with at(MONDAY):
        issue = make_issue(district.building)
        dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
        handling.log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
        handling.reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头")
    return issue


def solved(issue, **changes):
    return answers.answer_issue(issue_id=issue.pk, **{"solved": True, "satisfaction": 5, "words": "", **changes})


def call(people, issue, outcome=Callback.Outcome.UNREACHED, who="callback_agent"):
    return answers.record_callback(
        issue_id=issue.pk, actor=getattr(people, who), outcome=outcome, satisfaction=None, words=""
    )


def test_reply_needs_a_talk_or_three_attempts(district, people):
    with at(MONDAY):
        issue = make_issue(district.building)
        dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
        for _attempt in range(3):
            with pytest.raises(RuleError):
                handling.reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头")
            handling.log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=False, note="")
        handling.reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头")
    assert Issue.objects.get().state == State.REPLIED


@pytest.mark.parametrize("fields", [{"phone": "", "name": ""}, {"hide_requester": True}])
def test_reply_without_a_talk_where_there_is_nobody_to_call(district, people, fields):
    issue = make_issue(district.building, **fields)
    dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
    handling.reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头")
    assert Issue.objects.get().state == State.REPLIED


def test_answer_sent_twice_counts_once(issue):
    with at(MONDAY):
        solved(issue)
        solved(issue)
        assert Event.objects.filter(name=ISSUE_CLOSED).count() == Callback.objects.count() == 1
        with pytest.raises(RuleError):
            solved(issue, solved=False, words="还不亮")


def test_not_solved_sent_twice_is_decided_once(issue, people):
    with at(MONDAY):
        solved(issue, solved=False, words="还不亮")
        solved(issue, solved=False, words="还不亮")
        asked = Issue.objects.get()
        assert (asked.state, asked.asked, asked.asked_by_id) == (State.CALLBACK, Asked.REOPEN, None)
        assert Callback.objects.count() == Event.objects.filter(name=ISSUE_ANSWERED).count() == 1
        assert Clock.objects.get(ended_at=None).step == Step.RULING
        for who in ("grid_worker", "outsider", "callback_agent"):  # replied; elsewhere; asks and does not decide
            with pytest.raises(NotAllowedError):
                answers.reopen_issue(issue_id=issue.pk, actor=getattr(people, who), reason="去看看")
        answers.reopen_issue(issue_id=issue.pk, actor=people.community_staff, reason="去看看")
    assert (Issue.objects.get().state, Issue.objects.get().reopened_count) == (State.DISPATCHED, 1)


@pytest.mark.parametrize("satisfaction", [0, 6, -1])
def test_satisfaction_is_one_to_five(issue, satisfaction):
    with pytest.raises(RuleError):
        solved(issue, satisfaction=satisfaction)
    assert not Callback.objects.exists()


def test_handler_checker_and_agent_are_three_people(issue, people):
    with pytest.raises(NotAllowedError):
        handling.check_issue(issue_id=issue.pk, actor=people.grid_worker, passed=True)
    handling.check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True)
    for who in ("grid_worker", "community_staff"):
        with pytest.raises(NotAllowedError):
            call(people, issue, who=who)
    call(people, issue)
    row = Issue.objects.filter(pk=issue.pk)
    for pair in ({"checked_by_id": people.grid_worker.user_id}, {"called_back_by_id": people.community_staff.user_id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**pair)


def test_three_tries_on_two_days_are_enough_to_explain(issue, people):
    explain = {"issue_id": issue.pk, "actor": people.community_staff, "explanation": "属于公共维修资金范围"}
    with at(MONDAY + timedelta(hours=1)):
        for _try in range(3):
            call(people, issue)
        with pytest.raises(RuleError):
            answers.explain_issue(**explain)
    with at(MONDAY + timedelta(days=1)):
        call(people, issue)
        answers.explain_issue(**explain)
    assert Issue.objects.get().state == State.CLOSED_EXPLAINED


def test_reopening_by_link_ends_with_the_fifteenth_day(issue):
    with at(MONDAY):
        solved(issue)
    with at(MONDAY + timedelta(days=15, seconds=1)), pytest.raises(RuleError):
        answers.reopen_issue(issue_id=issue.pk, actor=answers.NOBODY, reason="又坏了")
    with at(MONDAY + timedelta(days=15)):
        answers.reopen_issue(issue_id=issue.pk, actor=answers.NOBODY, reason="又坏了")
    reopened = Issue.objects.get()
    assert (reopened.state, reopened.closed_at, reopened.follow_expires_at) == (State.DISPATCHED, None, None)
    assert Dispatch.objects.filter(ended_at=None).count() == 1
    assert Clock.objects.filter(ended_at=None).count() == 3


def test_case_reopens_under_the_tree_of_today(issue, district, people):
    with at(MONDAY):
        solved(issue)
    Contact.objects.update(hidden_at=MONDAY)
    move_area(area_id=district.grid.pk, new_parent_id=district.other_community.pk, actor=SYSTEM)
    assert Issue.objects.get().community_id == district.community.pk  # closed facts keep their day
    answers.reopen_issue(issue_id=issue.pk, actor=people.street_officer, reason="又坏了")
    reopened = Issue.objects.get()
    assert (reopened.community_id, reopened.holder_area_id) == (district.other_community.pk, district.grid.pk)
    assert Contact.objects.get().hidden_at is None


def test_second_return_goes_to_a_ruling_that_binds(district, people):
    issue, staff = make_issue(district.building), people.community_staff
    for unit, clerk in ((district.lighting, people.department_clerk), (district.drainage, people.other_clerk)):
        dispatch.dispatch_issue(issue_id=issue.pk, actor=staff, goal=Goal(unit=unit))
        dispatch.return_issue(issue_id=issue.pk, actor=clerk, reason="不归我们", basis="职责清单")
        if unit == district.lighting:
            with pytest.raises(RuleError):  # not to the same unit again
                dispatch.dispatch_issue(issue_id=issue.pk, actor=staff, goal=Goal(unit=unit))
    assert Issue.objects.get().state == State.RULING
    with pytest.raises(NotAllowedError):
        dispatch.dispatch_issue(issue_id=issue.pk, actor=staff, goal=Goal(unit=district.lighting))
    dispatch.dispatch_issue(issue_id=issue.pk, actor=people.street_officer, goal=Goal(unit=district.lighting))
    with pytest.raises(NotAllowedError):
        dispatch.return_issue(issue_id=issue.pk, actor=people.department_clerk, reason="还是不归", basis="职责清单")
    assert Issue.objects.get().is_binding
    assert not Clock.objects.filter(step=Step.RULING, ended_at=None).exists()


def test_unanswered_reply_goes_to_the_agents_after_a_working_day(issue):
    close = datetime(2023, 6, 6, 9, 30, tzinfo=UTC)  # Tuesday 17:30
    assert callbacks.start_callbacks(at=close - timedelta(seconds=1)) == 0
    assert callbacks.start_callbacks(at=close) == 1
    assert callbacks.start_callbacks(at=close) == 0
    waiting = Issue.objects.get()
    assert waiting.state == State.CALLBACK
    assert Clock.objects.get(ended_at=None).step == Step.CALLBACK  # until somebody calls
