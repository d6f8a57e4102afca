"""A matter on a phone: a grid worker on a round writes it down in a few touches and takes it."""

import pytest
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import Page, expect

from governance.lifecycle.matters import MatterState
from governance.models import Matter
from tests import test_governance_committees as committees
from tests.conftest import build_district, build_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town():
    district = build_district()
    return district, build_people(district)


def sign_in(page: Page, people, who: str, url: str) -> None:
    client = Client()
    client.force_login(people.user(who))
    value = client.cookies[configured.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": value, "url": url}])


def test_a_round_on_a_phone(phone, live_server, town, axe):
    _district, people = town
    sign_in(phone, people, "grid_worker", live_server.url)
    phone.goto("/desk/matters/")
    axe(phone)
    phone.get_by_role("link", name="记一件事").click()
    axe(phone)
    phone.get_by_label("什么事？").fill("三栋楼道灯坏了，晚上看不清台阶。")
    phone.locator("[name=category]").select_option("IN03")
    phone.get_by_label("我来办：直接立案并派给我").check()
    phone.get_by_role("button", name="记下来").click()
    expect(phone.locator(".mu-tag").first).to_contain_text("已派遣")
    axe(phone)
    phone.get_by_role("link", name="填办理结果").click()
    axe(phone)
    phone.get_by_label("做了什么").fill("换了灯泡")
    phone.locator("main form .mu-btn--main").click()
    expect(phone.locator(".mu-tag").first).to_contain_text("已处置")
    assert Matter.objects.get().state == MatterState.HANDLED


def test_an_enlarged_committee_on_a_phone(phone, live_server, town, axe):
    district, people = town
    committee = committees.open_committee(district, people, seats=4)
    committees.put_member(committees.recommend(committee, district, people, duties="研判\n宣传"), "active", people)
    committees.promise(committee, district, people)
    phone.goto(f"/committee/{committee.pk}/")
    axe(phone)
    sign_in(phone, people, "street_lead", live_server.url)
    for address in (
        "/desk/committee/",
        f"/desk/committee/{committee.pk}/",
        f"/desk/committee/{committee.pk}/recommend/",
    ):
        phone.goto(address)
        axe(phone)
