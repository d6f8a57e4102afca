"""A meeting in a browser: proposed on a phone, announced, held, written down, published, read on the phone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance.lifecycle.meetings import MeetingState
from governance.models import AgendaItem, Meeting, MeetingNotice, Topic
from governance.services.meetings import agenda, roll, topics
from governance.services.meetings.planning import Officers
from tests.browser.test_desk_story import WAYS, sign_in, town  # noqa: F401 - fixtures are found by name
from tests.factories import make_meeting, make_topic

pytestmark = pytest.mark.django_db(transaction=True)


def officers(people) -> Officers:
    return Officers(chair=people.user("representative"), secretary=people.user("building_lead"))


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def propose(phone: Page, district, axe) -> str:
    """On the phone; answers where the topic is followed."""
    phone.goto("/topics/new/")
    axe(phone)
    phone.get_by_label("是哪个小区或社区的事？").select_option(district.branch.code)
    phone.get_by_label("您想议什么？").fill("楼道里的电动车停在哪里")
    phone.locator("select[name=theme]").select_option("parking")
    press(phone, "提交议题")
    expect(phone.locator("h1")).to_contain_text("组织者会看")
    axe(phone)
    return phone.url


def announce(desk: Page, meeting: Meeting, axe, shot) -> None:
    """The topic is taken up, the agenda built, the notice published."""
    desk.goto(f"/desk/topics/{Topic.objects.get().number}/")
    axe(desk)
    press(desk, "采纳")
    expect(desk.locator(".mu-tag").first).to_contain_text("等待上会")
    desk.goto(f"/desk/meetings/{meeting.number}/agenda/")
    axe(desk)
    desk.locator("#id_form-0-order").fill("1")
    expect(desk.locator("[data-agenda-total]")).to_have_text("20")
    shot(desk, "meeting-story-agenda")
    press(desk, "保存议程")
    press(desk, "议题已定")
    desk.get_by_role("link", name="发布通知").click()
    axe(desk)
    press(desk, "发布通知")
    expect(desk.locator(".mu-tag").first).to_contain_text("已发通知")


def sign_in_at_the_door(phone: Page, meeting: Meeting, axe) -> None:
    """By the code that hangs there."""
    phone.goto(f"/meetings/{meeting.number}/in/{roll.checkin_code(meeting)}/")
    axe(phone)
    phone.get_by_label("您的姓名").fill("张三")
    press(phone, "我到了")
    expect(phone.locator("h1")).to_contain_text("签到好了")


def hold(desk: Page, meeting: Meeting, axe, shot) -> None:
    """Opened, written down as people speak, resolved, ended."""
    desk.goto(f"/desk/meetings/{meeting.number}/")
    press(desk, "开始开会")
    expect(desk).to_have_url(re.compile("/minutes/$"))
    axe(desk)
    desk.get_by_role("button", name="开始计时").click()
    expect(desk.locator("[data-timer-left]")).to_have_text(re.compile(r"^[12]:\d\d$"))
    item = meeting.agenda.get()
    desk.locator(f"#item-{item.pk}").press_sequentially("棚子能停二十辆，还差八个位。", delay=10)
    expect(desk.locator("#saved")).to_contain_text("已保存", timeout=15_000)
    desk.locator(f"#item-{item.pk}").press_sequentially("先划线。", delay=10)
    with desk.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 200):
        press(desk, "保存")  # leaving the field saves as well: not a second window
    desk.wait_for_load_state("networkidle")
    expect(desk.locator("#saved")).to_contain_text("已保存")
    assert meeting.minutes.get().texts[str(item.pk)].endswith("先划线。")
    shot(desk, "meeting-story-minutes")
    desk.emulate_media(media="print")
    expect(desk.locator(".mu-shell")).to_have_css("display", "block")
    desk.emulate_media(media="screen")
    desk.locator("#id_text").fill("棚子加八个位")
    press(desk, "记下来")
    desk.goto(f"/desk/meetings/{meeting.number}/")
    press(desk, "散会")
    expect(desk.locator(".mu-tag").first).to_contain_text("写记录中")


def take_step(desk: Page, meeting: Meeting, verb: str, name: str, axe) -> None:
    """A step with a page of its own."""
    desk.goto(f"/desk/meetings/{meeting.number}/{verb}/")
    axe(desk)
    press(desk, name)


def test_from_a_topic_on_the_phone_to_a_result_on_the_phone(phone, desk, town, live_server, axe, shot):  # noqa: F811
    district, people = town
    follow = propose(phone, district, axe)
    shot(phone, "meeting-story-topic")
    meeting = make_meeting(
        district.branch, people.branch_secretary, title="电动车停放", is_micro=True, officers=officers(people)
    )
    sign_in(desk, people, "branch_secretary", live_server.url)
    announce(desk, meeting, axe, shot)
    # the evening has come
    now = timezone.now()
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=now, ends_at=now + timedelta(hours=2))
    sign_in_at_the_door(phone, meeting, axe)
    sign_in(desk, people, "building_lead", live_server.url)
    hold(desk, meeting, axe, shot)
    sign_in(desk, people, "representative", live_server.url)
    take_step(desk, meeting, "confirm", "确认会议记录", axe)
    expect(desk.locator(".mu-tag").first).to_contain_text("记录已确认")
    sign_in(desk, people, "branch_secretary", live_server.url)
    take_step(desk, meeting, "publish", "公布结果", axe)
    expect(desk.locator(".mu-tag").first).to_contain_text("已公布")
    phone.goto(follow)
    phone.get_by_role("link", name="看看这次会议").click()
    expect(phone.locator("main")).to_contain_text("棚子加八个位")
    expect(phone.locator("main")).not_to_contain_text("张三")
    axe(phone)
    shot(phone, "meeting-story-result")
    assert Meeting.objects.get().state == MeetingState.PUBLISHED


def pages_of(district, people) -> list[tuple[str, str]]:
    """Every page of meetings with something on it: who opens it, and where."""
    secretary = people.branch_secretary
    topic = make_topic(district.building)
    topics.accept_topic(topic_id=topic.pk, actor=secretary)
    make_topic(district.building, title="路灯")
    meeting = make_meeting(district.branch, secretary, officers=officers(people))
    agenda.set_agenda(meeting_id=meeting.pk, actor=secretary, rows=[agenda.Row("停车", 30, topic_id=topic.pk)])
    held = make_meeting(district.branch, secretary, officers=officers(people))
    now = timezone.now()
    Meeting.objects.filter(pk=held.pk).update(state=MeetingState.HELD, held_at=now, starts_at=now, noticed_at=now)
    AgendaItem.objects.create(meeting=held, order=1, title="停车", minutes=20)
    MeetingNotice.objects.create(
        meeting=held, version=1, at=now, by_label="周某", starts_at=now, ends_at=held.ends_at, place="议事亭"
    )
    roll.type_roll(meeting_id=held.pk, actor=secretary, people=roll.lines_of("张三 3栋\n李四 5栋"))
    at = f"/desk/meetings/{meeting.number}/"
    return [
        ("branch_secretary", "/desk/meetings/"),
        ("branch_secretary", "/desk/meetings/calendar/"),
        ("branch_secretary", "/desk/meetings/new/"),
        ("branch_secretary", at),
        ("branch_secretary", f"{at}agenda/"),
        ("branch_secretary", f"{at}edit/"),
        ("branch_secretary", f"{at}invite/"),
        ("branch_secretary", f"/desk/meetings/{held.number}/roll/"),
        ("branch_secretary", f"/desk/meetings/{held.number}/code/"),
        ("branch_secretary", f"/desk/meetings/{held.number}/notice/print/"),
        ("building_lead", f"/desk/meetings/{held.number}/minutes/"),
        ("branch_secretary", "/desk/topics/"),
        ("branch_secretary", "/desk/topics/new/"),
        ("branch_secretary", "/meetings/"),
        ("branch_secretary", f"/meetings/{held.number}/"),
        ("branch_secretary", "/topics/new/"),
    ]


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_every_page_of_meetings_in_every_way_of_reading(request, town, live_server, set_mode, axe, device):  # noqa: F811
    district, people = town
    pages = pages_of(district, people)
    page: Page = request.getfixturevalue(device)
    for theme, lang in WAYS[device]:
        page.context.clear_cookies()
        set_mode(page, theme=theme, lang=lang)
        for who, url in pages:
            sign_in(page, people, who, live_server.url)
            assert page.goto(url).status == 200, url
            axe(page)
