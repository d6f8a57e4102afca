"""Three residents report the same blocked drain: joined, answered once, heard three times; one says not solved."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from governance.lifecycle import State
from governance.models import Callback, Issue
from governance.services.dispatch import Goal, take_issue
from governance.services.handling import log_contact, reply_issue
from governance.services.links import follow_path
from governance.services.parts import Share, split_issue
from governance.services.supervision import order_supervision
from tests.browser.test_desk_story import send, sign_in
from tests.conftest import build_district, build_people
from tests.factories import make_issue

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town():
    district = build_district()
    return district, build_people(district)


def say(page, issue, word):
    page.goto(follow_path(issue))
    page.locator(f"input[name=solved][value={word}]").check()
    page.locator("form.mu-card .mu-btn--main").click()
    expect(page.get_by_role("status").first).to_be_visible()


def test_three_residents_one_drain(desk, phone, town, live_server, axe, shot):
    district, people = town
    first, second, third = [
        make_issue(district.building, category="IN01", text="一楼下水道堵了，污水倒灌", phone=f"1000000000{n}")
        for n in (1, 2, 3)
    ]
    sign_in(desk, people, "community_staff", live_server.url)
    desk.goto("/desk/issues/")
    for issue in (first, second):
        desk.locator(f"input[name=pick][value='{issue.number}']").check()
    desk.get_by_role("button", name="并案").click()
    axe(desk)
    shot(desk, "hard-bulk-merge")
    desk.locator(f"input[name=into][value='{first.number}']").check()
    desk.get_by_label("原因").fill("同一根下水管")
    desk.locator("form .mu-btn--main").last.click()
    expect(desk.locator("main")).to_contain_text(second.number)

    desk.goto(f"/desk/issues/{third.number}/")
    desk.get_by_role("link", name="与相同诉求并案").click()
    axe(desk)
    desk.locator(f"input[name=into][value='{first.number}']").check()
    send(desk)
    expect(desk.locator("main")).to_contain_text("已并案")
    assert Issue.objects.get(pk=first.pk).voices == 3

    take_issue(issue_id=first.pk, actor=people.grid_worker)
    log_contact(issue_id=first.pk, actor=people.grid_worker, reached=True, note="")
    reply_issue(issue_id=first.pk, actor=people.grid_worker, text="管道疏通了")
    say(phone, first, "yes")
    say(phone, second, "yes")
    phone.goto(follow_path(third))
    axe(phone)
    shot(phone, "hard-third-resident")
    say(phone, third, "no")
    assert Issue.objects.get(pk=first.pk).state == State.DISPATCHED
    assert set(Callback.objects.values_list("issue_id", flat=True)) == {first.pk, second.pk, third.pk}
    desk.goto(f"/desk/issues/{first.number}/?tab=voices")
    axe(desk)
    shot(desk, "hard-voices")


def test_hard_pages_can_be_read(desk, phone, town, live_server, axe, shot):
    district, people = town
    whole = make_issue(district.building, text="路面塌了，灯杆也歪了", is_public=True)
    shares = [Share(Goal(unit=district.lighting), "扶正灯杆"), Share(Goal(unit=district.drainage), "查管道，填路面")]
    split_issue(issue_id=whole.pk, actor=people.community_staff, shares=shares)
    later = timezone.now() + timedelta(days=5)
    order_supervision(issue_id=whole.pk, actor=people.street_lead, reason="汛期前办结", due_at=later)
    parked = make_issue(district.building, text="加装电梯，一楼不同意", is_public=True)
    Issue.objects.filter(pk=parked.pk).update(state=State.PARKED)
    desk_pages = {
        "split": f"/desk/issues/{whole.number}/split/",
        "whole": f"/desk/issues/{whole.number}/",
        "part": f"/desk/issues/{whole.number}-1/",
        "orders": "/desk/supervision/",
        "parked": f"/desk/issues/{parked.number}/park-note/",
    }
    public_pages = {"follow-parts": follow_path(whole), "parked-list": "/issues/parked/"}
    for page, size in ((desk, "desk"), (phone, "phone")):
        sign_in(page, people, "street_lead", live_server.url)
        for name, address in {**desk_pages, **public_pages}.items():
            page.goto(address)
            axe(page)
            shot(page, f"hard-{name}-{size}")
