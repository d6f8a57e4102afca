"""The same thing reported three times: joined by staff, answered to each, and taken apart again."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.lifecycle import ISSUE_MERGED, ClockState, State, Step
from governance.models import Callback, Clock, Dispatch, Issue, TimelineEntry
from governance.services import answers, dispatch, handling
from governance.services.links import follow_path
from governance.services.merging import merge_issue, record_voice, split_off
from notifications.models import Delivery
from notifications.routing import ROUTES
from notifications.services.relay import relay_batch
from tests.factories import make_issue

pytestmark = pytest.mark.django_db
MONDAY = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


def drain(district, **fields):
    return make_issue(district.building, **{"category": "IN01", "text": "一楼下水道堵了，污水倒灌", **fields})


@pytest.fixture
def three(district, people):
    with at(MONDAY):
        return [drain(district, phone=f"1000000000{n}") for n in (1, 2, 3)]


def work_on(issue, people, text="管道疏通了"):
    dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
    handling.log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    handling.reply_issue(issue_id=issue.pk, actor=people.grid_worker, text=text)


def join(issue, into, people, who="community_staff"):
    return merge_issue(issue_id=issue.pk, actor=getattr(people, who), into=into.number)


def test_three_reports_become_one_case_with_three_voices(three, people):
    first, *others = three
    with at(MONDAY + timedelta(hours=1)):
        for issue in others:
            join(issue, first, people)
    assert Issue.objects.get(pk=first.pk).voices == 3
    rows = Issue.objects.filter(pk__in=[issue.pk for issue in others])
    assert {(row.state, row.parent_id, row.due_at) for row in rows} == {(State.MERGED, first.pk, None)}
    assert not Clock.objects.filter(issue__in=others, ended_at=None).exists()


def test_each_gets_the_reply_and_one_says_not_solved(three, people):
    first, second, third = three
    with at(MONDAY):
        join(second, first, people)
        join(third, first, people)
        work_on(first, people)
        relay_batch(at=MONDAY + timedelta(hours=2), routes=ROUTES)
        replied = Delivery.objects.filter(text="resident_replied", channel="sms")
        assert {delivery.issue_id for delivery in replied} == {issue.pk for issue in three}
        answers.answer_issue(issue_id=first.pk, solved=True, satisfaction=5, words="")
        answers.answer_issue(issue_id=second.pk, solved=True, satisfaction=4, words="")
        assert Issue.objects.get(pk=first.pk).state == State.CLOSED_SOLVED
        answers.answer_issue(issue_id=third.pk, solved=False, satisfaction=1, words="还是堵")
    assert Issue.objects.get(pk=first.pk).state == State.DISPATCHED
    outcomes = Callback.objects.order_by("pk").values_list("issue_id", "outcome")
    assert list(outcomes) == [(first.pk, "solved"), (second.pk, "solved"), (third.pk, "not_solved")]


def test_each_reads_what_was_written_since_they_stand_together(client, three, district, people):
    first, second, third = three
    join(second, first, people)
    join(third, first, people)
    dispatch.take_issue(issue_id=first.pk, actor=people.grid_worker)
    handling.log_contact(issue_id=first.pk, actor=people.grid_worker, reached=True, note="")
    client.force_login(people.user("grid_worker"))
    assert "3 人都会看到" in client.get(f"/desk/issues/{first.number}/reply/").content.decode()
    handling.reply_issue(issue_id=first.pk, actor=people.grid_worker, text="主管换了，再有问题打 13800000009")
    page = client.get(follow_path(second)).content.decode()
    assert "主管换了" in page
    assert "13800000009" not in page
    later = timezone.now() + timedelta(days=1)  # what was answered before was written to others
    TimelineEntry.objects.filter(issue=third, kind=ISSUE_MERGED).update(at=later)
    page = client.get(follow_path(third)).content.decode()
    assert "主管换了" not in page
    answers.answer_issue(issue_id=first.pk, solved=True, satisfaction=5, words="")
    assert "已有邻居确认解决了" in client.get(follow_path(third)).content.decode()


def test_neighbours_who_had_joined_come_along(three, district, people):
    first, second, _third = three
    joined = make_issue(district.building, same_as=second.pk)
    join(second, first, people)
    assert Issue.objects.get(pk=joined.pk).parent_id == first.pk
    assert list(Issue.objects.filter(pk__in=[first.pk, second.pk]).order_by("pk").values_list("voices", flat=True)) == [
        3,
        1,
    ]


def test_merged_case_is_not_merged_again_and_says_where_it_is(three, people):
    first, second, third = three
    join(second, first, people)
    events = Event.objects.count()
    with pytest.raises(RuleError, match=first.number):
        join(second, third, people)
    with pytest.raises(RuleError, match=first.number):
        join(third, second, people)
    assert Event.objects.count() == events
    assert Issue.objects.get(pk=third.pk).state == State.SUBMITTED


def test_never_across_streets(three, district, people):
    far = make_issue(district.far_building)
    with pytest.raises(RuleError):
        join(three[0], far, people)
    with pytest.raises(RuleError):
        merge_issue(issue_id=far.pk, actor=people.far_officer, into=three[0].number)
    with pytest.raises(RuleError):
        join(three[0], three[0], people)
    with pytest.raises(RuleError):
        merge_issue(issue_id=three[0].pk, actor=people.community_staff, into="ZY-2026-999999")


def test_only_dispatchers_merge(three, people):
    for who in ("grid_worker", "branch_secretary", "outsider", "callback_agent", "district_duty"):
        with pytest.raises(NotAllowedError):
            join(three[1], three[0], people, who=who)


def test_nobody_is_joined_to_an_answered_case(three, people):
    work_on(three[0], people)
    with pytest.raises(RuleError, match=three[0].number):
        join(three[1], three[0], people)
    with pytest.raises(RuleError):
        join(three[0], three[1], people)


def test_split_off_is_open_again_on_the_clock_of_its_own_day(three, people):
    first, second, _third = three
    with at(MONDAY):
        dispatch.take_issue(issue_id=second.pk, actor=people.grid_worker)
    before = Clock.objects.get(issue=second, step=Step.DONE)
    with at(MONDAY + timedelta(hours=1)):
        join(second, first, people)
    with at(MONDAY + timedelta(hours=5)):
        split_off(issue_id=second.pk, actor=people.community_staff, reason="另一根管道")
    again = Issue.objects.get(pk=second.pk)
    assert (again.state, again.parent_id, again.closed_at) == (State.SUBMITTED, None, None)
    assert Issue.objects.get(pk=first.pk).voices == 1
    clock = Clock.objects.get(issue=second, step=Step.DONE, state=ClockState.RUNNING)
    assert (clock.started_at, clock.due_at) == (before.started_at, before.due_at)
    assert Clock.objects.filter(issue=second, step=Step.ACCEPT, state=ClockState.RUNNING).count() == 1
    with at(MONDAY + timedelta(hours=6)):
        dispatch.take_issue(issue_id=second.pk, actor=people.grid_worker)
    assert Clock.objects.get(issue=second, step=Step.DONE, ended_at=None).due_at == before.due_at
    assert Dispatch.objects.filter(issue=second, ended_at=None).count() == 1


def test_split_off_needs_a_merged_case_a_reason_and_a_dispatcher(three, people):
    first, second, third = three
    join(second, first, people)
    for issue, who, reason in ((third, "community_staff", "另一处"), (second, "community_staff", " ")):
        with pytest.raises(RuleError):
            split_off(issue_id=issue.pk, actor=getattr(people, who), reason=reason)
    with pytest.raises(NotAllowedError):
        split_off(issue_id=second.pk, actor=people.grid_worker, reason="另一处")


def test_whoever_joined_is_called_too(three, people):
    first, second, _third = three
    join(second, first, people)
    call = {"issue_id": second.pk, "satisfaction": None, "words": "没通"}
    with pytest.raises(RuleError):
        record_voice(**call, actor=people.callback_agent, outcome=Callback.Outcome.NOT_SOLVED)
    work_on(first, people)
    with pytest.raises(NotAllowedError):
        record_voice(**call, actor=people.grid_worker, outcome=Callback.Outcome.NOT_SOLVED)
    record_voice(**call, actor=people.callback_agent, outcome=Callback.Outcome.NOT_SOLVED)
    assert Callback.objects.get().issue_id == second.pk
    line = TimelineEntry.objects.filter(issue=first).latest("pk")
    assert (line.audience, line.reason) == (0, "not_solved")  # a stranger's words to whoever asked first


def test_each_voice_has_its_own_call_back(three, people):
    """Whoever asked first is called too, closes nothing over a neighbour's "not solved", and is not spoken for."""
    first, second, third = three
    for issue in (second, third):
        join(issue, first, people)
    work_on(first, people)
    said = {"satisfaction": 3, "words": ""}
    record_voice(issue_id=second.pk, actor=people.callback_agent, outcome=Callback.Outcome.SOLVED, **said)
    first.refresh_from_db()
    assert (first.state, first.called_back_by_id, first.asked) == (State.REPLIED, None, "")
    with pytest.raises(RuleError):  # its own call is still to be made
        answers.explain_issue(issue_id=first.pk, actor=people.community_staff, explanation="已办")
    record_voice(issue_id=third.pk, actor=people.community_lead, outcome=Callback.Outcome.NOT_SOLVED, **said)
    answers.record_callback(issue_id=first.pk, actor=people.callback_agent, outcome=Callback.Outcome.SOLVED, **said)
    answers.answer_issue(issue_id=first.pk, solved=True, satisfaction=5, words="好了")
    first.refresh_from_db()
    assert (first.state, first.called_back_by_id) == (State.CALLBACK, people.callback_agent.user_id)
    for called in (people.community_lead, people.callback_agent):  # who called the neighbour, and who called them
        with pytest.raises(NotAllowedError):
            answers.reopen_issue(issue_id=first.pk, actor=called, reason="三楼还在漏")
    answers.reopen_issue(issue_id=first.pk, actor=people.community_staff, reason="三楼还在漏")
    first.refresh_from_db()
    assert (first.state, first.called_back_by_id, first.asked) == (State.DISPATCHED, None, "")


def test_one_event_for_each_verb(three, people):
    first, second, _third = three
    before = Event.objects.count()
    join(second, first, people)
    assert Event.objects.filter(name=ISSUE_MERGED).count() == Event.objects.count() - before == 1
    split_off(issue_id=second.pk, actor=people.community_staff, reason="另一根管道")
    assert Event.objects.count() == before + 2
