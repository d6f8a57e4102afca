"""Reporting without an account: every step, every kind of nonsense, and what is left in the database."""

import html
import io
import json
import re
import uuid
from datetime import timedelta

import altcha
import pytest
from django.conf import settings as portal_settings
from django.core import mail, signing
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image

from core.models import Attachment, Event, OutboxMessage
from governance.forms.draft import COOKIE, REFUSED_COOKIE, Draft
from governance.forms.proof import challenge_for, is_proved
from governance.lifecycle import Channel, State
from governance.models import Contact, Issue, IssuePhoto
from governance.services.following import hide_issue
from governance.services.links import follow_token
from governance.views.steps import PLACE_COOKIE
from neighborhoods.models import Compound
from tests.factories import make_compound, make_issue, make_place_code

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


def photo_file(name="photo.jpg", size=(60, 40)):
    out = io.BytesIO()
    Image.new("RGB", size, (10, 120, 60)).save(out, "JPEG")
    out.seek(0)
    out.name = name
    return out


def old_draft(**fields) -> Draft:
    """Begun a while ago, as by a person."""
    return Draft(**{"began": 1_700_000_000, **fields})


def whole_draft(place, **fields) -> Draft:
    said = {"area": place.code, "category": "IN03", "text": "东门四盏路灯不亮", "told": True}
    return old_draft(**{**said, **fields})


def asked_again(client, url, data=None):
    """The page a refused form leads back to: nothing with an answer to a form stays in the history of the browser."""
    answer = client.post(url, data or {})
    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{url.partition('?')[0]}?again=1")
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert 'class="mu-errors' in page.content.decode()
    return page


def nothing_written():
    counts = [model.objects.count() for model in (Issue, Contact, IssuePhoto, Event, OutboxMessage)]
    return not any(counts) and not mail.outbox


# ---- the way through ----
def test_report_goes_through_all_steps(client, district, people):
    assert client.get("/report/").status_code == 200
    step = client.post("/report/", {"area": district.building.code, "place_note": "二单元门口"})
    assert (step.status_code, step["Location"]) == (303, "/report/category/")
    step = client.post("/report/category/", {"category": "IN03"})
    assert (step.status_code, step["Location"]) == (303, "/report/text/")
    step = client.post("/report/text/", {"text": "路灯不亮，找我 13800000005", "photo": [photo_file()]})
    assert (step.status_code, step["Location"]) == (303, "/report/contact/")
    step = client.post("/report/contact/", {"name": "张小明", "phone": "138 0000-0005", "public": "yes"})
    assert (step.status_code, step["Location"]) == (303, "/report/check/")
    check = client.get("/report/check/")
    page = check.content.decode()
    assert "第一网格" in page
    assert '<mark class="mu-mark">13800000005</mark>' in page
    assert "138****0005" in page
    assert nothing_written()
    sent = client.post("/report/check/", {"draft": check.context["draft"].token})
    issue = Issue.objects.get()
    assert (sent.status_code, sent["Location"]) == (303, f"/f/{follow_token(issue)}/receipt/")
    assert issue.area == district.building
    assert issue.channel == Channel.WEB
    assert (issue.place_note, issue.is_public) == ("二单元门口", True)
    assert (issue.contact.name, issue.contact.phone) == ("张小明", "13800000005")
    assert issue.photos.count() == 1
    assert Event.objects.count() == OutboxMessage.objects.count() == 1
    assert client.cookies[COOKIE].value == ""
    assert client.get(sent["Location"]).status_code == 200


def test_stairwell_code_fills_the_place(client, district):
    poster = make_place_code(district.building, entrance=2)
    answer = client.get(f"/q/{poster.code.lower()}/")
    assert (answer.status_code, answer["Location"]) == (303, "/report/")
    draft = client.get("/report/").context["draft"]
    assert (draft.area, draft.channel) == (district.building.code, "qr")
    assert "2" in draft.place_note
    assert client.cookies[PLACE_COOKIE].value == f"a:{district.building.code}"


@pytest.mark.parametrize("code", ["NOPE", "<script>", "%F0%9F%94%A5", "a" * 300, "TEST'--"])
def test_unknown_code_leads_to_choosing(client, district, code):
    answer = client.get(f"/q/{code}/")
    assert answer.status_code == 404
    assert "/report/?choose" in answer.content.decode()


def test_revoked_code_leads_to_choosing(client, district):
    poster = make_place_code(district.building)
    poster.revoked_at = timezone.now()
    poster.save(update_fields=["revoked_at"])
    assert client.get(f"/q/{poster.code}/").status_code == 404


def test_choosing_by_hand(client, district):
    page = client.get("/report/?choose").content.decode()
    assert page.index("大码头街道") < page.index("麻石巷社区") < page.index("汽车路街道")
    assert "纺织厂老家属院" in client.get(f"/report/?in={district.community.code}").content.decode()
    buildings = client.get(f"/report/?compound={district.compound.code}").content.decode()
    assert "3 栋" in buildings
    assert "5 栋" in buildings
    assert "3 栋" in client.get(f"/report/?area={district.building.code}").content.decode()


def test_choosing_by_name_and_pinyin(client, district):
    district.compound.pinyin = "fang zhi chang"
    district.compound.save(update_fields=["pinyin"])
    for words in ("纺织", "fang zhi", "zhi"):
        page = client.get("/report/", {"choose": "1", "q": words})
        assert district.compound.code in page.content.decode()
    assert client.get("/report/", {"choose": "1", "q": "没有这里"}).status_code == 200


def test_whole_compound_goes_to_its_branch(client, district, people):
    whole = {"compound": district.compound.code, "place_note": "东门"}
    assert client.post("/report/", whole).status_code == 303
    draft = whole_draft(district.building, area="", compound=district.compound.code, place_note="东门")
    client.post("/report/check/", {"draft": draft.token})
    issue = Issue.objects.get()
    assert issue.area == district.branch
    assert issue.place_note == "纺织厂老家属院（示例） 东门"


def test_compound_without_branch_goes_to_its_grid(client, district, people):
    bare = make_compound(district.grid, name="新盖的")
    client.post("/report/check/", {"draft": whole_draft(district.building, area="", compound=bare.code).token})
    assert Issue.objects.get().area == district.grid


def kinds_of(page, heading: str) -> list[str]:
    section = page.content.decode().partition(f'id="{heading}"')[2].partition("</section>")[0]
    return re.findall(r'name="category" value="(\w+)"', section)


def test_the_commonest_kinds_of_the_place_come_first(client, district, people):
    client.cookies[COOKIE] = old_draft(area=district.building.code).token
    assert kinds_of(client.get("/report/category/"), "h-common") == ["EN01", "IN03", "TR01", "IN01", "NS01", "PR01"]
    cache.clear()
    for category in ("WF02", "ND02", "ND02", "OT99", "OT99", "OT99"):
        make_issue(district.other_building, category=category)
    for _n in range(3):
        make_issue(district.far_building, category="UT01")
    page = client.get("/report/category/")
    assert kinds_of(page, "h-common") == ["ND02", "WF02", "EN01", "IN03", "TR01", "IN01"]
    assert "乱拉的电线、网线" in page.content.decode()
    assert len(set(kinds_of(page, "h-all"))) == 40


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("蟑螂", ["EN04"]),
        ("网线", ["UT04"]),
        ("路灯", ["IN03", "IN01", "IN02", "IN04", "IN05", "IN06"]),
        ("低保", ["WF01", "WF02", "WF03"]),
        ("没这个", []),
        ("<b>", []),
    ],
)
def test_a_kind_is_found_by_a_word_people_say(client, district, words, found):
    client.cookies[COOKIE] = old_draft(area=district.building.code).token
    page = client.get("/report/category/", {"q": words})
    assert kinds_of(page, "h-hits") == found
    assert "<b>”" not in page.content.decode()


def test_danger_shows_the_numbers_first(client, district, people):
    client.post("/report/", {"area": district.building.code})
    step = client.post("/report/category/", {"category": "IN05"})
    assert step["Location"] == "/report/danger/"
    assert "danger" in asked_again(client, "/report/danger/").context["form"].errors
    assert "danger" in asked_again(client, "/report/danger/", {"danger": "maybe"}).context["form"].errors
    step = client.post("/report/danger/", {"danger": "yes"})
    assert step["Location"] == "/report/call/"
    page = client.get("/report/call/").content.decode()
    assert page.index('href="tel:96333"') < page.index('href="tel:119"') < page.index("/report/text/")


def test_danger_raises_the_urgency(client, district, people):
    draft = whole_draft(district.building, category="IN05", danger=True)
    client.post("/report/check/", {"draft": draft.token})
    assert Issue.objects.get().urgency == "C"


def test_changing_the_category_asks_about_danger_again(client, district):
    client.cookies[COOKIE] = whole_draft(district.building, category="IN05", danger=True).token
    step = client.post("/report/category/?change=1", {"category": "IN01"})
    assert step["Location"] == "/report/danger/"
    assert client.get("/report/danger/").context["draft"].danger is None


def test_changing_one_answer_leads_back_to_the_check(client, district):
    client.cookies[COOKIE] = whole_draft(district.building).token
    assert client.post("/report/text/?change=1", {"text": "换一句"})["Location"] == "/report/check/"
    assert client.post("/report/category/?change=1", {"category": "NS01"})["Location"] == "/report/check/"


def test_skipped_steps_lead_back_to_the_first_open_question(client, district):
    for step in ("category", "danger", "text", "contact", "check"):
        assert client.get(f"/report/{step}/")["Location"] == "/report/"
        assert client.post(f"/report/{step}/", {"text": "x", "category": "IN03"}).status_code == 303
    client.cookies[COOKIE] = old_draft(area=district.building.code).token
    for step in ("text", "contact", "check"):
        assert client.get(f"/report/{step}/")["Location"] == "/report/category/"
    assert nothing_written()


def test_nothing_about_contact_or_neighbours_is_chosen_for_anybody(client, district):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03", text="x").token
    page = client.get("/report/contact/").content.decode()
    assert "checked" not in page
    assert client.post("/report/contact/", {}).status_code == 303
    draft = client.get("/report/check/").context["draft"]
    assert (draft.public, draft.hide, draft.name, draft.phone) == (False, False, "", "")


def test_two_tabs_do_not_mix(client, district, people):
    first = whole_draft(district.building, text="第一件")
    client.cookies[COOKIE] = whole_draft(district.other_building, text="第二件").token
    client.post("/report/check/", {"draft": first.token})
    issue = Issue.objects.get()
    assert (issue.text, issue.area) == ("第一件", district.building)


# ---- once ----
def test_the_same_draft_sent_again_is_the_same_issue(client, district, people):
    draft = whole_draft(district.building)
    first = client.post("/report/check/", {"draft": draft.token})
    for _again in range(3):
        assert client.post("/report/check/", {"draft": draft.token})["Location"] == first["Location"]
    assert Issue.objects.count() == 1


def test_a_draft_changed_after_sending_is_a_new_report(client, district, people):
    draft = whole_draft(district.building)
    client.post("/report/check/", {"draft": draft.token})
    client.post("/report/check/", {"draft": draft.having(text="又有一盏不亮").token})
    assert Issue.objects.count() == 2


# ---- somebody has said it before ----
def test_similar_case_can_be_joined(client, district, people):
    public = make_issue(district.building, is_public=True, text="灯坏了，电话 13800000009")
    private = make_issue(district.building, text="只给社区看的话")
    draft = whole_draft(district.building)
    page = client.post("/report/contact/", {"draft": draft.token}) and client.get("/report/check/").content.decode()
    assert public.number in page
    assert private.number in page
    assert "灯坏了" in page
    assert "只给社区看的话" not in page
    assert "13800000009" not in page
    client.post("/report/check/", {"draft": draft.token, "same": private.number})
    mine = Issue.objects.get(text=draft.text)
    private.refresh_from_db()
    assert (mine.state, mine.parent_id, private.voices) == (State.MERGED, private.pk, 2)


@pytest.mark.parametrize("wrong", ["ZY-2026-999999", "x" * 500, "1 OR 1=1"])
def test_joining_what_was_not_offered_is_refused(client, district, people, wrong):
    asked_again(client, "/report/check/", {"draft": whole_draft(district.building).token, "same": wrong})
    assert not Issue.objects.exists()


def test_joining_a_private_case_elsewhere_is_refused(client, district, people):
    far = make_issue(district.far_building)
    asked_again(client, "/report/check/", {"draft": whole_draft(district.building).token, "same": far.number})
    assert Issue.objects.count() == 1


def test_mine_too_is_one_short_page_that_names_the_case(client, district, people):
    issue = make_issue(district.building, is_public=True, text="东门路灯不亮", phone="13800000009")
    begun = old_draft(area=district.other_building.code, category="NS01", text="另一件没写完的")
    client.cookies[COOKIE] = begun.token
    url = f"/report/same/{issue.number}/"
    assert url in client.get(f"/issues/{issue.number}/").content.decode()
    page = client.get(url)
    shown = page.content.decode()
    for said in ("东门路灯不亮", "纺织厂老家属院（示例） 3 栋", issue.number, "路灯照明", "刚收到"):
        assert said in shown, said
    assert set(page.context["form"].fields) == {"name", "phone"}
    wrong = client.post(url, {"draft": page.context["draft"].token, "phone": "12", "name": "李某"})
    assert wrong["Location"] == f"{url}?again=1"
    again = client.get(wrong["Location"])
    assert again.context["form"].errors
    assert "李某" in again.content.decode()
    calm = again.context["draft"].having(began=1_700_000_000).token
    for _twice in range(2):
        sent = client.post(url, {"draft": calm, "phone": "138 0000 0007"})
        assert sent.status_code == 303
    mine = Issue.objects.get(parent=issue)
    assert (mine.state, mine.contact.phone, mine.area) == (State.MERGED, "13800000007", district.building)
    issue.refresh_from_db()
    assert issue.voices == 2
    assert sent["Location"] == f"/f/{follow_token(mine)}/receipt/"
    assert client.get("/report/text/").context["draft"].text == begun.text


def test_whoever_has_joined_may_urge(client, district, people):
    issue = make_issue(district.building, is_public=True)
    draft = whole_draft(district.building, text="我也是", same_as=issue.number)
    client.post(f"/report/same/{issue.number}/", {"draft": draft.token})
    mine = follow_token(Issue.objects.get(parent=issue))
    assert f"/f/{mine}/urge/" in client.get(f"/f/{mine}/").content.decode()
    assert client.post(f"/f/{mine}/urge/")["Location"] == f"/f/{mine}/"
    issue.refresh_from_db()
    assert issue.urged_at
    page = client.get(f"/f/{mine}/").content.decode()
    assert "催了一次" in page
    assert f"/f/{mine}/urge/" not in page


@pytest.mark.parametrize("number", ["ZY-2026-999999", "x", "'--", "1" * 3000])
def test_mine_too_of_an_unknown_case_is_not_found(client, district, number):
    for answer in (client.get(f"/report/same/{number}/"), client.post(f"/report/same/{number}/")):
        assert answer.status_code == 404


def test_similar_cases_without_words_can_be_told_apart(client, district, people):
    make_issue(district.building, text="不公开的话")
    make_issue(district.other_building, text="不公开的话")
    client.cookies[COOKIE] = whole_draft(district.building).token
    page = client.get("/report/check/").content.decode()
    similar = page[page.index('id="h-same"') :]
    assert "不公开的话" not in similar
    for said in ("纺织厂老家属院（示例） 3 栋", "纺织厂老家属院（示例） 5 栋", "刚收到"):
        assert said in similar, said


@pytest.mark.parametrize("hidden", [True, False])
def test_mine_too_of_a_case_that_is_not_public_is_not_found(client, district, people, hidden):
    issue = make_issue(district.building, is_public=hidden)
    hide_issue(issue_id=issue.pk)
    assert client.get(f"/report/same/{issue.number}/").status_code == 404


# ---- photos between the steps ----
def test_the_last_page_shows_the_photos_to_their_sender(client, district, people):
    client.cookies[COOKIE] = whole_draft(district.building).token
    client.post("/report/text/?change=1", {"text": "有照片", "photo": [photo_file(), photo_file()]})
    page = client.get("/report/check/").content.decode()
    shown = [html.unescape(src) for src in re.findall(r'<img src="(/photo/[^"]+)"', page)]
    assert len(shown) == 2
    for src in shown:
        assert client.get(src)["Content-Type"] == "image/jpeg"
        assert client.get(src.partition("?")[0]).status_code == 404


def test_photos_survive_going_back_and_can_be_removed(client, district):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03").token
    client.post("/report/text/", {"text": "有照片", "photo": [photo_file(), photo_file()]})
    page = client.get("/report/text/")
    first, second = page.context["draft"].photos
    shown = client.get(f"/photo/{uuid.UUID(first)}/", {"t": page.context["photos"][0][2]})
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown["Content-Security-Policy"]
    assert shown["Cache-Control"] == "no-store"
    assert client.get(f"/photo/{uuid.UUID(first)}/").status_code == 404
    client.post("/report/text/", {"text": "改了一半", "remove": first})
    draft = client.get("/report/text/").context["draft"]
    assert draft.photos == (second,)
    assert draft.text == "改了一半"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.heic", b"\x00\x00\x00\x1cftypheic\x00\x00\x00\x00heicmif1" + b"\x00" * 400),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("a.jpg", b"GIF89a/*" + b"x" * 400 + b"*/=1;alert(1)"),
        ("a.jpg", b"<html>not a photo</html>"),
        ("a.jpg", b""),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * 99),
    ],
)
def test_bad_photo_is_named_and_the_words_are_kept(client, district, name, raw):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03").token
    bad = io.BytesIO(raw)
    bad.name = name
    answer = asked_again(client, "/report/text/", {"text": "路灯不亮", "photo": [photo_file(), bad]})
    page = answer.content.decode()
    assert "路灯不亮" in page
    assert 'id="id_photo_error"' in page
    assert len(answer.context["draft"].photos) == Attachment.objects.count() == 1
    assert client.get("/report/text/").context["draft"].photos == answer.context["draft"].photos


def test_huge_and_enormous_photos_are_refused(client, district):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03").token
    big = io.BytesIO(photo_file().getvalue() + b"\x00" * (20 * 2**20))
    big.name = "big.jpg"
    assert "photo" in asked_again(client, "/report/text/", {"text": "大", "photo": big}).context["form"].errors
    bomb = io.BytesIO()
    Image.new("1", (7200, 7200)).save(bomb, "PNG")
    bomb.seek(0)
    bomb.name = "bomb.png"
    assert "photo" in asked_again(client, "/report/text/", {"text": "大", "photo": bomb}).context["form"].errors
    assert not Attachment.objects.exists()


def test_too_many_photos_are_refused(client, district):
    client.cookies[COOKIE] = old_draft(area=district.building.code, category="IN03").token
    many = [photo_file() for _n in range(portal_settings.PHOTO_MAX_COUNT + 1)]
    assert "photo" in asked_again(client, "/report/text/", {"text": "多", "photo": many}).context["form"].errors
    assert not Attachment.objects.exists()


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


# ---- abuse ----
def test_honeypot_catches_programs(client, district, people):
    asked_again(client, "/report/check/", {"draft": whole_draft(district.building).token, "leave_empty": "buy"})
    assert nothing_written()


def test_what_is_sent_within_seconds_without_proof_is_asked_again(client, district, people, settings):
    settings.ALTCHA_ENABLED = True
    hasty = whole_draft(district.building, began=int(timezone.now().timestamp()))
    asked_again(client, "/report/check/", {"draft": hasty.token})
    assert nothing_written()
    calm = hasty.having(began=hasty.began - 10)
    assert client.post("/report/check/", {"draft": calm.token}).status_code == 303


def test_too_many_reports_from_one_address(client, district, people, settings):
    settings.REPORTS_PER_ADDRESS_HOUR = 3
    for n in range(3):
        draft = whole_draft(district.building, text=f"第 {n} 件")
        assert client.post("/report/check/", {"draft": draft.token}).status_code == 303
    fourth = whole_draft(district.building, text="第四件")
    for _try in range(2):
        answer = client.post("/report/check/", {"draft": fourth.token})
        assert answer.status_code == 429
        assert "0737-000 0012" in answer.content.decode()
    assert client.get("/report/check/").context["draft"].text == "第四件"
    assert Issue.objects.count() == 3


def test_without_proof_the_limit_is_stricter_but_nobody_is_shut_out(client, district, people, settings):
    settings.ALTCHA_ENABLED, settings.REPORTS_PER_ADDRESS_HOUR = True, 10
    codes = [
        client.post("/report/check/", {"draft": whole_draft(district.building, text=f"{n}").token}).status_code
        for n in range(4)
    ]
    assert codes == [303, 303, 429, 429]


def test_proof_of_work_counts_for_one_draft_only(settings):
    settings.ALTCHA_ENABLED = True
    challenge = altcha.Challenge.from_dict(json.loads(challenge_for("mine")))
    answer = altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()
    assert is_proved(answer, "mine")
    assert not is_proved(answer, "other")
    for forged in ("", "x", "e30=", answer[:-8], answer * 9, "🔥"):
        assert not is_proved(forged, "mine")


def test_proved_report_may_be_quick(client, district, people, settings):
    settings.ALTCHA_ENABLED = True
    draft = whole_draft(district.building, began=int(timezone.now().timestamp()))
    client.cookies[COOKIE] = draft.token
    challenge = altcha.Challenge.from_dict(json.loads(client.get("/report/check/").context["challenge"]))
    proof = altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()
    assert client.post("/report/check/", {"draft": draft.token, "altcha": proof}).status_code == 303


def test_report_needs_the_csrf_token(district, people):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/report/check/", {"draft": whole_draft(district.building).token}).status_code == 403
    assert nothing_written()


def test_unannounced_holidays_are_said(client, district, people, time_machine):
    time_machine.move_to("2037-05-04 10:00:00+08:00")
    client.cookies[COOKIE] = whole_draft(district.building).token
    assert client.get("/report/check/").context["expected"].is_unconfirmed


def test_nobody_is_named_to_neighbours(client, district, people):
    draft = whole_draft(district.building, name="张小明", public=True)
    client.cookies[COOKIE] = draft.token
    check = client.get("/report/check/").content.decode()
    assert "张" not in check[check.index('id="h-prev"') :]
    client.post("/report/check/", {"draft": draft.token})
    page = client.get(f"/issues/{Issue.objects.get().number}/").content.decode()
    assert "张" not in page


@pytest.mark.parametrize("text", ["闻到煤气味，有人晕倒了", "Somebody is TRAPPED in there"])
def test_words_of_danger_lead_to_the_numbers_whatever_was_chosen(client, district, text):
    """Somebody chose "something else", wrote of gas, and was promised an answer within a week."""
    draft = Draft(area=district.building.code, category="OT99")
    answer = client.post("/report/text/", {"draft": draft.token, "text": text})
    assert (answer.status_code, answer["Location"]) == (303, "/report/call/")
    page = client.get("/report/call/").content.decode()
    assert 'href="tel:119"' in page
    assert 'href="/report/contact/"' in page
    check = client.get("/report/contact/")
    assert check.status_code == 200


def test_danger_keeps_the_numbers_beside_it_and_promises_no_day(client, district):
    draft = whole_draft(district.building).having(category="IN05", danger=True)
    page = client.post("/report/check/", {"draft": draft.token, "apart": ""}).headers
    assert page["Location"].endswith("/receipt/")
    receipt = client.get(page["Location"]).content.decode()
    assert 'href="tel:96333"' in receipt
    assert "预计" not in receipt


def test_place_is_found_by_its_pinyin_in_one_word(client, district):
    Compound.objects.filter(pk=district.compound.pk).update(pinyin="fang zhi chang lao jia shu yuan")
    assert district.compound.name in client.get("/report/?choose&q=FangZhichang").content.decode()
