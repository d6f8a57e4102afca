"""The whole chain in a browser: three residents, one drain, a whistle, a vote, two tasks, three answers."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from governance.lifecycle import State
from governance.models import Callback, Issue, Meeting, Task, Whistle
from governance.services.duties import sweep_kind
from governance.services.links import follow_path
from governance.services.meetings.minutes import confirm_minutes
from governance.services.tasks import TASKS
from governance.services.whistles.ladder import CALLS
from tests.browser.test_meeting_story import announce, officers, press, sign_in_at_the_door, take_step
from tests.browser.test_report_story import choose_kind, go_on, proved
from tests.browser.test_whistle_story import Story, send
from tests.conftest import build_district, build_people
from tests.factories import make_meeting, make_place_code
from tests.votes import make_voters

pytestmark = pytest.mark.django_db(transaction=True)

DRAIN = "一楼下水道堵了，污水倒灌进楼道"
UNITS = ("排水公司", "市政照明所")


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def town():
    district = build_district()
    return district, build_people(district)


def report(phone: Page, code: str, resident: int) -> Issue:
    """By the code on the stairwell, without an account."""
    phone.context.clear_cookies()
    phone.goto(f"/q/{code}/")
    go_on(phone)
    choose_kind(phone, "IN01")
    phone.locator("input[name=danger]").last.check()  # nobody is in danger
    go_on(phone)
    phone.locator("#id_text").fill(f"{DRAIN}，第 {resident} 户")
    go_on(phone)
    phone.locator("#id_name").fill("张某")
    phone.locator("#id_phone").fill(f"1380000000{resident}")
    go_on(phone)
    assert proved(phone)
    go_on(phone)
    expect(phone).to_have_url(re.compile("/receipt/$"))
    return Issue.objects.latest("pk")


class Chain(Story):
    """One screen of the desk, at which one person after the other sits down."""

    town: Any

    def open(self, who: str, path: str) -> Page:
        self.address = ""
        self.as_(who)
        self.page.goto(path)
        return self.page

    def take(self, verb: str) -> None:
        """The step's own link on the page of the whistle."""
        self.page.goto(self.address)
        self.page.locator(f"main a[href$='/{verb}/']").first.click()

    def merge(self, first: Issue, *others: Issue) -> None:
        page = self.open("community_staff", "/desk/issues/")
        for issue in (first, *others):
            page.locator(f"input[name=pick][value='{issue.number}']").check()
        page.get_by_role("button", name="并案").click()
        page.locator(f"input[name=into][value='{first.number}']").check()
        page.get_by_label("原因").fill("同一根下水管")
        send(page)
        expect(page.locator("main")).to_contain_text(others[0].number)

    def blow(self, issue: Issue) -> Whistle:
        """The community cannot do it alone: drafted, reviewed and signed by the street's principal."""
        page = self.open("community_staff", f"/desk/issues/{issue.number}/")
        page.locator("main").get_by_role("link", name="吹哨", exact=True).first.click()
        page.get_by_label("重点难题").check()
        page.get_by_label("主办单位").select_option(label=UNITS[0])
        page.get_by_label("协办单位", exact=True).select_option(label=UNITS[1])
        meets = (timezone.localtime() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
        self.fill(
            why="主管要开挖，社区没有设备。", basis="城镇排水与污水处理条例",
            plan="先疏通，再换管", meeting_at=meets, meeting_place="1 栋楼下",
        )  # fmt: skip
        whistle = Whistle.objects.get()
        self.address = f"/desk/whistles/{whistle.number}/"
        self.as_("street_lead")
        for verb in ("review", "issue"):
            self.take(verb)
            send(page)
        return whistle

    def units_come(self, whistle: Whistle) -> None:
        """The one signs and comes; the other lets the hour pass, the street hears of it, then it comes."""
        self.answer("other_clerk", UNITS[0])
        assert sweep_kind(CALLS, at=timezone.now() + timedelta(days=15)) > 0  # also over the longest holidays
        self.as_("street_lead")
        expect(self.page.locator("main")).to_contain_text("升级：已告知街道")
        self.answer("department_clerk", UNITS[1])
        self.as_("community_staff")
        self.take("meet")
        self.fill(minutes="主管塌了三米。开挖要动花坛，先问邻居。", resolved="先疏通，保证不倒灌")
        self.give_whistle_task()

    def give_whistle_task(self) -> None:
        """What the units resolved on the spot, to the one that leads."""
        self.take("resolve")
        self.page.locator("[name=unit]").select_option(label=UNITS[0])
        self.fill(due_at=(timezone.localdate() + timedelta(days=3)).isoformat())

    def answer(self, who: str, unit: str) -> None:
        self.as_(who)
        for verb in ("签收", "已到场"):
            self.step(f"{verb} {unit}")
            self.fill(who="分管负责人")

    def vote(self, meeting: Meeting) -> None:
        """A motion, ballots on paper, counted by the rule."""
        page = self.page
        page.goto(f"/desk/meetings/{meeting.number}/votes/")
        page.locator("main").get_by_role("link", name=re.compile("下水道")).first.click()
        page.get_by_label("动议内容").fill("挖开花坛换管，完工后补种")
        page.get_by_label("居民议事会：三分之二到会").check()
        press(page, "记下来")
        press(page, "开始投票")
        page.get_by_role("link", name="录入纸票").click()
        page.get_by_label("同意票上的编号").fill("1 2 3")
        page.get_by_label("反对票上的编号").fill("4")
        send(page)
        page.get_by_role("link", name="结束投票").click()
        send(page)
        press(page, "计票")
        expect(page.locator("#motion-sum")).to_contain_text("通过")

    def give_tasks(self, meeting: Meeting) -> None:
        """One for each unit; nobody types what was resolved a second time."""
        for unit, days in zip(UNITS, (2, 20), strict=True):
            self.open("branch_secretary", f"/desk/meetings/{meeting.number}/")
            self.page.get_by_role("link", name="交办任务").first.click()
            self.page.locator("[name=due_on]").fill((timezone.localdate() + timedelta(days=days)).isoformat())
            self.page.locator("[name=unit]").select_option(label=unit)
            send(self.page)
            expect(self.page.get_by_role("status").first).to_be_visible()

    def do_tasks(self) -> None:
        """The first is overdue and climbs; both are done and looked at by somebody else."""
        assert sweep_kind(TASKS, at=timezone.now() + timedelta(days=6)) > 0
        clerks = dict(zip(UNITS, ("other_clerk", "department_clerk"), strict=True))
        for task in Task.objects.select_related("holder_unit").order_by("pk"):
            at = f"/desk/tasks/{task.number}/"
            self.open(clerks[task.holder_unit.short_name], f"{at}claim/")
            self.fill(result="管已换好，花坛补种完。")
            self.open("community_staff", f"{at}check/")
            self.page.locator("input[name=passed][value=yes]").check()
            send(self.page)
            expect(self.page.locator(".mu-tag").first).to_contain_text("办结")

    def ask_neighbours(self, issue: Issue, phone: Page, axe, shot) -> Meeting:
        """The case becomes a topic; the neighbours are told, come, vote, and read the result."""
        page = self.open("branch_secretary", f"/desk/topics/new/?issue={issue.number}")
        page.locator("[name=title]").fill("换下水道要挖开花坛")
        page.locator("select[name=theme]").select_option("infrastructure")
        send(page)
        meeting = make_meeting(self.town.branch, self.people.branch_secretary, officers=officers(self.people))
        announce(page, meeting, axe, shot)
        make_voters(meeting, self.people.branch_secretary)
        now = timezone.now()  # the evening has come
        Meeting.objects.filter(pk=meeting.pk).update(starts_at=now, ends_at=now + timedelta(hours=2))
        sign_in_at_the_door(phone, meeting, axe)
        self.open("building_lead", f"/desk/meetings/{meeting.number}/")
        press(page, "开始开会")
        self.vote(meeting)
        axe(page)
        shot(page, "chain-vote")
        self.open("building_lead", f"/desk/meetings/{meeting.number}/minutes/")
        page.locator(f"#item-{meeting.agenda.get().pk}").press_sequentially("三户愿意，一户担心树。")
        expect(page.locator("#saved")).to_contain_text("已保存", timeout=15_000)
        for text in ("挖开花坛，换主管", "完工后补种，装一盏灯"):
            page.locator("#id_text").fill(text)
            press(page, "记下来")
        page.goto(f"/desk/meetings/{meeting.number}/")
        press(page, "散会")
        self.open("representative", "/desk/")
        take_step(page, meeting, "confirm", "确认会议记录", axe)
        expect(page.locator(".mu-tag").first).to_contain_text("记录已确认")
        self.open("branch_secretary", "/desk/")
        take_step(page, meeting, "publish", "公布结果", axe)
        expect(page.locator(".mu-tag").first).to_contain_text("已公布")
        return meeting

    def end_whistle(self) -> None:
        """Its own task is done and looked at; checked, rated, and the residents are answered."""
        self.address = f"/desk/whistles/{Whistle.objects.get().number}/"
        self.as_("other_clerk")
        self.take("claim")
        self.fill(outcome="主管换了三米，不再倒灌。")
        self.as_("community_lead")
        self.take("check")
        self.page.get_by_label("是，都办好了").check()
        send(self.page)
        for unit in UNITS:
            self.step(f"评分 {unit}")
            for name in ("turn_up", "handling", "solved"):
                self.page.locator(f"input[name={name}][value='5']").check()
            send(self.page)
        confirm_minutes(meeting_id=Whistle.objects.get().meeting_id, actor=self.people.street_lead)
        self.take("close")
        send(self.page)
        self.stands("已办结")

    def reply(self, issue: Issue) -> None:
        page = self.open("grid_worker", f"/desk/issues/{issue.number}/")
        page.get_by_role("link", name="记录联系").click()
        page.get_by_label("联系上了").check()
        send(page)
        expect(page.locator(".mu-tag").first).to_contain_text("办理中")
        page.get_by_role("link", name="写答复").click()
        page.get_by_label("答复内容").fill("主管换好了，花坛也补种了。")
        page.get_by_label("已经办好").check()
        send(page)
        expect(page.locator(".mu-tag").first).to_contain_text("已答复")


def say(phone: Page, issue: Issue, word: str, axe) -> None:
    """A resident reads the answer by the private link and says whether it is solved."""
    phone.goto(follow_path(issue))
    expect(phone.locator("main")).to_contain_text("主管换好了")
    axe(phone)
    phone.locator(f"input[name=solved][value={word}]").check()
    phone.locator("form.mu-card .mu-btn--main").click()
    expect(phone.get_by_role("status").first).to_be_visible()


def test_three_residents_a_whistle_a_vote_and_three_answers(phone, desk, town, live_server, axe, shot):
    district, people = town
    code = make_place_code(district.building, entrance=1).code
    first, second, third = (report(phone, code, resident) for resident in (1, 2, 3))
    chain = Chain(desk, people, live_server.url)
    chain.town = district
    chain.merge(first, second, third)
    page = chain.open("grid_worker", "/desk/")
    page.locator(f"#row-{first.number}").get_by_role("button").click()
    expect(page.locator(f"#row-{first.number}").get_by_role("status")).to_be_visible()
    whistle = chain.blow(first)
    chain.units_come(whistle)
    axe(desk)
    shot(desk, "chain-whistle")
    meeting = chain.ask_neighbours(first, phone, axe, shot)
    chain.give_tasks(meeting)
    chain.do_tasks()
    chain.end_whistle()
    chain.reply(first)
    for issue, word in ((first, "yes"), (second, "yes"), (third, "no")):
        say(phone, issue, word, axe)
    assert Issue.objects.get(pk=first.pk).state == State.DISPATCHED
    assert Callback.objects.values_list("issue_id", "outcome").count() == 3
    page = chain.open("community_staff", f"/desk/issues/{first.number}/?tab=voices")
    expect(page.locator("main")).to_contain_text(third.number)
    axe(page)
    shot(page, "chain-voices")
