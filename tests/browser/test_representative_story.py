"""Representatives on a phone: put forward, agreed to, linked, a visit without a connection, an order answered."""

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from governance.models import Issue
from governance.services import dispatch, handling
from neighborhoods.models import Household, Resident
from tests.conftest import build_district, build_people
from tests.factories import UserFactory
from tests.representative_steps import doors, serving
from volunteers.models import Representative, Visit
from volunteers.services.representatives.cards import card_token, issue_card

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town():
    district = build_district()
    people = build_people(district)
    doors(district, people, 8)
    return district, people


def sign_in(page: Page, user: User, url: str) -> None:
    client = Client()
    client.force_login(user)
    value = client.cookies[configured.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": value, "url": url}])


def press(page: Page) -> None:
    page.locator("main form .mu-btn--main").first.click()


def test_from_a_nomination_to_an_answer(phone, live_server, town, axe):
    district, people = town
    building = f"/desk/doors/{district.building.pk}/"
    account = UserFactory(name="张小明")
    _chosen(phone, live_server, people, axe, building)
    _begins(phone, live_server, people, axe, account)
    # doors are asked on the plan
    phone.goto(f"{building}?suggest=1")
    axe(phone)
    press(phone)
    expect(phone.get_by_text("已征询")).to_be_visible()
    sign_in(phone, account, live_server.url)
    _visited(phone, axe)
    _ordered(phone, people, axe)


def _chosen(phone, live_server, people, axe, building) -> None:
    # put forward, and both sides say yes
    sign_in(phone, people.user("community_lead"), live_server.url)
    phone.goto(building)
    axe(phone)
    phone.get_by_role("link", name="推荐人选").click()
    axe(phone)
    phone.get_by_label("姓名").fill("张小明")
    phone.locator("[name=household]").select_option(label="1-101")
    phone.get_by_label("党支部推荐").check()
    phone.get_by_label("推荐理由").fill("热心，会修水电")
    press(phone)
    phone.get_by_role("link", name="登记居民认可").click()
    for door in ("1-201", "1-301", "1-401", "1-501", "1-601"):
        phone.get_by_label(door).check()
    axe(phone)
    press(phone)
    sign_in(phone, people.user("branch_secretary"), live_server.url)
    phone.reload()
    phone.get_by_role("link", name="党组织审核同意").click()
    press(phone)
    expect(phone.locator(".mu-tag").first).to_contain_text("双向选择通过")


def _begins(phone, live_server, people, axe, account) -> None:
    # seven days on the notice, then the term
    sign_in(phone, people.user("community_lead"), live_server.url)
    phone.reload()
    phone.get_by_role("link", name="公示七天").click()
    press(phone)
    expect(phone.locator(".mu-tag").first).to_contain_text("公示中")
    phone.goto("/representatives/")
    axe(phone)
    phone.get_by_role("link", name="张*明").click()
    axe(phone)
    Representative.objects.update(notice_until=timezone.now() - timedelta(minutes=1))
    Resident.objects.filter(terms__isnull=False).update(user=account)
    term = Representative.objects.get()
    phone.goto(f"/desk/representatives/{term.number}/activate/")
    press(phone)
    expect(phone.locator(".mu-tag").first).to_contain_text("在任")
    axe(phone)


def test_a_name_is_dragged_onto_doors(desk, live_server, town, axe):
    district, people = town
    homes = list(Household.objects.filter(area=district.building).order_by("-floor")[:2])  # on the screen
    term = serving(district, people)
    sign_in(desk, people.user("community_staff"), live_server.url)
    desk.goto(f"/desk/doors/{district.building.pk}/")
    name = desk.locator(f'[data-one="{term.pk}"]')
    for home in homes:
        name.drag_to(desk.locator(f'label:has([name=door][value="{home.pk}"])'))
    expect(desk.locator("#representative")).to_have_value(str(term.pk))
    axe(desk)
    press(desk)
    expect(desk.get_by_text("已征询")).to_be_visible()
    assert {link.household_id for link in term.links.all()} == {home.pk for home in homes}


def _visited(phone, axe) -> None:
    # they say yes at the door
    phone.goto("/my/households/")
    axe(phone)
    phone.get_by_role("link", name="同意").first.click()
    press(phone)
    # a visit in a stairwell without a connection
    expect(phone.locator("form[data-visit]")).to_have_count(1)
    phone.context.set_offline(True)
    phone.locator("form[data-visit]").get_by_label("听", exact=True).check()
    phone.get_by_role("button", name="记一次走访").click()
    expect(phone.locator("[data-visits]")).to_contain_text("1 次走访存在本机")
    assert not Visit.objects.exists()
    phone.context.set_offline(False)
    expect(phone.locator("[data-visits]")).to_be_hidden()
    assert Visit.objects.get().methods == ["listen"]


def _ordered(phone, people, axe) -> None:
    # the household orders on its own page; it is too much for one, and becomes a case
    home = Household.objects.get(links__state="active")
    token = card_token(issue_card(household_id=home.pk, actor=people.community_staff))
    phone.goto(f"/h/{token}/")
    axe(phone)
    phone.get_by_label("需要什么？").fill("下水道返水")
    phone.get_by_role("button", name="提交点单").click()
    expect(phone.get_by_text("您点的单")).to_be_visible()
    phone.goto("/my/households/")
    phone.get_by_role("link", name="下水道返水").click()
    axe(phone)
    phone.get_by_role("link", name="接单").click()
    press(phone)
    phone.get_by_role("link", name="上报").click()
    phone.locator("[name=kind]").select_option("IN01")
    axe(phone)
    press(phone)
    expect(phone.locator(".mu-tag").first).to_contain_text("已上报立件")
    issue = Issue.objects.get()
    dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
    handling.reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="已疏通")
    phone.goto(f"/h/{token}/")
    expect(phone.get_by_text("已疏通")).to_be_visible()
    axe(phone)
