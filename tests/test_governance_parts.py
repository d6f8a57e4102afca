"""One case, several units: parts with clocks of their own, one face, one answer."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import Q

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.lifecycle import NOT_ENDED, State, Step
from governance.models import Clock, Contact, Issue
from governance.services import answers, callbacks, dispatch, following, handling
from governance.services.dispatch import Goal
from governance.services.parts import Share, split_issue
from notifications.models import Delivery
from notifications.routing import ROUTES
from notifications.services.relay import relay_batch
from tests.factories import make_issue

pytestmark = pytest.mark.django_db
MONDAY = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def whole(district, people):
    with at(MONDAY):
        return make_issue(district.building, text="路面塌了，灯杆也歪了")


def shares(district):
    return [
        Share(Goal(unit=district.lighting), "扶正灯杆"),
        Share(Goal(unit=district.drainage), "查管道，填路面"),
    ]


def split(issue, district, people, who="community_staff"):
    split_issue(issue_id=issue.pk, actor=getattr(people, who), shares=shares(district))
    return list(Issue.objects.filter(part_of=issue).order_by("pk"))


def reply(issue, actor):
    dispatch.sign_issue(issue_id=issue.pk, actor=actor)
    handling.reply_issue(issue_id=issue.pk, actor=actor, text="做完了")


def answer_whole(issue, actor):
    handling.log_contact(issue_id=issue.pk, actor=actor, reached=True, note="")
    handling.reply_issue(issue_id=issue.pk, actor=actor, text="灯杆扶正了，路面填好了")


@pytest.fixture
def replied(whole, district, people):
    """The whole with both parts and the one answer."""
    with at(MONDAY + timedelta(hours=1)):
        lamp, pipe = split(whole, district, people)
        reply(lamp, people.department_clerk)
        reply(pipe, people.other_clerk)
        answer_whole(whole, people.community_staff)
    return whole, lamp, pipe


def test_parts_have_their_own_clocks_and_no_contact(whole, district, people):
    with at(MONDAY + timedelta(hours=1)):
        parts = split(whole, district, people)
    assert [part.number for part in parts] == [f"{whole.number}-1", f"{whole.number}-2"]
    assert [(part.state, part.contact_id, part.holder_unit_id) for part in parts] == [
        (State.DISPATCHED, None, district.lighting.pk),
        (State.DISPATCHED, None, district.drainage.pk),
    ]
    steps = Clock.objects.filter(issue__in=parts, state__in=NOT_ENDED).values_list("step", flat=True)
    assert sorted(steps) == sorted([Step.SIGN, Step.DONE] * 2)
    kept = Issue.objects.get(pk=whole.pk)
    assert (kept.state, kept.is_split, kept.holder_area_id) == (State.WORKING, True, district.community.pk)
    assert Clock.objects.filter(issue=whole, step=Step.DONE, state__in=NOT_ENDED).count() == 1
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("state", ["taken", "to_unit"])
def test_a_case_in_somebodys_hands_is_split_too(whole, district, people, state):
    if state == "taken":
        dispatch.take_issue(issue_id=whole.pk, actor=people.grid_worker)
    else:
        dispatch.dispatch_issue(
            issue_id=whole.pk, actor=people.community_staff, goal=Goal(unit=district.lighting), note=""
        )
    due = Clock.objects.get(issue=whole, step=Step.DONE).due_at
    split(whole, district, people)
    assert Issue.objects.get(pk=whole.pk).holder_area_id == district.community.pk
    assert Clock.objects.get(issue=whole, step=Step.DONE, state__in=NOT_ENDED).due_at == due


def test_the_answer_waits_for_every_part(whole, district, people):
    lamp, pipe = split(whole, district, people)
    reply(lamp, people.department_clerk)
    handling.log_contact(issue_id=whole.pk, actor=people.community_staff, reached=True, note="")
    with pytest.raises(RuleError, match=pipe.number):
        handling.reply_issue(issue_id=whole.pk, actor=people.community_staff, text="好了")
    reply(pipe, people.other_clerk)
    handling.reply_issue(issue_id=whole.pk, actor=people.community_staff, text="好了")
    assert Issue.objects.get(pk=whole.pk).state == State.REPLIED


def test_the_residents_word_closes_whole_and_parts(replied):
    whole, *_parts = replied
    answers.answer_issue(issue_id=whole.pk, solved=True, satisfaction=5, words="")
    rows = Issue.objects.filter(Q(pk=whole.pk) | Q(part_of=whole))
    assert set(rows.values_list("state", flat=True)) == {State.CLOSED_SOLVED}
    assert not Clock.objects.filter(state__in=NOT_ENDED).exists()


def test_the_whole_does_not_close_over_an_open_part(replied, people):
    whole, lamp, _pipe = replied
    handling.check_issue(issue_id=lamp.pk, actor=people.community_lead, passed=False, note="还是歪的")
    with pytest.raises(RuleError, match=lamp.number):
        answers.answer_issue(issue_id=whole.pk, solved=True, satisfaction=5, words="")
    assert Issue.objects.get(pk=whole.pk).state == State.REPLIED
    reply(lamp, people.department_clerk)
    answers.answer_issue(issue_id=whole.pk, solved=True, satisfaction=5, words="")
    assert Issue.objects.get(pk=lamp.pk).state == State.CLOSED_SOLVED


def test_no_part_is_opened_under_a_closed_case(replied, people, district):
    whole, lamp, _pipe = replied
    answers.answer_issue(issue_id=whole.pk, solved=True, satisfaction=5, words="")
    with pytest.raises(RuleError):
        answers.reopen_issue(issue_id=lamp.pk, actor=people.community_staff, reason="又歪了")
    with pytest.raises(RuleError):
        split(whole, district, people)


def test_not_solved_reopens_the_whole_and_the_dispatcher_sends_a_part_back(replied, people):
    whole, lamp, _pipe = replied
    answers.answer_issue(issue_id=whole.pk, solved=False, satisfaction=None, words="还是歪的")
    answers.reopen_issue(issue_id=whole.pk, actor=people.community_lead, reason="还是歪的")
    answers.reopen_issue(issue_id=lamp.pk, actor=people.community_staff, reason="还是歪的")
    assert Clock.objects.filter(issue=lamp, state__in=NOT_ENDED, step=Step.CONTACT).count() == 0
    reply(lamp, people.department_clerk)
    dispatch.sign_issue(issue_id=whole.pk, actor=people.community_staff)
    answer_whole(whole, people.community_staff)
    assert Issue.objects.get(pk=whole.pk).state == State.REPLIED


def test_taken_back_by_the_resident_parts_end_too(whole, district, people):
    lamp, pipe = split(whole, district, people)
    reply(lamp, people.department_clerk)
    handling.check_issue(issue_id=lamp.pk, actor=people.community_staff, passed=True)
    following.withdraw_issue(issue_id=whole.pk)
    assert Issue.objects.get(pk=pipe.pk).state == State.WITHDRAWN
    assert Issue.objects.get(pk=lamp.pk).state == State.CLOSED_EXPLAINED  # what was done stands


def test_a_part_is_never_asked_about(replied, people):
    _whole, lamp, _pipe = replied
    handling.check_issue(issue_id=lamp.pk, actor=people.community_lead, passed=True)
    with pytest.raises(NotAllowedError):
        answers.record_callback(
            issue_id=lamp.pk, actor=people.callback_agent, outcome="solved", satisfaction=None, words=""
        )
    with pytest.raises(NotAllowedError):
        answers.explain_issue(issue_id=lamp.pk, actor=people.street_officer, explanation="说明")
    callbacks.start_callbacks(at=MONDAY + timedelta(days=30))
    assert Issue.objects.get(pk=_pipe.pk).state == State.REPLIED


def test_the_resident_hears_of_the_whole_only(replied):
    whole, *_parts = replied
    relay_batch(at=MONDAY + timedelta(hours=2), routes=ROUTES)
    told = Delivery.objects.filter(channel="sms", text__startswith="resident")
    assert set(told.values_list("issue_id", flat=True)) == {whole.pk}
    assert "resident_split" in set(told.values_list("text", flat=True))


@pytest.mark.parametrize("which", ["one", "twice", "empty", "many"])
def test_a_split_that_makes_no_sense_writes_nothing(whole, district, people, which):
    lamp, pipe = shares(district)
    wrong = {
        "one": [lamp],
        "twice": [lamp, Share(lamp.goal, "再来一次")],
        "empty": [lamp, Share(pipe.goal, " ")],
        "many": [Share(Goal(area=district.grid), "看看")] * 10,
    }
    before = Event.objects.count()
    with pytest.raises(RuleError):
        split_issue(issue_id=whole.pk, actor=people.community_staff, shares=wrong[which])
    assert (Event.objects.count(), Issue.objects.count()) == (before, 1)


def test_more_parts_can_follow(whole, district, people):
    split(whole, district, people)
    split_issue(issue_id=whole.pk, actor=people.community_staff, shares=[Share(Goal(area=district.grid), "拉警戒线")])
    assert Issue.objects.filter(part_of=whole).count() == 3


def test_who_may_not_split_and_what_is_not_split(whole, district, people):
    for who in ("grid_worker", "outsider", "district_duty", "department_clerk"):
        with pytest.raises(NotAllowedError):
            split(whole, district, people, who=who)
    lamp, _pipe = split(whole, district, people)
    with pytest.raises(NotAllowedError):
        split(lamp, district, people)
    with pytest.raises(NotAllowedError):  # the whole stays with whoever writes the answer
        dispatch.dispatch_issue(
            issue_id=whole.pk, actor=people.community_staff, goal=Goal(area=district.grid), note="给网格", again=True
        )


def test_a_part_returned_by_a_unit_goes_to_another(whole, district, people):
    lamp, _pipe = split(whole, district, people)
    dispatch.return_issue(issue_id=lamp.pk, actor=people.department_clerk, reason="不归我们", basis="职责清单")
    dispatch.dispatch_issue(issue_id=lamp.pk, actor=people.community_staff, goal=Goal(area=district.grid))
    assert Issue.objects.get(pk=lamp.pk).holder_area_id == district.grid.pk
