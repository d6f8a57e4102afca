"""What keeps coming back in one compound is put before the community, once."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from governance.lifecycle import State
from governance.models import Issue, Recurrence, Task
from governance.services.recurring import find_recurrences, give_recurrence_task, leave_recurrence
from tests.factories import make_issue

pytestmark = pytest.mark.django_db


def three(district, **fields):
    return [make_issue(district.building, category="IN01", **fields) for _n in range(3)]


def find():
    return find_recurrences(at=timezone.now())


def test_three_cases_of_a_compound_are_found_once(district, people):
    three(district)
    assert find() == 1
    assert find() == 0
    found = Recurrence.objects.get()
    assert (found.cases, found.place, found.community_id) == (3, district.compound.name, district.community.pk)


@pytest.mark.parametrize("which", ["two", "old", "elsewhere", "voices", "withdrawn"])
def test_what_does_not_recur_is_not_found(district, people, which):
    issues = three(district)
    last = Issue.objects.filter(pk=issues[-1].pk)
    if which == "two":
        last.update(category=make_issue(district.building, category="IN03").category)
    elif which == "old":
        last.update(submitted_at=timezone.now() - timedelta(days=61))
    elif which == "elsewhere":
        last.update(area=district.far_building)
    elif which == "voices":
        last.update(state=State.MERGED, parent=issues[0], closed_at=timezone.now())
    else:
        last.update(state=State.WITHDRAWN, closed_at=timezone.now())
    assert find() == 0


def test_a_task_is_given_and_only_new_cases_count_from_then_on(district, people):
    three(district)
    find()
    found, due_at = Recurrence.objects.get(), timezone.now() + timedelta(days=20)
    for who in ("grid_worker", "outsider", "district_duty"):
        with pytest.raises(NotAllowedError):
            give_recurrence_task(recurrence_id=found.pk, actor=getattr(people, who), title="清掏管网", due_at=due_at)
    give_recurrence_task(recurrence_id=found.pk, actor=people.community_staff, title="清掏管网", due_at=due_at)
    task = Task.objects.get()
    assert (task.title, task.holder_area_id) == ("清掏管网", district.community.pk)
    with pytest.raises(RuleError):
        leave_recurrence(recurrence_id=found.pk, actor=people.community_lead, reason="不用")
    assert find() == 0
    three(district)
    assert find() == 1


def test_decided_on_its_page(client, district, people):
    three(district)
    find()
    address = reverse("governance:recurrence-decide", args=[Recurrence.objects.get().pk])
    client.force_login(people.user("outsider"))
    assert client.get(address).status_code == 404
    client.force_login(people.user("community_staff"))
    listed = client.get(reverse("governance:recurrence-list")).content.decode()
    assert district.compound.name in listed
    assert f"{settings.RECURRENCE_DAYS} 天" in listed  # what the numbers count is said in words
    assert client.get(address).status_code == 200
    for wrong in ({}, {"give": "yes", "title": "清掏"}, {"give": "no"}):
        assert client.post(address, wrong).status_code == 422
    assert client.post(address, {"give": "no", "reason": "下月统一改造"}).status_code == 302
    assert Recurrence.objects.get().not_now == "下月统一改造"
    assert client.get(address).status_code == 302
