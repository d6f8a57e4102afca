"""A neighbour on a phone: registers, signs up, comes and goes by the code, somebody else confirms, the hours count."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests import points_stage
from tests import volunteer_stage as stage
from tests.aid_stage import for_elder
from tests.browser.test_desk_story import sign_in, town  # noqa: F401 - fixtures are found by name
from volunteers.models import AidNeed, ServiceRecord, Shift, SignUp, Volunteer
from volunteers.services import certificates, registration
from volunteers.services.activities.attendance import code_of
from volunteers.services.aid import doing, matching
from volunteers.services.records import confirming

pytestmark = pytest.mark.django_db(transaction=True)


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def register(phone: Page, axe) -> Volunteer:
    phone.goto("/volunteer/")
    axe(phone)
    phone.get_by_role("link", name="登记做志愿者").click()
    axe(phone)
    phone.get_by_label("哪个地方？").fill("纺织厂")
    press(phone, "查找地点")
    phone.get_by_text("3 栋").first.click()
    press(phone, "继续")
    axe(phone)
    phone.get_by_label("您的姓名").fill("李小明")
    press(phone, "继续")
    axe(phone)
    phone.get_by_text("一老一小照护").click()
    press(phone, "提交")
    expect(phone.locator("main .mu-tag").first).to_contain_text("待核实")
    axe(phone)
    return Volunteer.objects.get()


def come_and_go(phone: Page, made: Shift, axe) -> None:
    """The shift began an hour and a half ago, as far as the clock of the portal is concerned."""
    Shift.objects.filter(pk=made.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    SignUp.objects.update(starts_at=timezone.now() - timedelta(minutes=1))
    made.refresh_from_db()
    phone.goto(f"/volunteer/here/{made.pk}/{code_of(made, timezone.now())}/")
    axe(phone)
    press(phone, "我到了")
    expect(phone.get_by_role("button", name="我走了，签退")).to_be_visible()
    earlier = timezone.now() - timedelta(minutes=90)
    Shift.objects.filter(pk=made.pk).update(starts_at=earlier)
    SignUp.objects.update(starts_at=earlier, came_at=earlier)
    phone.goto(f"/volunteer/here/{made.pk}/{code_of(made, timezone.now())}/")
    press(phone, "我走了，签退")
    expect(phone.locator("main")).to_contain_text("谢谢您")
    axe(phone)


def asks_a_neighbour(phone: Page, district, people, axe, shot) -> None:
    """Two taps on the phone; a neighbour says yes and helps; who was helped confirms it with one more."""
    phone.goto("/volunteer/aid/")
    axe(phone)
    shot(phone, "aid-story-list")
    phone.get_by_role("link", name="买菜跑腿").click()
    axe(phone)
    phone.get_by_text("同意接下的邻居看到").click()
    press(phone, "请邻居帮忙")
    expect(phone.locator("main .mu-tag").first).to_contain_text("等邻居接下")
    axe(phone)
    need = AidNeed.objects.get()
    helper, helps = stage.neighbour(district, people, "赵大力")
    matching.take(need_id=need.pk, actor=helps, volunteer_id=helper.pk, shares=True)
    phone.reload()
    expect(phone.locator("main")).to_contain_text("赵大力")  # both agreed
    start = timezone.now() - timedelta(minutes=50)
    doing.finish(need_id=need.pk, actor=helps, starts_at=start, minutes=45)
    phone.reload()
    axe(phone)
    shot(phone, "aid-story-need")
    phone.get_by_role("link", name="是的，属实").click()
    axe(phone)
    press(phone, "是的，属实")
    expect(phone.locator("main .mu-tag").first).to_contain_text("已确认入账")
    assert points_stage.balance(helper.resident) == Decimal("0.75")
    phone.goto("/my/aid/")
    axe(phone)


def redeems(phone: Page, district, people, axe) -> None:
    """The points of the shift become a bottle of washing-up liquid, kept for two days."""
    points_stage.offer(people, district, price=1)
    phone.goto("/volunteer/points/")
    expect(phone.locator("main .mu-stat")).to_contain_text("1.5")
    axe(phone)
    phone.locator("main").get_by_role("button", name="兑换").first.click()
    expect(phone.locator("main .mu-stat")).to_contain_text("0.5")
    axe(phone)


def certified(phone: Page, entry: Volunteer, people, axe, shot) -> None:
    """Asked for on the phone, issued by two people, checked by a stranger."""
    phone.get_by_role("link", name="申请服务证明").click()
    axe(phone)
    today = timezone.localdate()
    began = today - timedelta(days=1)  # after midnight the shift was yesterday's
    phone.get_by_label("开始日期").fill(began.isoformat())
    phone.get_by_label("结束日期").fill(today.isoformat())
    press(phone, "申请服务证明")
    asked = entry.certificates.get()
    certificates.check_certificate(certificate_id=asked.pk, actor=people.community_staff)
    made = certificates.issue_certificate(certificate_id=asked.pk, actor=people.community_lead)
    phone.goto(f"/volunteer/certificates/{made.number}/")
    axe(phone)
    shot(phone, "volunteer-story-certificate")
    phone.context.clear_cookies()
    phone.goto("/volunteer/check/")
    phone.get_by_label("查验码").fill(certificates.code_of(made))
    press(phone, "查验证明")
    axe(phone)
    expect(phone.locator("main")).to_contain_text("真实有效")
    expect(phone.locator("main")).not_to_contain_text("李小明")


def test_from_the_first_step_to_a_strangers_check(phone, live_server, town, axe, shot):  # noqa: F811
    district, people = town
    sign_in(phone, people, "nobody", live_server.url)
    entry = register(phone, axe)
    registration.verify(volunteer_id=entry.pk, actor=people.community_lead)
    made = stage.shift(stage.activity(district, people), people, length=4)
    phone.goto("/volunteer/")
    phone.get_by_role("link", name="楼道清洁").click()
    axe(phone)
    press(phone, "我来")
    expect(phone.locator("#seats + ul")).to_contain_text("已报名")
    shot(phone, "volunteer-story-me")
    come_and_go(phone, made, axe)
    confirming.confirm(record_id=ServiceRecord.objects.get().pk, actor=people.branch_secretary)
    phone.goto("/volunteer/me/")
    expect(phone.locator("main")).to_contain_text("1 小时 30 分钟")
    axe(phone)
    asks_a_neighbour(phone, district, people, axe, shot)
    redeems(phone, district, people, axe)
    phone.goto("/volunteer/me/")
    certified(phone, entry, people, axe, shot)


def test_the_list_of_who_leads_and_the_desk(phone, desk, live_server, town, axe):  # noqa: F811
    district, people = town
    entry = stage.volunteer(district, people)
    made = stage.shift(stage.activity(district, people), people, hours=0.4)
    stage.seat(made, entry, people.community_staff)
    sign_in(phone, people, "branch_secretary", live_server.url)
    phone.goto(f"/volunteer/shifts/{made.pk}/list/")
    axe(phone)
    press(phone, f"到了 {entry.number}")
    expect(phone.locator("main .mu-tag").first).to_contain_text("已到")
    phone.goto(f"/volunteer/shifts/{made.pk}/code/")
    axe(phone)
    sign_in(desk, people, "community_staff", live_server.url)
    team = stage.team(district, people)
    need = for_elder(district, people)
    for address in (
        "/desk/volunteers/", f"/desk/volunteers/{entry.number}/", "/desk/volunteers/new/", "/desk/teams/",
        f"/desk/teams/{team.pk}/", f"/desk/activities/{made.activity.number}/", "/desk/activities/new/",
        "/desk/service/", "/desk/aid/", "/desk/aid/new/", f"/desk/aid/{need.number}/", "/desk/calls/",
        "/desk/service/table/",
    ):  # fmt: skip
        desk.goto(address)
        axe(desk)
