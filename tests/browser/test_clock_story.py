"""The list of calls on an office screen, a question on a small phone, and what is asked of whoever decides."""

import re

import pytest
from playwright.sync_api import expect

from governance.lifecycle import State, Urgency
from governance.models import Callback, Issue
from governance.services.answers import record_callback
from governance.services.dispatch import take_issue
from governance.services.extensions import ask_extension
from governance.services.handling import check_issue, log_contact, reply_issue
from governance.services.links import follow_path
from governance.services.questions import ask_resident
from tests.browser.test_desk_story import MODES, send, sign_in
from tests.conftest import build_district, build_people
from tests.factories import make_issue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town():
    district = build_district()
    return district, build_people(district)


def worked(district, people, text: str = "楼道灯不亮") -> Issue:
    issue = make_issue(district.building, text=text)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="问清了位置")
    return issue


def to_call(district, people, text: str) -> Issue:
    issue = worked(district, people, text)
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头，昨晚四盏都亮了，请您看一看。")
    check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True)
    return issue


def test_agent_works_through_the_calls(desk, town, live_server, set_mode, axe, shot):
    district, people = town
    tried = to_call(district, people, "楼道灯不亮，晚上看不清台阶")
    record_callback(
        issue_id=tried.pk,
        actor=people.callback_agent,
        outcome=Callback.Outcome.UNREACHED,
        satisfaction=None,
        words="",
    )
    other = to_call(district, people, "东门口井盖响")
    sign_in(desk, people, "callback_agent", live_server.url)
    for theme, lang in MODES:
        set_mode(desk, theme=theme or "default", lang=lang or "zh-hans")
        desk.goto("/desk/callbacks/")
        desk.locator(f"#row-{tried.number}").get_by_role("link").last.click()
        expect(desk.locator(f"#step-{tried.number} ol li")).to_have_count(3)
        axe(desk)
    set_mode(desk, theme="default", lang="zh-hans")
    desk.goto("/desk/callbacks/")
    expect(desk.locator("h1")).to_contain_text("回访 2")
    row = desk.locator(f"#row-{tried.number}")
    expect(row).to_contain_text("已打 1 次")
    shot(desk, "callbacks-list")
    row.get_by_role("link").last.click()
    expect(row).to_contain_text("没有经手")
    shot(desk, "callbacks-script")
    row.get_by_label("已解决", exact=True).check()
    row.locator("select").first.select_option("yes")
    row.locator("select").last.select_option("5")
    send(desk)
    expect(desk).to_have_url(re.compile("/desk/callbacks/$"))
    expect(desk.locator("h1")).to_contain_text("回访 1")
    expect(desk.locator(f"#row-{other.number}")).to_be_visible()
    tried.refresh_from_db()
    assert tried.state == State.CLOSED_SOLVED


def test_question_is_answered_on_a_small_phone(phone, town, axe, shot, set_mode):
    district, people = town
    issue = worked(district, people, "厨房墙面渗水")
    ask_resident(issue_id=issue.pk, actor=people.grid_worker, text="水是从哪一面墙渗进来的？下雨时才渗，还是一直渗？")
    for theme, lang in [("elder", ""), ("", "en"), ("", "")]:
        set_mode(phone, theme=theme or "default", lang=lang or "zh-hans")
        phone.goto(follow_path(issue))
        axe(phone)
    expect(phone.locator("h1")).to_contain_text("有一个问题想问您")
    shot(phone, "question-phone")
    phone.locator("#question").get_by_role("button").click()  # without a word
    expect(phone.locator(".mu-errors")).to_be_visible()
    axe(phone)
    phone.get_by_label("您的回答").fill("北面的墙，只在下雨时渗。")
    phone.locator("#question").get_by_role("button").click()
    expect(phone.locator("#question")).to_have_count(0)
    expect(phone.locator(".mu-time")).to_contain_text("北面的墙，只在下雨时渗。")
    shot(phone, "question-answered")
    issue.refresh_from_db()
    assert issue.paused_until is None


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_forms_about_the_clock(request, device, town, live_server, axe, set_mode):
    district, people = town
    page, shot = request.getfixturevalue(device), request.getfixturevalue("shot")
    issue = worked(district, people)
    Issue.objects.filter(pk=issue.pk).update(urgency=Urgency.COMPLEX)
    parked = to_call(district, people, "地下室积水")
    asked = worked(district, people, "屋面漏水")
    Issue.objects.filter(pk=asked.pk).update(urgency=Urgency.COMPLEX)
    ask_extension(
        issue_id=asked.pk, actor=people.grid_worker, reason="防水材料要从外地运来", basis="办理规范第 9 条", days=10
    )
    pages = [
        ("grid_worker", f"/desk/issues/{issue.number}/pause/"),
        ("grid_worker", f"/desk/issues/{issue.number}/extend/"),
        ("grid_worker", f"/desk/issues/{issue.number}/ask/"),
        ("street_officer", f"/desk/issues/{parked.number}/park/"),
        ("community_lead", f"/desk/issues/{asked.number}/decide-extension/"),
        ("community_lead", "/desk/"),
        ("callback_agent", "/desk/callbacks/"),
    ]
    for theme, lang in [("elder", "zh-hans"), ("default", "en"), ("default", "zh-hans")]:
        set_mode(page, theme=theme, lang=lang)
        for who, url in pages:
            sign_in(page, people, who, live_server.url)
            assert page.goto(url).status == 200, url
            axe(page)
            if (theme, lang) == ("default", "zh-hans"):
                shot(page, f"clock-{device}-{url.strip('/').split('/')[-1]}")
