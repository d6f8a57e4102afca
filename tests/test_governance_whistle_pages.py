"""Whistles in the browser: the way by pages, a unit's own desk, figures and notices."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from governance.lifecycle import EVENT_NAMES, Target
from governance.lifecycle import whistles as kinds
from governance.lifecycle.duties import WhistleKind
from governance.lifecycle.meetings import MeetingState
from governance.lifecycle.whistles import WHISTLE_EVENTS, WhistleState
from governance.models import Call, CallPhoto, DutyClock, Whistle
from governance.selectors.waiting import whistle_lines
from governance.selectors.whistle_figures import hint_of, turn_up_of, whistle_figures
from governance.services.photos import delete_orphan_photos
from governance.services.tasks import check_task, claim_task
from governance.services.whistles import answering
from governance.views.desk.whistle_lines import CODES, HISTORY
from neighborhoods.models import Post
from notifications.models import Notice
from notifications.routing import ROUTES
from notifications.services.relay import relay_batch
from tests import whistle_steps as steps

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
S = WhistleState


@pytest.fixture
def as_(client, people):
    def log_in(name):
        client.force_login(people.user(name))
        return client

    return log_in


def url(name, *args):
    return reverse(f"governance:{name}", args=args)


def test_every_line_and_code_has_words():
    assert set(HISTORY) == WHISTLE_EVENTS
    assert {code for kind, code in CODES if kind == kinds.WHISTLE_ESCALATED} == set(Target)
    assert not WHISTLE_EVENTS & EVENT_NAMES


def test_a_whistle_is_written_from_a_case(as_, district, people):
    issue = steps.accepted_issue(district, people, text="路灯杆歪了要倒，电话13800000005。邻居都怕")
    page = as_("community_staff").get(url("issue-detail", issue.number))
    assert f"{url('whistle-new')}?issue={issue.number}" in page.content.decode()
    form = as_("community_staff").get(f"{url('whistle-new')}?issue={issue.number}").context["form"]
    assert form.initial["issues"] == issue.number
    assert form.initial["kind"] == WhistleKind.ENFORCEMENT
    assert "13800000005" not in form.initial["problem"]
    assert form.initial["basis"]
    sent = {
        **{name: value for name, value in form.initial.items() if value},
        "why": "社区没有吊车",
        "lead": district.lighting.pk,
        "helper_1": district.drainage.pk,
    }
    answer = as_("community_staff").post(url("whistle-new"), sent)
    whistle = Whistle.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, url("whistle-detail", whistle.number))
    assert [link.issue for link in whistle.links.all()] == [issue]
    assert whistle.area == issue.area
    assert steps.lead(whistle).unit == district.lighting
    page = as_("community_staff").get(url("issue-detail", issue.number)).content.decode()
    assert whistle.number in page
    assert "whistles/new" not in page


def test_a_draft_with_faults_is_shown_again(as_, district, people):
    whistle = steps.draft(district, people)
    form = as_("community_staff").get(url("whistle-edit", whistle.number)).context["form"]
    sent = {name: value for name, value in form.initial.items() if value}
    sent["meeting_at"] = "2023-06-05 14:00"
    for faults, field in (
        ({"title": ""}, "title"),
        ({"helper_1": district.lighting.pk}, None),
        ({"issues": "ZY-2023-999999"}, "issues"),
    ):
        answer = as_("community_staff").post(url("whistle-edit", whistle.number), {**sent, **faults})
        assert answer.status_code == 422
        assert (field or "__all__") in answer.context["form"].errors
    answer = as_("community_staff").post(url("whistle-edit", whistle.number), {**sent, "title": "新题目"})
    assert answer.status_code == 303
    assert Whistle.objects.get().title == "新题目"


def test_the_whole_way_by_pages(as_, district, people):
    whistle = steps.draft(district, people)
    number, lead, helper = whistle.number, steps.lead(whistle).pk, steps.helper(whistle).pk

    def press(by, name, *args, **fields):
        answer = as_(by).post(url(name, *args), fields)
        assert answer.status_code == 303, (name, answer.context and answer.context["form"].errors)

    press("street_lead", "whistle-review", number, rank="red")
    press("street_lead", "whistle-issue", number, meeting_at="2023-06-05T15:00", meeting_place="门口")
    press("department_clerk", "call-sign", number, lead, who="黄某")
    press("department_clerk", "call-contact", number, lead, note="与街道通话")
    press("other_clerk", "call-dispute", number, helper, reason="不是我们的", basis="清单")
    press("street_lead", "call-rule", number, helper, stays="yes", ruling="要来")
    press("department_clerk", "call-arrive", number, lead, who="副所长")
    press("other_clerk", "call-arrive", number, helper, who="科长")
    press("community_staff", "whistle-meet", number, minutes="三天修好", resolved="换灯杆，旧杆运走\n\n公示进度")
    first, second = Whistle.objects.get().meeting.resolutions.order_by("order")
    given = {"unit": district.lighting.pk, "due_at": "2023-06-08"}
    press("community_staff", "whistle-resolve", number, resolution=first.pk, **given)  # its words are the title
    press("community_staff", "whistle-resolve", number, resolution="", title="通知电力公司", **given)
    hand = Post.objects.get(user_id=people.grid_worker.user_id)  # one person's, with a milestone on its way
    mine = {**given, "unit": f"post:{hand.pk}", "title": "贴进度", "milestones": "6-6 样稿"}
    press("community_staff", "whistle-resolve", number, resolution="", **mine)
    task = whistle.tasks.get(owner_post=hand)
    assert task.milestones.get().title == "样稿"
    claim_task(task_id=task.pk, actor=people.grid_worker, result="贴了")
    check_task(task_id=task.pk, actor=people.community_staff, passed=True)
    far = {**given, "unit": f"post:{Post.objects.get(user_id=people.other_grid_worker.user_id).pk}", "title": "贴"}
    assert as_("community_staff").post(url("whistle-resolve", number), {**far, "resolution": ""}).status_code == 422
    meeting = second.meeting.number
    assert as_("department_clerk").get(url("meeting-detail", meeting)).status_code == 404
    page = as_("department_clerk").get(url("whistle-detail", number)).content.decode()
    assert all(words in page for words in ("三天修好", "公示进度", meeting))
    press("department_clerk", "call-report", number, lead, result="换好了")
    steps.finish_tasks(whistle, people)
    press("department_clerk", "whistle-claim", number, outcome="换好了")
    press("community_lead", "whistle-check", number, passed="yes")
    for call in (lead, helper):
        press("community_staff", "call-rate", number, call, turn_up="5", handling="4", solved="5")
    page = as_("community_staff").get(url("whistle-detail", number)).content.decode()
    assert "换好了" in page
    for _try in range(3):  # not before the principal has confirmed, and every resolution is taken care of
        early = as_("community_staff").post(url("whistle-close", number), {"reply": "灯杆已换好"})
        assert early.status_code == (303 if _try == 2 else 422)
        if _try == 0:
            press("street_lead", "meeting-confirm", meeting)
            assert as_("street_lead").get(url("meeting-publish", meeting)).status_code == 403
        elif _try == 1:
            press("community_staff", "meeting-inform", meeting, second.pk)
    second.meeting.refresh_from_db()
    assert second.meeting.state == MeetingState.CLOSED
    assert Client().get(url("meeting-public", meeting)).status_code == 404
    assert Whistle.objects.get().state == S.CLOSED
    for who in ("community_staff", "department_clerk", "district_duty"):
        assert as_(who).get(url("whistle-detail", number)).status_code == 200


def test_what_is_wrong_in_a_step_is_said(as_, district, people):
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    answer = as_("department_clerk").post(url("call-arrive", whistle.number, steps.lead(whistle).pk), {"who": ""})
    assert answer.status_code == 422
    steps.sign(whistle, people)
    late = as_("street_lead").post(url("whistle-issue", whistle.number), {})
    assert late.status_code == 422
    assert as_("street_lead").get(url("whistle-issue", whistle.number)).status_code == 302


def test_a_unit_sees_its_calls_only(as_, district, people):
    mine = steps.put(steps.draft(district, people), S.ISSUED, people)
    draft = steps.draft(district, people)
    others = steps.draft(district, people, lead=district.drainage, helpers=())
    steps.issue(others, people)
    page = as_("department_clerk").get(url("whistle-list"))
    assert [row.whistle for row in page.context["rows"]] == [mine]
    assert as_("department_clerk").get(url("whistle-detail", mine.number)).status_code == 200
    for hidden in (draft, others):
        assert as_("department_clerk").get(url("whistle-detail", hidden.number)).status_code == 404
    assert as_("department_clerk").get(url("whistle-figures")).status_code == 403
    today = as_("department_clerk").get(url("desk-today")).content.decode()
    assert mine.number in today
    assert others.number not in today


def test_today_says_what_waits_for_whom(district, people):
    whistle = steps.draft(district, people)

    def waits(actor):
        return [line.number for line in whistle_lines(actor)]

    assert len(waits(people.street_lead)) == 1
    assert waits(people.community_staff) == []
    steps.issue(whistle, people)
    assert waits(people.street_lead) == []
    assert len(waits(people.department_clerk)) == 1
    answering.dispute_call(call_id=steps.helper(whistle).pk, actor=people.other_clerk, reason="不是", basis="清单")
    assert len(waits(people.street_lead)) == 1


def test_the_clock_shown_is_the_one_that_runs(as_, district, people):
    """A whistle that units have not answered is late when they are, not when all its work would be."""
    early, late = (steps.draft(district, people) for _n in range(2))
    steps.issue(late, people)
    sign_by = DutyClock.objects.filter(call__whistle=late, step="sign").latest("due_at").due_at
    with time_machine.travel(sign_by + timedelta(minutes=1), tick=False):
        steps.issue(early, people)
        (mine, *_rest) = [line for line in whistle_lines(people.department_clerk) if line.number == late.number]
        page = as_("street_lead").get(url("whistle-list") + "?tab=late")
        assert [row.whistle.number for row in page.context["rows"]] == [late.number]
        page = as_("street_lead").get(url("whistle-list"))
        assert [row.whistle.number for row in page.context["rows"]] == [late.number, early.number]
    assert mine.due_at == sign_by


@pytest.mark.parametrize(
    "query", ["", "?tab=late", "?tab=backfill", "?tab=closed", "?tab=all&kind=emergency&words=砌墙"]
)
def test_lists_stay_cheap(as_, district, people, query, django_assert_max_num_queries):
    for state in (S.ISSUED, S.CLOSED):
        steps.put(steps.draft(district, people, kind=WhistleKind.EMERGENCY), state, people)
    client = as_("street_officer")
    client.get(url("whistle-list") + query)
    with django_assert_max_num_queries(12):
        assert client.get(url("whistle-list") + query).status_code == 200


@pytest.mark.parametrize("who", ["street_lead", "department_clerk"])
def test_pages_stay_cheap(as_, district, people, who, django_assert_max_num_queries):
    whistle = steps.draft(district, people, issue_ids=(steps.accepted_issue(district, people).pk,))
    steps.put(whistle, S.CHECKED, people)
    client = as_(who)
    for page in (url("whistle-detail", whistle.number), url("desk-today")):
        client.get(page)
        with django_assert_max_num_queries(12):
            assert client.get(page).status_code == 200


def test_evidence_is_seen_by_those_who_see_the_whistle_and_kept(as_, district, people, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    whistle = steps.put(steps.draft(district, people), S.ARRIVED, people)
    file = io.BytesIO()
    Image.new("RGB", (60, 40)).save(file, "JPEG")
    upload = SimpleUploadedFile("a.jpg", file.getvalue(), "image/jpeg")
    address = url("call-report", whistle.number, steps.lead(whistle).pk)
    answer = as_("department_clerk").post(address, {"result": "换好了", "photos": upload})
    assert answer.status_code == 303
    photo = url("photo", CallPhoto.objects.get().attachment.uid)
    answers = {who: as_(who).get(photo).status_code for who in ("other_clerk", "community_staff", "outsider", "nobody")}
    assert answers == {"other_clerk": 200, "community_staff": 200, "outsider": 404, "nobody": 404}
    assert Client().get(photo).status_code == 404
    assert delete_orphan_photos(at=timezone.now() + timedelta(days=30)) == 0


# ---- figures and notices ----
def test_figures_count_turn_up_in_time(district, people):
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    answering.arrive_call(call_id=steps.lead(whistle).pk, actor=people.department_clerk, who="所长")
    with time_machine.travel(timezone.now() + timedelta(hours=6), tick=False):
        answering.arrive_call(call_id=steps.helper(whistle).pk, actor=people.other_clerk, who="科长")
        figures = whistle_figures(people.street_lead, timezone.now())
    assert (figures.turn_up.called, figures.turn_up.came, figures.turn_up.in_time) == (2, 2, 1)
    assert figures.turn_up.percent == 50
    assert figures.months[0].enforcement == figures.months[0].total == 1
    assert len(figures.months) == 12
    assert whistle_figures(people.outsider, timezone.now()).turn_up.percent is None


def test_whose_time_still_runs_is_not_counted(district, people):
    steps.put(steps.draft(district, people), S.ISSUED, people)
    assert turn_up_of(Call.objects.all(), timezone.now()).called == 0


@pytest.mark.parametrize(("whistles", "late", "hint"), [(0, 0, ""), (0, 30, "few"), (1, 30, ""), (12, 3, "many")])
def test_too_few_and_too_many_are_both_said(whistles, late, hint):
    assert hint_of(whistles, late) == hint


def test_notices_lead_units_to_the_whistle(as_, district, people):
    whistle = steps.draft(district, people)
    steps.issue(whistle, people)
    while relay_batch(at=timezone.now(), routes=ROUTES):
        pass
    names = {people.user(name).pk: name for name in people.users}
    told = {names[pk] for pk in Notice.objects.filter(text="whistle_called").values_list("user", flat=True)}
    assert told == {"department_clerk", "other_clerk"}
    notice = Notice.objects.get(text="whistle_called", user=people.user("department_clerk"))
    answer = as_("department_clerk").get(reverse("notifications:notice-open", args=[notice.pk]))
    assert answer["Location"] == url("whistle-detail", whistle.number)
    assert whistle.number in as_("department_clerk").get(reverse("notifications:notice-list")).content.decode()


def test_who_does_not_come_stands_on_today_and_then_has_no_clock_that_runs_on(as_, district, people):
    whistle = steps.put(steps.draft(district, people), S.ISSUED, people)
    assert whistle_lines(people.community_staff) == []
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        (line,) = whistle_lines(people.community_staff)
        assert "有单位没有到场" in line.small
        answering.mark_absent(call_id=steps.helper(whistle).pk, actor=people.community_staff, note="")
        page = as_("community_staff").get(url("whistle-detail", whistle.number)).content.decode()
    assert page.count("没有签收") == 1


def test_a_draft_is_not_pushed_off_today_by_limits_to_come(district, people):
    for _n in range(6):
        steps.put(steps.draft(district, people), S.ARRIVED, people)
    waiting = steps.draft(district, people)
    assert waiting.number in [line.number for line in whistle_lines(people.street_lead)]
