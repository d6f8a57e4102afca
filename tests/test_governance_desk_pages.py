"""What the desk shows, to whom, in which order, and at what cost."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from core.calendar import work_calendar
from core.models import Event
from governance.lifecycle import ISSUE_EXPORTED, State
from governance.lifecycle.issues import in_whose_hands
from governance.models import Issue, SavedFilter
from governance.selectors.counting import capped_counts
from governance.selectors.today import today_of
from governance.services.dispatch import Goal, dispatch_issue, return_issue, take_issue
from governance.services.handling import log_contact, reply_issue
from tests.factories import make_issue

pytestmark = pytest.mark.django_db
TODAY = reverse("governance:desk-today")
LIST = reverse("governance:issue-list")
QUERIES_AT_MOST = 12


def queries_of(client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        response = client.get(url)
    assert response.status_code == 200, url
    return len(caught)


def keys_of(actor) -> dict[str, set[str]]:
    today = today_of(actor, timezone.now())
    groups = {group.key: {issue.number for issue in group.issues} for group in today.groups}
    if today.first:
        groups["first"] = {today.first.number}
    return groups


def everything(actor) -> set[str]:
    return set().union(*keys_of(actor).values())


def test_today_tells_everybody_without_a_post_what_to_do(client, people):
    client.force_login(people.user("nobody"))
    assert "没有岗位" in client.get(TODAY).content.decode()


def test_today_shows_a_new_case_to_its_holder_and_nobody_else(district, people):
    number = make_issue(district.building).number
    assert number in everything(people.grid_worker)
    for name in ("other_grid_worker", "community_staff", "street_officer", "outsider", "callback_agent", "analyst"):
        assert number not in everything(getattr(people, name)), name


def test_today_puts_danger_to_life_first_then_the_clock(district, people):
    at = timezone.now()
    late, critical = make_issue(district.building), make_issue(district.building)
    Issue.objects.filter(pk=late.pk).update(due_at=at - timedelta(days=1))
    Issue.objects.filter(pk=critical.pk).update(urgency="C", due_at=at + timedelta(minutes=5))
    assert keys_of(people.grid_worker)["first"] == {critical.number}
    Issue.objects.filter(pk=critical.pk).update(urgency="O")
    assert keys_of(people.grid_worker)["first"] == {late.number}


def test_today_separates_overdue_from_due_today(district, people):
    at = timezone.now().replace(hour=4)  # noon in China
    first, second = make_issue(district.building), make_issue(district.building)
    for issue, due in ((first, at - timedelta(hours=1)), (second, at + timedelta(hours=1))):
        take_issue(issue_id=issue.pk, actor=people.grid_worker)
        Issue.objects.filter(pk=issue.pk).update(due_at=due)
    groups = {g.key: g.count.number for g in today_of(people.grid_worker, at).groups}
    assert (groups["late"], groups["today"]) == (1, 1)


def test_today_shows_an_escalated_case_at_exactly_its_level(district, people):
    issue = make_issue(district.building)
    Issue.objects.filter(pk=issue.pk).update(escalated_level=1)
    assert issue.number in everything(people.community_lead)
    assert issue.number not in everything(people.street_officer)
    Issue.objects.filter(pk=issue.pk).update(escalated_level=0)
    assert issue.number not in everything(people.community_lead)
    assert issue.number in everything(people.street_officer)
    Issue.objects.filter(pk=issue.pk).update(escalated_level=-1)
    assert issue.number in everything(people.district_duty)
    assert issue.number not in everything(people.far_officer)


def test_today_gives_a_returned_case_to_the_dispatcher_and_a_dispute_to_the_street(district, people):
    issue = make_issue(district.building)
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting))
    return_issue(issue_id=issue.pk, actor=people.department_clerk, reason="不归我们", basis="清单第三条")
    assert issue.number in everything(people.community_staff)
    assert issue.number not in everything(people.street_officer)
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.drainage))
    return_issue(issue_id=issue.pk, actor=people.other_clerk, reason="也不归我们", basis="清单第九条")
    assert issue.number not in everything(people.community_staff)
    assert issue.number in everything(people.street_officer)


def test_today_keeps_a_signed_case_until_somebody_was_talked_to(district, people):
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    assert issue.number in everything(people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    Issue.objects.filter(pk=issue.pk).update(due_at=timezone.now() + timedelta(days=4))
    assert issue.number not in everything(people.grid_worker)


def test_today_asks_checker_and_agent_never_the_handler(district, people):
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="换了灯头")
    assert issue.number in everything(people.community_staff)
    assert issue.number not in everything(people.grid_worker)
    Issue.objects.filter(pk=issue.pk).update(state=State.CALLBACK)
    assert issue.number in everything(people.callback_agent)


def test_list_shows_exactly_the_scope(client, district, people):
    here, there = make_issue(district.building), make_issue(district.far_building)
    client.force_login(people.user("community_staff"))
    page = client.get(LIST).content.decode()
    assert here.number in page
    assert there.number not in page
    client.force_login(people.user("district_duty"))
    page = client.get(LIST).content.decode()
    assert here.number in page
    assert there.number in page


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("q=路灯", True),
        ("q=水管", False),
        ("q={serial}", True),
        ("category=IN03", True),
        ("category=EN01", False),
        ("urgency=O", True),
        ("urgency=C", False),
        ("channel=web", True),
        ("channel=phone", False),
        ("state=submitted", True),
        ("state=working", False),
        ("area={community}", True),
        ("area={other}", False),
        ("area={building}&days=60&tab=all", True),
        ("due=late", False),
        ("tab=closed", False),
        ("tab=recorded", False),
        ("tab=rubbish&state=rubbish&area=rubbish&page=rubbish&days=x", True),
        ("area=99999999999999999999&page=-1", True),
        ("q=%00", None),
    ],
)
def test_filters_stand_in_the_address(client, district, people, query, finds):
    issue = make_issue(district.building)
    known = {
        "number": issue.number,
        "serial": issue.number[-6:],
        "community": district.community.pk,
        "other": district.other_community.pk,
        "building": district.building.pk,
    }
    client.force_login(people.user("street_officer"))
    response = client.get(f"{LIST}?{query.format(**known)}")
    if finds is None:
        assert response.status_code == 400
        return
    assert response.status_code == 200
    assert (f"/desk/issues/{issue.number}/" in response.content.decode()) is finds


def test_htmx_gets_the_table_only(client, district, people):
    make_issue(district.building)
    client.force_login(people.user("street_officer"))
    part = client.get(LIST, headers={"HX-Request": "true"})
    assert "<table" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]


@pytest.mark.parametrize(
    "who", ["grid_worker", "community_lead", "street_officer", "department_clerk", "callback_agent"]
)
def test_pages_cost_the_same_for_three_rows_and_thirty(client, district, people, who):
    urls = [TODAY, LIST, f"{LIST}?tab=all", reverse("governance:issue-board"), f"{LIST}?q=路灯"]
    client.force_login(people.user(who))
    issues = [make_issue(district.building) for _n in range(3)]
    [client.get(url) for url in urls]  # reference data is remembered from here on
    few = {url: queries_of(client, url) for url in urls}
    issues += [make_issue(district.building) for _n in range(27)]
    for issue in issues[10:20]:
        dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting))
    many = {url: queries_of(client, url) for url in urls}
    assert {url: n for url, n in many.items() if n > QUERIES_AT_MOST} == {}
    for url in urls:
        assert many[url] <= max(few[url], QUERIES_AT_MOST)


def test_detail_tells_each_clock_of_the_case(client, district, people):
    """A change once left the side of the page without them."""
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    client.force_login(people.user("grid_worker"))
    page = client.get(reverse("governance:issue-detail", args=[issue.number])).content.decode()
    for clock in issue.clocks.all():
        assert clock.get_step_display() in page
        assert f'datetime="{timezone.localtime(clock.ended_at or clock.due_at):%Y-%m-%dT%H:%M}' in page


def test_detail_costs_the_same_for_a_long_history(client, district, people):
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    client.force_login(people.user("grid_worker"))
    url = reverse("governance:issue-detail", args=[issue.number])
    client.get(url)
    few = queries_of(client, url)
    for n in range(30):
        log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=bool(n % 2), note=str(n))
    many = queries_of(client, url)
    assert few == many <= QUERIES_AT_MOST
    for tab in ("contacts", "photos", "seen", "voices", "rubbish"):
        assert queries_of(client, f"{url}?tab={tab}") <= QUERIES_AT_MOST


def test_counts_stop_at_the_cap(district, people):
    for _n in range(4):
        make_issue(district.building)
    counts = capped_counts({"all": Issue.objects.all(), "none": Issue.objects.none()}, cap=2)
    assert (str(counts["all"]), str(counts["none"])) == ("2+", "0")


def test_export_is_what_is_shown_masked_and_logged(client, district, people):
    make_issue(district.building, text="=1+1 打我电话 13812345678", name="张小明", phone="13812345678")
    make_issue(district.other_building, text="别的事", category="EN01")
    client.force_login(people.user("street_officer"))
    response = client.get(reverse("governance:issue-export-csv"), {"category": "IN03"})
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    assert "别的事" not in text
    assert "13812345678" not in text
    assert "张小明" not in text
    assert "'=1+1" in text  # shown, never run as a formula
    response = client.get(reverse("governance:issue-export-xlsx"))
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert sheet.max_row == 3
    logged = list(Event.objects.filter(name=ISSUE_EXPORTED).order_by("pk"))
    assert [(e.payload["rows"], e.payload["format"]) for e in logged] == [(1, "csv"), (2, "xlsx")]
    assert logged[0].actor_id == people.street_officer.user_id


def test_export_is_not_for_everybody(client, district, people):
    client.force_login(people.user("grid_worker"))
    assert client.get(reverse("governance:issue-export-csv")).status_code == 403
    assert not Event.objects.filter(name=ISSUE_EXPORTED).exists()


def test_views_are_kept_for_oneself(client, people):
    client.force_login(people.user("street_officer"))
    response = client.post(reverse("governance:filter-save"), {"name": "路灯", "query": "category=IN03&tab=open"})
    assert (response.status_code, response["Location"]) == (303, f"{LIST}?category=IN03&tab=open")
    saved = SavedFilter.objects.get()
    assert "路灯" in client.get(LIST).content.decode()
    assert client.post(reverse("governance:filter-save"), {"name": " ", "query": ""}).status_code == 422
    client.force_login(people.user("outsider"))
    client.post(reverse("governance:filter-remove", args=[saved.pk]))
    assert SavedFilter.objects.exists()
    client.force_login(people.user("street_officer"))
    client.post(reverse("governance:filter-remove", args=[saved.pk]))
    assert not SavedFilter.objects.exists()


def test_bulk_answers_for_each_case(client, district, people):
    mine, unit = make_issue(district.building), make_issue(district.building)
    far = make_issue(district.far_building)
    client.force_login(people.user("street_officer"))
    url = reverse("governance:issue-bulk-dispatch")
    numbers = [mine.number, unit.number, far.number, "x/../y"]
    assert client.get(url, {"pick": numbers}).status_code == 200
    answer = client.post(url, {"pick": numbers, "goal": f"unit:{district.lighting.pk}", "reason": "统一派单"})
    assert answer.status_code == 303
    page = client.get(answer["Location"]).content.decode()
    assert mine.number in page
    assert far.number in page
    assert set(Issue.objects.filter(holder_unit=district.lighting)) == {mine, unit}
    assert client.post(url, {"pick": numbers, "goal": "", "reason": ""}).status_code == 422
    nudge = client.post(reverse("governance:issue-bulk-nudge"), {"pick": [mine.number], "reason": "请抓紧"})
    assert nudge.status_code == 303
    assert mine.timeline.filter(kind="issue.urged", text="请抓紧").exists()
    client.post(reverse("governance:issue-bulk-urgency"), {"pick": [mine.number], "urgency": "U", "reason": "有老人"})
    mine.refresh_from_db()
    assert mine.urgency == "U"


def test_bulk_is_for_dispatchers(client, district, people):
    issue = make_issue(district.building)
    client.force_login(people.user("grid_worker"))
    assert client.get(reverse("governance:issue-bulk-nudge"), {"pick": [issue.number]}).status_code == 403


def test_a_whole_number_in_the_search_opens_its_case(client, district, people):
    """Also of a closed case, which the list of open ones does not know."""
    issue = make_issue(district.building)
    client.force_login(people.user("community_staff"))
    answer = client.get(LIST, {"q": issue.number.lower(), "tab": "all"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("governance:issue-detail", args=[issue.number]))
    client.force_login(people.user("outsider"))
    assert client.get(LIST, {"q": issue.number}).status_code == 200


def test_who_has_the_case_now_is_not_whoever_gave_it_back(client, district, people):
    issue = make_issue(district.building)
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting))
    return_issue(issue_id=issue.pk, actor=people.department_clerk, reason="不归我们", basis="权责清单")
    client.force_login(people.user("community_staff"))
    assert "等社区派单" in client.get(LIST).content.decode()
    step = client.get(reverse("governance:issue-dispatch", args=[issue.number])).content.decode()
    assert "不归我们（权责清单）" in step
    assert in_whose_hands(State.PARKED, "照明所") == "挂账，每月写进展"  # and waits for no desk


@pytest.mark.parametrize("who", ["grid_worker", "community_staff", "street_officer", "department_clerk"])
def test_the_list_behind_a_group_of_today_is_that_group(client, district, people, who):
    """“See all” once led to another set."""
    at = timezone.now()
    issues = [make_issue(district.building) for _n in range(8)]
    for issue in issues[1:6]:
        take_issue(issue_id=issue.pk, actor=people.grid_worker)
    Issue.objects.filter(pk=issues[1].pk).update(due_at=at - timedelta(days=1))
    Issue.objects.filter(pk=issues[2].pk).update(due_at=at + timedelta(seconds=30), escalated_level=1)
    Issue.objects.filter(pk=issues[3].pk).update(escalated_level=0, due_at=at - timedelta(days=2))
    Issue.objects.filter(pk=issues[4].pk).update(state=State.REPLIED, due_at=at + timedelta(days=3))
    for issue in issues[6:]:
        dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting))
    return_issue(issue_id=issues[7].pk, actor=people.department_clerk, reason="不归我们", basis="清单")
    client.force_login(people.user(who))
    today = today_of(getattr(people, who), at)
    assert today.total
    for group in today.groups:
        page = client.get(LIST, {"group": group.key})
        assert page.context["size"].number == group.count.number, group.key
        listed = {row.number for row in page.context["rows"]}
        first = {today.first.number} & listed
        assert listed == {issue.number for issue in group.issues} | first, group.key


def test_a_group_longer_than_the_page_leads_to_all_of_it(client, district, people):
    for _n in range(16):
        make_issue(district.building)
    client.force_login(people.user("grid_worker"))
    assert f'href="{LIST}?group=take"' in client.get(TODAY).content.decode()
    assert "只看今日里“待签收”的" in client.get(LIST, {"group": "take"}).content.decode()
    assert client.get(LIST, {"group": "rubbish"}).status_code == 200


def test_due_soon_is_what_ends_before_people_are_back_at_work(client, district, people):
    back = work_calendar().back_after(timezone.now())
    soon, later = make_issue(district.building), make_issue(district.building)
    Issue.objects.filter(pk=soon.pk).update(due_at=back - timedelta(minutes=1))
    Issue.objects.filter(pk=later.pk).update(due_at=back)
    client.force_login(people.user("grid_worker"))
    page = client.get(LIST, {"tab": "soon"})
    assert [row.number for row in page.context["rows"]] == [soon.number]
