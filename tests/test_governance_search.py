"""Two characters find a case, the name of its place does too, and whatever is typed breaks nothing."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.lifecycle.matters import MatterSource
from governance.models import Category, Issue
from governance.querysets import bigrams, contains
from governance.selectors.finding import mentioning
from governance.services.committees.members import (
    Recommendation,
    approve_member,
    begin_member,
    open_committee,
    recommend_member,
)
from governance.services.committees.promises import Pledge, make_promise
from governance.services.matters.collecting import Sighting, collect_matter
from tests.factories import AreaFactory, make_issue

TEXTS = ["三单元二楼声控灯不亮", "下水道堵了，污水返上来", "It's a 'quoted' \\path\\ & | ! (lamp)", "电梯😀坏了 ok"]


@pytest.fixture
def issues(district, people):
    return [make_issue(district.building, text=text, place_note=f"{n} 栋东侧") for n, text in enumerate(TEXTS)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("污水", [1]),
        ("灯不", [0]),
        ("灯", [0]),
        ("声控 二楼", [0]),
        ("声控 污水", []),
        ("东侧", [0, 1, 2, 3]),
        ("3 栋", [3]),
        ("'quoted'", [2]),
        ("\\path", [2]),
        ("& | !", [2]),
        ("IT'S", [2]),
        ("😀坏", [3]),
        ("%", []),
        ("__", []),
        ("", [0, 1, 2, 3]),
        ("   ", [0, 1, 2, 3]),
        ("不存在的词", []),
    ],
)
def test_words_find_what_contains_them(issues, words, found):
    numbers = list(Issue.objects.filter(contains(words)).order_by("pk").values_list("number", flat=True))
    assert numbers == [issues[n].number for n in found]


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30))
def test_anything_may_be_typed(words):
    list(Issue.objects.filter(contains(words))[:1])
    list(mentioning(Issue.objects.all(), words)[:1])


def test_pairs_overlap_and_ignore_blanks_and_case():
    assert bigrams("声控 灯A") == ["声控", "控灯", "灯a"]
    assert bigrams("灯") == []


@pytest.mark.django_db
def test_search_can_use_its_index(issues):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "issue_search" in Issue.objects.filter(contains("污水")).order_by().explain()


@pytest.fixture
def placed(district, people):
    """Cases without a word about where they are, at two buildings, a whole compound and a far street."""
    eleven = AreaFactory(parent=district.branch, name="13 栋", compound=district.compound)
    places = [district.building, district.other_building, district.branch, district.far_building, eleven]
    texts = ["路灯不亮", "水管爆了", "路灯不亮", "路灯不亮", "水管爆了"]
    return [make_issue(place, text=text) for place, text in zip(places, texts, strict=True)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("纺织厂", [0, 1, 2, 4]),
        ("纺织厂老家属院3栋", [0]),
        ("纺织厂老家属院 3 栋", [0]),
        ("3栋", [0]),
        ("纺织厂 路灯", [0, 2]),
        ("麻石巷社区 水管", [1, 4]),
        ("柳岸新村", [3]),
        ("柳岸 3栋", []),
        ("社区", []),
        ("大码头", [0, 1, 2, 4]),
        ("%", []),
    ],
)
def test_the_name_of_a_place_finds_what_is_there(placed, words, found):
    numbers = list(mentioning(Issue.objects.all(), words).order_by("pk").values_list("number", flat=True))
    assert numbers == [placed[n].number for n in found]


@pytest.mark.django_db
def test_the_desk_looks_for_places_too(client, placed, people):
    client.force_login(people.user("district_duty"))
    page = client.get(reverse("governance:issue-list"), {"q": "柳岸新村1栋"}).content.decode()
    assert [issue.number in page for issue in placed] == [False, False, False, True, False]


@pytest.mark.django_db
def test_a_whole_number_opens_a_matter_too(client, district, people):
    grid, category = people.grid_worker, Category.objects.get(code="IN03")
    seen = Sighting(area=district.grid, category=category, text="路灯不亮", source=MatterSource.PATROL)
    matter = collect_matter(actor=grid, sighting=seen)
    for role, there in (("grid_worker", True), ("department_clerk", False)):
        client.force_login(people.user(role))
        page = client.get(reverse("governance:issue-list"), {"q": matter.number.lower()})
        assert (page.status_code == 302 and page["Location"].endswith(f"/{matter.number}/")) is there


@pytest.mark.django_db
def test_a_whole_number_opens_the_committee_of_a_promise(client, district, people):
    committee = open_committee(actor=people.community_staff, area=district.community, seats=3)
    day = timezone.localdate()
    whom = Recommendation(district.lighting, "彭某", date(day.year, 1, 1), date(day.year + 2, 1, 1))
    member = recommend_member(committee_id=committee.pk, actor=people.community_staff, whom=whom)
    approve_member(member_id=member.pk, actor=people.street_officer)
    begin_member(member_id=member.pk, actor=people.community_staff)
    pledge = Pledge(district.lighting, "补灯", timezone.localdate() + timedelta(days=9))
    made = make_promise(committee_id=committee.pk, actor=people.community_staff, pledge=pledge)
    where = f"{reverse('governance:committee-detail', args=[committee.pk])}#{made.number}"
    for role, there in (("community_staff", True), ("department_clerk", True), ("other_clerk", False)):
        client.force_login(people.user(role))
        page = client.get(reverse("governance:issue-list"), {"q": f" {made.number.lower()} "})
        assert (page.status_code == 302 and page["Location"] == where) is there
    client.force_login(people.user("community_staff"))
    assert f'id="{made.number}"' in client.get(where).content.decode()
