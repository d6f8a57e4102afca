"""Who took something on is reminded once: an order of a household, or a neighbour's need."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.calendar import CHINA
from core.models import Event
from neighborhoods.selectors.actors import actor_for
from notifications.routing import ROUTES
from notifications.selectors.recipients import Happening
from notifications.texts import TEXTS
from tests.aid_stage import Pair
from tests.representative_steps import doors, linked, ordered, serving
from volunteers.lifecycle.aid import AID_REMINDED, remind_at
from volunteers.lifecycle.orders import ORDER_STILL_OPEN, OrderState
from volunteers.lifecycle.representatives import EndReason
from volunteers.models import AidNeed, HelpOrder
from volunteers.services.aid import matching
from volunteers.services.aid.sweep import remind
from volunteers.services.representatives import orders, terms
from volunteers.services.representatives.sweep import tell_unfinished

pytestmark = pytest.mark.django_db


def told(kind: str, row) -> list:
    """Whom the newest event of a kind tells; whether the text still holds is asked as when it goes out."""
    event = Event.objects.filter(name=kind).latest("pk")
    (rule,) = ROUTES[kind].staff
    assert TEXTS[rule.text].still_true(row, event.payload) == (row.state == "taken")
    return rule.who(Happening(event, row))


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)


def test_when_a_helper_is_reminded():
    day = date(2026, 7, 10)
    table = (
        (day, at(date(2026, 7, 1), 12), at(date(2026, 7, 9), 18)),  # on the evening before
        (day, at(date(2026, 7, 9), 17), at(date(2026, 7, 9), 18)),
        (day, at(date(2026, 7, 9), 18), at(date(2026, 7, 11), 9)),  # the evening is over: on the morning after
        (day, at(date(2026, 7, 10), 8), at(date(2026, 7, 11), 9)),
        (None, at(day, 8), at(date(2026, 7, 13), 8)),  # no day was named
    )
    for wanted_on, taken_at, due in table:
        assert remind_at(wanted_on, taken_at) == due, (wanted_on, taken_at)


def test_an_order_that_was_taken_is_asked_about_once(client, district, people):
    households = doors(district, people, 3)
    taken, finished, placed = (
        ordered(door, people, state)
        for door, state in zip(households, (OrderState.TAKEN, OrderState.DONE, OrderState.PLACED), strict=True)
    )
    now = timezone.now()
    late = now + timedelta(days=3, minutes=1)
    assert [tell_unfinished(at=when) for when in (now + timedelta(days=2, hours=23), late, late)] == [0, 1, 0]
    order = HelpOrder.objects.get(pk=taken.pk)
    assert told(ORDER_STILL_OPEN, order) == [people.user("grid_worker")]
    client.force_login(people.user("grid_worker"))
    page = client.get(reverse("volunteers:order-detail", args=[order.number])).content.decode()
    assert "接单三天未办结，已提醒接单人" in page
    assert "自动" in page
    # the household says it is not done: three days again
    orders.confirm_for(order_id=finished.pk, actor=people.community_staff, is_done=False)
    assert [tell_unfinished(at=when) for when in (late - timedelta(minutes=2), late, late)] == [0, 1, 0]
    assert HelpOrder.objects.get(pk=placed.pk).told_open_at is None
    people.user("grid_worker").is_active = False
    people.user("grid_worker").save()
    assert told(ORDER_STILL_OPEN, order) == [people.user("community_lead")]


def test_an_order_that_goes_on_to_somebody_else_begins_anew(district, people):
    term = serving(district, people)
    (door,) = doors(district, people, 1)
    linked(term, people, [door])
    order = ordered(door, people, OrderState.TAKEN, actor=actor_for(term.resident.user))
    assert order.finish_due_at is not None
    terms.end(representative_id=term.pk, actor=people.community_lead, reason=EndReason.WITHDRAWN)
    order.refresh_from_db()
    assert (order.state, order.finish_due_at) == (OrderState.PLACED, None)
    assert tell_unfinished(at=timezone.now() + timedelta(days=9)) == 0


def test_a_neighbour_who_took_a_need_on_is_reminded_once(district, people):
    pair, today = Pair(district, people), timezone.localdate()
    on_a_day, any_day, open_one = pair.taken(wanted_on=today + timedelta(days=5)), pair.taken(), pair.need()
    eve = at(today + timedelta(days=4), 18)
    third = any_day.taken_at + timedelta(days=3)
    assert [remind(at=when) for when in (third, third + timedelta(seconds=1), third + timedelta(hours=1))] == [0, 1, 0]
    assert told(AID_REMINDED, AidNeed.objects.get(pk=any_day.pk)) == [pair.helper.resident.user]
    assert [remind(at=when) for when in (eve, eve + timedelta(seconds=1), eve + timedelta(days=9))] == [0, 1, 0]
    assert AidNeed.objects.get(pk=open_one.pk).reminded_at is None
    matching.give_back(need_id=on_a_day.pk, actor=pair.helps)
    again = matching.take(need_id=on_a_day.pk, actor=pair.helps, volunteer_id=pair.helper.pk)
    assert (again.reminded_at, again.remind_due_at) == (None, eve)
