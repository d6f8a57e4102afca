"""What of people who serve waits on Today: check-ins to answer, orders of households to take or to finish."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.selectors.waiting_people import people_lines
from neighborhoods.selectors.actors import actor_for
from tests.checkin_steps import applied
from tests.factories import UserFactory, make_post
from tests.representative_steps import doors, linked, ordered, serving
from tests.volunteer_stage import volunteer
from volunteers.lifecycle.orders import OrderState
from volunteers.lifecycle.volunteers import VolunteerState
from volunteers.models import HelpOrder, Volunteer
from volunteers.selectors.checkins import CheckInFilters, listed_checkins
from volunteers.selectors.volunteers import RegisterFilters, listed_volunteers
from volunteers.selectors.waiting import waiting_among_people
from volunteers.services.checkins import applying
from volunteers.services.representatives import orders

pytestmark = pytest.mark.django_db
TODAY = reverse("governance:desk-today")
MOST = 12


def numbers(actor, kind: str) -> list[str]:
    return [line.number for line in people_lines(actor)[kind]]


def test_a_check_in_waits_on_today_for_whoever_may_answer_it(client, district, people):
    account = UserFactory(name="张小明")
    first = applied(district, people, user=account)
    later = applied(district, people, name="王小红")
    for actor in (people.branch_secretary, people.community_staff, people.community_lead):
        assert numbers(actor, "checkins") == [first.number, later.number]
    for actor in (people.grid_worker, people.street_lead, people.outsider):
        assert numbers(actor, "checkins") == []
    make_post("branch_secretary", area=district.branch, user=account)  # nobody answers themselves
    assert numbers(actor_for(account), "checkins") == [later.number]
    client.force_login(people.user("branch_secretary"))
    client.get(TODAY)  # what every page shows is kept for a while
    with CaptureQueriesContext(connection) as asked:
        page = client.get(TODAY).content.decode()
    assert len(asked) <= MOST
    assert f'<span class="mu-nb">{first.number}</span>' in page
    assert "张小明" not in page
    applying.accept(checkin_id=first.pk, actor=people.branch_secretary)
    assert numbers(people.branch_secretary, "checkins") == [later.number]
    listed = listed_checkins(people.community_lead, CheckInFilters())
    assert [one.pk for one in listed] == [later.pk, first.pk]  # who waits stands first in the list as well


def test_an_entry_waits_for_whoever_keeps_the_register(people, district):
    account = UserFactory(name="张小明")
    entry = volunteer(district, people, user=account)
    Volunteer.objects.update(state=VolunteerState.APPLIED, verify_due_at=timezone.now())
    for actor in (people.community_staff, people.community_lead):
        assert numbers(actor, "volunteers") == [entry.number]
        assert waiting_among_people(actor)["volunteers"].count() == 1
        assert listed_volunteers(actor, RegisterFilters()).first() == entry
    for actor in (people.branch_secretary, people.grid_worker, people.outsider):
        assert numbers(actor, "volunteers") == []
        assert not waiting_among_people(actor).get("volunteers", Volunteer.objects.none()).exists()
    make_post("community_staff", area=district.community, user=account)
    assert numbers(actor_for(account), "volunteers") == []  # nobody verifies themselves


def test_an_order_waits_for_who_may_take_it_and_then_for_who_took_it(client, district, people):
    account = UserFactory(name="李大海")
    term = serving(district, people, user=account)
    (door,) = doors(district, people, 1)
    linked(term, people, [door])
    order = ordered(door, people)
    mine = actor_for(account)
    assert numbers(mine, "orders") == [order.number]
    assert numbers(people.grid_worker, "orders") == []
    HelpOrder.objects.update(grid_since=timezone.now())
    assert numbers(people.grid_worker, "orders") == numbers(people.community_staff, "orders") == [order.number]
    assert numbers(people.street_lead, "orders") == numbers(people.outsider, "orders") == []
    taken = orders.take(order_id=order.pk, actor=people.grid_worker)
    (line,) = people_lines(people.grid_worker)["orders"]
    assert line.due_at == taken.finish_due_at > timezone.now() + timedelta(days=2)
    assert numbers(mine, "orders") == numbers(people.community_staff, "orders") == []
    client.force_login(people.user("grid_worker"))
    assert order.number in client.get(TODAY).content.decode()
    orders.finish(order_id=order.pk, actor=people.grid_worker, result="换了垫圈")
    assert HelpOrder.objects.get().state == OrderState.DONE
    assert numbers(people.grid_worker, "orders") == []  # the household's turn
