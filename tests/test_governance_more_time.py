"""More time from a level above, an answer of the resident, and what the clock does meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from core.calendar import CHINA
from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance import lifecycle as life
from governance.lifecycle import ClockState, State, Step, Urgency
from governance.lifecycle.asking import Asked, ExtensionOutcome
from governance.models import Clock, ClockPause, Extension, Issue, Question
from governance.selectors.extension_figures import extension_figures
from governance.selectors.follow import following
from governance.services import dispatch, extensions, handling, pauses, questions
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
        handling.change_urgency(
            issue_id=issue.pk, actor=people.community_staff, urgency=Urgency.COMPLEX, reason="要几家一起办"
        )
        dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
        handling.log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    return issue


def done() -> Clock:
    return Clock.objects.get(step=Step.DONE, state__in=life.NOT_ENDED)


def ask(issue: Issue, actor, days: int = 5) -> Issue:
    return extensions.ask_extension(
        issue_id=issue.pk, actor=actor, reason="配件要从外地运来", basis="办理规范第 9 条", days=days
    )


def decide(issue: Issue, actor, *, agreed: bool = True, words: str = "") -> Issue:
    return extensions.decide_extension(issue_id=issue.pk, actor=actor, agreed=agreed, words=words)


# ---- extensions ----
def test_extension_moves_the_limit_and_is_told(issue, people):
    before = done().due_at
    assert before == local(6, 27, 17, 30)  # 15 working days: 22 and 23 June are a holiday, 25 June makes up for one
    with at(MONDAY):
        ask(issue, people.grid_worker)
        asked = decide(issue, people.community_staff)
    extended = Extension.objects.get()
    assert done().due_at == extended.due_after == asked.due_at == local(7, 4, 17, 30)
    assert (extended.outcome, extended.due_before) == (ExtensionOutcome.AGREED, before)
    assert Issue.objects.get().asked == ""
    told = Event.objects.get(name=life.ISSUE_EXTENDED)
    assert told.payload["due_at"] == local(7, 4, 17, 30).isoformat()
    with translation.override("zh-hans"):
        line = following(Issue.objects.get()).lines[0]
    assert "7 月 4 日" in line.title
    assert line.text == "配件要从外地运来"
    assert line.reason == ""


def test_ladder_waits_for_the_extended_limit(issue, people):
    with at(MONDAY):
        ask(issue, people.grid_worker)
        decide(issue, people.community_staff)
    sweep_clocks(at=local(6, 27, 17, 31))
    assert Issue.objects.get().escalated_level is None
    sweep_clocks(at=local(7, 4, 17, 31))
    assert Issue.objects.get().escalated_level == 1


def test_refused_extension_says_why_may_be_asked_again_and_is_counted(issue, people, client):
    before = done().due_at
    with at(MONDAY):
        ask(issue, people.grid_worker)
        with pytest.raises(RuleError) as refused:
            decide(issue, people.community_staff, agreed=False)
        assert refused.value.field == "words"
        decide(issue, people.community_staff, agreed=False, words="来得及")
        assert done().due_at == before
        ask(issue, people.grid_worker)
    assert [e.outcome for e in Extension.objects.all()] == [ExtensionOutcome.REFUSED, ExtensionOutcome.ASKED]
    assert not [line for line in following(Issue.objects.get()).lines if "来得及" in line.text]
    # ---- counted by category, for whoever sees the place; forgotten after the window
    with at(MONDAY):
        figures = extension_figures(people.street_lead, MONDAY)
        assert [(row.asked, row.agreed, row.refused, row.lapsed, row.open) for row in figures.rows] == [(2, 0, 1, 0, 1)]
        assert figures.rows[0].name == str(issue.category.name)
        assert figures.total[1:] == figures.rows[0][1:]
        client.force_login(people.user("street_lead"))
        assert str(issue.category.name) in client.get(reverse("governance:whistle-figures")).content.decode()
    assert not extension_figures(people.outsider, MONDAY).rows
    assert not extension_figures(people.street_lead, MONDAY + timedelta(days=91)).rows


def test_case_is_extended_once(issue, people):
    with at(MONDAY):
        ask(issue, people.grid_worker)
        decide(issue, people.community_staff)
        with pytest.raises(RuleError):
            ask(issue, people.grid_worker)


@pytest.mark.parametrize("days", [0, 16])
def test_extension_has_a_measure(issue, people, days):
    with at(MONDAY), pytest.raises(RuleError) as refused:
        ask(issue, people.grid_worker, days)
    assert refused.value.field == "days"


def test_extension_is_asked_and_decided_before_the_time_is_over(issue, people):
    late = done().due_at + timedelta(seconds=1)
    with at(late), pytest.raises(RuleError):
        ask(issue, people.grid_worker)
    with at(MONDAY):
        ask(issue, people.grid_worker)
    with at(late), pytest.raises(RuleError):
        decide(issue, people.community_staff)
    assert extensions.lapse_extensions(at=late - timedelta(seconds=2)) == 0
    assert extensions.lapse_extensions(at=late) == 1
    assert extensions.lapse_extensions(at=late) == 0
    assert Extension.objects.get().outcome == ExtensionOutcome.LAPSED
    assert Issue.objects.get().asked == ""


def test_extension_needs_a_level_above(issue, people, district):
    with at(MONDAY):
        own = Goal(area=district.community)
        staff, lead = people.community_staff, people.community_lead
        dispatch.dispatch_issue(issue_id=issue.pk, actor=staff, goal=own, note="社区自办", again=True)
        dispatch.sign_issue(issue_id=issue.pk, actor=staff)
        ask(issue, staff)
        for who in (staff, lead, people.grid_worker, people.outsider):
            with pytest.raises(NotAllowedError):
                decide(issue, who)
        decide(issue, people.street_officer)
    assert Extension.objects.get().approver_id == people.street_officer.user_id


def test_database_wants_a_second_person_for_an_extension(issue, people):
    with at(MONDAY):
        ask(issue, people.grid_worker)
    with pytest.raises(IntegrityError), transaction.atomic():
        Extension.objects.update(approver_id=people.grid_worker.user_id)


def test_request_of_a_holder_ends_when_somebody_else_gets_the_case(issue, people, district):
    with at(MONDAY):
        ask(issue, people.grid_worker)
        dispatch.dispatch_issue(
            issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting), note="归你", again=True
        )
        assert Issue.objects.get().asked == ""
        with pytest.raises(RuleError):
            decide(issue, people.street_officer)
        dispatch.sign_issue(issue_id=issue.pk, actor=people.department_clerk)
        ask(issue, people.department_clerk)
    assert [e.outcome for e in Extension.objects.all()] == [ExtensionOutcome.LAPSED, ExtensionOutcome.ASKED]


def test_new_urgency_ends_what_was_asked_about_the_old_limit(issue, people):
    with at(MONDAY):
        ask(issue, people.grid_worker)
        handling.change_urgency(issue_id=issue.pk, actor=people.community_staff, urgency=Urgency.ORDINARY, reason="")
    assert Issue.objects.get().asked == ""


def test_one_thing_waits_at_a_time(issue, people):
    with at(MONDAY):
        ask(issue, people.grid_worker)
        with pytest.raises(RuleError):
            pauses.ask_pause(
                issue_id=issue.pk, actor=people.grid_worker, reason="weather", ends_at=MONDAY + timedelta(days=2)
            )
        with pytest.raises(RuleError):
            questions.ask_resident(issue_id=issue.pk, actor=people.grid_worker, text="哪一盏？")
    assert Issue.objects.get().asked == Asked.EXTENSION
    assert not ClockPause.objects.exists()


# ---- questions ----
def test_clock_rests_from_the_question_to_the_answer(issue, people):
    before = done().due_at
    with at(MONDAY):
        questions.ask_resident(issue_id=issue.pk, actor=people.grid_worker, text="水是从哪面墙渗进来的？")
    asked = Issue.objects.get()
    assert (asked.asked, asked.paused_until) == (Asked.QUESTION, MONDAY + timedelta(days=5))
    assert done().state == ClockState.PAUSED
    pause = ClockPause.objects.get()
    assert (pause.reason, pause.approved_by_id) == (ClockPause.Reason.REQUESTER, None)
    with at(MONDAY + timedelta(days=1)):
        questions.answer_question(issue_id=issue.pk, text="北面的墙")
        questions.answer_question(issue_id=issue.pk, text="北面的墙")  # the form sent twice
    answered = Issue.objects.get()
    assert (answered.asked, answered.paused_until, done().state) == ("", None, ClockState.RUNNING)
    assert done().due_at == before + timedelta(days=1)
    assert done().paused_seconds == 9 * 3600
    assert Event.objects.filter(name=life.ISSUE_QUESTION_ANSWERED).count() == 1
    assert Question.objects.get().answer == "北面的墙"
    assert [line.text for line in following(answered).lines][:2] == ["北面的墙", "水是从哪面墙渗进来的？"]


def test_question_nobody_answers_is_over_after_five_days(issue, people):
    with at(MONDAY):
        questions.ask_resident(issue_id=issue.pk, actor=people.grid_worker, text="哪一盏？")
    end = MONDAY + timedelta(days=5)
    assert questions.close_questions(at=end - timedelta(seconds=1)) == 0
    assert questions.close_questions(at=end) == 1
    assert questions.close_questions(at=end) == 0
    assert pauses.resume_ended(at=end) == 0
    assert done().state == ClockState.RUNNING
    with at(end), pytest.raises(RuleError):
        questions.answer_question(issue_id=issue.pk, text="第四盏")
    assert Event.objects.filter(name=life.ISSUE_QUESTION_OVER).count() == 1
    assert not Event.objects.filter(name=life.ISSUE_RESUMED).exists()


def test_resident_is_asked_once_a_handling(issue, people):
    with at(MONDAY):
        questions.ask_resident(issue_id=issue.pk, actor=people.grid_worker, text="哪一盏？")
        questions.answer_question(issue_id=issue.pk, text="第四盏")
        with pytest.raises(RuleError):
            questions.ask_resident(issue_id=issue.pk, actor=people.grid_worker, text="再问一下")


def test_late_case_is_asked_but_stays_late(issue, people):
    late = done().due_at + timedelta(hours=1)
    with at(late):
        questions.ask_resident(issue_id=issue.pk, actor=people.grid_worker, text="哪一盏？")
    assert not ClockPause.objects.exists()
    assert done().state == ClockState.RUNNING
    with at(late):
        questions.answer_question(issue_id=issue.pk, text="第四盏")
    assert Issue.objects.get().asked == ""


def test_reply_ends_the_question_and_its_pause(issue, people):
    with at(MONDAY):
        questions.ask_resident(issue_id=issue.pk, actor=people.grid_worker, text="哪一盏？")
        handling.reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="四盏都换了")
        replied = Issue.objects.get()
        assert (replied.state, replied.asked, replied.paused_until) == (State.REPLIED, "", None)
        with pytest.raises(RuleError):
            questions.answer_question(issue_id=issue.pk, text="第四盏")
    assert questions.close_questions(at=MONDAY + timedelta(days=6)) == 0
    assert Question.objects.get().is_over
    assert Clock.objects.get(step=Step.DONE, ended_at=MONDAY).state == ClockState.MET


def test_holder_who_heard_by_phone_lets_the_clock_go_on(issue, people):
    with at(MONDAY):
        questions.ask_resident(issue_id=issue.pk, actor=people.grid_worker, text="哪一盏？")
        pauses.resume_clock(issue_id=issue.pk, actor=people.grid_worker)
    assert Issue.objects.get().paused_until is None
    with at(MONDAY + timedelta(hours=1)):
        questions.answer_question(issue_id=issue.pk, text="第四盏")
    assert done().paused_seconds == 0
