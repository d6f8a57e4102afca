"""Meetings as everybody reads them, their topics and their figures."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from core.errors import NotAllowedError, RuleError
from governance.lifecycle import ISSUE_DISCUSSED, ISSUE_ON_AGENDA
from governance.lifecycle.meetings import MeetingState, Presence, TopicState
from governance.models import Meeting, Topic
from governance.selectors.meetings.counts import micro_meetings, settled_problems
from governance.services.meetings import agenda, minutes, notices, results, roll, session, topics
from governance.services.meetings.follow_up import Follow, give_resolution_task
from governance.services.meetings.forgetting import forget_rolls
from governance.services.meetings.topics import topic_token
from tests.factories import make_issue, make_meeting, make_topic
from tests.meeting_stage import NOW, START, Stage

pytestmark = pytest.mark.django_db
PHONE = "13812345678"


@pytest.fixture
def stage(district, people) -> Stage:
    return Stage(district, people)


def text_of(client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def desk(name: str, *args) -> str:
    return reverse(f"governance:{name}", args=args)


# ---- everybody ----
def test_nothing_is_public_before_it_is_announced_and_nothing_after_it_is_withdrawn(client, stage):
    url = desk("meeting-public", stage.meeting.number)
    assert client.get(url).status_code == 404
    stage.bring_to(MeetingState.NOTICED)
    with time_machine.travel(NOW, tick=False):
        assert "电动车停放" in text_of(client, url)
        assert stage.meeting.title in text_of(client, desk("meeting-public-list"))
    stage._hold()
    stage._adjourn()
    stage._confirm()
    with time_machine.travel(START + timedelta(days=1), tick=False):
        assert "大家说了" not in text_of(client, url)  # confirmed, not published
    stage._publish()
    with time_machine.travel(START + timedelta(days=2), tick=False):
        assert "大家说了" in text_of(client, url)
    with time_machine.travel(START + timedelta(days=40), tick=False):
        assert client.get(url).status_code == 404


def test_numbers_in_titles_are_masked_on_the_notice(client, stage):
    with time_machine.travel(NOW, tick=False):
        stage.do(agenda.set_agenda, "branch_secretary", rows=[agenda.Row(f"找 {PHONE}", 10)])
        Meeting.objects.filter(pk=stage.meeting.pk).update(title=f"问 {PHONE}")
        stage.do(agenda.screen_meeting, "branch_secretary")
        stage.do(notices.announce_meeting, "branch_secretary")
        for url in (desk("meeting-public", stage.meeting.number), desk("meeting-public-list")):
            assert PHONE not in text_of(client, url)


def test_results_are_masked(client, stage):
    stage.bring_to(MeetingState.HELD)
    with time_machine.travel(START, tick=False):
        texts = {item.pk: f"王师傅电话 {PHONE}" for item in stage.items}
        stage.do(minutes.save_minutes, "building_lead", typed=minutes.Typed(f"找 {PHONE}", texts, 0))
        stage.do(roll.type_roll, "building_lead", people=roll.lines_of("张三 3栋201"))
        for item in stage.items:
            stage.do(session.add_resolution, "building_lead", item_id=item.pk, text=f"打 {PHONE}")
        stage.do(session.adjourn_meeting, "building_lead")
    stage._confirm()
    stage._publish()
    with time_machine.travel(START + timedelta(days=2), tick=False):
        first, *_rest = stage.meeting.resolutions.all()
        follow = Follow(f"找 {PHONE}", START + timedelta(days=9))
        stage.do(give_resolution_task, "branch_secretary", resolution_id=first.pk, follow=follow)
        page = text_of(client, desk("meeting-public", stage.meeting.number))
    assert PHONE not in page
    assert "张三" not in page
    # ---- how the tasks stand: whose, how far; which ones nobody has yet
    assert "已交办" in page
    assert first.tasks.get().holder_name in page
    assert "还没定由谁来办。" in page


def test_a_resident_proposes_a_topic_follows_it_and_takes_it_back(client, stage):
    form = {
        "area": stage.district.branch.code,
        "title": "夏天的烧烤烟",
        "theme": "neighbours",
        "text": "",
        "name": "张某",
        "phone": "10000000007",
        "key": str(uuid.uuid4()),
    }
    unsaid = client.post(desk("topic-propose"), {**form, "theme": ""})  # nothing is chosen beforehand
    assert unsaid.status_code == 422
    assert "请选一个类别" in unsaid.content.decode()
    response = client.post(desk("topic-propose"), form)
    assert response.status_code == 303
    assert client.post(desk("topic-propose"), form)["Location"] == response["Location"]
    topic = Topic.objects.get(title="夏天的烧烤烟")
    page = text_of(client, response["Location"])
    assert "组织者会看" in page
    assert client.get(response["Location"])["Referrer-Policy"] == "same-origin"
    assert client.post(desk("topic-withdraw", topic_token(topic))).status_code == 303
    topic.refresh_from_db()
    assert topic.state == TopicState.WITHDRAWN


def test_the_reason_for_not_taking_it_up_is_read_by_whoever_proposed_it(client, stage):
    topic = make_topic(stage.district.building, title="拆围墙")
    client.force_login(stage.people.user("branch_secretary"))
    client.post(desk("topic-decline", topic.number), {"reason": "归规划部门，请打 0737-0000000"})
    client.logout()
    assert "归规划部门" in text_of(client, desk("topic-follow", topic_token(topic)))


def test_a_resident_registers_and_signs_in_at_the_door_once(client, stage):
    stage.bring_to(MeetingState.NOTICED)
    person = {"name": "张三", "door": "3栋201", "key": str(uuid.uuid4())}
    with time_machine.travel(NOW, tick=False):
        assert "到时见" in client.post(desk("meeting-register", stage.meeting.number), person).content.decode()
    door = desk("meeting-check-in", stage.meeting.number, roll.checkin_code(stage.meeting))
    with time_machine.travel(START - timedelta(days=1), tick=False):
        assert client.post(door, person).status_code == 422  # too early
    with time_machine.travel(START, tick=False):
        assert "签到好了" in client.post(door, {**person, "key": str(uuid.uuid4())}).content.decode()
        assert client.post(door, {**person, "key": str(uuid.uuid4())}).status_code == 422  # somebody of this name
    line = stage.meeting.roll.get()
    assert (line.presence, line.how) == (Presence.PRESENT, "qr")


def test_seats_are_limited(stage):
    Meeting.objects.filter(pk=stage.meeting.pk).update(capacity=1)
    stage.bring_to(MeetingState.NOTICED)
    with time_machine.travel(NOW, tick=False):
        roll.register(meeting_id=stage.meeting.pk, who=roll.Person("甲"))
        with pytest.raises(RuleError, match="座位已满"):
            roll.register(meeting_id=stage.meeting.pk, who=roll.Person("乙"))


# ---- linked issues ----
def test_residents_of_a_linked_issue_read_when_and_what(stage):
    people = stage.people
    with time_machine.travel(NOW, tick=False):
        issue = make_issue(stage.district.building)
        topic = topics.propose_topic(
            actor=people.grid_worker,
            proposal=topics.Proposal(area=stage.district.building, title="路灯", issue=issue),
        )
        topics.accept_topic(topic_id=topic.pk, actor=people.branch_secretary)
        stage.do(agenda.set_agenda, "branch_secretary", rows=[agenda.Row("路灯", 30, topic_id=topic.pk)])
    stage.items = list(stage.meeting.agenda.all())
    stage.bring_to(MeetingState.PUBLISHED)
    kinds = list(issue.timeline.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == [ISSUE_ON_AGENDA, ISSUE_DISCUSSED]
    assert "划出车位" in issue.timeline.get(kind=ISSUE_DISCUSSED).text
    with pytest.raises(RuleError, match="已经提到会上"):
        topics.propose_topic(
            actor=people.grid_worker,
            proposal=topics.Proposal(area=stage.district.building, title="路灯", issue=issue),
        )


# ---- figures ----
def test_a_meeting_counts_when_its_minutes_are_confirmed_and_a_problem_once(stage):
    stage.bring_to(MeetingState.MINUTES_DRAFT)
    assert micro_meetings(2026).count() == 0
    stage._confirm()
    assert micro_meetings(2026).count() == 1
    assert settled_problems(2026).count() == 0
    secretary, staff = stage.people.branch_secretary, stage.people.community_staff
    with time_machine.travel(START + timedelta(days=2), tick=False):
        # looked at, not settled: talked about again at another meeting, and settled then; one problem
        topics.settle_topic(topic_id=stage.topic.pk, actor=staff, settled=False, note="还没划")
        again = make_meeting(stage.district.branch, secretary, starts_at=START + timedelta(days=20), is_micro=True)
        agenda.set_agenda(meeting_id=again.pk, actor=secretary, rows=[agenda.Row("车", 20, topic_id=stage.topic.pk)])
        agenda.screen_meeting(meeting_id=again.pk, actor=secretary)
        notices.announce_meeting(meeting_id=again.pk, actor=secretary)
    with time_machine.travel(START + timedelta(days=20), tick=False):
        session.hold_meeting(meeting_id=again.pk, actor=secretary)
        roll.type_roll(meeting_id=again.pk, actor=secretary, people=roll.lines_of("张三"))
        item = again.agenda.get()
        session.add_resolution(meeting_id=again.pk, actor=secretary, item_id=item.pk, text="本周划好")
        minutes.save_minutes(meeting_id=again.pk, actor=secretary, typed=minutes.Typed("", {item.pk: "说了"}, 0))
        session.adjourn_meeting(meeting_id=again.pk, actor=secretary)
        minutes.confirm_minutes(meeting_id=again.pk, actor=staff)
        topics.settle_topic(topic_id=stage.topic.pk, actor=staff, settled=True, note="都划好了")
    assert micro_meetings(2026).count() == 2
    assert settled_problems(2026).count() == 1
    assert settled_problems(2026, secretary.grants).count() == 1
    assert settled_problems(2026, stage.people.outsider.grants).count() == 0


def test_whoever_called_the_meeting_does_not_say_that_it_is_settled(stage):
    stage.bring_to(MeetingState.CONFIRMED)
    stage.topic.refresh_from_db()
    assert stage.topic.state == TopicState.DISCUSSED
    with pytest.raises(NotAllowedError):
        topics.settle_topic(topic_id=stage.topic.pk, actor=stage.people.branch_secretary, settled=True, note="好了")


def test_results_module_is_run_every_morning():
    from config.celery import app

    assert app.conf.beat_schedule["meetings"]["task"] == "governance.remind_organizers"
    assert results.remind_organizers() == 0


def test_a_topic_of_a_case_is_put_to_a_meeting_from_the_desk(client, stage):
    issue = make_issue(stage.district.building)
    client.force_login(stage.people.user("community_staff"))
    url = desk("topic-new") + f"?issue={issue.number}"
    assert issue.number in text_of(client, url)
    form = {"area": issue.area_id, "title": "路灯", "theme": "infrastructure", "key": str(uuid.uuid4())}
    assert client.post(url, form).status_code == 303
    assert issue.topics.get().state == TopicState.PROPOSED


def test_names_on_a_roll_go_a_year_after_it_was_filed(stage):
    stage.bring_to(MeetingState.CLOSED)
    filed = START + timedelta(days=16)
    assert forget_rolls(at=filed + timedelta(days=300)) == 0
    assert forget_rolls(at=filed + timedelta(days=366)) == 2
    assert forget_rolls(at=filed + timedelta(days=366)) == 0
    assert {line.name for line in stage.meeting.roll.all()} == {"—"}
    assert stage.meeting.roll.filter(presence=Presence.PRESENT).count() == 2


def test_a_representative_reads_the_topic_they_typed_for_a_neighbour(client, stage):
    client.force_login(stage.people.user("representative"))
    form = {"area": stage.district.branch.pk, "title": "长椅", "theme": "care", "name": "张某", "key": ""}
    response = client.post(desk("topic-new"), form)
    assert "长椅" in text_of(client, response["Location"])
    assert client.get(desk("topic-detail", stage.topic.number)).status_code == 404
    assert desk("meeting-list") in text_of(client, desk("topic-list"))
