"""Small things of the day: numbers in the search, my meetings, and no closing under an open whistle."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import RuleError
from governance.lifecycle import State
from governance.models import Attendance, Callback, Issue, Meeting, Whistle, WhistleIssue
from governance.selectors.reference import categories
from governance.services.answers import answer_issue, explain_issue, record_callback
from governance.services.matters.collecting import Sighting, collect_matter
from governance.services.tasks import Order, give_task
from tests.factories import make_issue, make_meeting, make_topic
from tests.whistle_steps import draft

pytestmark = pytest.mark.django_db


def test_a_whole_number_opens_what_one_may_see(client, district, people):
    task = give_task(
        actor=people.community_staff,
        order=Order(district.community, "清理楼道", timezone.now() + timedelta(days=3)),
    )
    things = {
        "task-detail": task.number,
        "meeting-detail": make_meeting(district.branch, people.branch_secretary).number,
        "topic-detail": make_topic(district.building).number,
        "whistle-detail": draft(district, people).number,
        "issue-detail": make_issue(district.building).number,
    }
    search = reverse("governance:issue-list")
    for who, sees in (("street_officer", True), ("outsider", False)):
        client.force_login(people.user(who))
        for name, number in things.items():
            found = client.get(search, {"q": f" {number.lower()} "})
            address = reverse(f"governance:{name}", args=[number])
            assert (found.status_code == 302 and found["Location"] == address) is sees, (who, name)
            assert sees or address not in found.content.decode()


def test_what_the_street_called_units_for_is_not_closed_by_the_desk(client, district, people):
    issue = make_issue(district.building)
    whistle = draft(district, people)
    WhistleIssue.objects.create(whistle=whistle, issue=issue, added_at=timezone.now())
    Issue.objects.filter(pk=issue.pk).update(
        state=State.CALLBACK, replied_at=timezone.now(), replied_by_id=people.grid_worker.user_id
    )
    Callback.objects.create(issue=issue, at=timezone.now(), via="phone", outcome="not_solved")
    explain = {"issue_id": issue.pk, "actor": people.community_lead, "explanation": "管线不归我们"}
    with pytest.raises(RuleError, match=whistle.number):
        explain_issue(**explain)
    call = {"satisfaction": None, "words": "", "actor": people.callback_agent}
    with pytest.raises(RuleError, match=whistle.number):
        record_callback(issue_id=issue.pk, outcome=Callback.Outcome.SOLVED, **call)
    assert Callback.objects.count() == 1
    client.force_login(people.user("community_lead"))
    page = client.get(reverse("governance:issue-explain", args=[issue.number])).content.decode()
    assert reverse("governance:whistle-detail", args=[whistle.number]) in page
    client.force_login(people.user("callback_agent"))  # sees no whistles: reads the number, gets no link
    page = client.get(reverse("governance:issue-callback", args=[issue.number])).content.decode()
    assert whistle.number in page
    assert reverse("governance:whistle-detail", args=[whistle.number]) not in page
    answer_issue(issue_id=issue.pk, solved=True, satisfaction=None, words="好了")  # their own word counts
    assert Issue.objects.get(pk=issue.pk).state == State.CLOSED_SOLVED
    assert Whistle.objects.get().is_open


def test_my_meetings_of_two_weeks_stand_on_today(client, district, people, django_assert_max_num_queries):
    make_meeting(district.branch, people.branch_secretary, title="我召集的")
    invited = make_meeting(district.branch, people.branch_secretary, title="请我来的")
    late = make_meeting(district.branch, people.branch_secretary, title="很久以后")
    Meeting.objects.filter(pk=late.pk).update(
        starts_at=timezone.now() + timedelta(days=15), ends_at=timezone.now() + timedelta(days=15, hours=1)
    )
    guest = people.user("department_clerk")
    Attendance.objects.create(
        meeting=invited, name="李某", user=guest, how="invited", person_hash="1", added_at=timezone.now()
    )
    seen = Sighting(area=district.branch, category=categories()[0], text="井盖翘起来了")
    matter = collect_matter(actor=people.branch_secretary, sighting=seen)
    today = reverse("governance:desk-today")
    client.force_login(people.user("branch_secretary"))
    client.get(today)
    with django_assert_max_num_queries(12):
        page = client.get(today).content.decode()
    assert page.index("我召集的") < page.index("请我来的")
    assert "很久以后" not in page
    client.force_login(people.user("department_clerk"))
    page = client.get(today).content.decode()
    assert "请我来的" in page
    assert "我召集的" not in page
    assert reverse("governance:meeting-detail", args=[invited.number]) not in page  # not theirs to open
    client.force_login(people.user("community_lead"))
    page = client.get(today).content.decode()
    assert "我召集的" not in page
    assert matter.number not in page  # the grid files it
    client.force_login(people.user("grid_worker"))
    assert matter.number in client.get(today).content.decode()
    assert client.get(reverse("governance:matter-list")).context["tab"].key == "file"  # the first list with something
