"""Steps of a case at the desk, by form."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from core.models import Event
from governance.lifecycle import CONTACT_REVEALED, State
from governance.models import Callback, ContactLog, Disclosure, Issue, IssuePhoto
from governance.services.dispatch import Goal, dispatch_issue, return_issue, take_issue
from governance.services.handling import check_issue, log_contact, reply_issue
from governance.services.photos import store_photo
from governance.views.desk.steps import STEPS, main_step, open_steps
from tests.factories import make_issue

pytestmark = pytest.mark.django_db


def url(verb: str, issue: Issue) -> str:
    return reverse(f"governance:issue-{verb}", args=[issue.number])


def picture() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (240, 180), (200, 180, 120)).save(file, "JPEG")
    return SimpleUploadedFile("a.jpg", file.getvalue(), "image/jpeg")


def replied(district, people, **fields) -> Issue:
    issue = make_issue(district.building, **fields)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头")
    issue.refresh_from_db()
    return issue


def disputed(district, people) -> Issue:
    issue = make_issue(district.building)
    for unit, clerk in ((district.lighting, people.department_clerk), (district.drainage, people.other_clerk)):
        dispatch_issue(issue_id=issue.pk, actor=people.street_officer, goal=Goal(unit=unit))
        return_issue(issue_id=issue.pk, actor=clerk, reason="不归我们", basis="清单")
    issue.refresh_from_db()
    return issue


def post(client, people, who: str, verb: str, issue: Issue, **fields):
    client.force_login(people.user(who))
    response = client.post(url(verb, issue), fields)
    issue.refresh_from_db()
    return response


def once_of(response) -> str:
    return re.search(r'name="once" value="(\w+)"', response.content.decode())[1]


def test_handler_goes_all_the_way(client, district, people):
    issue = make_issue(district.building)
    assert post(client, people, "grid_worker", "take", issue).status_code == 303
    assert issue.state == State.SIGNED
    assert post(client, people, "grid_worker", "contact", issue, reached="yes", note="问清了").status_code == 303
    assert issue.state == State.WORKING
    answer = post(client, people, "grid_worker", "reply", issue, claims="yes", text="修好了", photos=[picture()])
    assert answer.status_code == 303
    assert issue.state == State.REPLIED
    assert IssuePhoto.objects.get().from_resident is False
    assert post(client, people, "community_staff", "check", issue, passed="yes", note="").status_code == 303
    assert issue.state == State.CALLBACK
    assert (
        post(client, people, "callback_agent", "callback", issue, outcome="solved", satisfaction="5").status_code == 303
    )
    assert issue.state == State.CLOSED_SOLVED
    assert Callback.objects.get().satisfaction == 5
    assert post(client, people, "street_officer", "reopen", issue, reason="又坏了").status_code == 303
    assert (issue.state, issue.reopened_count) == (State.DISPATCHED, 1)
    assert post(client, people, "grid_worker", "sign", issue).status_code == 303


def test_two_presses_of_one_button_are_one_attempt(client, district, people):
    """Three attempts that failed allow a reply: nobody makes them with one form. A corrected form is another one."""
    issue = make_issue(district.building, phone="13800000001")
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    client.force_login(people.user("grid_worker"))
    url = f"/desk/issues/{issue.number}/contact/"
    keys = [once_of(client.get(url)) for _page in range(2)]
    assert client.post(url, {"once": keys[0], "note": "x"}).status_code == 422
    for key in (keys[0], keys[0], keys[0], keys[1]):
        assert client.post(url, {"once": key, "reached": "no", "note": "没人接"}).status_code in {302, 303}
    assert ContactLog.objects.count() == 2
    # whoever goes back and writes something else in it is heard
    client.post(url, {"once": keys[0], "reached": "no", "note": "傍晚也没人接"})
    assert ContactLog.objects.count() == 3


def test_a_refused_form_may_come_again_with_the_same_words(client, district, people):
    """Refused, set right elsewhere, back with the browser: the same page is sent once more, and is heard."""
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    client.force_login(people.user("grid_worker"))
    url = f"/desk/issues/{issue.number}/reply/"
    words = {"once": once_of(client.get(url)), "claims": "yes", "text": "修好了，请看看"}
    assert client.post(url, words).status_code == 422
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    assert client.post(url, words).status_code == 303
    issue.refresh_from_db()
    assert issue.state == State.REPLIED


def test_reply_without_a_talk_says_so_and_keeps_the_words(client, district, people):
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    answer = post(client, people, "grid_worker", "reply", issue, claims="yes", text="修好了，请看看")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "三次" in page
    assert "修好了，请看看" in page
    assert issue.state == State.SIGNED


def test_reply_with_rubbish_for_a_photo_writes_nothing(client, district, people):
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    rubbish = SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    answer = post(client, people, "grid_worker", "reply", issue, claims="yes", text="修好了", photos=[rubbish])
    assert answer.status_code == 422
    assert issue.state == State.WORKING
    assert not IssuePhoto.objects.exists()


def test_dispatcher_refuses_dispatches_and_recalls(client, district, people):
    refused, moved = make_issue(district.building), make_issue(district.building)
    answer = post(client, people, "community_staff", "refuse", refused, reason="不属本区", referral="区住建局")
    assert answer.status_code == 303
    assert refused.state == State.NOT_ACCEPTED
    goal = {"goal": f"area:{district.community.pk}", "note": ""}
    assert post(client, people, "street_officer", "dispatch", moved, **goal).status_code == 303
    assert moved.holder_area == district.community
    other = {"goal": "other", "unit": str(district.drainage.pk), "note": "请看一看"}
    assert post(client, people, "street_officer", "redispatch", moved, **other).status_code == 303
    assert moved.holder_unit == district.drainage
    silent = {"goal": f"area:{district.community.pk}", "note": ""}
    assert post(client, people, "street_officer", "redispatch", moved, **silent).status_code == 422
    bad = {"goal": "other", "unit": "", "note": "请看一看"}
    assert post(client, people, "street_officer", "redispatch", moved, **bad).status_code == 422
    alien = {"goal": f"area:{district.far_street.pk}", "note": "请看一看"}
    assert post(client, people, "street_officer", "redispatch", moved, **alien).status_code == 422


def test_grid_worker_hands_up_but_calls_no_unit(client, district, people):
    issue = make_issue(district.building)
    client.force_login(people.user("grid_worker"))
    page = client.get(url("dispatch", issue)).content.decode()
    assert f"area:{district.community.pk}" in page
    assert "unit:" not in page
    assert 'value="other"' not in page
    assert post(client, people, "grid_worker", "dispatch", issue, goal="other", unit="1").status_code == 422
    assert issue.state == State.SUBMITTED


def test_two_returns_end_in_a_binding_ruling(client, district, people):
    issue = disputed(district, people)
    assert issue.state == State.RULING
    answer = post(client, people, "street_officer", "rule", issue, goal=f"unit:{district.lighting.pk}")
    assert answer.status_code == 303
    assert (issue.state, issue.is_binding, issue.holder_unit) == (State.DISPATCHED, True, district.lighting)
    assert post(client, people, "department_clerk", "return", issue, reason="x", basis="y").status_code == 403


def test_unit_returns_with_reason_and_basis(client, district, people):
    issue = make_issue(district.building)
    dispatch_issue(issue_id=issue.pk, actor=people.street_officer, goal=Goal(unit=district.lighting))
    assert post(client, people, "department_clerk", "return", issue, reason="", basis="").status_code == 422
    assert post(client, people, "department_clerk", "return", issue, reason="不归我们", basis="清单").status_code == 303
    assert issue.state == State.RETURNED


def test_explaining_needs_an_answer_first(client, district, people):
    issue = replied(district, people)
    check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True)
    assert post(client, people, "street_officer", "explain", issue, explanation="办不了").status_code == 422
    post(client, people, "callback_agent", "callback", issue, outcome="not_solved", words="还是不亮")
    assert issue.state == State.CALLBACK
    assert post(client, people, "street_officer", "explain", issue, explanation="产权不清").status_code == 303
    assert issue.state == State.CLOSED_EXPLAINED


def test_notes_urgency_publication_and_reminders(client, district, people):
    issue = make_issue(district.building, is_public=True)
    assert post(client, people, "branch_secretary", "note", issue, text="老人腿脚不便").status_code == 303
    assert issue.timeline.get(kind="issue.noted").audience == 0
    assert post(client, people, "street_officer", "urgency", issue, urgency="U", reason="").status_code == 303
    assert issue.urgency == "U"
    assert post(client, people, "street_officer", "urgency", issue, urgency="O", reason="").status_code == 422
    assert post(client, people, "community_staff", "publish", issue, shown="no").status_code == 303
    assert issue.published_at is None
    assert post(client, people, "community_lead", "nudge", issue, words="请抓紧").status_code == 303
    assert post(client, people, "community_lead", "nudge", issue, words="请抓紧").status_code == 422


def test_the_second_of_two_reads_what_happened(client, district, people):
    """Both had the page open; the quicker one dispatched it."""
    issue = make_issue(district.building)
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting))
    answer = post(client, people, "street_officer", "refuse", issue, reason="不属本区", referral="区住建局")
    assert answer.status_code == 422
    assert "待签收" in answer.content.decode()
    assert issue.state == State.DISPATCHED
    assert client.get(url("refuse", issue)).status_code == 302


def test_a_step_that_is_not_mine_is_forbidden_and_elsewhere_unknown(client, district, people):
    issue = make_issue(district.building)
    assert post(client, people, "branch_secretary", "take", issue).status_code == 403
    assert post(client, people, "outsider", "take", issue).status_code == 404
    assert issue.state == State.SUBMITTED


def test_today_takes_a_case_without_leaving_the_page(client, district, people):
    issue = make_issue(district.building)
    client.force_login(people.user("grid_worker"))
    today = reverse("governance:desk-today")
    part = client.post(url("take", issue), {"next": today}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert f'id="row-{issue.number}"' in part.content.decode()
    assert "<html" not in part.content.decode()
    form = client.get(f"{url('contact', issue)}?next={today}", headers={"HX-Request": "true"})
    assert "<form" in form.content.decode()
    plain = client.post(url("contact", issue), {"next": today, "reached": "no", "note": ""})
    assert (plain.status_code, plain["Location"]) == (303, today)
    away = client.post(url("contact", issue), {"next": "//evil.example/", "reached": "no", "note": ""})
    assert away["Location"] == reverse("governance:issue-detail", args=[issue.number])


def test_contact_is_shown_once_and_leaves_a_trace(client, district, people):
    issue = make_issue(district.building, name="张小明", phone="10000000005")
    client.force_login(people.user("grid_worker"))
    detail = reverse("governance:issue-detail", args=[issue.number])
    assert "10000000005" not in client.get(detail).content.decode()
    assert "10000000005" not in client.get(url("reveal", issue)).content.decode()
    assert client.post(url("reveal", issue), {"reason": " "}).status_code == 422
    assert not Disclosure.objects.exists()
    shown = client.post(url("reveal", issue), {"reason": "约上门时间"})
    assert "10000000005" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert Disclosure.objects.get().reason == "约上门时间"
    assert Event.objects.filter(name=CONTACT_REVEALED).count() == 1
    assert "约上门时间" in client.get(f"{detail}?tab=seen").content.decode()
    assert "10000000005" not in client.get(f"{detail}?tab=seen").content.decode()
    client.force_login(people.user("branch_secretary"))
    assert client.post(url("reveal", issue), {"reason": "看看"}).status_code == 403


def test_photo_is_covered_with_boxes_or_cells(client, district, people):
    stored = store_photo(upload=io.BytesIO(picture().read()), size=5000)
    issue = make_issue(district.building, is_public=True, photos=(stored,))
    photo = issue.photos.get()
    cover = reverse("governance:photo-cover", args=[issue.number, photo.pk])
    client.force_login(people.user("community_staff"))
    assert client.get(cover).status_code == 200
    assert client.post(cover, {"cells": ["1-1"]}).status_code == 422  # not looked at
    for rubbish in ("[[", "[[1,2]]", "[[0,0,2,2]]", '["a"]', "[[NaN,0,0,0]]", "7"):
        assert client.post(cover, {"drawn": rubbish, "looked": "on"}).status_code == 422, rubbish
    answer = client.post(cover, {"drawn": "[[0.5,0.5,0.5,0.5]]", "cells": ["1-1"], "looked": "on"})
    assert answer.status_code == 303
    photo.refresh_from_db()
    with Image.open(photo.attachment.covered_file) as copy:
        assert max(copy.getpixel((5, 5))) < 60  # the cell
        assert max(copy.getpixel((200, 150))) < 60  # the box
        assert min(copy.getpixel((100, 60))) > 90  # the rest
    withhold = reverse("governance:photo-withhold", args=[issue.number, photo.pk])
    assert client.post(withhold).status_code == 303
    photo.refresh_from_db()
    assert photo.published_at is None
    other = make_issue(district.building)
    assert client.get(reverse("governance:photo-cover", args=[other.number, photo.pk])).status_code == 404


def test_only_steps_that_work_are_offered(district, people):
    """What the panel offers, the policies allow; and one step at most is the main one."""
    issues = [make_issue(district.building), replied(district, people), disputed(district, people)]
    for issue in issues:
        full = Issue.objects.select_related("holder_area", "category").get(pk=issue.pk)
        for name in ("grid_worker", "community_staff", "street_officer", "callback_agent", "branch_secretary"):
            buttons = open_steps(getattr(people, name), full)
            assert sum(b.is_main for b in buttons) <= 1
            assert all(STEPS[b.step.verb].is_open_to(getattr(people, name), full) for b in buttons)
    assert main_step(people.grid_worker, issues[0]).verb == "take"


def test_every_form_of_the_desk_carries_its_token(district, people):
    """A form inside a fragment that is included on its own loses the token unless it is handed over."""
    issue = make_issue(
        district.building, is_public=True, photos=(store_photo(upload=io.BytesIO(picture().read()), size=1),)
    )
    Issue.objects.filter(pk=issue.pk).update(published_at=None)
    issue.photos.update(published_at=issue.submitted_at)
    strict = Client(enforce_csrf_checks=True)
    for who, path in (
        ("grid_worker", "/desk/"),
        ("grid_worker", f"/desk/issues/{issue.number}/"),
        ("street_officer", "/desk/issues/"),
        ("community_staff", f"/desk/issues/{issue.number}/?tab=photos"),
        ("community_staff", f"/desk/issues/{issue.number}/refuse/"),
        ("community_staff", f"/desk/issues/{issue.number}/reveal/"),
        ("community_staff", "/desk/record/"),
    ):
        strict.force_login(people.user(who))
        page = strict.get(path).content.decode()
        forms = re.findall(r"<form(?=[^>]*method=\"post\").*?</form>", page, re.DOTALL)
        assert forms, path
        assert all("csrfmiddlewaretoken" in form for form in forms), path


def test_after_not_solved_another_call_is_not_the_main_step(client, district, people):
    issue = replied(district, people)
    check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True)
    post(client, people, "callback_agent", "callback", issue, outcome="not_solved", words="还是暗")
    (button, *_rest) = open_steps(people.callback_agent, issue)
    assert (button.step.verb, button.is_main) == ("callback", False)
