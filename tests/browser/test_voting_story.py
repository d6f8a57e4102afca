"""A vote in a browser: the desk lists, freezes, opens and counts; a neighbour votes on a small phone."""

import pytest
from playwright.sync_api import expect

from governance.decisions import Outcome
from governance.models import Ballot, Entitled, Motion
from governance.services.voting import voters
from governance.services.voting.links import vote_path
from tests.browser.test_desk_story import WAYS, sign_in
from tests.conftest import build_district, build_people
from tests.votes import TEXT, held_meeting, make_item, make_vote, on_paper

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "门牌,姓名\n" + "\n".join(f"6 栋 {floor}0{flat},张小{floor}" for floor in range(1, 4) for flat in (1, 2))


@pytest.fixture
def town():
    district = build_district()
    return district, build_people(district)


def test_from_the_list_to_the_outcome(desk, phone, town, live_server, axe, shot):
    district, people = town
    meeting = held_meeting(district.branch)
    make_item(meeting)
    sign_in(desk, people, "community_staff", live_server.url)
    desk.goto(f"/desk/meetings/{meeting.number}/")
    list_and_open(desk, axe, shot)
    vote_by_phone(phone, axe, shot)
    type_and_count(desk, axe, shot)
    assert Motion.objects.get().outcome == Outcome.PASSED
    phone.reload()
    shot(phone, "vote-phone-result")
    axe(phone)


def list_and_open(desk, axe, shot):
    desk.get_by_role("link", name="表决和名单").click()
    desk.get_by_label("名单，一行一个").fill(f"{LIST}\n6 栋 101,王某")
    desk.get_by_role("button", name="先检查一遍").click()
    expect(desk.get_by_role("alert")).to_contain_text("和第 2 行重复")
    axe(desk)
    shot(desk, "vote-list-mistake")
    desk.get_by_label("名单，一行一个").fill(LIST)
    desk.get_by_role("button", name="先检查一遍").click()
    desk.get_by_role("button", name="写入这份名单").click()
    desk.get_by_role("button", name="锁定名单").click()
    expect(desk.locator("#h-voters + .mu-acts")).to_contain_text("已锁定")
    axe(desk)
    shot(desk, "vote-list-frozen")
    desk.get_by_role("link", name="先勘测，还是先谈补偿").click()
    desk.get_by_label("动议内容").fill(TEXT)
    desk.get_by_label("居民议事会：三分之二到会").check()
    axe(desk)
    shot(desk, "vote-motion-new")
    desk.get_by_role("button", name="记下来").click()
    desk.get_by_role("button", name="开始投票").click()
    expect(desk.locator(".mu-title .mu-tag").first).to_contain_text("投票中")


def vote_by_phone(phone, axe, shot):
    phone.goto(vote_path(Entitled.objects.get(position=5)))
    axe(phone)
    shot(phone, "vote-phone-list")
    phone.get_by_role("link", name="去投票").click()
    expect(phone.get_by_text("仅供参考")).to_be_visible()
    phone.get_by_role("button", name="继续").click()  # nothing chosen
    expect(phone.locator(".mu-errors")).to_be_visible()
    axe(phone)
    phone.get_by_label("同意", exact=True).check()
    shot(phone, "vote-phone-ballot")
    phone.get_by_role("button", name="继续").click()
    axe(phone)
    shot(phone, "vote-phone-check")
    assert not Ballot.objects.exists()
    phone.get_by_role("button", name="投出这一票").click()
    expect(phone.get_by_role("heading", name="您的票已计入")).to_be_visible()
    axe(phone)
    shot(phone, "vote-phone-receipt")


def type_and_count(desk, axe, shot):
    desk.reload()
    desk.get_by_role("link", name="录入纸票").click()
    desk.get_by_label("同意票上的编号").fill("1 2 5")
    desk.locator("form .mu-btn--main").click()
    expect(desk.locator(".mu-errors")).to_contain_text("已经投过票")
    axe(desk)
    desk.get_by_label("同意票上的编号").fill("1 2")
    desk.get_by_label("反对票上的编号").fill("3")
    desk.locator("form .mu-btn--main").click()
    shot(desk, "vote-desk-open")
    axe(desk)
    desk.get_by_role("link", name="结束投票").click()
    axe(desk)
    desk.get_by_role("button", name="结束投票").click()
    desk.get_by_role("button", name="计票").click()
    expect(desk.locator("#motion-sum")).to_contain_text("通过")
    axe(desk)
    shot(desk, "vote-desk-decided")


def test_the_sum_grows_while_people_vote(desk, town, live_server):
    district, people = town
    motion = make_vote(district.branch, people.community_staff)
    sign_in(desk, people, "community_staff", live_server.url)
    desk.goto(f"/desk/motions/{motion.pk}/")
    expect(desk.locator("#motion-sum")).to_contain_text("已投票 0")
    on_paper(motion, people.community_staff, yes=[1, 2])
    expect(desk.locator("#motion-sum")).to_contain_text("已投票 2", timeout=15_000)


@pytest.mark.parametrize("mode", [(device, *mode) for device, modes in WAYS.items() for mode in modes])
def test_every_page_of_a_vote_can_be_read(request, town, live_server, axe, set_mode, mode):
    district, people = town
    device, theme, lang = mode
    page, shot = request.getfixturevalue(device), request.getfixturevalue("shot")
    set_mode(page, theme, lang)
    motion = make_vote(district.branch, people.community_staff, "owners", areas=("89.50", "102.10", "66.25"))
    voters.mark_came(meeting_id=motion.meeting_id, actor=people.community_staff, positions=[1])
    on_paper(motion, people.community_staff, yes=[2], no=[1])
    who = Entitled.objects.get(position=3)
    sign_in(page, people, "community_staff", live_server.url)
    number = motion.meeting.number
    for name, path in {
        "list": f"/desk/meetings/{number}/votes/",
        "slips": f"/desk/meetings/{number}/votes/slips/",
        "ballots": f"/desk/meetings/{number}/votes/ballots/",
        "motion": f"/desk/motions/{motion.pk}/",
        "type": f"/desk/motions/{motion.pk}/type/",
        "vote": vote_path(who),
        "cast": f"{vote_path(who)}1/",
        "mine": "/votes/",
    }.items():
        page.goto(path)
        axe(page)
        shot(page, f"vote-{name}-{device}-{theme or 'light'}-{lang or 'zh'}")
