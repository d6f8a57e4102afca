"""Pauses, more time, questions and hard cases set aside, as desk and resident use them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.models import OutboxMessage
from governance.lifecycle import State, Urgency
from governance.lifecycle.asking import Asked
from governance.models import ClockPause, Extension, Issue, Question
from governance.selectors.today import today_of
from governance.services.answers import record_callback
from governance.services.dispatch import Goal, dispatch_issue, sign_issue, take_issue
from governance.services.following import urge_issue
from governance.services.handling import check_issue, log_contact, reply_issue
from governance.services.links import follow_path
from governance.services.questions import ask_resident
from governance.views.desk.steps import main_step, open_steps
from tests.factories import make_issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(district, people) -> Issue:
    """A complex case that a grid works on."""
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    Issue.objects.filter(pk=issue.pk).update(urgency=Urgency.COMPLEX)
    issue.refresh_from_db()
    return issue


def post(client: Client, people, who: str, verb: str, issue: Issue, **fields):
    client.force_login(people.user(who))
    response = client.post(reverse(f"governance:issue-{verb}", args=[issue.number]), fields)
    issue.refresh_from_db()
    return response


def page(client: Client, people, who: str, verb: str, issue: Issue) -> str:
    client.force_login(people.user(who))
    return client.get(reverse(f"governance:issue-{verb}", args=[issue.number])).content.decode()


def group(actor, key: str) -> set[str]:
    today = today_of(actor, timezone.now())
    first = [today.first] if today.first else []
    return {i.number for g in today.groups if g.key == key and g.count for i in [*g.issues, *first]}


def verbs(actor, issue: Issue) -> set[str]:
    return {button.step.verb for button in open_steps(actor, issue)}


def test_pause_is_asked_shown_decided_and_ended(client, district, people, issue):
    day = timezone.localdate() + timedelta(days=3)
    assert post(client, people, "grid_worker", "pause", issue, reason="weather", ends_on="").status_code == 422
    late = timezone.localdate() + timedelta(days=31)
    assert post(client, people, "grid_worker", "pause", issue, reason="weather", ends_on=late).status_code == 422
    assert post(client, people, "grid_worker", "pause", issue, reason="weather", ends_on=day).status_code == 303
    assert group(people.community_staff, "decide") == {issue.number}
    assert group(people.street_officer, "decide") == group(people.grid_worker, "decide") == set()
    assert main_step(people.community_staff, issue).verb == "decide-pause"
    assert not {"pause", "extend", "ask", "resume"} & verbs(people.grid_worker, issue)
    assert "天气" in page(client, people, "community_staff", "decide-pause", issue)
    no = post(client, people, "community_staff", "decide-pause", issue, agreed="no", words="")
    assert no.status_code == 422
    assert post(client, people, "community_staff", "decide-pause", issue, agreed="yes").status_code == 303
    assert ClockPause.objects.get().approved_by_id == people.community_staff.user_id
    assert issue.paused_until.date() == day
    assert "resume" in verbs(people.grid_worker, issue)
    assert "pause" not in verbs(people.grid_worker, issue)
    assert post(client, people, "grid_worker", "resume", issue).status_code == 303
    assert issue.paused_until is None


def test_second_of_two_who_decide_reads_that_it_is_done(client, people, issue):
    day = timezone.localdate() + timedelta(days=3)
    post(client, people, "grid_worker", "pause", issue, reason="weather", ends_on=day)
    post(client, people, "community_staff", "decide-pause", issue, agreed="yes")
    second = post(client, people, "community_lead", "decide-pause", issue, agreed="no", words="不用停")
    assert second.status_code == 422
    assert issue.paused_until


def test_extension_is_asked_shown_above_and_told_to_the_resident(client, people, issue):
    before, fields = issue.due_at, {"reason": "配件要从外地运来", "basis": "办理规范第 9 条"}
    assert "15" in page(client, people, "grid_worker", "extend", issue)
    assert post(client, people, "grid_worker", "extend", issue, days=16, **fields).status_code == 422
    assert post(client, people, "grid_worker", "extend", issue, days=5, **fields).status_code == 303
    assert issue.asked == Asked.EXTENSION
    assert group(people.community_lead, "decide") == {issue.number}
    shown = page(client, people, "community_lead", "decide-extension", issue)
    assert "配件要从外地运来" in shown
    assert "办理规范第 9 条" in shown
    assert post(client, people, "community_lead", "decide-extension", issue, agreed="yes").status_code == 303
    assert issue.due_at > before
    assert Extension.objects.get().approver_id == people.community_lead.user_id
    assert "extend" in verbs(people.grid_worker, issue)  # the service says that once is enough
    follow = client.get(follow_path(issue)).content.decode()
    assert "要比原来答应的晚一些" in follow
    assert "办理规范第 9 条" not in follow


@pytest.mark.parametrize(
    ("held_by", "decides"), [("community", "street_officer"), ("unit", "street_officer"), ("street", "district_duty")]
)
def test_extension_lies_before_the_level_above(client, district, people, issue, held_by, decides):
    goals = {
        "community": (Goal(area=district.community), "community_staff"),
        "unit": (Goal(unit=district.lighting), "department_clerk"),
        "street": (Goal(area=district.street), "street_lead"),
    }
    goal, holder = goals[held_by]
    dispatch_issue(issue_id=issue.pk, actor=people.street_officer, goal=goal, note="归你", again=True)
    sign_issue(issue_id=issue.pk, actor=getattr(people, holder))
    asked = post(client, people, holder, "extend", issue, days=5, reason="等配件", basis="规范")
    assert asked.status_code == 303
    found = {
        who
        for who in ("community_lead", "street_officer", "district_duty", "far_officer")
        if group(getattr(people, who), "decide")
    }
    assert found == {decides}
    assert post(client, people, decides, "decide-extension", issue, agreed="yes").status_code == 303


def test_ordinary_case_has_no_extension(client, people, issue):
    Issue.objects.filter(pk=issue.pk).update(urgency=Urgency.ORDINARY)
    issue.refresh_from_db()
    assert "extend" not in verbs(people.grid_worker, issue)
    assert post(client, people, "grid_worker", "extend", issue, days=5, reason="等", basis="规").status_code == 403


# ---- the question ----
def test_question_stands_on_top_and_is_answered_by_the_link(client, people, issue):
    assert post(client, people, "grid_worker", "ask", issue, text="水是从哪面墙渗的？").status_code == 303
    assert issue.asked == Asked.QUESTION
    assert OutboxMessage.objects.filter(event__name="issue.question_asked").exists()
    stranger = Client()
    url = reverse("governance:issue-follow-question", args=[follow_path(issue).strip("/").split("/")[-1]])
    top = stranger.get(follow_path(issue)).content.decode()
    assert top.index("水是从哪面墙渗的？") < top.index("h-time")
    assert "有一个问题想问您" in top
    assert stranger.post(url, {"text": ""}).status_code == 422
    assert stranger.post(url, {"text": "北面"}).status_code == 303
    again = stranger.post(url, {"text": "北面"})
    assert again.status_code == 303
    issue.refresh_from_db()
    assert (issue.asked, Question.objects.get().answer) == ("", "北面")
    assert "他们想问您" not in stranger.get(follow_path(issue)).content.decode()
    late = stranger.post(url, {"text": "南面"})
    assert late.status_code == 422
    assert "不需要这个回答" in late.content.decode()
    assert "北面" in page(client, people, "grid_worker", "detail", issue)


def test_staff_at_work_on_it_do_not_answer_for_the_resident(client, people, issue):
    ask_resident(issue_id=issue.pk, actor=people.grid_worker, text="哪一盏？")
    client.force_login(people.user("grid_worker"))
    token = follow_path(issue).strip("/").split("/")[-1]
    answer = client.post(reverse("governance:issue-follow-question", args=[token]), {"text": "第四盏"})
    assert answer.status_code == 422
    assert Question.objects.get().answered_at is None


def test_neighbour_who_joined_is_not_asked(client, district, people, issue):
    Issue.objects.filter(pk=issue.pk).update(is_public=True, published_at=timezone.now())
    joined = make_issue(district.other_building)
    Issue.objects.filter(pk=joined.pk).update(state=State.MERGED, parent=issue, closed_at=timezone.now())
    ask_resident(issue_id=issue.pk, actor=people.grid_worker, text="哪一盏？")
    assert "哪一盏" not in client.get(follow_path(joined)).content.decode()


# ---- hard cases ----
def test_hard_case_is_set_aside_in_words_for_everybody(client, people, issue):
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="只能先清理")
    check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True)
    record_callback(
        issue_id=issue.pk, actor=people.callback_agent, outcome="not_solved", satisfaction=None, words="还在漏"
    )
    fields = {"reason": "property", "note": "要等产权理清", "obstacle": "已问过房管局王科"}
    assert post(client, people, "community_lead", "park", issue, **{**fields, "note": ""}).status_code == 422
    assert post(client, people, "community_lead", "park", issue, **fields).status_code == 303
    assert issue.state == State.PARKED
    follow = client.get(follow_path(issue)).content.decode()
    assert "要等产权理清" in follow
    assert "产权还没有理清" in follow
    assert "房管局王科" not in follow
    assert "房管局王科" in page(client, people, "community_lead", "detail", issue)


# ---- urged again and again ----
def test_third_urge_lies_before_whoever_supervises(client, district, people, issue):
    for _time in range(2):
        urge(issue)
    assert group(people.community_lead, "urged") == set()
    urge(issue)
    assert group(people.community_lead, "urged") == {issue.number}
    assert group(people.street_lead, "urged") == group(people.community_staff, "urged") == set()
    dispatch_issue(
        issue_id=issue.pk, actor=people.street_officer, goal=Goal(unit=district.lighting), note="归你", again=True
    )
    assert group(people.community_lead, "urged") == set()
    assert group(people.street_lead, "urged") == {issue.number}
    sign_issue(issue_id=issue.pk, actor=people.department_clerk)
    log_contact(issue_id=issue.pk, actor=people.department_clerk, reached=True, note="")
    reply_issue(issue_id=issue.pk, actor=people.department_clerk, text="换了")
    assert group(people.street_lead, "urged") == set()
    assert Issue.objects.get(pk=issue.pk).urges == 0


def urge(issue: Issue) -> None:
    urge_issue(issue_id=issue.pk)
    Issue.objects.filter(pk=issue.pk).update(urged_at=timezone.now() - timedelta(days=2))


def test_today_costs_the_same_with_something_to_decide(client, people, issue):
    client.force_login(people.user("community_lead"))
    client.get("/desk/")
    with CaptureQueriesContext(connection) as before:
        client.get("/desk/")
    post(client, people, "grid_worker", "extend", issue, days=5, reason="等配件", basis="规范")
    client.force_login(people.user("community_lead"))
    client.get("/desk/")
    with CaptureQueriesContext(connection) as after:
        client.get("/desk/")
    assert len(after) <= len(before) + 1 <= 12
