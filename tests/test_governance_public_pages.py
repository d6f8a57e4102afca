"""Home, places, the public list and one public case: masked, filtered, cheap."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import Issue
from governance.services.answers import answer_issue
from governance.services.dispatch import take_issue
from governance.services.following import publish_issue
from governance.services.handling import log_contact, reply_issue
from governance.services.photos import Box, cover_photo, store_photo
from governance.views.steps import PLACE_COOKIE
from tests.factories import AreaFactory, UserFactory, make_compound, make_issue
from tests.test_governance_photos import picture

pytestmark = pytest.mark.django_db

PHONES = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|138 0000 0005")


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def public(area, **fields):
    return make_issue(area, is_public=True, **fields)


def page_of(client, url, **params) -> str:
    answer = client.get(url, params)
    assert answer.status_code == 200, url
    return answer.content.decode()


# ---- home ----
def test_home_of_a_stranger_shows_the_whole_district(client, district, people):
    near, far = public(district.building, text="近处的事"), public(district.far_building, text="远处的事")
    page = page_of(client, "/")
    assert near.number in page
    assert far.number in page
    for number in ("110", "119", "120", "96333", "12345"):
        assert f'href="tel:{number}"' in page


@pytest.mark.parametrize("cookie", ["a:{building}", "a:{community}", "c:{compound}"])
def test_home_remembers_the_place(client, district, people, cookie):
    near, far = public(district.building), public(district.far_building)
    codes = {"building": district.building, "community": district.community, "compound": district.compound}
    client.cookies[PLACE_COOKIE] = cookie.format(**{name: place.code for name, place in codes.items()})
    page = page_of(client, "/")
    assert near.number in page
    assert far.number not in page
    assert "0737-000 0012" in page


@pytest.mark.parametrize("cookie", ["", "x", "a:", "a:999", "c:NOPE", "a:'--", "a:" + "9" * 4000, "z:1", "a:é"])
def test_rubbish_in_the_place_cookie_is_ignored(client, district, people, cookie):
    client.cookies[PLACE_COOKIE] = cookie
    assert client.get("/").status_code == 200


def test_figures_of_home_are_the_rows_behind_them(client, district, people):
    solved, other = public(district.building), make_issue(district.other_building)
    make_issue(district.far_building)
    take_issue(issue_id=solved.pk, actor=people.grid_worker)
    log_contact(issue_id=solved.pk, actor=people.grid_worker, reached=True, note="")
    reply_issue(issue_id=solved.pk, actor=people.grid_worker, text="好了")
    answer_issue(issue_id=solved.pk, solved=True, satisfaction=None, words="")
    client.cookies[PLACE_COOKIE] = f"a:{district.community.code}"
    tiles = client.get("/").context["figures"].tiles
    assert [tile.value for tile in tiles] == ["2", "1", "100.0%"]
    year = client.get("/").context["figures"].since.year
    received = client.get("/issues/", {"community": district.community.code, "year": year})
    assert received.context["received"] == 2
    assert [row.issue.pk for row in received.context["rows"]] == [solved.pk]
    behind = client.get("/issues/", {"community": district.community.code, "year": year, "state": "solved"})
    assert behind.context["received"] == 1
    assert other.number not in behind.content.decode()


def test_new_portal_leads_to_its_set_up(client, db):
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/setup/")


def test_empty_portal_has_a_home(client, db):
    UserFactory(is_superuser=True)
    for url in ("/", "/issues/", "/places/", "/report/", "/follow/"):
        assert client.get(url).status_code == 200


def test_places_lists_duty_phones_and_remembers(client, district):
    assert "麻石巷社区" in page_of(client, "/places/")
    page = client.get("/places/", {"community": district.community.code})
    assert "0737-000 0012" in page.content.decode()
    assert page.cookies[PLACE_COOKIE].value == f"a:{district.community.code}"
    assert "0737-000 0012" in page_of(client, "/places/")
    assert "汽车路街道" in page_of(client, "/places/?choose")


@pytest.mark.parametrize("code", ["zz", "'--", "1" * 400, "🔥"])
def test_places_of_an_unknown_community_are_not_found(client, district, code):
    assert client.get("/places/", {"community": code}).status_code == 404
    assert client.get("/places/", {"community": district.building.code}).status_code == 404


# ---- the list ----
def test_only_what_residents_agreed_to_and_staff_did_not_withhold_is_listed(client, district, people):
    shown, private = public(district.building, text="公开的"), make_issue(district.building, text="不公开的")
    withheld = public(district.building, text="先不放出来的")
    publish_issue(issue_id=withheld.pk, actor=people.community_staff, shown=False)
    page = page_of(client, "/issues/")
    assert shown.number in page
    for hidden in (private, withheld):
        assert hidden.number not in page
        assert client.get(f"/issues/{hidden.number}/").status_code == 404


def test_filters_stand_in_the_address(client, district, people):
    lamp = public(district.building, category="IN03")
    noise = public(district.far_building, category="NS01")
    for params, wanted in (
        ({"community": district.community.code}, {lamp.pk}),
        ({"category": "NS01"}, {noise.pk}),
        ({"state": "open"}, {lamp.pk, noise.pk}),
        ({"state": "solved"}, set()),
        ({"community": district.far_community.code, "category": "IN03"}, set()),
        ({"year": "2021"}, set()),
        ({"page": "99"}, {lamp.pk, noise.pk}),
        ({"page": "x"}, {lamp.pk, noise.pk}),
    ):
        assert {row.issue.pk for row in client.get("/issues/", params).context["rows"]} == wanted


@pytest.mark.parametrize(
    "query",
    ["state=zz", "category=ZZ99", "community=1", "year=x", "year=99999", "category=%27--", "community=%F0%9F%94%A5"],
)
def test_filters_that_do_not_exist_are_not_found(client, db, query):
    assert client.get(f"/issues/?{query}").status_code == 404


def test_nul_in_an_address_is_a_bad_request(client, db):
    for url in ("/issues/?category=%00", "/report/?q=%00", "/q/%00/", "/f/%00/", "/issues/%00/"):
        assert client.get(url).status_code in {400, 404}


@pytest.mark.parametrize("number", ["ZY-2026-999999", "x", "'--", "<script>", "1" * 3000, "🔥"])
def test_unknown_number_is_not_found(client, db, number):
    assert client.get(f"/issues/{number}/").status_code == 404


def test_list_is_paged(client, district, people):
    for n in range(23):
        public(district.building, text=f"第 {n} 件")
    first = client.get("/issues/", {"category": "IN03"})
    assert (first.context["page"].paginator.count, len(first.context["rows"])) == (23, 20)
    assert "page=2" in first.content.decode()
    assert "category=IN03" in first.content.decode()


# ---- one case ----
def test_no_number_of_anybody_stands_on_public_pages(client, district, people):
    told = "找我打 138 0000 0005，身份证 430902199001011234，座机 0737-4221234"
    issue = public(district.building, text=told, name="张小明", phone="13800000005", place_note="13800000005 家门口")
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="张小明说随时可以打 13800000005")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="修好了，有事打 13800000005")
    for url in ("/", "/issues/", f"/issues/{issue.number}/", "/places/"):
        page = page_of(client, url)
        assert not PHONES.search(page), url
        for secret in ("43090219900101", "4221234", "张小明", "随时可以打"):
            assert secret not in page, (url, secret)
    page = page_of(client, f"/issues/{issue.number}/")
    assert "张*" not in page  # whoever left a name was told that only those who work on it see it
    assert "修好了" in page
    assert people.user("grid_worker").name not in page


@pytest.mark.parametrize("category", ["EL01", "WF01", "ND01"])
def test_no_building_of_who_needs_help_or_is_at_odds_is_public(client, district, people, category):
    told = "3 栋二单元的老人摔了，三号楼都知道"
    issue = public(district.building, category=category, text=told, place_note="二单元 302 室门口")
    for url in ("/", "/issues/", f"/issues/{issue.number}/", f"/report/same/{issue.number}/"):
        page = re.sub(r"<[^>]*>", "", page_of(client, url))
        assert "纺织厂老家属院（示例）" in page, url
        for finer in ("3 栋", "二单元", "302", "三号楼"):
            assert finer not in page, (url, finer)
    other = public(district.building, category="IN03", text="灯坏了", place_note="二单元门口")
    assert "3 栋 二单元门口" in page_of(client, f"/issues/{other.number}/")


def test_doors_and_names_in_the_words_are_not_public(client, district, people):
    issue = public(
        district.building, text="3栋502漏水，我是张三，张大爷也知道。2单元301室更重", place_note="找5栋602室"
    )
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="2单元301室的水管换了")
    for url in ("/", "/issues/", f"/issues/{issue.number}/"):
        page = re.sub(r"<[^>]*>", "", page_of(client, url))
        for secret in ("502", "301", "602", "张三", "张大爷"):
            assert secret not in page, (url, secret)
    assert "的水管换了" in page
    assert "门牌号已遮住" in page_of(client, f"/issues/{issue.number}/")


def test_states_are_said_in_words_of_neighbours(client, district, people):
    issue = public(district.building)
    page = page_of(client, "/issues/")
    assert "刚收到" in page
    assert "#i-inbox" in page
    assert "#i-plus" not in page
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    for url in ("/", "/issues/", f"/issues/{issue.number}/"):
        assert "有人接手了" in page_of(client, url) or "正在办" in page_of(client, url)


@pytest.mark.parametrize("url", ["/", "/issues/"])
def test_pages_in_english_have_no_chinese_commas_of_ours(client, district, people, url):
    issue = public(district.building, text="Lamp out", place_note="east gate")
    make_issue(district.building, same_as=issue.pk)
    client.cookies["mulin_lang"] = "en"
    for page in (page_of(client, url), page_of(client, f"/issues/{issue.number}/")):
        assert "，" not in page[page.index('id="main"') : page.index("<footer")]


def test_pages_that_end_somewhere_lead_on(client, district, people):
    for url, status in (("/nope/", 404), ("/help/", 200)):
        answer = client.get(url)
        page = answer.content.decode()
        body = page[page.index('id="main"') : page.index("<footer")]
        assert answer.status_code == status
        for way in ('href="/"', 'href="/report/"', 'href="tel:'):
            assert way in body, (url, way)


def test_answers_of_residents_stay_between_them_and_staff(client, district, people):
    issue = public(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="好了")
    answer_issue(issue_id=issue.pk, solved=False, satisfaction=1, words="骗人的，根本没来")
    assert "骗人的" not in page_of(client, f"/issues/{issue.number}/")


def test_only_covered_photos_are_shown(client, district, people):
    import io

    raw = picture()
    photos = tuple(store_photo(upload=io.BytesIO(raw), size=len(raw)) for _n in range(2))
    issue = public(district.building, photos=photos)
    assert "/photo/" not in page_of(client, f"/issues/{issue.number}/")
    first = issue.photos.order_by("pk").first()
    cover_photo(photo_id=first.pk, actor=people.community_staff, boxes=[Box(0, 0, 0.5, 0.5)])
    page = page_of(client, f"/issues/{issue.number}/")
    assert page.count("/photo/") == 1
    shown = client.get(f"/photo/{first.attachment.uid}/?covered")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert client.get(f"/photo/{photos[1].uid}/?covered").status_code == 404
    assert client.get("/photo/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert client.get("/photo/not-a-uuid/").status_code == 404


def test_staff_see_originals_in_their_area_only(client, district, people):
    import io

    raw = picture()
    photo = store_photo(upload=io.BytesIO(raw), size=len(raw))
    make_issue(district.building, photos=(photo,))
    for who, status in (("grid_worker", 200), ("community_staff", 200), ("outsider", 404), ("nobody", 404)):
        client.force_login(people.user(who))
        assert client.get(f"/photo/{photo.uid}/").status_code == status


# ---- cost ----
def test_pages_ask_the_database_the_same_for_few_and_many(client, district, people):
    def counts():
        cache.clear()
        found = {}
        for url in urls:
            client.get(url)
            cache.clear()
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            found[url] = len(asked)
        return found

    urls = ["/", "/issues/", "/report/?choose", f"/report/?in={district.community.code}", "/places/?choose"]
    client.cookies[PLACE_COOKIE] = f"a:{district.building.code}"
    for _n in range(3):
        public(district.building)
    few = counts()
    for n in range(27):
        public(district.building if n % 2 else district.far_building)
        make_compound(district.grid)
        AreaFactory(parent=district.street)
    many = counts()
    assert few == many
    assert max(many.values()) <= 12
    assert Issue.objects.count() == 30


def test_public_pages_are_light(client, district, people):
    for n in range(30):
        public(district.building, text="四" * 40 + str(n))
    for url in ("/", "/issues/", "/report/?choose", "/report/", "/follow/"):
        assert len(client.get(url).content) < 30_000, url
