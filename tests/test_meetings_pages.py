"""Meetings at the desk, by form, and what their pages cost."""

import io
import uuid
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.lifecycle.meetings import MeetingState, Presence
from governance.models import AgendaItem, Attendance, DecisionRule, Meeting
from governance.services.meetings import minutes, topics
from governance.services.voting import counting, motions
from tests.factories import make_meeting, make_topic
from tests.meeting_stage import NOW, START, Stage
from tests.votes import TEXT, make_motion, make_voters, on_paper

pytestmark = pytest.mark.django_db
QUERIES_AT_MOST = 12
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


# ---- cost ----
def test_pages_of_the_desk_cost_a_fixed_number_of_statements(client, stage):
    stage.bring_to(MeetingState.PUBLISHED)
    for n in range(8):
        make_topic(stage.district.building, title=f"议题 {n}")
        make_meeting(stage.district.branch, stage.people.branch_secretary, title=f"会议 {n}")
    client.force_login(stage.people.user("branch_secretary"))
    number = stage.meeting.number
    urls = [
        desk("meeting-list") + "?tab=all",
        desk("meeting-calendar"),
        desk("meeting-detail", number),
        desk("meeting-roll", number),
        desk("topic-list") + "?tab=all",
        desk("topic-detail", stage.topic.number),
        desk("meeting-public-list"),
        desk("meeting-public", number),
    ]
    with time_machine.travel(START + timedelta(days=2), tick=False):
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as caught:
                assert client.get(url).status_code == 200, url
            assert len(caught) <= QUERIES_AT_MOST, (url, len(caught), [q["sql"][:90] for q in caught])


# ---- at the desk ----
def test_a_meeting_is_called_by_form_once(client, stage):
    client.force_login(stage.people.user("branch_secretary"))
    start = timezone.localtime() + timedelta(days=12)
    form = {
        "key": str(uuid.uuid4()),
        "area": stage.district.branch.pk,
        "title": "路灯从哪里先装",
        "kind": "council",
        "format": "tea",
        "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (start + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"),
        "place": "议事亭",
        "chair_name": "赵某",
        "secretary": stage.people.user("branch_secretary").pk,
    }
    for _again in range(2):
        assert client.post(desk("meeting-new"), form).status_code == 303
    meeting = Meeting.objects.get(title="路灯从哪里先装")
    assert (meeting.format, meeting.chair_name) == ("tea", "赵某")
    assert meeting.secretary == stage.people.user("branch_secretary")
    assert client.post(desk("meeting-new"), {**form, "kind": "assembly", "key": ""}).status_code == 422


def test_the_agenda_is_built_and_kept(client, stage):
    client.force_login(stage.people.user("branch_secretary"))
    with time_machine.travel(NOW, tick=False):
        waiting = make_topic(stage.district.building, title="路灯")
        topics.accept_topic(topic_id=waiting.pk, actor=stage.people.branch_secretary)
        url = desk("meeting-agenda", stage.meeting.number)
        assert "路灯" in text_of(client, url)
        first, second = stage.items
        rows = [
            {"item_id": second.pk, "order": 1, "title": "其他", "minutes": 10},
            {"item_id": first.pk, "topic_id": stage.topic.pk, "order": 2, "title": "停车", "minutes": 30},
            {"topic_id": waiting.pk, "order": 3, "title": "路灯", "minutes": 20, "is_vote": "on"},
            {"order": "", "title": "不议", "minutes": 5},
        ]
        form = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0}
        form |= {f"form-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
        assert client.post(url, form).status_code == 303
        form["form-0-minutes"] = 110
        assert "会议只有 120 分钟" in client.post(url, form).content.decode()
    items = list(AgendaItem.objects.filter(meeting=stage.meeting).order_by("order"))
    assert [(item.pk in {first.pk, second.pk}, item.title) for item in items] == [
        (True, "其他"),
        (True, "停车"),
        (False, "路灯"),
    ]
    assert items[2].is_vote


def test_minutes_save_themselves_and_do_not_overwrite_each_other(client, stage):
    stage.bring_to(MeetingState.HELD)
    client.force_login(stage.people.user("building_lead"))
    url = desk("meeting-minutes", stage.meeting.number)
    name = f"item-{stage.items[0].pk}"
    with time_machine.travel(START, tick=False):
        answer = client.post(url, {name: "大家同意", "revision": 0}, headers={"hx-request": "true"}).content.decode()
        assert 'name="revision" value="1"' in answer
        again = client.post(url, {name: "大家同意", "revision": 0})  # the button, while the page saved by itself
        assert again.status_code == 303
        late = client.post(url, {name: "别的", "revision": 0}, headers={"hx-request": "true"})
        assert "另一个窗口" in late.content.decode()
        assert client.post(url, {name: "大家都同意", "revision": 1}).status_code == 303
    assert stage.meeting.minutes.get().texts[str(stage.items[0].pk)] == "大家都同意"


def test_the_roll_is_typed_and_put_right(client, stage):
    stage.bring_to(MeetingState.HELD)
    client.force_login(stage.people.user("branch_secretary"))
    url = desk("meeting-roll", stage.meeting.number)
    with time_machine.travel(START, tick=False):
        client.post(url, {"names": "张三 3栋201\n李四，3栋202\n张三 3栋201", "on_paper": "on"})
        first, second = stage.meeting.roll.order_by("pk")
        one = desk("meeting-presence", stage.meeting.number, second.pk)
        client.post(one, {"presence": f"by_proxy:{first.pk}"})
        # who stands in for somebody cannot leave
        client.post(desk("meeting-presence", stage.meeting.number, first.pk), {"presence": "excused"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.presence, second.presence, second.proxy) == (Presence.PRESENT, Presence.BY_PROXY, first)
    assert "张三" not in str(Attendance.objects.values_list("person_hash", flat=True))


def test_paper_of_confirmed_minutes(client, stage):
    stage.bring_to(MeetingState.CONFIRMED)
    client.force_login(stage.people.user("branch_secretary"))
    number = stage.meeting.number
    sheet = text_of(client, desk("meeting-minutes-sheet", number))
    fingerprint = stage.meeting.minutes.get().fingerprint
    assert fingerprint[:32] in sheet
    assert "大家说了" in sheet
    file = client.get(desk("meeting-minutes-word", number))
    with zipfile.ZipFile(io.BytesIO(file.content)) as word:
        document = word.read("word/document.xml").decode()
    assert fingerprint in document
    assert "划出车位" in document
    assert "议事亭" in text_of(client, desk("meeting-notice-sheet", number))


def test_votes_stand_in_the_minutes_and_stay_as_they_were_counted(client, stage):
    stage.bring_to(MeetingState.HELD)
    secretary = stage.people.branch_secretary
    with time_machine.travel(START, tick=False):
        make_voters(stage.meeting, secretary, 5)
        motion = make_motion(stage.meeting, secretary)
        withdrawn = make_motion(stage.meeting, secretary)
        motions.withdraw_motion(motion_id=withdrawn.pk, actor=secretary, reason="并入上一条")
        motions.open_motion(motion_id=motion.pk, actor=secretary)
        on_paper(motion, secretary, yes=[1, 2, 3], no=[4])
        motions.close_motion(motion_id=motion.pk, actor=secretary)
        counting.decide_motion(motion_id=motion.pk, actor=secretary)
    stage._adjourn()
    client.force_login(stage.people.user("representative"))  # the chair reads the votes before they are frozen
    page = text_of(client, desk("meeting-confirm", stage.meeting.number))
    assert TEXT in page
    assert "同意 3，反对 1，弃权 0" in page
    stage._confirm()
    stage._publish()
    frozen = stage.meeting.minutes.get()
    one, other = frozen.body["items"][0]["motions"]
    assert (one["outcome"], one["count"]["for"], one["count"]["entitled"]) == ("passed", ["3", "0.00"], ["5", "0.00"])
    assert one["voters"] == stage.meeting.voters.fingerprint
    assert (other["state"], other["reason"], "count" in other) == ("withdrawn", "并入上一条", False)
    assert minutes.fingerprint_of(frozen.body) == frozen.fingerprint
    one["count"]["for"] = ["4", "0.00"]
    assert minutes.fingerprint_of(frozen.body) != frozen.fingerprint  # the count is part of what was confirmed
    # ---- the rule is worded anew later; what was frozen says what it said
    DecisionRule.objects.filter(pk=motion.rule_id).update(
        name_zh="改过的规则", quorum="none", majority="three_quarters"
    )
    client.force_login(stage.people.user("branch_secretary"))
    number = stage.meeting.number
    with zipfile.ZipFile(io.BytesIO(client.get(desk("meeting-minutes-word", number)).content)) as word:
        paper = word.read("word/document.xml").decode()
    with time_machine.travel(START + timedelta(days=2), tick=False):
        public = text_of(Client(), desk("meeting-public", number))
    for page in (text_of(client, desk("meeting-minutes-sheet", number)), paper, public):
        assert all(words in page for words in (TEXT, "同意 3，反对 1，弃权 0", "三分之二到会", "即 3", "并入上一条"))
        assert "改过的规则" not in page


def test_a_meeting_offers_only_what_can_be_done_now(client, stage):
    client.force_login(stage.people.user("branch_secretary"))
    kinds = client.get(desk("meeting-new")).context["form"].fields["kind"].choices
    assert "assembly" not in dict(kinds)  # the community calls it
    stage.bring_to(MeetingState.NOTICED)
    number = stage.meeting.number
    too_early = {desk("meeting-hold", number), desk("meeting-few", number)}
    with time_machine.travel(START - timedelta(days=1), tick=False):
        client.force_login(stage.people.user("branch_secretary"))
        page = text_of(client, desk("meeting-detail", number))
        assert not [url for url in too_early if url in page]
    with time_machine.travel(START, tick=False):
        client.force_login(stage.people.user("branch_secretary"))
        page = text_of(client, desk("meeting-detail", number))
        assert all(url in page for url in too_early)


def test_who_leads_is_chosen_by_name_place_and_title(client, stage):
    client.force_login(stage.people.user("branch_secretary"))
    labels = dict(client.get(desk("meeting-officers", stage.meeting.number)).context["form"].fields["chair"].choices)
    chair = stage.people.user("representative")
    assert labels[str(chair.pk)].startswith(f"{chair.name}，{stage.district.branch}，")


@pytest.mark.parametrize(
    ("state", "who", "says"),
    [
        (MeetingState.HELD, "building_lead", "写会议记录"),
        (MeetingState.MINUTES_DRAFT, "representative", "确认会议记录"),
        (MeetingState.MINUTES_DRAFT, "building_lead", "写会议记录"),
        (MeetingState.NOT_QUORATE, "branch_secretary", "改期再开"),
    ],
)
def test_what_waits_after_a_meeting_stands_on_today(client, stage, state, who, says):
    stage.bring_to(state)
    client.force_login(stage.people.user(who))
    page = text_of(client, desk("desk-today"))
    assert stage.meeting.number in page
    assert says in page
