"""From the code on the stairwell to the receipt and back, on a small phone, in three ways of reading."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from accounts import sms
from governance.forms.draft import Draft
from governance.lifecycle.asking import Asked
from governance.models import Issue
from governance.services.dispatch import take_issue
from governance.services.handling import log_contact, reply_issue
from governance.services.links import follow_path, follow_token
from tests.conftest import build_district, build_people
from tests.factories import make_issue, make_place_code

pytestmark = pytest.mark.django_db(transaction=True)

MODES = [("", ""), ("", "en"), ("elder", "")]
BUDGET = 100 * 1024


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def texts(monkeypatch) -> list[str]:
    """Text messages that were handed over."""
    sent: list[str] = []
    monkeypatch.setattr(sms, "_senders", [lambda *, phone, text: sent.append(text)])
    return sent


@pytest.fixture
def town():
    district = build_district()
    return district, build_people(district)


def a_photo() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (1600, 1200), (120, 140, 90)).save(out, "JPEG")
    return {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def replied(district, people) -> Issue:
    issue = make_issue(district.building, is_public=True)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="约好明天来")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了三个灯头，昨晚都亮了。")
    return issue


def go_on(page: Page) -> None:
    page.locator("main form .mu-btn--main").first.click()


def choose_kind(page: Page, code: str) -> None:
    """Among the commonest, or under its heading."""
    heading = page.locator("details", has=page.locator(f"button[value={code}]")).locator("summary")
    if not page.locator(f"button[value={code}]:visible").count():
        heading.click()
    page.locator(f"button[value={code}]:visible").first.click()


def proved(page: Page) -> bool:
    """Whether the browser has done the proof of work; polled, because the policy of the page forbids evaluation."""
    field = page.locator("input[name=altcha]")
    for _try in range(80):
        if field.input_value():
            return True
        page.wait_for_timeout(100)
    return False


@pytest.mark.parametrize("mode", MODES)
def test_report_with_photo_from_the_stairwell(phone, town, set_mode, axe, shot, mode):
    (theme, lang), (district, _people) = mode, town
    code = make_place_code(district.building, entrance=2).code
    look = theme or lang or "light"
    phone.goto("/")
    set_mode(phone, theme=theme, lang=lang)
    axe(phone)
    shot(phone, f"home-{look}")
    phone.goto(f"/q/{code}/")
    axe(phone)
    go_on(phone)
    expect(phone).to_have_url(re.compile("/report/category/"))
    axe(phone)
    choose_kind(phone, "IN05")
    axe(phone)
    go_on(phone)  # unanswered
    expect(phone.locator(".mu-errors")).to_be_focused()
    axe(phone)
    phone.locator("input[name=danger]").first.check()
    go_on(phone)
    expect(phone.locator(".mu-dial a").first).to_be_visible()
    axe(phone)
    phone.goto("/report/category/")
    choose_kind(phone, "IN03")
    go_on(phone)  # empty
    expect(phone.locator(".mu-errors")).to_be_focused()
    axe(phone)
    shot(phone, f"report-error-{look}")
    phone.locator("#id_text").fill("东门进来到煤棚那一段，四盏路灯都不亮。找我打 138 0000 0005。")
    phone.locator("#id_photo").set_input_files([a_photo()])
    go_on(phone)
    axe(phone)
    phone.locator("#id_name").fill("张小明")
    phone.locator("#id_phone").fill("138 0000 0005")
    phone.locator("input[name=public]").first.check()
    go_on(phone)
    expect(phone.locator("mark.mu-mark")).to_have_text("138 0000 0005")
    assert proved(phone)
    axe(phone)
    shot(phone, f"report-check-{look}")
    go_on(phone)
    expect(phone).to_have_url(re.compile(r"/f/[0-9A-Z-]+/receipt/"))
    axe(phone)
    shot(phone, f"receipt-{look}")
    issue = Issue.objects.get()
    assert (issue.channel, issue.area_id, issue.photos.count()) == ("qr", district.building.pk, 1)
    expect(phone.locator(".mu-slip__no")).to_have_text(issue.number)


@pytest.mark.parametrize("mode", MODES)
def test_resident_looks_it_up_and_proves_it_by_a_code(phone, town, set_mode, axe, texts, mode):
    (theme, lang), (district, people) = mode, town
    issue = replied(district, people)
    phone.goto("/follow/")
    set_mode(phone, theme=theme, lang=lang)
    axe(phone)
    phone.locator("#id_number").fill(issue.number)
    phone.locator("#id_tail").fill("0005")
    for address in ("/follow/case/", "/follow/code/"):
        go_on(phone)
        expect(phone).to_have_url(address)
        axe(phone)
    phone.locator("#id_code").fill(re.search(r"\d{6}", texts[0]).group())
    go_on(phone)
    expect(phone).to_have_url(follow_path(issue))


@pytest.mark.parametrize("mode", MODES)
def test_resident_says_not_solved(phone, town, set_mode, axe, shot, mode):
    (theme, lang), (district, people) = mode, town
    issue = replied(district, people)
    phone.goto(follow_path(issue))
    set_mode(phone, theme=theme, lang=lang)
    phone.goto(follow_path(issue))
    axe(phone)
    shot(phone, f"follow-{theme or lang or 'light'}")
    go_on(phone)  # no answer chosen
    expect(phone.locator(".mu-errors")).to_be_focused()
    axe(phone)
    phone.locator("input[name=solved][value=no]").check()
    phone.locator("#id_words").fill("第四盏还不亮")
    go_on(phone)
    expect(phone.locator(".mu-note--done")).to_be_visible()
    axe(phone)
    expect(phone.locator("h1")).to_contain_text("You said" if lang else "您说没有解决")
    issue.refresh_from_db()
    assert issue.asked == Asked.REOPEN


@pytest.mark.parametrize("mode", MODES)
def test_every_other_page_of_residents(phone, town, set_mode, axe, mode):
    (theme, lang), (district, _people) = mode, town
    issue = make_issue(district.building, is_public=True)
    token = follow_token(issue)
    phone.goto("/report/?choose")
    set_mode(phone, theme=theme, lang=lang)
    urls = [
        "/report/?choose&q=zz",
        f"/report/?in={district.community.code}",
        f"/report/?compound={district.compound.code}",
        "/q/NOPE/",
        "/places/",
        f"/places/?community={district.community.code}",
        "/issues/",
        "/issues/?state=explained",
        f"/issues/{issue.number}/",
        "/f/FORG-EDFO-RGED/",
        *(f"/f/{token}/{verb}/" for verb in ("add", "urge", "withdraw", "hide", "reopen")),
    ]
    for url in urls:
        phone.goto(url)
        axe(phone)


@pytest.mark.usefixtures("town")
def test_report_works_without_javascript(browser, live_server):
    small = {"width": 360, "height": 740}
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport=small)
    page = context.new_page()
    page.goto("/")
    page.locator("a.is-main").click()
    page.get_by_text("麻石巷社区").click()
    page.get_by_text("纺织厂老家属院（示例）").click()
    page.get_by_text("3 栋").click()
    go_on(page)
    choose_kind(page, "IN03")
    page.locator("#id_text").fill("路灯不亮")
    page.locator("#id_photo").set_input_files([a_photo()])
    go_on(page)
    go_on(page)
    page.wait_for_timeout(4500)  # what a person needs to read the last page
    go_on(page)
    expect(page).to_have_url(re.compile(r"/f/[0-9A-Z-]+/receipt/"))
    context.close()
    assert Issue.objects.get().photos.count() == 1


def test_what_was_typed_survives_a_reload_before_it_was_sent(phone, town):
    district, _people = town
    draft = Draft(area=district.building.code, category="IN03")
    phone.goto("/")
    phone.context.add_cookies([{"name": "mulin_draft", "value": draft.token, "url": f"{phone.url}report/"}])
    phone.goto("/report/text/")
    phone.locator("#id_text").press_sequentially("写到一半")
    phone.wait_for_timeout(600)
    phone.reload()
    expect(phone.locator("#id_text")).to_have_value("写到一半")
    go_on(phone)
    expect(phone).to_have_url(re.compile("/report/contact/"))
    phone.go_back()
    expect(phone.locator("#id_text")).to_have_value("写到一半")


def test_back_after_something_was_wrong_never_asks_to_send_again(phone, town):
    district, _people = town
    draft = Draft(area=district.building.code, category="IN03", text="灯不亮")
    phone.goto("/")
    phone.context.add_cookies([{"name": "mulin_draft", "value": draft.token, "url": f"{phone.url}report/"}])
    phone.goto("/report/contact/")
    phone.locator("#id_phone").fill("123")
    go_on(phone)
    expect(phone.locator(".mu-errors")).to_be_focused()
    phone.locator("#id_phone").fill("138 0000 0005")
    go_on(phone)
    expect(phone).to_have_url(re.compile("/report/check/"))
    phone.go_back()
    expect(phone.locator("#id_phone")).to_have_value(re.compile("138 ?0000 ?0005"))
    expect(phone.locator(".mu-errors")).to_have_count(0)


@pytest.mark.parametrize("mode", MODES)
def test_mine_too_is_one_page(phone, town, set_mode, axe, mode):
    (theme, lang), (district, _people) = mode, town
    issue = make_issue(district.building, is_public=True)
    phone.goto(f"/issues/{issue.number}/")
    set_mode(phone, theme=theme, lang=lang)
    phone.locator("main a.mu-btn--main").click()
    axe(phone)
    phone.locator("#id_phone").fill("138 0000 0007")
    assert proved(phone)
    go_on(phone)
    expect(phone).to_have_url(re.compile("/receipt/"))
    assert Issue.objects.get(parent=issue).contact.phone == "13800000007"


def test_public_pages_weigh_little_on_the_first_visit(browser, live_server, town):
    district, _people = town
    issue = make_issue(district.building, is_public=True)
    urls = ["/", "/report/", "/issues/", f"/issues/{issue.number}/", "/follow/", f"/f/{follow_token(issue)}/receipt/"]
    for url in urls:
        context = browser.new_context(base_url=live_server.url)
        page = context.new_page()
        sizes: list[int] = []
        page.on("response", lambda response, sizes=sizes: sizes.append(len(response.body())))
        page.goto(url, wait_until="networkidle")
        context.close()
        assert 0 < sum(sizes) <= BUDGET, f"{url}: {sum(sizes)} bytes"
