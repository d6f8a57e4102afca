"""Reporting without an account: every step, joining what is known already, photos on the way."""

import html
import io
import re
import uuid

import pytest
from django.conf import settings as portal_settings
from django.core.cache import cache
from django.utils import timezone
from PIL import Image

from core.models import Attachment, Event, OutboxMessage
from governance.forms.draft import COOKIE
from governance.lifecycle import Channel, State
from governance.models import Issue
from governance.services.following import hide_issue
from governance.services.links import follow_token
from governance.views.steps import PLACE_COOKIE
from tests.factories import make_compound, make_issue, make_place_code
from tests.reporting import asked_again, nothing_written, old_draft, photo_file, whole_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ready(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ALTCHA_ENABLED = False


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
