"""The whole way of a request through the services: reported, taken, answered, not solved, escalated later, solved."""

import pytest

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance.lifecycle import State
from governance.models import Callback, Clock, Issue
from governance.services.answers import answer_issue, record_callback, reopen_issue
from governance.services.dispatch import take_issue
from governance.services.handling import check_issue, log_contact, reply_issue
from tests.factories import make_issue

pytestmark = pytest.mark.django_db


def test_request_goes_all_the_way(district, people):
    issue = make_issue(district.building)
    assert issue.holder_area_id == district.grid.pk  # the grid is the lowest with a post that handles cases
    assert issue.number.startswith("ZY-")
    with pytest.raises(NotAllowedError):
        take_issue(issue_id=issue.pk, actor=people.outsider)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    with pytest.raises(RuleError):
        reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="修好了")
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="问清了位置")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头")
    answer_issue(issue_id=issue.pk, solved=False, satisfaction=None, words="第四盏还不亮")
    with pytest.raises(NotAllowedError):  # whoever replied does not decide about it
        reopen_issue(issue_id=issue.pk, actor=people.grid_worker, reason="再去")
    reopen_issue(issue_id=issue.pk, actor=people.community_lead, reason="第四盏还不亮")
    issue.refresh_from_db()
    assert (issue.state, issue.reopened_count) == (State.DISPATCHED, 1)
    from governance.services.dispatch import sign_issue

    sign_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="第四盏也亮了")
    check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True)
    with pytest.raises(NotAllowedError):  # the checker is not the agent
        record_callback(
            issue_id=issue.pk,
            actor=people.community_staff,
            outcome=Callback.Outcome.SOLVED,
            satisfaction=5,
            words="",
        )
    record_callback(
        issue_id=issue.pk, actor=people.callback_agent, outcome=Callback.Outcome.SOLVED, satisfaction=5, words="都亮了"
    )
    issue = Issue.objects.get(pk=issue.pk)
    assert issue.state == State.CLOSED_SOLVED
    assert issue.due_at is None
    assert not Clock.objects.filter(issue=issue, ended_at=None).exists()
    assert Event.objects.count() == OutboxMessage.objects.count() == 11
