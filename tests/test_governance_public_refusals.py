"""Reports that are refused: every kind of nonsense is named, the words are kept, nothing is written."""

import uuid
from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from governance.forms.draft import COOKIE, REFUSED_COOKIE, Draft
from governance.models import Issue
from tests.reporting import asked_again, nothing_written, old_draft, whole_draft

pytestmark = pytest.mark.django_db
NASTY = [
    "<script>alert(1)</script>",
    "'; DROP TABLE governance_issue; --",
    "\u202e反过来的字",
    "👩‍🚒🔥 着火了 𠮷",
    "{{ 7*7 }}{% debug %}",
    "%s %(name)s {0}",
    "..\\..\\etc/passwd",
]


@pytest.fixture(autouse=True)
def _ready(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ALTCHA_ENABLED = False


# ---- bad input ----
@pytest.mark.parametrize("area", ["", "x", "1" * 400, "' OR 1=1 --", "<b>", "\x00", "430902", "９９９"])
def test_place_that_does_not_exist_is_refused(client, district, area):
    answer = client.post("/report/", {"area": area})
    if answer.status_code != 400:
        assert "choose" in asked_again(client, "/report/", {"area": area}).content.decode()
    assert nothing_written()


@pytest.mark.parametrize("query", ["in=zz", "compound=zz", "area=zz", "compound=zz&whole=1", "same=", "q=%27--", "in="])
def test_addresses_of_the_choosing_pages_never_break(client, district, query):
    assert client.get(f"/report/?{query}").status_code in {200, 404}


def test_closed_place_is_refused(client, district, people):
    draft = whole_draft(district.other_building)
    district.other_building.closed_on = timezone.localdate()
    district.other_building.save(update_fields=["closed_on"])
    asked_again(client, "/report/", {"area": district.other_building.code})
    assert client.post("/report/check/", {"draft": draft.token})["Location"] == "/report/"
    assert nothing_written()


@pytest.mark.parametrize("code", ["", "XX99", "in03", "x" * 5000, "\x00", "'--", "🔥"])
def test_wrong_category_is_refused(client, district, code):
    client.cookies[COOKIE] = old_draft(area=district.building.code).token
    if client.post("/report/category/", {"category": code}).status_code not in {400, 422}:  # too long to be kept: 422
        asked_again(client, "/report/category/", {"category": code})
    assert nothing_written()


@pytest.mark.parametrize("text", ["", "   ", "\u202e\u200b", "x" * 501, "x" * 1_000_000, "a\x00b", "a\x07b"])
def test_bad_text_is_refused(client, district, text):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03").token
    if client.post("/report/text/", {"text": text}).status_code not in {400, 413, 422}:
        asked_again(client, "/report/text/", {"text": text})
    assert client.get("/report/text/").context["draft"].text == ""
    assert nothing_written()


@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_is_kept_as_words(client, district, people, text):
    draft = whole_draft(district.building)
    client.cookies[COOKIE] = draft.token
    assert client.post("/report/text/", {"text": text}).status_code == 303
    page = client.get("/report/check/").content.decode()
    assert "<script>alert" not in page
    assert "\u202e" not in page
    kept = client.get("/report/check/").context["draft"]
    client.post("/report/check/", {"draft": kept.token})
    assert Issue.objects.get().text == text.replace("\u202e", "").strip()


@pytest.mark.parametrize(
    "phone", ["123", "1380000000", "138000000055555", "电话", "１３８", "138<b>0000", "+1 202 555 0101"]
)
def test_wrong_phone_is_refused(client, district, phone):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03", text="x").token
    answer = asked_again(client, "/report/contact/", {"phone": phone, "name": "张某"})
    assert "张某" in answer.content.decode()
    assert "phone" in answer.context["form"].errors
    assert not client.get("/report/contact/").context["draft"].told


@pytest.mark.parametrize("phone", ["138 0000 0005", "+86 138-0000-0005", "0737-4221234", "4221234", "(0737) 422 1234"])
def test_chinese_numbers_are_taken(client, district, phone):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03", text="x").token
    assert client.post("/report/contact/", {"phone": phone}).status_code == 303


def test_wrong_choice_about_neighbours_is_refused(client, district):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03", text="x").token
    assert "public" in asked_again(client, "/report/contact/", {"public": "everybody"}).context["form"].errors
    page = asked_again(client, "/report/contact/", {"name": "a" * 31, "door": "b" * 500})
    assert set(page.context["form"].errors) == {"name", "door"}


@pytest.mark.parametrize("token", ["", "forged", "a:b:c", "\x00", "x" * 100_000, "🔥"])
def test_forged_draft_counts_as_none(client, district, token):
    answer = client.post("/report/check/", {"draft": token})
    assert answer.status_code in {303, 400}
    assert nothing_written()


def test_draft_of_another_purpose_or_version_counts_as_none(client, district):
    other = signing.dumps(["x"], salt="other")
    short = signing.dumps(["x"], salt="governance.report", compress=True)
    for token in (other, short):
        client.cookies[COOKIE] = token
        assert client.get("/report/check/")["Location"] == "/report/"


def test_draft_runs_out(client, district, time_machine):
    client.cookies[COOKIE] = whole_draft(district.building).token
    time_machine.move_to(timezone.now() + timedelta(hours=13))
    assert client.get("/report/check/")["Location"] == "/report/"


def test_longest_possible_draft_fits_the_browser():
    wide = "龘靐齉爨麤" * 100
    fields = {"text": wide, "place_note": wide[:80], "name": wide[:30], "door": wide[:40], "phone": "1" * 11}
    draft = Draft(area="4" * 20, category="IN03", photos=tuple(uuid.uuid4().hex for _n in range(6)), **fields)
    assert draft.fits
    assert Draft.from_token(draft.token) == draft


def test_draft_page_is_never_cached(client, district):
    client.cookies[COOKIE] = whole_draft(district.building).token
    for step in ("", "category/", "text/", "contact/", "check/"):
        assert client.get(f"/report/{step}")["Cache-Control"] == "no-store"
    answer = client.post("/report/contact/", {})
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert (cookie["path"], cookie["samesite"]) == ("/report/", "Lax")


@pytest.mark.parametrize("url", ["/report/call/", "/q/TEST/"])
def test_pages_that_take_no_form_refuse_one(client, district, url):
    assert client.post(url, {}).status_code == 405


# ---- what was refused ----
def test_what_was_refused_is_shown_once_and_not_after_it_was_put_right(client, district):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03", text="x").token
    wrong = {"phone": "123", "name": "张某", "hide": "on", "public": "yes"}
    page = asked_again(client, "/report/contact/?change=1", wrong)
    assert "change=1" in page.wsgi_request.get_full_path()
    assert page.context["form"].data == wrong
    assert page["Cache-Control"] == "no-store"
    assert not client.get("/report/contact/").context["form"].errors  # only on the page it led back to
    assert client.post("/report/contact/", {**wrong, "phone": ""}).status_code == 303
    again = client.get("/report/contact/?again=1")  # the Back of the browser
    assert not again.context["form"].errors
    assert again.context["form"]["name"].value() == "张某"


def test_what_was_refused_in_one_report_or_step_is_not_shown_in_another(client, district):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03", text="x").token
    asked_again(client, "/report/text/", {"text": ""})
    assert not client.get("/report/contact/?again=1").context["form"].errors
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03", text="y").token
    assert not client.get("/report/text/?again=1").context["form"].errors


def test_forged_refusal_counts_as_none(client, district):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03", text="x").token
    for token in ("", "forged", "a:b:c", signing.dumps(["x"], salt="governance.report.refused", compress=True)):
        client.cookies[REFUSED_COOKIE] = token
        assert client.get("/report/text/?again=1").status_code == 200


def test_words_far_too_long_for_a_cookie_are_answered_at_once(client, district):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03").token
    long = "".join(chr(0x4E00 + n * 7 % 20000) for n in range(2000))
    answer = client.post("/report/text/", {"text": long})
    assert answer.status_code == 422
    assert long in answer.content.decode()
