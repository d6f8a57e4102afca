"""The frame in a real browser: both languages, all modes, keyboard, drafts."""

import pytest

from tests.browser.axe import violations

PLAIN = ["/help/", "/privacy/", "/accessibility/", "/preferences/", "/no/such/page/"]
MODES = [("light", "zh-hans"), ("dark", "zh-hans"), ("elder", "zh-hans"), ("light", "en"), ("elder", "en")]

# A page of ours with a form on it, to try the scripts on.
FORM = """
document.querySelector("main").innerHTML = `
  <form method="post" action="/preferences/" data-draft="trial">
    <textarea id="words" name="words"></textarea>
    <input id="number" type="tel" name="number">
    <button>send</button>
  </form>`;
"""
# Grey on grey, and a picture without words.
UNREADABLE = """() => {
  const words = document.createElement("p");
  words.textContent = "看不清";
  Object.assign(words.style, {color: "#777", background: "#888"});
  document.querySelector("main").append(words, document.createElement("img"));
}"""
KEPT = "localStorage.getItem('mulin-draft:trial')"


@pytest.mark.django_db
@pytest.mark.parametrize(("theme", "lang"), MODES)
def test_plain_pages_are_accessible_on_a_phone(phone, set_mode, axe, shot, theme, lang):
    set_mode(phone, theme, lang)
    for address in PLAIN:
        phone.goto(address)
        axe(phone)
        shot(phone, f"frame-{address.strip('/').replace('/', '-')}-{theme}-{lang}")


@pytest.mark.django_db
@pytest.mark.parametrize(("theme", "lang"), [("light", "zh-hans"), ("dark", "en")])
def test_plain_pages_are_accessible_on_a_desk(desk, set_mode, axe, theme, lang):
    set_mode(desk, theme, lang)
    for address in PLAIN:
        desk.goto(address)
        axe(desk)


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_nobody_can_read_is_found(phone, set_mode, theme):
    """The checks see what they are for, all rules in the plain page and those of colours in the others."""
    set_mode(phone, theme, "zh-hans")
    phone.goto("/help/")
    phone.evaluate(UNREADABLE)
    found = {line.partition(" ")[0] for line in violations(phone)}
    assert found == ({"color-contrast"} if theme == "dark" else {"color-contrast", "image-alt"})


@pytest.mark.django_db
def test_switches_keep_the_reader_on_the_page(phone):
    phone.goto("/help/?from=poster")
    phone.get_by_role("button", name="长者版").click()
    assert phone.url.endswith("/help/?from=poster")
    assert phone.locator("html").get_attribute("data-theme") == "elder"
    phone.get_by_role("button", name="English").click()
    assert phone.locator("html").get_attribute("lang") == "en"
    phone.get_by_role("button", name="Standard mode").click()
    assert phone.locator("html").get_attribute("data-theme") is None


@pytest.mark.django_db
def test_first_tab_leads_past_the_head(desk):
    desk.goto("/help/")
    desk.keyboard.press("Tab")
    assert desk.evaluate("document.activeElement.className") == "mu-skip"
    desk.keyboard.press("Enter")
    assert desk.url.endswith("#main")


@pytest.mark.django_db
def test_error_summary_takes_the_focus(phone):
    phone.goto("/preferences/")
    phone.evaluate("document.querySelector('#id_theme_0').value = 'pink'")
    phone.locator("#id_theme_0").check()
    phone.get_by_role("button", name="保存").click()
    assert phone.title().startswith("有错误：")
    assert phone.evaluate("document.activeElement.className").startswith("mu-errors")


@pytest.mark.django_db
def test_draft_is_kept_and_given_back_but_not_the_phone_number(phone):
    phone.goto("/help/")
    phone.evaluate(FORM)
    phone.add_script_tag(url="/static/js/draft.js")
    phone.locator("#words").fill("东门四盏路灯不亮")
    phone.locator("#number").fill("10000000005")
    phone.wait_for_function(f"{KEPT} !== null")
    assert "10000000005" not in phone.evaluate(KEPT)

    phone.goto("/privacy/")
    phone.evaluate(FORM)
    phone.add_script_tag(url="/static/js/draft.js")
    assert phone.locator("#words").input_value() == "东门四盏路灯不亮"


@pytest.mark.django_db
def test_draft_goes_when_the_server_has_confirmed(phone):
    phone.goto("/help/")
    phone.evaluate("localStorage.setItem('mulin-draft:trial', JSON.stringify({at: Date.now(), values: {words: '灯'}}))")
    phone.evaluate("localStorage.setItem('mulin-draft:note-ZY-7', JSON.stringify({at: Date.now(), values: {}}))")
    phone.evaluate("localStorage.setItem('mulin-draft:note-ZY-17', JSON.stringify({at: Date.now(), values: {}}))")
    phone.evaluate("document.querySelector('main').dataset.draftClear = 'other trial *-ZY-7'")
    phone.add_script_tag(url="/static/js/draft.js")
    assert phone.evaluate(KEPT) is None
    assert phone.evaluate("Object.keys(localStorage)") == ["mulin-draft:note-ZY-17"]  # of another case


@pytest.mark.django_db
def test_draft_of_yesterday_is_forgotten(phone):
    phone.goto("/help/")
    phone.evaluate("localStorage.setItem('mulin-draft:trial', JSON.stringify({at: Date.now() - 9e7, values: {}}))")
    phone.add_script_tag(url="/static/js/draft.js")
    assert phone.evaluate(KEPT) is None


@pytest.mark.django_db
def test_form_is_sent_once(phone):
    """Two quick presses are one request; coming back makes the form usable again."""
    sent = []
    phone.goto("/preferences/")
    phone.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    phone.evaluate("""() => {
      const button = document.querySelector("main button");
      button.click(); button.click();
    }""")
    phone.wait_for_url(lambda url: "preferences" not in url)
    assert len(sent) == 1
