"""Points on the phone and at the desk."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from neighborhoods.models import Resident
from tests import points_stage as stage
from volunteers.lifecycle.points import GiftState, RedemptionState
from volunteers.models import Gift, Redemption, Reward
from volunteers.services.points.booking import account_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def me(client, district, people) -> Resident:
    """Somebody with an account, no post, and four points."""
    resident = stage.neighbour(people, district)
    resident.user = people.user("nobody")
    resident.save()
    stage.earn(resident, 240)
    client.force_login(people.user("nobody"))
    return resident


def text_of(response) -> str:
    return response.content.decode()


def test_a_neighbour_takes_something_and_changes_their_mind(
    client, me, district, people, django_assert_max_num_queries
):
    reward = stage.offer(people, district, stock=2)
    url = reverse("volunteers:points")
    with django_assert_max_num_queries(12):
        page = text_of(client.get(url))
    assert "洗衣液一瓶" in page
    key = uuid.uuid4()
    for _twice in range(2):
        answer = client.post(reverse("volunteers:points-take", args=[reward.pk]), {"key": key}, follow=True)
        assert "已为您预留" in text_of(answer)
    assert (Redemption.objects.count(), stage.balance(me)) == (1, 2)
    client.post(reverse("volunteers:points-back", args=[Redemption.objects.get().pk]))
    assert (Redemption.objects.get().state, stage.balance(me)) == (RedemptionState.CANCELLED, 4)
    for bad in ({}, {"key": "x"}):
        assert client.post(reverse("volunteers:points-take", args=[reward.pk]), bad).status_code == 302
    reward.price = 9
    reward.save()
    answer = client.post(reverse("volunteers:points-take", args=[reward.pk]), {"key": uuid.uuid4()}, follow=True)
    assert "积分不够" in text_of(answer)


def test_a_gift_is_asked_for_on_the_phone_and_decided_at_the_desk(client, me, district, people):
    url = reverse("volunteers:points-give")
    for bad in (
        {},
        {"to": "parent", "amount": "1"},
        {"to": "parent", "amount": "1", "number": "ZYV-1"},
        {"to": "pool", "amount": "9"},
    ):
        assert client.post(url, bad).status_code == 422
    assert not Gift.objects.exists()
    assert client.post(url, {"to": "pool", "amount": "1.5"}).status_code == 302
    client.force_login(people.user("community_staff"))
    gift = Gift.objects.get()
    desk = reverse("volunteers:points-desk")
    assert reverse("volunteers:gift-decide", args=[gift.pk]) in text_of(client.get(desk))
    decide = reverse("volunteers:gift-decide", args=[gift.pk])
    assert client.post(decide, {"agreed": "no"}).status_code == 422
    assert client.post(decide, {"agreed": "yes"}).status_code == 302
    gift.refresh_from_db()
    assert (gift.state, stage.balance(me)) == (GiftState.AGREED, Decimal("2.5"))
    assert client.post(decide, {"agreed": "yes"}).status_code == 302  # too late: says so, changes nothing
    assert stage.balance(me) == Decimal("2.5")


def test_the_desk_offers_keeps_and_hands_over(client, me, district, people, django_assert_max_num_queries):
    client.force_login(people.user("community_lead"))
    new = reverse("volunteers:reward-new")
    for bad in ({}, {"name": "米", "price": "0", "stock": "1"}, {"name": "米", "price": "x", "stock": "-1"}):
        assert client.post(new, bad).status_code == 422
    assert client.post(new, {"name": "米", "price": "2", "stock": "3", "is_offered": "on"}).status_code == 302
    reward = Reward.objects.get()
    entry = stage.account_of(me)
    counter = reverse("volunteers:reward-counter", args=[reward.pk])
    assert client.post(counter, {"number": "ZYV-2000-1", "key": uuid.uuid4()}).status_code == 422
    number = _registered(me, people)
    assert client.post(counter, {"number": number, "key": "x"}).status_code == 422
    assert client.post(counter, {"number": number, "key": uuid.uuid4(), "is_on_paper": "on"}).status_code == 302
    found = Redemption.objects.get()
    assert (found.account, found.is_on_paper) == (entry, True)
    hand = reverse("volunteers:redemption-hand-out", args=[found.pk])
    assert 'name="witness"' in text_of(client.get(hand))
    Redemption.objects.update(is_on_paper=False)
    assert 'name="witness"' not in text_of(client.get(hand))  # asked where two people sign
    Redemption.objects.update(is_on_paper=True)
    assert client.post(hand, {"signed_by": "张小明"}).status_code == 422
    assert client.post(hand, {"signed_by": "张小明", "witness": "李某"}).status_code == 302
    found.refresh_from_db()
    assert found.state == RedemptionState.COLLECTED
    with django_assert_max_num_queries(12):
        page = text_of(client.get(reverse("volunteers:points-desk")))
    assert "张*明" in page
    assert "张小明" not in page
    assert account_of(me).balance == 2


def _registered(resident, people) -> str:
    from volunteers.services import registration
    from volunteers.services.registration import Offer

    entry = registration.apply(actor=people.community_staff, resident_id=resident.pk, offer=Offer())
    return registration.verify(volunteer_id=entry.pk, actor=people.community_staff).number


def test_whoever_takes_part_in_nothing_is_shown_how_to_begin(client, people):
    client.force_login(people.user("nobody"))
    assert client.get(reverse("volunteers:points")).status_code == 302
    assert client.get(reverse("volunteers:points-desk")).status_code == 403
    assert client.get(reverse("volunteers:points-give")).status_code == 404
