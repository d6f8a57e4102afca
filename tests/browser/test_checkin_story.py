"""A member on a phone: checks in, is accepted, takes a post, is shown with consent, and takes it back with one tap."""

from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.checkin_steps import post
from tests.conftest import build_district, build_people
from tests.factories import UserFactory
from volunteers.models import CheckIn

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page: Page, user: User, url: str) -> None:
    client = Client()
    client.force_login(user)
    value = client.cookies[configured.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": value, "url": url}])


def press(page: Page) -> None:
    page.locator("main form .mu-btn--main, main form .mu-btn--stop").first.click()


def test_from_checking_in_to_taking_it_back(phone, live_server, axe):
    district = build_district()
    people = build_people(district)
    post(district, people, skills=("teaching",), title="辅导作业", places=2)
    account, public = UserFactory(name="张小明"), f"/members/{district.branch.pk}/"
    sign_in(phone, account, live_server.url)
    phone.goto("/my/checkin/")
    axe(phone)
    phone.locator("main .mu-btn--main").click()
    phone.get_by_label("哪个地方").fill("3 栋")
    phone.get_by_role("button", name="查找地点").click()
    phone.get_by_label("3 栋", exact=False).last.check()
    phone.get_by_label("工作单位").fill("市第三中学")
    phone.get_by_label("辅导孩子").check()
    phone.get_by_label("工作日晚上").check()
    phone.get_by_label("我是在职党员", exact=False).check()
    axe(phone)
    press(phone)
    expect(phone.get_by_text("待支部答复")).to_be_visible()
    checkin = CheckIn.objects.get()
    sign_in(phone, people.user("branch_secretary"), live_server.url)
    phone.goto("/desk/checkins/")
    axe(phone)
    phone.goto(f"/desk/checkins/{checkin.number}/")
    phone.get_by_role("link", name="接收报到").click()
    press(phone)
    axe(phone)
    sign_in(phone, account, live_server.url)
    phone.goto("/my/checkin/")
    phone.get_by_role("button", name="认领 辅导作业").click()
    expect(phone.get_by_text("已认领", exact=True)).to_be_visible()
    phone.get_by_role("link", name="作出承诺").click()
    phone.get_by_label("承诺什么").fill("每周辅导一次作业")
    phone.get_by_label("完成期限").fill((timezone.localdate() + timedelta(days=30)).isoformat())
    phone.get_by_label("同意在支部页面", exact=False).check()
    axe(phone)
    press(phone)
    sign_in(phone, people.user("branch_secretary"), live_server.url)
    phone.goto(f"/desk/checkins/{checkin.number}/show/")
    press(phone)
    phone.goto(public)
    axe(phone)
    expect(phone.get_by_text("张小明")).to_be_visible()
    sign_in(phone, account, live_server.url)
    phone.goto("/my/checkin/")
    axe(phone)
    phone.get_by_role("button", name="撤回，立即停止公开").click()
    phone.goto(public)
    expect(phone.get_by_text("张小明")).to_have_count(0)
