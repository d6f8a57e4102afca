"""The desk in a browser: a case is taken, reopened, escalated and solved; every page in every way of reading."""

import io
import re

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from playwright.sync_api import Page, expect

from governance.lifecycle import State
from governance.models import Issue
from governance.services.answers import answer_issue
from governance.services.dispatch import Goal, dispatch_issue, return_issue, take_issue
from governance.services.handling import check_issue, log_contact, reply_issue
from governance.services.photos import store_photo
from tests.conftest import build_district, build_people
from tests.factories import make_issue

pytestmark = pytest.mark.django_db(transaction=True)

MODES = [("", ""), ("", "en"), ("elder", ""), ("dark", "")]
# Of every page: colours are the same on any screen, and long English words are a trouble of narrow ones.
WAYS = {"phone": [("", ""), ("", "en"), ("elder", "")], "desk": [("", ""), ("elder", ""), ("dark", "")]}


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def town():
    district = build_district()
    return district, build_people(district)


def a_photo():
    out = io.BytesIO()
    Image.new("RGB", (800, 600), (120, 140, 90)).save(out, "JPEG")
    return store_photo(upload=io.BytesIO(out.getvalue()), size=len(out.getvalue()))


def sign_in(page: Page, people, who: str, url: str) -> None:
    client = Client()
    client.force_login(people.user(who))
    value = client.cookies[configured.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": value, "url": url}])


def send(page: Page) -> None:
    page.locator(".mu-card form .mu-btn--main").click()


def reopened_after_all(desk, people, base: str, issue: Issue) -> None:
    """Not solved, says the resident; somebody who had no hand in it reads that and decides."""
    answer_issue(issue_id=issue.pk, solved=False, satisfaction=None, words="第四盏还不亮")
    sign_in(desk, people, "community_lead", base)
    desk.goto(f"/desk/issues/{issue.number}/reopen/")
    expect(desk.locator("blockquote").last).to_contain_text("第四盏还不亮")
    desk.locator("#id_reason").fill("居民说得对，请再去修")
    send(desk)
    expect(desk.locator(".mu-tag").first).to_contain_text("待签收")


def test_case_from_today_to_solved(desk, town, live_server, axe, shot):
    district, people = town
    issue = make_issue(district.building)
    row = desk.locator(f"#row-{issue.number}")
    sign_in(desk, people, "grid_worker", live_server.url)
    desk.goto("/desk/")
    shot(desk, "desk-story-today")
    row.get_by_role("button").click()  # taken without leaving the page
    expect(row.get_by_role("status")).to_be_visible()
    expect(desk).to_have_url(re.compile("/desk/$"))
    desk.goto(f"/desk/issues/{issue.number}/")
    desk.get_by_role("link", name="记录联系").click()
    axe(desk)
    desk.get_by_label("联系上了").check()
    send(desk)
    expect(desk.locator(".mu-tag").first).to_contain_text("办理中")
    desk.get_by_role("link", name="写答复").click()
    desk.get_by_label("答复内容").fill("换了灯头，四盏都亮了。")
    send(desk)  # without saying whether it is done
    expect(desk.locator(".mu-errors")).to_be_visible()
    assert desk.get_by_label("答复内容").input_value() == "换了灯头，四盏都亮了。"
    axe(desk)
    desk.get_by_label("已经办好").check()
    send(desk)
    expect(desk.locator(".mu-tag").first).to_contain_text("已答复")
    shot(desk, "desk-story-replied")

    reopened_after_all(desk, people, live_server.url, issue)
    Issue.objects.filter(pk=issue.pk).update(escalated_level=1)
    sign_in(desk, people, "community_lead", live_server.url)
    desk.goto("/desk/")
    expect(desk.locator("#group-escalated")).to_contain_text("升级给我")
    expect(row).to_contain_text("重新办理 1 次")
    shot(desk, "desk-story-escalated")

    sign_in(desk, people, "grid_worker", live_server.url)
    desk.goto("/desk/")
    row.get_by_role("button").click()
    expect(row.get_by_role("status")).to_be_visible()
    desk.goto(f"/desk/issues/{issue.number}/")
    assert "第四盏还不亮" in desk.content()
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="第四盏也亮了")
    check_issue(issue_id=issue.pk, actor=people.community_staff, passed=True)
    sign_in(desk, people, "callback_agent", live_server.url)
    desk.goto(f"/desk/issues/{issue.number}/callback/")
    axe(desk)
    desk.get_by_label("已解决").check()
    send(desk)
    expect(desk.locator(".mu-tag").first).to_contain_text("已解决")
    issue.refresh_from_db()
    assert issue.state == State.CLOSED_SOLVED
    shot(desk, "desk-story-solved")


def test_the_next_step_has_the_focus_after_each(desk, town, live_server):
    """Once it fell to the top of the page, and the row had no button any more."""
    district, people = town
    issue = make_issue(district.building)
    row = desk.locator(f"#row-{issue.number}")
    sign_in(desk, people, "grid_worker", live_server.url)
    desk.goto("/desk/")
    row.get_by_role("button").press("Enter")
    expect(row.get_by_role("link", name="记录联系")).to_be_focused()
    desk.keyboard.press("Enter")
    row.get_by_label("联系上了").check()
    send(desk)
    expect(row.get_by_role("link", name="写答复")).to_be_focused()
    desk.goto(f"/desk/issues/{issue.number}/")
    desk.get_by_role("link", name="写备注").click()
    desk.get_by_label("给同事").fill("下午去看")
    send(desk)
    expect(desk.get_by_role("link", name="写答复")).to_be_focused()


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_what_a_step_said_moves_nothing_and_can_be_closed(request, town, live_server, device):
    district, people = town
    issue = make_issue(district.building)
    page: Page = request.getfixturevalue(device)
    sign_in(page, people, "grid_worker", live_server.url)
    page.goto(f"/desk/issues/{issue.number}/")
    before = page.locator("h1").bounding_box()
    page.get_by_role("button", name="签收").click()
    said = page.locator(".mu-toast")
    expect(said).to_contain_text(issue.number)
    assert page.locator("h1").bounding_box()["y"] == before["y"]
    page.get_by_role("button", name="关闭这条提示").click()
    expect(said).to_have_count(0)
    expect(page.locator("#main [autofocus]")).to_be_focused()


def test_on_a_phone_the_navigation_shows_where_one_is(phone, town, live_server):
    _district, people = town
    sign_in(phone, people, "community_staff", live_server.url)
    for url in ("/desk/", "/desk/representatives/"):
        phone.goto(url)
        expect(phone.locator(".mu-side [aria-current]")).to_be_in_viewport(ratio=1)


def test_a_tab_of_a_case_keeps_the_focus(desk, town, live_server):
    district, people = town
    issue = make_issue(district.building)
    sign_in(desk, people, "grid_worker", live_server.url)
    desk.goto(f"/desk/issues/{issue.number}/")
    desk.locator("#tab-contacts").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#tab-contacts[aria-current]")).to_be_focused()


def test_clerk_records_with_the_page_helping(desk, town, live_server, axe):
    _district, people = town
    sign_in(desk, people, "community_staff", live_server.url)
    desk.goto("/desk/record/")
    desk.get_by_label("电话", exact=True).check()
    desk.locator("#id_place_words").press_sequentially("纺织厂", delay=20)
    desk.locator("#record-places .mu-choice").first.click()
    desk.locator("#id_category").select_option("IN01")
    expect(desk.locator("#record-question")).to_contain_text("请问居民")
    axe(desk)
    desk.locator("#id_text").fill("卫生间返污水")
    desk.locator("main form .mu-btn--main").click()
    expect(desk).to_have_url(re.compile("/slip/"))
    axe(desk)
    assert Issue.objects.get().text == "卫生间返污水"


def test_photo_is_covered_with_the_mouse(desk, town, live_server, axe):
    district, people = town
    issue = make_issue(district.building, is_public=True, photos=(a_photo(),))
    photo = issue.photos.get()
    sign_in(desk, people, "community_staff", live_server.url)
    desk.goto(f"/desk/issues/{issue.number}/photos/{photo.pk}/cover/")
    axe(desk)
    stage = desk.locator("[data-cover]")
    stage.scroll_into_view_if_needed()
    frame = stage.bounding_box()
    desk.mouse.move(frame["x"] + frame["width"] * 0.25, frame["y"] + frame["height"] * 0.25)
    desk.mouse.down()
    desk.mouse.move(frame["x"] + frame["width"] * 0.5, frame["y"] + frame["height"] * 0.5, steps=4)
    desk.mouse.up()
    expect(desk.locator(".mu-cover__drawn")).to_have_count(1)
    desk.locator("input[name=looked]").check()
    desk.locator("main form .mu-btn--main").click()
    expect(desk).to_have_url(re.compile("tab=photos"))
    photo.refresh_from_db()
    with Image.open(photo.attachment.covered_file) as copy:
        assert max(copy.getpixel((300, 220))) < 60
        assert min(copy.getpixel((700, 500))) > 60


def pages_of(district, people) -> list[tuple[str, str]]:
    """Every page of the desk with something on it: who opens it, and where."""
    new, other = make_issue(district.building), make_issue(district.other_building, is_public=True, photos=(a_photo(),))
    worked, disputed = make_issue(district.building), make_issue(district.building)
    take_issue(issue_id=worked.pk, actor=people.grid_worker)
    log_contact(issue_id=worked.pk, actor=people.grid_worker, reached=True, note="问清了位置")
    for unit, clerk in ((district.lighting, people.department_clerk), (district.drainage, people.other_clerk)):
        dispatch_issue(issue_id=disputed.pk, actor=people.street_officer, goal=Goal(unit=unit))
        return_issue(issue_id=disputed.pk, actor=clerk, reason="不归我们", basis="清单")
    case = f"/desk/issues/{worked.number}/"
    return [
        ("nobody", "/desk/"),
        ("grid_worker", "/desk/"),
        ("street_officer", "/desk/"),
        ("street_officer", "/desk/issues/"),
        ("street_officer", "/desk/issues/?q=没有这样的"),
        ("street_officer", "/desk/issues/board/"),
        ("street_officer", f"/desk/issues/bulk/dispatch/?pick={new.number}"),
        ("street_officer", f"/desk/issues/{disputed.number}/rule/"),
        ("grid_worker", case),
        ("grid_worker", f"{case}?tab=contacts"),
        ("grid_worker", f"{case}?tab=seen"),
        ("grid_worker", f"{case}reply/"),
        ("grid_worker", f"{case}reveal/"),
        ("community_staff", f"/desk/issues/{other.number}/?tab=photos"),
        ("community_staff", f"/desk/issues/{other.number}/refuse/"),
        ("community_staff", f"/desk/issues/{other.number}/slip/"),
        ("community_staff", f"/desk/issues/{other.number}/photos/{other.photos.get().pk}/cover/"),
        ("community_staff", "/desk/record/?place_words=纺织厂"),
    ]


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_every_page_in_every_way_of_reading(request, town, live_server, set_mode, axe, device):
    district, people = town
    pages = pages_of(district, people)
    page: Page = request.getfixturevalue(device)
    for theme, lang in WAYS[device]:
        page.context.clear_cookies()
        set_mode(page, theme=theme, lang=lang)
        for who, url in pages:
            sign_in(page, people, who, live_server.url)
            assert page.goto(url).status == 200, url
            axe(page)


def test_the_desk_works_without_a_script(browser, town, live_server):
    district, people = town
    issue = make_issue(district.building)
    context = browser.new_context(base_url=live_server.url, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, people, "grid_worker", live_server.url)
    page.goto("/desk/")
    page.locator(f"#row-{issue.number}").get_by_role("button").click()
    page.get_by_role("link", name="记录联系").first.click()
    page.get_by_label("联系上了").check()
    send(page)
    issue.refresh_from_db()
    assert issue.state == State.WORKING
    context.close()


def test_uploads_of_a_reply_reach_the_case(desk, town, live_server):
    district, people = town
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    sign_in(desk, people, "grid_worker", live_server.url)
    desk.goto(f"/desk/issues/{issue.number}/")
    desk.get_by_role("link", name="写答复").click()
    out = io.BytesIO()
    Image.new("RGB", (800, 600), (90, 140, 90)).save(out, "PNG")
    upload = SimpleUploadedFile("after.png", out.getvalue())
    desk.locator("input[name=photos]").set_input_files(
        {"name": upload.name, "mimeType": "image/png", "buffer": out.getvalue()}
    )
    desk.get_by_label("已经办好").check()
    desk.get_by_label("答复内容").fill("修好了")
    send(desk)
    expect(desk.locator(".mu-tag").first).to_contain_text("已答复")
    assert issue.photos.get().from_resident is False
