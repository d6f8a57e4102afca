"""One step for many cases: whom it goes to by default, and what is kept out of it."""

import pytest
from django.urls import reverse

from core.reference import forget_all
from governance.models import Issue, RoutingRule
from tests.factories import make_issue

pytestmark = pytest.mark.django_db


def test_bulk_dispatch_sets_danger_apart(client, district, people):
    mine, critical = make_issue(district.building), make_issue(district.building)
    Issue.objects.filter(pk=critical.pk).update(urgency="C")
    client.force_login(people.user("street_officer"))
    url = reverse("governance:issue-bulk-dispatch")
    page = client.get(url, {"pick": [mine.number, critical.number]}).content.decode()
    assert f'name="pick" value="{mine.number}"' in page
    assert f'name="pick" value="{critical.number}"' not in page
    assert reverse("governance:issue-detail", args=[critical.number]) in page
    sent = {"pick": [mine.number, critical.number], "goal": f"unit:{district.lighting.pk}", "reason": "统一派单"}
    answer = client.post(url, sent)
    assert "有生命危险" in client.get(answer["Location"]).content.decode()
    assert set(Issue.objects.filter(holder_unit=district.lighting)) == {mine}


def test_bulk_dispatch_begins_with_the_usual_lead(client, district, people):
    """The rule's, or the one unit that the category names; with two of them the clerk chooses."""
    lamp, other = make_issue(district.building), make_issue(district.building)
    url, goal = reverse("governance:issue-bulk-dispatch"), f"unit:{district.lighting.pk}"
    client.force_login(people.user("street_officer"))
    form = client.get(url, {"pick": [lamp.number, other.number]}).context["form"]
    assert form["goal"].value() == goal
    RoutingRule.objects.create(category=lamp.category, to_unit=district.drainage, order=1)
    forget_all()
    form = client.get(url, {"pick": [lamp.number]}).context["form"]
    assert form["goal"].value() == f"unit:{district.drainage.pk}"
    pests = make_issue(district.building, category="EN04")
    form = client.get(url, {"pick": [lamp.number, pests.number]}).context["form"]
    assert form["goal"].value() is None
    assert "（2 件中的 1 件）" in str(form["goal"])
