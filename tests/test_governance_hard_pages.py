"""The pages of hard cases: what staff press, and what neighbours read."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.lifecycle import State, Step
from governance.models import Callback, Clock, Issue, SupervisionOrder
from governance.services import dispatch, handling
from governance.services.dispatch import Goal
from governance.services.links import follow_token
from governance.services.merging import merge_issue
from governance.services.parts import Share, split_issue
from governance.services.questions import answer_question
from governance.services.supervision import order_supervision, report_order
from tests.factories import make_issue

pytestmark = pytest.mark.django_db
MOST = 12


@pytest.fixture
def staff(client, people):
    client.force_login(people.user("community_staff"))
    return client


def url(name, issue):
    return reverse(f"governance:issue-{name}", args=[issue.number])


def text_of(response):
    return response.content.decode()


def statements(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def work_on(issue, people):
    dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
    handling.log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    handling.reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="疏通了")


def test_similar_cases_are_offered_and_joined(staff, district):
    first = make_issue(district.building, category="IN01", text="下水道堵了")
    second = make_issue(district.other_building, category="IN01", text="污水倒灌")
    assert first.number in text_of(staff.get(url("merge", second)))
    response = staff.post(url("merge", second), {"into": first.number, "reason": "同一根管道"})
    assert response.status_code == 303
    assert Issue.objects.get(pk=second.pk).parent_id == first.pk
    page = text_of(staff.get(url("detail", second)))
    assert url("detail", first) in page
    assert url("split-off", second) in page
    assert second.number in text_of(staff.get(f"{url('detail', first)}?tab=voices"))


def test_without_a_choice_or_with_a_wrong_number_nothing_is_joined(staff, district):
    issue = make_issue(district.building)
    assert staff.post(url("merge", issue), {}).status_code == 422
    assert staff.post(url("merge", issue), {"number": "ZY-2026-999999"}).status_code == 422
    assert Issue.objects.get(pk=issue.pk).state == State.SUBMITTED


def test_several_are_joined_from_the_list(staff, district):
    issues = [make_issue(district.building, category="IN01") for _n in range(3)]
    numbers = [issue.number for issue in issues]
    address = reverse("governance:issue-bulk-merge")
    assert "radio" in text_of(staff.get(address, {"pick": numbers}))
    staff.post(address, {"pick": numbers, "into": numbers[0], "reason": "同一处"})
    assert Issue.objects.get(pk=issues[0].pk).voices == 3
    result = text_of(staff.get(reverse("governance:issue-bulk-result")))
    assert numbers[1] in result
    assert numbers[2] in result


def test_a_voice_is_called_and_shown_with_its_answer(client, people, district):
    first, second = make_issue(district.building), make_issue(district.building)
    merge_issue(issue_id=second.pk, actor=people.community_staff, into=first.number)
    work_on(first, people)
    client.force_login(people.user("callback_agent"))
    assert url("voice", second) in text_of(client.get(url("detail", second)))
    client.post(url("voice", second), {"outcome": "not_solved", "words": "没通", "satisfaction": ""})
    assert Callback.objects.get().issue_id == second.pk
    voices = text_of(client.get(f"{url('detail', first)}?tab=voices"))
    assert str(Callback.Outcome.NOT_SOLVED.label) in voices


def test_parts_are_given_and_seen_by_staff_and_by_whoever_asked(staff, district, people):
    issue = make_issue(district.building)
    said = {
        "goal_1": f"unit:{district.lighting.pk}",
        "text_1": "扶正灯杆",
        "goal_2": f"area:{district.grid.pk}",
        "text_2": "拉警戒线",
    }
    assert staff.post(url("split", issue), {**said, "text_2": ""}).status_code == 422
    assert staff.post(url("split", issue), said).status_code == 303
    page = text_of(staff.get(url("detail", issue)))
    assert f"{issue.number}-1" in page
    assert f"{issue.number}-2" in page
    part = Issue.objects.get(number=f"{issue.number}-1")
    assert url("detail", issue) in text_of(staff.get(url("detail", part)))
    follow = text_of(staff.get(reverse("governance:issue-follow", args=[follow_token(issue)])))
    assert "扶正灯杆" in follow
    assert "市政照明所" in follow
    assert f"{issue.number}-1" not in follow  # one public face


def test_an_order_is_given_reported_and_read(client, people, district):
    issue = make_issue(district.building)
    dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
    client.force_login(people.user("street_lead"))
    day = timezone.localdate() + timedelta(days=5)
    assert client.post(url("order", issue), {"reason": "限期办结", "until": day.isoformat()}).status_code == 303
    assert "限期办结" in text_of(client.get(reverse("governance:order-list")))
    client.force_login(people.user("grid_worker"))
    assert "限期办结" in text_of(client.get(url("detail", issue)))
    assert issue.number in text_of(client.get(reverse("governance:desk-today")))
    client.post(url("order-report", issue), {"report": "灯已装好"})
    client.force_login(people.user("street_officer"))
    page = text_of(client.get(url("detail", issue)))
    assert "灯已装好" in page
    assert client.post(url("order-end", issue), {"enough": "yes"}).status_code == 303
    assert SupervisionOrder.objects.get().ended_at
    numbers = client.get(reverse("governance:order-list")).context["numbers"]
    assert numbers == (1, 1, 0, 0)


def test_orders_of_other_areas_are_not_listed(client, people, district):
    issue = make_issue(district.far_building)
    later = timezone.now() + timedelta(days=2)
    order_supervision(issue_id=issue.pk, actor=people.far_officer, reason="远处的", due_at=later)
    client.force_login(people.user("street_lead"))
    assert "远处的" not in text_of(client.get(reverse("governance:order-list")))
    client.force_login(people.user("grid_worker"))
    assert client.get(reverse("governance:order-list")).status_code == 403


def test_parked_cases_in_public_show_the_note_of_the_month(client, people, district):
    shown = make_issue(district.building, is_public=True, text="路灯线路要改造")
    hidden = make_issue(district.building, text="不公开的事")
    Issue.objects.filter(pk__in=[shown.pk, hidden.pk]).update(state=State.PARKED)
    client.force_login(people.user("community_staff"))
    assert client.post(url("park-note", shown), {"text": "设计院在测量，电话 13800000005"}).status_code == 303
    client.logout()
    page = text_of(client.get(reverse("governance:parked-list")))
    assert "路灯线路要改造" in page
    assert "设计院在测量" in page
    assert "13800000005" not in page
    assert "不公开的事" not in page
    assert "目前进展" in text_of(client.get(reverse("governance:public-detail", args=[shown.number])))
    due = Clock.objects.get(issue=shown, step=Step.NOTE, ended_at=None).due_at
    private = text_of(client.get(reverse("governance:issue-follow", args=[follow_token(shown)])))
    assert "下次通报进展" in private
    assert f"{timezone.localtime(due):%Y-%m-%d}" in private  # of the machine-readable time


def test_hard_pages_ask_few_statements(client, people, district):
    whole = make_issue(district.building)
    shares = [Share(Goal(unit=district.lighting), "灯"), Share(Goal(unit=district.drainage), "管")]
    split_issue(issue_id=whole.pk, actor=people.community_staff, shares=shares)
    later = timezone.now() + timedelta(days=2)
    for issue in (whole, make_issue(district.building)):
        order_supervision(issue_id=issue.pk, actor=people.street_lead, reason="限期", due_at=later)
    report_order(issue_id=whole.pk, actor=people.community_staff, report="在办")
    parked = make_issue(district.building, is_public=True)
    Issue.objects.filter(pk=parked.pk).update(state=State.PARKED)
    client.force_login(people.user("street_lead"))
    plain = statements(client, url("detail", make_issue(district.building)))
    cases = [url("detail", whole), f"{url('detail', whole)}?tab=voices"]
    assert max(statements(client, address) for address in cases) <= plain  # what is hard costs nothing more
    lists = [reverse("governance:order-list"), reverse("governance:desk-today")]
    found = {address: statements(client, address) for address in lists}
    client.logout()
    for address in (reverse("governance:parked-list"), reverse("governance:issue-follow", args=[follow_token(whole)])):
        found[address] = statements(client, address)
    assert max(found.values()) <= MOST, found


def test_a_page_of_a_split_case_offers_nothing_that_is_refused(staff, client, district, people):
    whole = make_issue(district.building, text="路面塌了，灯杆也歪了")
    shares = [Share(Goal(unit=district.lighting), "扶正灯杆"), Share(Goal(unit=district.drainage), "填路面")]
    split_issue(issue_id=whole.pk, actor=people.community_staff, shares=shares)
    assert whole.timeline.filter(kind="issue.split").count() == 1
    page = text_of(staff.get(url("detail", whole)))
    assert url("reply", whole) not in page  # its parts have not replied
    part = Issue.objects.get(part_of=whole, holder_unit=district.lighting)
    assert staff.get(url("detail", whole)).context["alike"].count.number == 1  # parts are no reports
    linked = f"?tab=all&category={whole.category.code}&area={district.building.pk}&days=60"
    assert part.number not in text_of(staff.get(reverse("governance:issue-list") + linked))
    page = text_of(staff.get(url("detail", part)))
    assert url("detail", whole) in page
    assert url("slip", part) not in page  # nobody follows a part
    client.force_login(people.user("department_clerk"))
    page = text_of(client.get(url("detail", part)))
    assert f'href="{url("detail", whole)}"' not in page  # it would be 404
    dispatch.sign_issue(issue_id=part.pk, actor=people.department_clerk)
    shown = client.get(url("detail", part))
    assert url("ask", part) not in text_of(shown)
    assert shown.context["buttons"][0].step.verb == "reply"  # there is nobody to talk with first
    assert client.post(url("ask", part), {"text": "哪一盏？"}).status_code == 403
    Issue.objects.filter(pk=whole.pk).update(state=State.CLOSED_SOLVED, closed_at=timezone.now())
    Issue.objects.filter(pk=part.pk).update(state=State.CLOSED_SOLVED, closed_at=timezone.now())
    client.force_login(people.user("community_lead"))
    assert url("reopen", part) not in text_of(client.get(url("detail", part)))  # the whole first
    assert url("reopen", whole) in text_of(client.get(url("detail", whole)))


def test_the_one_question_is_not_offered_twice(client, district, people):
    issue = make_issue(district.building)
    dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
    client.force_login(people.user("grid_worker"))
    assert url("ask", issue) in text_of(client.get(url("detail", issue)))
    client.post(url("ask", issue), {"text": "哪一层？"})
    answer_question(issue_id=issue.pk, text="三层")
    assert url("ask", issue) not in text_of(client.get(url("detail", issue)))


def test_the_report_is_read_where_somebody_says_whether_it_is_enough(client, district, people):
    issue = make_issue(district.building)
    dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
    due = timezone.now() + timedelta(days=3)
    order_supervision(issue_id=issue.pk, actor=people.street_lead, reason="三日内清理", due_at=due)
    client.force_login(people.user("grid_worker"))
    assert "三日内清理" in text_of(client.get(url("order-report", issue)))
    report_order(issue_id=issue.pk, actor=people.grid_worker, report="清走了两车")
    client.force_login(people.user("street_lead"))
    assert "清走了两车" in text_of(client.get(url("order-end", issue)))
