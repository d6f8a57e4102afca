"""Pages of representatives: filled and empty, few statements, masked, a sentence for every slip, never a ranking."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import Issue
from neighborhoods.models import Resident
from tests.factories import UserFactory
from tests.representative_steps import doors, linked, neighbour, nominated, ordered, put, serving
from volunteers.lifecycle.representatives import RepresentativeState
from volunteers.models import HelpOrder, HouseholdLink, Objection, Representative, Visit
from volunteers.selectors.households import fair_choice, plan_of
from volunteers.services.representatives.cards import card_token, issue_card

pytestmark = pytest.mark.django_db
S = RepresentativeState
MOST = 12


def get(client, name, *args, query="", status=200) -> str:
    address = reverse(f"volunteers:{name}", args=args) + query
    client.get(address)  # what every page shows is kept for a while
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = client.get(address)
    assert response.status_code == status, name
    assert len(asked) <= MOST + 3, (name, [query["sql"] for query in asked])  # and those of session and account
    return response.content.decode()


@pytest.fixture
def term(district, people):
    return serving(district, people, "张小明", user=UserFactory(name="张小明"))


def test_every_page_opens_with_masked_names_and_few_statements(client, district, people, term):
    homes = doors(district, people, 8)
    linked(term, people, homes[:6])
    linked(term, people, homes[6:7], state="proposed")
    order = ordered(homes[0], people)
    noticed = put(nominated(district, people, resident=neighbour(district, people, "王小红")), S.NOTICED, people)
    fresh = nominated(district, people, resident=neighbour(district, people, "赵小六"))
    client.force_login(people.user("community_lead"))
    for name, *args in (
        ("representative-list",),
        ("orphan-list",),
        ("representative-detail", term.number),
        ("representative-end", term.number),
        ("representative-agree", fresh.number),
        ("building-list",),
        ("building-plan", district.building.pk),
        ("order-list",),
        ("order-detail", order.number),
        ("notice-list",),
        ("notice-detail", noticed.number),
    ):  # fmt: skip
        page = get(client, name, *args)
        assert "张小明" not in page, name
        assert "王小红" not in page, name
    for tab in ("choosing", "few", "over", "nonsense"):
        get(client, "representative-list", query=f"?tab={tab}")
    assert "checked" in get(client, "building-plan", district.building.pk, query="?suggest=1")
    get(client, "building-list", query="?words=纺织")
    assert client.get(reverse("volunteers:my-households")).status_code == 404


def test_the_way_through_the_desk(client, district, people):
    homes = doors(district, people, 7)
    client.force_login(people.user("community_staff"))

    def post(page, *args, status=302, **data):
        response = client.post(reverse(f"volunteers:{page}", args=args), data)
        assert response.status_code == status, (page, response.content.decode()[:2000])
        return response

    building = district.building.pk
    words = {"name": "张小明", "household": homes[0].pk, "source": "branch", "capacity": "linking", "qualities": "热心"}
    post("representative-new", building, status=422)
    post("representative-new", building, **words)
    number = Representative.objects.get().number
    post("representative-agree", number, status=422)
    post("representative-agree", number, household_ids=[home.pk for home in homes[1:6]])
    client.force_login(people.user("branch_secretary"))
    post("representative-approve", number)
    client.force_login(people.user("community_staff"))
    post("representative-notice", number)
    client.logout()
    post("notice-detail", number, status=422)
    post("notice-detail", number, status=200, words="没见过他")
    client.force_login(people.user("community_staff"))
    post("representative-activate", number, status=422)
    post("representative-settle", number, objection_id=Objection.objects.get().pk, answer="已核实")
    Representative.objects.update(notice_until=Representative.objects.get().noticed_at)
    Resident.objects.update(user=UserFactory())  # the post comes with the term
    post("representative-activate", number)
    term = Representative.objects.get()
    post("building-assign", building, status=422)
    for bad in ("x", "999999999999999", str(homes[0].pk) + "'"):
        post("building-assign", building, status=422, representative=term.pk, door=[bad])
    post("building-assign", building, representative=term.pk, door=[home.pk for home in homes])
    link, other, third = HouseholdLink.objects.order_by("pk")[:3]
    post("link-agree", link.pk, how="phone")
    post("link-decline", other.pk, how="door")
    post("link-end", third.pk, status=422)
    post("link-end", third.pk, words="搬走了")
    post("representative-train", number, on_day="2999-01-01", title="上门", status=422)
    post("building-doors-add", building, entrances=0, floors=1, per_floor=1, status=422)
    post("order-new", homes[0].pk, text="水管漏了", key=uuid.uuid4())
    assert HelpOrder.objects.get().channel == "phone"


def test_my_households_and_the_page_of_a_household(client, district, people, term):
    homes = doors(district, people, 4)
    links = linked(term, people, homes[:3])
    client.force_login(term.resident.user)
    page = get(client, "my-households")
    assert all(home.door in page for home in homes[:3])
    visit, tap = (
        reverse("volunteers:my-visit"),
        {"household": homes[0].pk, "methods": ["walk", "ask"], "key": uuid.uuid4()},
    )
    for sent in (tap, tap | {"queued": "1", "at": "99999999999999999"}):
        assert client.post(visit, sent).status_code in {200, 302}
    assert Visit.objects.count() == 1
    for bad in ({"household": "x"}, {"key": "x"}, {"methods": []}, {"household": homes[3].pk}, {"household": ""}):
        change = {"key": uuid.uuid4(), "queued": "1"} | bad
        assert client.post(visit, tap | change).status_code == 422
    assert client.post(reverse("volunteers:my-order", args=[links[0].pk]), {"text": "换灯泡"}).status_code == 302
    number = HelpOrder.objects.get().number
    for verb, data in (("take", {}), ("pass-up", {"kind": "IN03"})):
        assert client.post(reverse(f"volunteers:order-{verb}", args=[number]), data).status_code == 302
    assert Issue.objects.get().collector_role == "representative"
    card = reverse("volunteers:household-card", args=[homes[0].pk])
    assert (client.post(card).status_code, client.get(card).status_code) == (302, 200)
    token = card_token(issue_card(household_id=homes[0].pk, actor=people.community_staff))
    client.logout()
    page = get(client, "household-page", token)
    assert "张小明" in page
    assert Issue.objects.get().number in page
    for verb, data, status in (
        ("order", {"text": ""}, 422),
        ("order", {"text": "陪诊"}, 302),
        ("answer", {}, 302),  # a garbled answer is no "no"
        ("answer", {"answer": "no"}, 302),
    ):
        assert client.post(reverse(f"volunteers:household-{verb}", args=[token]), data).status_code == status
        assert ("张小明" in get(client, "household-page", token)) is (data != {"answer": "no"})
    assert "张小明" not in get(client, "household-page", token)
    assert "有了新卡" in get(client, "household-page", "0000-0000-0000", status=404)


def test_one_s_own_term_leads_nowhere_one_may_not_go(client, district, people, term):
    linked(term, people, doors(district, people, 2))
    client.force_login(term.resident.user)
    own = [reverse(f"volunteers:representative-{name}", args=[term.number]) for name in ("detail", "reach")]
    pages = [client.get(one).content.decode() for one in own]
    assert reverse("volunteers:my-households") in pages[0]
    for link in {link for page in pages for link in re.findall(r'href="(/(?:desk|my)/[^"?#]*)"', page)}:
        assert client.get(link).status_code == 200, link
    client.force_login(people.user("grid_worker"))  # reads it, and writes no household's answer down
    assert "/desk/links/" not in client.get(own[0]).content.decode()


def test_a_neighbour_puts_themselves_forward_and_a_household_changes_its_mind(client, district, people):
    user, page = UserFactory(name="李某"), reverse("volunteers:my-nomination")
    client.force_login(user)
    assert client.get(page).status_code == 200
    assert client.post(page, {"qualities": "热心", "capacity": "linking"}).status_code == 422
    neighbour(district, people, "李某", user=user)
    assert client.post(page, {"qualities": "", "capacity": "linking"}).status_code == 422
    assert client.post(page, {"qualities": "热心", "capacity": "linking"}).status_code == 302
    assert Representative.objects.get().number in get(client, "my-nomination")
    home, _other = doors(district, people, 2)
    linked(serving(district, people), people, [home], state="declined")
    client.force_login(people.user("community_staff"))
    consent = reverse("volunteers:household-consent", args=[home.pk])
    assert consent in get(client, "building-plan", district.building.pk)
    assert client.post(consent, {"how": "phone"}).status_code == 302
    assert consent not in get(client, "building-plan", district.building.pk)


def test_a_fair_choice_is_the_nearest_doors_of_who_has_fewest(district, people):
    homes = doors(district, people, 16)
    busy = serving(district, people, "王某")
    fresh = serving(district, people, "赵某")
    fresh.resident.household = homes[10]
    fresh.resident.save()
    linked(busy, people, homes[:3])
    from volunteers.selectors.households import assignable

    people_there = assignable(district.branch.pk)
    all_doors = [door for _e, floors in plan_of(district.building) for floor in floors for door in floor.doors]
    who, ticked = fair_choice(all_doors, people_there)
    assert (who, len(ticked), homes[10].pk in ticked, homes[0].pk in ticked) == (fresh.pk, 10, True, False)
    assert fair_choice([], people_there) is None
