"""A whistle in a browser: written from a case, signed, answered, carried out, rated, told to the resident."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance.lifecycle.duties import WhistleKind
from governance.lifecycle.whistles import WhistleState
from governance.models import Call, Whistle
from governance.services.links import follow_token
from governance.services.whistles.links import call_token
from tests import whistle_steps as steps
from tests.conftest import build_district, build_people
from tests.factories import UnitFactory

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


def send(page: Page) -> None:
    page.locator("main form .mu-btn--main").click()


class Story:
    """The people of one whistle at one screen."""

    def __init__(self, page: Page, people, host: str) -> None:
        self.page, self.people, self.host = page, people, host
        self.address = ""

    def as_(self, who: str) -> None:
        sign_in(self.page, self.people, who, self.host)
        if self.address:
            self.page.goto(self.address)

    def step(self, name: str) -> None:
        self.page.goto(self.address)
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def fill(self, **words: str) -> None:
        for name, text in words.items():
            self.page.locator(f"[name={name}]").fill(text)
        send(self.page)

    def stands(self, state: str) -> None:
        expect(self.page.locator(".mu-tag").first).to_contain_text(state)


def _blow(story: Story, number: str, axe, shot) -> None:
    page = story.page
    story.as_("community_staff")
    page.goto(f"/desk/issues/{number}/")
    page.locator(".mu-next").get_by_role("link", name="吹哨", exact=True).click()
    page.get_by_label("应急处置").check()  # needs no hour that depends on the day the test runs
    page.get_by_label("主办单位").select_option(label="市政照明所")
    page.get_by_label("协办单位", exact=True).select_option(label="排水公司")
    axe(page)
    shot(page, "whistle-draft")
    story.fill(why="社区没有带电作业的人。")
    story.stands("草稿")
    story.address = f"/desk/whistles/{Whistle.objects.get().number}/"
    story.as_("street_lead")
    page.goto("/desk/")
    expect(page.locator("main")).to_contain_text(Whistle.objects.get().number)
    story.step("签发吹哨")
    send(page)
    story.stands("通知中")


def _come(story: Story) -> None:
    for who, unit in (("department_clerk", "市政照明所"), ("other_clerk", "排水公司")):
        story.as_(who)
        story.step(f"签收 {unit}")
        story.fill(who="黄某")
        story.step(f"已到场 {unit}")
        send(story.page)  # without saying who
        expect(story.page.locator(".mu-errors")).to_be_visible()
        story.fill(who="分管负责人")
    story.stands("单位到场")


def _work(story: Story) -> None:
    story.as_("community_staff")
    story.step("交办任务")
    story.page.get_by_label("谁来做").select_option(label="市政照明所")
    story.fill(title="扶正灯杆、换线", due_at=(timezone.localdate() + timedelta(days=3)).isoformat())
    story.step("补记方案和会议")
    story.fill(plan="断电、扶正、换线。", minutes="照明所当晚换好。")
    steps.finish_tasks(Whistle.objects.get(), story.people)
    story.as_("department_clerk")
    story.step("报告全部办好")
    story.fill(outcome="灯杆换新，当晚亮灯。")
    story.stands("待查看")


def _end(story: Story, axe) -> None:
    story.as_("community_lead")
    story.step("查看是否办好")
    story.page.get_by_label("是，都办好了").check()
    axe(story.page)
    send(story.page)
    for unit in ("市政照明所", "排水公司"):
        story.step(f"评分 {unit}")
        for name in ("turn_up", "handling", "solved"):
            story.page.locator(f"input[name={name}][value='5']").check()
        send(story.page)
    story.step("答复居民并办结")
    axe(story.page)
    send(story.page)
    story.stands("已办结")


def test_whistle_from_draft_to_close(desk, town, live_server, axe, shot):
    district, people = town
    issue = steps.accepted_issue(district, people)
    story = Story(desk, people, live_server.url)
    _blow(story, issue.number, axe, shot)
    _come(story)
    axe(desk)
    shot(desk, "whistle-arrived")
    _work(story)
    _end(story, axe)
    axe(desk)
    shot(desk, "whistle-closed")
    desk.goto(f"/f/{follow_token(issue)}/")
    expect(desk.locator("main")).to_contain_text("市政照明所到了现场")
    expect(desk.locator("main")).to_contain_text("灯杆换新，当晚亮灯。")


@pytest.mark.parametrize("language", ["", "en"])
def test_every_page_of_whistles_is_whole(desk, town, live_server, axe, shot, language):
    district, people = town
    whistle = steps.put(steps.draft(district, people, kind=WhistleKind.EMERGENCY), WhistleState.CHECKED, people)
    call = steps.lead(whistle)
    sign_in(desk, people, "street_lead", live_server.url)
    if language:
        desk.context.add_cookies([{"name": configured.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}])
    number = whistle.number
    for name, args in (
        ("whistle-list", []),
        ("whistle-figures", []),
        ("whistle-new", []),
        ("whistle-detail", [number]),
        ("whistle-backfill", [number]),
        ("call-rate", [number, call.pk]),
        ("call-notice", [number, call.pk]),
        ("desk-today", []),
    ):
        desk.goto(reverse(f"governance:{name}", args=args))
        axe(desk)
        shot(desk, f"{name}{language and '-' + language}")


def test_a_unit_answers_by_its_link_on_a_phone(phone, town, live_server, axe, shot):
    district, people = town
    unit = UnitFactory(name="文峰幼儿园", short_name="幼儿园")
    whistle = steps.draft(district, people, kind=WhistleKind.EMERGENCY, lead=unit, helpers=())
    steps.issue(whistle, people)
    link = reverse("governance:call-link", args=[call_token(Call.objects.get())])
    phone.goto(link)
    axe(phone)
    shot(phone, "call-link")
    phone.get_by_label("签收人和电话").fill("园长")
    phone.get_by_role("button", name="签收").click()
    expect(phone.locator("main")).to_contain_text("已签收")
    phone.get_by_role("button", name="已到场").click()  # without saying who
    expect(phone.locator(".mu-errors")).to_be_visible()
    axe(phone)
    phone.get_by_label("谁到了现场").fill("园长")
    phone.get_by_role("button", name="已到场").click()
    expect(phone).to_have_url(re.compile(f"{link}$"))
    assert Whistle.objects.get().state == WhistleState.ARRIVED
    shot(phone, "call-link-arrived")
    phone.goto("/w/0000-0000-0000/")
    expect(phone.locator("h1")).to_have_text("这个链接打不开")
    axe(phone)
