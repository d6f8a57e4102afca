"""What an attacker tried with people who are gone, with other people's doors, and with impossible days."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.models import Resident
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services import residents
from neighborhoods.services.residents import PersonFacts
from tests import points_stage as points
from tests import volunteer_stage as stage
from tests.aid_stage import Pair
from tests.factories import UserFactory
from tests.representative_steps import doors, linked, nominated, ordered, put, serving
from tests.test_attacks_service import hours
from tests.test_volunteers_incentives import proposed as reward_proposed
from volunteers.lifecycle.aid import remind_at
from volunteers.lifecycle.links import LinkState
from volunteers.lifecycle.orders import OrderChannel, OrderState
from volunteers.lifecycle.points import GiftTo
from volunteers.models import Gift, HouseholdLink, Incentive, Redemption, RepresentativeLine, ServiceRecord
from volunteers.services import exports, registration
from volunteers.services.aid import doing
from volunteers.services.points import gifts, rewards
from volunteers.services.points.booking import account_of
from volunteers.services.points.gifts import Wish
from volunteers.services.records import confirming
from volunteers.services.registration import Offer
from volunteers.services.representatives import cards, nominating, orders, terms

pytestmark = pytest.mark.django_db


# ---- forgotten means forgotten ----
def test_who_is_forgotten_is_forgotten_on_every_record(district, people):
    staff = people.community_staff
    kept, twin, third = (
        residents.register_for(actor=staff, facts=PersonFacts(name, phone), area=district.building)
        for name, phone in (("张小明", "10000000051"), ("张晓明", "10000000052"), ("张小名", "10000000053"))
    )
    residents.merge_residents(actor=staff, keep_id=twin.pk, drop_id=third.pk, reason="同一人")
    residents.merge_residents(actor=staff, keep_id=kept.pk, drop_id=twin.pk, reason="同一人")
    facts = PersonFacts(
        "张子", born_on=timezone.localdate() - timedelta(days=4000), guardian_id=kept.pk, asked_by="张小明"
    )
    ward = residents.register_for(actor=staff, facts=facts, area=district.building)
    residents.erase_resident(actor=staff, resident_id=kept.pk)
    for one in Resident.objects.filter(pk__in=[kept.pk, twin.pk, third.pk]):
        assert (one.name, one.phone, one.phone_hash) == (None, None, "")
    assert Resident.objects.get(pk=ward.pk).asked_by == ""


def test_signatures_and_reasons_go_with_the_person(district, people):
    who, staff = points.neighbour(people, district), people.community_staff
    points.earn(who, 240)
    taken = points.take(people, who, points.offer(people, district), is_on_paper=True)
    rewards.hand_out(redemption_id=taken.pk, actor=people.community_lead, signed_by="张小明", witness="王见证")
    wish = Wish(GiftTo.POOL, Decimal(1), reason="张小明病了")
    gifts.ask_gift(actor=staff, account_id=account_of(who).pk, wish=wish)
    residents.erase_resident(actor=staff, resident_id=who.pk)
    assert "张小明" not in str(list(Redemption.objects.values())) + str(list(Gift.objects.values()))


def test_nothing_about_a_candidate_stays_when_they_are_forgotten(district, people):
    noticed = put(nominated(district, people, resident=points.neighbour(people, district)), "noticed", people)
    objection = terms.object_to(representative_id=noticed.pk, actor=people.community_staff, words="张小明欠债")
    terms.settle(
        representative_id=noticed.pk, actor=people.community_lead, objection_id=objection.pk, answer="张小明已还"
    )
    term = serving(district, people, "李小红")
    reward_proposed(term, people)
    terms.suspend(representative_id=term.pk, actor=people.community_lead, reason="心脏手术")
    for one in (noticed, term):
        residents.erase_resident(actor=people.community_staff, resident_id=one.resident_id)
    left = [*RepresentativeLine.objects.values_list("text", flat=True), *Incentive.objects.values_list("evidence")]
    for one in (noticed, term):
        one.refresh_from_db()
        left += [one.suspended_because, *one.objections.values_list("words", "answer")]
    assert not any(word in str(left) for word in ("张小明", "心脏", "照顾三位"))


# ---- doors of others ----
def test_who_moves_in_later_does_not_read_what_was_asked_before(client, district, people):
    (home,) = doors(district, people, 1)
    ordered(home, people, OrderState.CONFIRMED, text="前租户的私事")
    staff = people.community_staff
    first = cards.card_token(cards.issue_card(household_id=home.pk, actor=staff))
    assert "前租户的私事" in client.get(reverse("volunteers:household-page", args=[first])).content.decode()
    cards.revoke_card(household_id=home.pk, actor=staff)
    second = cards.card_token(cards.issue_card(household_id=home.pk, actor=staff))
    assert "前租户的私事" not in client.get(reverse("volunteers:household-page", args=[second])).content.decode()


def test_whoever_printed_the_card_does_not_answer_by_it(client, district, people):
    term, (home, other) = serving(district, people), doors(district, people, 2)
    (link,) = linked(term, people, [home], state=LinkState.PROPOSED)
    own = actor_for(term.resident.user)
    token = cards.card_token(cards.issue_card(household_id=home.pk, actor=own))
    order = ordered(home, people, OrderState.DONE, actor=own)
    client.force_login(term.resident.user)
    said = {"household-answer": ([token], {"answer": "yes"}), "household-order-confirm": ([token, order.number], {})}
    for name, (args, data) in said.items():
        page = client.post(reverse(f"volunteers:{name}", args=args), data, follow=True).content.decode()
        assert "请退出登录" in page
    order.refresh_from_db()
    assert (HouseholdLink.objects.get(pk=link.pk).state, order.state) == (LinkState.PROPOSED, OrderState.DONE)
    client.logout()
    client.post(reverse("volunteers:household-answer", args=[token]), {"answer": "yes"})
    assert HouseholdLink.objects.get(pk=link.pk).state == LinkState.ACTIVE
    assert other.pk != home.pk


def test_the_candidates_own_door_is_not_one_of_the_five(district, people):
    homes = doors(district, people, 5)
    facts = PersonFacts("张小明")
    who = residents.register_for(
        actor=people.community_staff, facts=facts, area=district.building, household_id=homes[0].pk
    )
    term = nominated(district, people, resident=who)
    with pytest.raises(RuleError):
        nominating.agree(
            representative_id=term.pk, actor=people.community_staff, household_ids=[one.pk for one in homes]
        )


def test_an_account_that_comes_later_brings_the_post_unless_it_decided(district, people):
    phone, secretary = "19900000071", people.user("branch_secretary")
    who = residents.register_for(
        actor=people.community_staff, facts=PersonFacts("张小明", phone), area=district.building
    )
    term = put(nominated(district, people, resident=who), "active", people)
    assert term.post is None
    for user in (secretary, UserFactory(name="张小明")):  # the first one said yes for the Party
        user.phone, user.phone_verified = phone, True
        user.save()
        if user == secretary:
            with pytest.raises(RuleError):
                residents.register_self(user=user, facts=PersonFacts("张小明"), area=district.building)
            user.phone = None
            user.save()
        else:
            residents.register_self(user=user, facts=PersonFacts("张小明"), area=district.building)
            assert "representative" in actor_for(user).roles


def test_a_key_of_another_door_is_a_wrong_one(district, people):
    one, other = doors(district, people, 2)
    said = {"actor": people.community_staff, "text": "换灯泡", "channel": OrderChannel.PHONE, "key": uuid.uuid4()}
    order = orders.place_order(household_id=one.pk, **said)
    assert orders.place_order(household_id=one.pk, **said) == order
    with pytest.raises(RuleError):
        orders.place_order(household_id=other.pk, **said)


def test_words_of_a_need_are_read_in_its_community_only(client, district, people):
    need, user = Pair(district, people).need(words="腿脚不便"), UserFactory(name="远某")
    who = residents.register_self(user=user, facts=PersonFacts("远某"), area=district.far_building)
    entry = registration.apply(actor=actor_for(user), resident_id=who.pk, offer=Offer())
    registration.verify(volunteer_id=entry.pk, actor=people.outsider)
    near, _own = stage.neighbour(district, people, "近某")
    for one, reads in ((user, False), (near.resident.user, True)):
        client.force_login(one)
        page = client.get(reverse("volunteers:aid-card", args=[need.number])).content.decode()
        assert ("腿脚不便" in page) == reads


# ---- one person alone ----
def test_one_person_at_the_desk_does_not_take_a_neighbours_points(district, people):
    who, reward = points.neighbour(people, district), points.offer(people, district, stock=3)
    points.earn(who, 240)
    taken = points.take(people, who, reward)
    with pytest.raises(RuleError):  # reserved by oneself for somebody else, handed out by oneself, and nobody saw it
        rewards.hand_out(redemption_id=taken.pk, actor=people.community_staff)
    done = rewards.hand_out(redemption_id=taken.pk, actor=people.community_staff, signed_by="张小明", witness="王某")
    assert done.state == "collected"
    again = points.take(people, who, reward)
    assert rewards.hand_out(redemption_id=again.pk, actor=people.community_lead).state == "collected"


def test_help_within_one_household_waits_for_a_second_person(district, people):
    pair = Pair(district, people)
    (home,) = doors(district, people, 1)
    Resident.objects.filter(pk__in=[pair.resident.pk, pair.helper.resident_id]).update(household=home)
    need = doing.confirm(need_id=pair.done().pk, actor=pair.helped)
    assert need.state == "confirmed"


def test_the_phone_of_the_account_gives_a_second_record_away(district, people):
    staff = people.user("community_staff")
    staff.phone = "19900000061"
    staff.save()
    facts = PersonFacts("张小明", "19900000061")
    who = residents.register_for(actor=people.community_staff, facts=facts, area=district.building)
    entry = registration.apply(actor=people.community_staff, resident_id=who.pk, offer=Offer())
    registration.verify(volunteer_id=entry.pk, actor=people.community_lead)
    record = hours(district, people, entry)
    with pytest.raises(RuleError):
        confirming.confirm(record_id=record.pk, actor=people.community_staff)
    assert confirming.confirm(record_id=record.pk, actor=people.community_lead).state == "confirmed"


def test_a_dispute_is_never_decided_for_more(district, people):
    pair = Pair(district, people)
    need = doing.dispute(need_id=pair.done(minutes=30).pk, actor=pair.helped, reason="没有那么久")
    said = {"need_id": need.pk, "actor": people.community_lead, "decision": "so", "reason": "问过两边"}
    with pytest.raises(RuleError):
        doing.decide(minutes=60, **said)
    assert doing.decide(minutes=15, **said).record.minutes == 15


def test_a_price_that_changed_is_read_first(client, district, people):
    user = UserFactory(name="李某")
    who = residents.register_self(user=user, facts=PersonFacts("李某"), area=district.building)
    points.earn(who, 240)
    reward = points.offer(people, district, price=1)
    client.force_login(user)
    assert 'name="price" value="1"' in client.get(reverse("volunteers:points")).content.decode()
    reward.__class__.objects.filter(pk=reward.pk).update(price=4)
    client.post(reverse("volunteers:points-take", args=[reward.pk]), {"key": uuid.uuid4(), "price": "1"})
    assert points.balance(who) == 4
    client.post(reverse("volunteers:points-take", args=[reward.pk]), {"key": uuid.uuid4(), "price": "4"})
    assert points.balance(who) == 0


def test_a_lead_who_left_the_register_confirms_nothing(district, people):
    lead, own = stage.neighbour(district, people, "王队长")
    entry = stage.volunteer(district, people, name="张小明")
    record = hours(district, people, entry)
    ServiceRecord.objects.get(pk=record.pk).activity.__class__.objects.filter(pk=record.activity_id).update(lead=lead)
    registration.leave(volunteer_id=lead.pk, actor=own)
    with pytest.raises(NotAllowedError):
        confirming.confirm(record_id=record.pk, actor=own)


# ---- what leaves, impossible days ----
def test_names_in_what_was_done_are_masked_too(district, people):
    entry = stage.volunteer(district, people, name="李四")
    record = hours(district, people, entry)
    ServiceRecord.objects.filter(pk=record.pk).update(content="陪3栋502张大爷看病，电话13987654321")
    confirming.confirm(record_id=record.pk, actor=people.community_staff)
    today = timezone.localdate()
    for in_clear in (False, True):
        excerpt = exports.Excerpt(today - timedelta(days=2), today, "上报", in_clear)
        rows = str(list(exports.export_records(actor=people.community_lead, excerpt=excerpt, kind="csv")))
        assert ("13987654321" in rows, "502" in rows) == (in_clear, in_clear)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_impossible_days_are_refused_and_no_error(client, district, people, day):
    entry = stage.volunteer(district, people)
    confirming.confirm(record_id=hours(district, people, entry).pk, actor=people.community_staff)
    activity = stage.activity(district, people)
    client.force_login(people.user("community_lead"))
    days = {"from_on": day, "until_on": day, "purpose": "上报", "kind": "csv"}
    week = {"weekdays": [1, 2, 3, 4, 5, 6, 7], "begins": "08:00", "ends": "09:00", "capacity": 3, **days}
    forms = [
        ("record-export", [], days),
        ("volunteer-certificate", [entry.number], days),
        ("volunteer-certificate", [entry.number], {**days, "from_on": "0001-01-01", "until_on": "9999-12-31"}),
        ("volunteer-insure", [entry.number], {"until": day}),
        ("volunteer-merit", [entry.number], {"kind": "training", "title": "急救", "on": day}),
        ("activity-series", [activity.number], week),
        ("activity-shift", [activity.number], {"on": day, "begins": "08:00", "ends": "09:00", "capacity": 3}),
        ("activity-record", [activity.number], {"number": entry.number, "on": day, "begins": "08:00", "ends": "09:00"}),
    ]
    for name, args, data in forms:
        assert client.post(reverse(f"volunteers:{name}", args=args), data).status_code == 422, name


# ---- jumps of the clock ----
def test_a_sweep_that_comes_late_reminds_once(district, people):
    hours(district, people, stage.volunteer(district, people))
    late = timezone.now() + timedelta(days=26)
    assert [confirming.tell_unconfirmed(at=late) for _run in range(2)] == [1, 0]
    assert Event.objects.filter(name="record.reminded").count() <= 1


def test_who_takes_on_what_was_wanted_long_ago_is_not_reminded_at_once():
    now = timezone.now()
    assert remind_at(date(2026, 1, 1), now) > now + timedelta(hours=1)
