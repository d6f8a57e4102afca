"""Call-backs: the list, the sample of a category, tries on two days, and cases that nobody answers."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance import lifecycle as life
from governance.lifecycle import State
from governance.lifecycle.asking import Asked
from governance.models import Callback, Category, Clock, Issue
from governance.selectors.callbacks import calls_of, calls_to_make, is_called
from governance.selectors.follow import following
from governance.selectors.today import today_of
from governance.services import callbacks
from governance.services.answers import answer_issue, explain_issue, record_callback, reopen_issue
from governance.services.appeals import appeal_issue, decide_appeal
from governance.services.dispatch import sign_issue, take_issue
from governance.services.handling import check_issue, log_contact, reply_issue
from neighborhoods.actors import NOBODY
from tests.factories import make_issue

pytestmark = pytest.mark.django_db
MONDAY = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)  # 09:00 in Ziyang
URL = "/desk/callbacks/"


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


def replied(district, people, *, checked: bool = True, when: datetime = MONDAY) -> Issue:
    with at(when):
        issue = make_issue(district.building)
        take_issue(issue_id=issue.pk, actor=people.grid_worker)
        log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
        reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头，四盏都亮了")
        if checked:
            check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True)
    issue.refresh_from_db()
    return issue


def call(issue: Issue, actor, outcome: str = "unreached", when: datetime = MONDAY) -> Issue:
    with at(when):
        return record_callback(
            issue_id=issue.pk, actor=actor, outcome=Callback.Outcome(outcome), satisfaction=4, words=""
        )


def numbers(actor) -> list[str]:
    return [line.row.number for line in calls_to_make(actor, MONDAY).lines]


def test_list_is_ordered_by_due_and_says_what_was_replied(district, people):
    late = replied(district, people, when=MONDAY + timedelta(days=1))
    early = replied(district, people)
    made = calls_to_make(people.callback_agent, MONDAY)
    assert [line.row.number for line in made.lines] == [early.number, late.number]
    assert (made.count.number, made.lines[0].reply) == (2, "换了灯头，四盏都亮了")
    assert not calls_of(people.grid_worker).exists()
    assert not calls_of(people.far_officer).exists()


def test_whoever_had_a_hand_in_it_does_not_find_it(district, people):
    issue = replied(district, people)
    assert numbers(people.community_staff) == []  # checked it
    assert numbers(people.street_officer) == [issue.number]
    Issue.objects.filter(pk=issue.pk).update(checked_by_id=None)
    issue.contact_logs.update(by_id=people.street_officer.user_id)
    assert numbers(people.street_officer) == []
    issue.dispatches.update(signed_by_id=people.community_lead.user_id)
    assert numbers(people.community_lead) == []
    Issue.objects.filter(pk=issue.pk).update(holder_unit=district.lighting)
    assert numbers(people.callback_agent) == [issue.number]


def test_three_tries_on_two_days_and_still_not_content(district, people):
    issue, agent = replied(district, people), people.callback_agent
    for hour in (0, 3, 6):
        assert numbers(agent) == [issue.number]
        call(issue, agent, when=MONDAY + timedelta(hours=hour))
    line = calls_to_make(agent, MONDAY).lines[0]
    assert (len(line.tries), line.days, line.is_enough_today) == (3, 1, True)
    assert not calls_to_make(agent, MONDAY + timedelta(days=1)).lines[0].is_enough_today
    call(issue, agent, when=MONDAY + timedelta(days=1))
    assert numbers(agent) == []
    issue.refresh_from_db()
    assert issue.state == State.CALLBACK
    assert set(issue.callbacks.values_list("satisfaction", "was_dealt_with")) == {(None, None)}


def test_tries_before_a_reopening_do_not_count(district, people):
    issue, agent = replied(district, people), people.callback_agent
    call(issue, agent)
    with at(MONDAY + timedelta(hours=1)):
        answer_issue(issue_id=issue.pk, solved=False, satisfaction=None, words="还不亮")
        assert numbers(agent) == []  # has said so in writing, nobody has to call
        reopen_issue(issue_id=issue.pk, actor=people.community_lead, reason="还不亮")
        sign_issue(issue_id=issue.pk, actor=people.grid_worker)
        log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
        reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="又修了")
        check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True)
    assert calls_to_make(agent, MONDAY).lines[0].tries == ()


# ---- the sample of a category ----
def test_id_decides_who_is_called():
    assert all(is_called(pk, 0, 1) for pk in range(1, 9))
    assert [pk for pk in range(1, 13) if is_called(pk, 0, 4)] == [4, 8, 12]
    assert is_called(5, 1, 4)  # let down once: always called


@pytest.fixture
def sampled(district, people):
    """Two cases of a category of which nearly nobody is called: one by luck of its id, one not."""
    issues = [replied(district, people, checked=False) for _number in range(2)]
    Category.objects.filter(code="IN03").update(callback_every=issues[1].pk)
    return issues


def test_only_the_sample_is_called(people, sampled):
    left_out, chosen = sampled
    with at(MONDAY + timedelta(days=2)):
        assert callbacks.start_callbacks(at=timezone.now()) == 1
    chosen.refresh_from_db()
    left_out.refresh_from_db()
    assert (left_out.state, chosen.state) == (State.REPLIED, State.CALLBACK)
    for issue in (left_out, chosen):
        if issue.state == State.REPLIED:
            with at(MONDAY + timedelta(days=2)):
                check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True)
    agent = people.callback_agent
    assert numbers(agent) == [chosen.number]
    waiting = next(group for group in today_of(agent, MONDAY).groups if group.key == "waiting")
    assert waiting.count.number == 1
    Issue.objects.filter(pk=left_out.pk).update(reopened_count=1)
    assert set(numbers(agent)) == {left_out.number, chosen.number}


def test_silence_outside_the_sample_closes_and_is_not_satisfied(people, sampled):
    left_out, chosen = sampled
    due = left_out.due_at
    assert callbacks.close_unanswered(at=due - timedelta(seconds=1)) == 0
    assert callbacks.close_unanswered(at=due) == 1
    assert callbacks.close_unanswered(at=due) == 0
    left_out.refresh_from_db()
    chosen.refresh_from_db()
    assert (left_out.state, chosen.state) == (State.CLOSED_EXPLAINED, State.REPLIED)
    said = left_out.callbacks.get()
    assert (said.outcome, said.satisfaction, said.via) == ("unreached", None, "link")
    assert "专属链接" in left_out.timeline.order_by("-pk").first().text
    told = Event.objects.get(name=life.ISSUE_CLOSED)
    assert told.payload["outcome"] == "unanswered"


def test_case_that_was_called_is_not_closed_for_silence(people, sampled):
    left_out, _chosen = sampled
    call(left_out, people.callback_agent)
    assert callbacks.close_unanswered(at=left_out.due_at) == 0


def test_everybody_is_called_unless_the_district_says_otherwise(district, people):
    issue = replied(district, people, checked=False)
    assert callbacks.close_unanswered(at=issue.due_at + timedelta(days=9)) == 0


# ---- the page ----
def test_page_opens_to_whoever_calls(client, people):
    answers = {}
    for who in ("callback_agent", "community_staff", "street_lead", "grid_worker", "department_clerk", "analyst"):
        client.force_login(people.user(who))
        answers[who] = client.get(URL).status_code
    assert {who for who, code in answers.items() if code == 200} == {"callback_agent", "community_staff", "street_lead"}
    assert set(answers.values()) == {200, 403}


def test_call_is_made_from_the_list_and_comes_back_to_it(client, district, people):
    issue = replied(district, people)
    client.force_login(people.user("callback_agent"))
    page = client.get(URL).content.decode()
    assert f"/desk/issues/{issue.number}/callback/?next={URL}" in page
    assert "还没打过" in page
    step = client.get(f"/desk/issues/{issue.number}/callback/?next={URL}").content.decode()
    assert "没有经手" in step
    assert "换了灯头" in step
    answer = client.post(
        reverse("governance:issue-callback", args=[issue.number]),
        {"next": URL, "was_dealt_with": "yes", "outcome": "solved", "satisfaction": "5", "words": ""},
    )
    assert (answer.status_code, answer["Location"]) == (303, URL)
    said = Callback.objects.get()
    assert (said.was_dealt_with, said.outcome, said.satisfaction) == (True, "solved", 5)
    assert "没有人等您打电话" in client.get(URL).content.decode()


def test_page_costs_the_same_with_many_calls(client, district, people):
    client.force_login(people.user("callback_agent"))
    costs = []
    for _times in range(2):
        for _case in range(3):
            call(replied(district, people), people.callback_agent)
        client.get(URL)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(URL)
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 12


# ---- not solved, said on the phone ----
def said_no(district, people) -> Issue:
    issue = replied(district, people)
    return call(issue, people.callback_agent, "not_solved")


def decide_group(actor) -> list[str]:
    today = today_of(actor, MONDAY)
    group = next(group for group in today.groups if group.key == "decide")
    first = [today.first] if today.first and group.count.number > len(group.issues) else []
    return [issue.number for issue in [*group.issues, *first]]


def test_no_on_the_phone_is_decided_by_somebody_else_within_a_working_day(district, people):
    issue = said_no(district, people)
    assert (issue.asked, issue.due_at) == (Asked.REOPEN, datetime(2023, 6, 6, 9, 30, tzinfo=UTC))
    assert decide_group(people.community_lead) == [issue.number]
    assert decide_group(people.community_staff) == []  # checked it
    assert "没有解决" in following(issue).sentence
    with at(MONDAY):
        for verb, words in ((reopen_issue, "reason"), (explain_issue, "explanation")):
            with pytest.raises(NotAllowedError):
                verb(issue_id=issue.pk, actor=people.community_staff, **{words: "再看看"})
        again = reopen_issue(issue_id=issue.pk, actor=people.community_lead, reason="第四盏还不亮")
    assert (again.state, again.asked, again.reopened_count) == (State.DISPATCHED, "", 1)
    assert not Clock.objects.filter(issue=issue, step="ruling", state__in=life.NOT_ENDED).exists()


def test_no_on_the_phone_that_nobody_decides_goes_back_to_work(district, people):
    issue = said_no(district, people)
    due = issue.due_at
    assert callbacks.reopen_undecided(at=due - timedelta(seconds=1)) == 0
    assert callbacks.reopen_undecided(at=due) == 1
    assert callbacks.reopen_undecided(at=due) == 0
    issue.refresh_from_db()
    assert (issue.state, issue.asked, issue.reopened_count) == (State.DISPATCHED, "", 1)
    assert Event.objects.filter(name=life.ISSUE_REOPENED).get().payload["by"] == "rule"


def test_second_no_on_the_phone_does_not_start_the_time_anew(district, people):
    issue = said_no(district, people)
    later = call(issue, people.callback_agent, "not_solved", MONDAY + timedelta(hours=5))
    assert later.due_at == issue.due_at
    assert Clock.objects.filter(issue=issue, step="ruling").count() == 1


def test_no_by_the_link_waits_for_the_same_decision(district, people):
    """Said on the phone and in writing, it is one request with one limit; solved after all, it is closed."""
    issue = said_no(district, people)
    due = issue.due_at
    with at(MONDAY + timedelta(hours=1)):
        again = answer_issue(issue_id=issue.pk, solved=False, satisfaction=None, words="还不亮")
        assert (again.state, again.asked, again.due_at) == (State.CALLBACK, Asked.REOPEN, due)
        done = answer_issue(issue_id=issue.pk, solved=True, satisfaction=None, words="亮了")
    assert (done.state, done.asked) == (State.CLOSED_SOLVED, "")


def test_refusal_is_appealed_once_and_silence_speaks_for_the_resident(district, people):
    issue = said_no(district, people)
    with at(MONDAY + timedelta(hours=1)):
        refused = explain_issue(issue_id=issue.pk, actor=people.community_lead, explanation="灯杆归供电公司")
        assert (refused.state, refused.refused_by_id) == (State.CLOSED_EXPLAINED, people.community_lead.user_id)
        with pytest.raises(RuleError):  # not past whoever refused
            reopen_issue(issue_id=issue.pk, actor=NOBODY, reason="还不亮")
        for words in ("  ", "灯杆不归供电公司", "灯杆不归供电公司"):
            if words.strip():
                appeal_issue(issue_id=issue.pk, words=words)
            else:
                with pytest.raises(RuleError):
                    appeal_issue(issue_id=issue.pk, words=words)
        asked = Issue.objects.get(pk=issue.pk)
        assert (asked.state, asked.asked, asked.appeals.count()) == (State.APPEALED, Asked.APPEAL, 1)
        assert decide_group(people.street_officer) == [issue.number]
        for who in (people.community_lead, people.community_staff, people.callback_agent):
            with pytest.raises(NotAllowedError):
                decide_appeal(issue_id=issue.pk, actor=who, upheld=False, words="重办")
        decide_appeal(issue_id=issue.pk, actor=people.street_officer, upheld=True, words="查过产权，确实不归我们")
        closed = Issue.objects.get(pk=issue.pk)
        assert closed.state == State.CLOSED_EXPLAINED
        for verb, words in ((reopen_issue, {"actor": NOBODY, "reason": "不服"}), (appeal_issue, {"words": "不服"})):
            with pytest.raises(RuleError):
                verb(issue_id=issue.pk, **words)
        assert following(closed).appeal_over
    Issue.objects.filter(pk=issue.pk).update(appeal_until=MONDAY + timedelta(days=15))
    with at(MONDAY + timedelta(days=2)):
        due = appeal_issue(issue_id=issue.pk, words="再看一次") and Issue.objects.get(pk=issue.pk).due_at
    assert callbacks.reopen_undecided(at=due - timedelta(seconds=1)) == 0
    assert callbacks.reopen_undecided(at=due) == 1
    again = Issue.objects.get(pk=issue.pk)
    assert (again.state, again.asked, again.appeal_until, again.refused_by_id) == (State.DISPATCHED, "", None, None)
    assert [a.outcome for a in again.appeals.all()] == ["upheld", "silent"]
