"""What an attacker tried with hours, points, links, orders and rewards: each stays refused."""

from datetime import timedelta
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
from tests.aid_stage import SAID, Pair, for_elder, verified
from tests.factories import make_post
from tests.parallel import attempts
from tests.representative_steps import doors, linked, ordered, serving
from tests.test_volunteers_incentives import proposed as reward_proposed
from tests.test_volunteers_incentives import take
from volunteers.lifecycle.aid import CallReason
from volunteers.lifecycle.incentives import INCENTIVE_GRANTED, IncentiveState
from volunteers.lifecycle.orders import OrderState
from volunteers.lifecycle.points import GiftState, GiftTo
from volunteers.lifecycle.representatives import EndReason
from volunteers.models import Account, AidNeed, Gift, HelpOrder, Incentive, Lot, PhoneCall, SignUp, Volunteer
from volunteers.policies import links as link_policies
from volunteers.policies import orders as order_policies
from volunteers.policies import points as point_policies
from volunteers.selectors.aid import open_calls
from volunteers.selectors.orders import orders_visible_to
from volunteers.selectors.points import redeemed_in_month
from volunteers.services import exports, registration
from volunteers.services.aid import doing, matching
from volunteers.services.aid.sweep import remind
from volunteers.services.points import expiring, gifts, rewards
from volunteers.services.points.booking import account_of
from volunteers.services.points.earning import take_back
from volunteers.services.points.gifts import Wish
from volunteers.services.points.reconciling import reconcile
from volunteers.services.records import confirming
from volunteers.services.records.proposing import Stretch, propose
from volunteers.services.registration import Offer
from volunteers.services.representatives import cards, orders, terms

pytestmark = pytest.mark.django_db


def hours(district, people, entry, *, ago=3, actor=None):
    """Two hours of service, proposed."""
    begins = stage.ago(hours=ago)
    return propose(
        actor=actor or people.community_staff,
        volunteer_id=entry.pk,
        activity_id=stage.activity(district, people).pk,
        stretch=Stretch(begins, begins + timedelta(hours=2)),
    )


def join(people, keep, drop, who="community_staff"):
    return residents.merge_residents(
        actor=getattr(people, who), keep_id=keep.pk, drop_id=drop.pk, reason="本人到场确认"
    )


# ---- one's own hours, by a second record of oneself ----
def test_a_second_record_does_not_hide_who_confirmed(district, people):
    """At the counter as a volunteer, signed in as somebody else: joining the two is refused, whichever is kept."""
    staff = people.user("community_staff")
    own = residents.register_self(user=staff, facts=PersonFacts("张小明"), area=district.building)
    entry = stage.volunteer(district, people, name="张小明")
    record = hours(district, people, entry)
    confirming.confirm(record_id=record.pk, actor=people.community_staff)
    for keep, drop in ((entry.resident, own), (own, entry.resident)):
        for who in ("community_staff", "community_lead"):  # nobody joins their own record either
            with pytest.raises(RuleError):
                join(people, keep, drop, who)
    assert Resident.objects.filter(merged_into=None).count() == 2


def test_nobody_takes_a_neighbours_points_by_joining_them_with_oneself(district, people):
    staff = people.user("community_staff")
    own = residents.register_self(user=staff, facts=PersonFacts("张某"), area=district.building)
    other = points.neighbour(people, district)
    points.earn(other, 240)
    with pytest.raises(RuleError):
        join(people, own, other)
    assert (points.balance(own), points.balance(other)) == (0, 4)


def test_an_account_that_confirmed_the_hours_does_not_become_the_person(district, people):
    staff = people.user("community_staff")
    facts = PersonFacts("张小明", "19900000031")
    who = residents.register_for(actor=people.community_staff, facts=facts, area=district.building)
    entry = registration.apply(actor=people.community_staff, resident_id=who.pk, offer=Offer())
    registration.verify(volunteer_id=entry.pk, actor=people.community_lead)
    record = hours(district, people, entry)
    confirming.confirm(record_id=record.pk, actor=people.community_staff)
    staff.phone, staff.phone_verified = "19900000031", True  # later on
    staff.save()
    with pytest.raises(RuleError):
        residents.register_self(user=staff, facts=PersonFacts("张小明"), area=district.building)
    confirming.reverse(record_id=record.pk, actor=people.community_lead, reason="本人确认了自己的工时")
    assert residents.register_self(user=staff, facts=PersonFacts("张小明"), area=district.building) == who


def test_who_was_helped_is_not_the_second_person(district, people):
    staff = people.user("community_staff")
    pair = Pair(district, people, user=staff)
    need = pair.done()
    past = timedelta(days=20)
    AidNeed.objects.filter(pk=need.pk).update(starts_at=need.starts_at - past, ends_at=need.ends_at - past)
    need = doing.confirm_for(need_id=need.pk, actor=people.community_lead, word=SAID)
    with pytest.raises(NotAllowedError):
        confirming.approve(record_id=need.record_id, actor=people.community_staff)


def test_a_guardian_confirms_nothing_of_before_the_eighteenth_birthday(district, people):
    parent, today = people.user("community_staff"), timezone.localdate()
    residents.register_self(user=parent, facts=PersonFacts("张父"), area=district.building)
    eighteen_ago = today.replace(year=today.year - 18, day=min(today.day, 28) if today.month == 2 else today.day)
    facts = PersonFacts("张子", born_on=eighteen_ago + timedelta(days=1))
    child = residents.register_ward(user=parent, facts=facts, area=district.building)
    entry = registration.apply(actor=people.community_staff, resident_id=child.pk, offer=Offer())
    registration.verify(volunteer_id=entry.pk, actor=people.community_lead)
    record = hours(district, people, entry)
    Resident.objects.filter(pk=child.pk).update(born_on=eighteen_ago)
    with pytest.raises(NotAllowedError):  # grown up an hour ago
        confirming.confirm(record_id=record.pk, actor=people.community_staff)


# ---- joining records ----
def test_children_keep_their_guardian_when_the_guardian_is_joined(district, people):
    parent = people.user("community_staff")
    first = residents.register_self(user=parent, facts=PersonFacts("张父"), area=district.building)
    child = residents.register_ward(
        user=parent,
        facts=PersonFacts("张子", born_on=timezone.localdate() - timedelta(days=4000)),
        area=district.building,
    )
    kept = residents.register_for(actor=people.community_lead, facts=PersonFacts("张父"), area=district.building)
    join(people, kept, first, "community_lead")
    child.refresh_from_db()
    assert child.guardian_id == kept.pk
    with pytest.raises(RuleError):  # parent and child are two people
        join(people, kept, child, "community_lead")
    again = residents.register_for(actor=people.community_lead, facts=PersonFacts("张子"), area=district.building)
    join(people, again, child, "community_lead")
    again.refresh_from_db()
    assert (again.born_on, again.guardian_id) == (child.born_on, kept.pk)
    assert again.guardian_agreed_at is not None


def test_a_debt_follows_whoever_owes_it(district, people):
    first, second = points.neighbour(people, district), points.neighbour(people, district, name="张晓明")
    points.earn(second, 240, source="record:9001")
    join(people, first, second)
    take_back(source="record:9001", by=people.community_lead)
    assert points.balance(first) == 0
    points.earn(first, 60, source="record:9002")
    take_back(source="record:9002", by=people.community_lead)
    assert points.balance(first) == 0
    assert Account.objects.filter(owed__gt=0).count() == 0
    assert reconcile(at=timezone.now()).is_clean


def test_joining_does_not_begin_the_month_anew(district, people):
    first, second, third = (points.neighbour(people, district, name=name) for name in ("张小明", "张晓明", "张小鸣"))
    for one in (first, second, third):
        points.earn(one, 240)
    for one in (second, third):
        points.take(people, one, points.offer(people, district))
    join(people, second, third)
    join(people, first, second)
    assert redeemed_in_month(account_of(first), timezone.localdate()) == 4


def test_gifts_of_two_records_of_one_person(district, people):
    first, second = points.neighbour(people, district), points.neighbour(people, district, name="张晓明")
    other = points.neighbour(people, district, name="王母", phone="")
    for one in (first, second, other):
        points.earn(one, 120)
    to = {"actor": people.community_staff}
    wish = Wish(GiftTo.PARENT, Decimal(1), second.pk)
    to_self = gifts.ask_gift(account_id=account_of(first).pk, wish=wish, **to)
    both = gifts.ask_gift(account_id=account_of(second).pk, wish=Wish(GiftTo.POOL, Decimal(1)), **to)
    coming = gifts.ask_gift(account_id=account_of(other).pk, wish=wish, **to)
    join(people, first, second)
    states = [Gift.objects.get(pk=one.pk).state for one in (to_self, both)]
    assert states == [GiftState.REFUSED, GiftState.ASKED]
    gifts.decide_gift(gift_id=coming.pk, actor=people.community_lead, agreed=True)
    assert points.balance(first) == 5
    assert reconcile(at=timezone.now()).is_clean


def test_a_seat_freed_by_joining_goes_to_who_waits(district, people):
    first, second = stage.volunteer(district, people, name="张小明"), stage.volunteer(district, people, name="张晓明")
    waits = stage.volunteer(district, people, name="王某")
    made = stage.shift(stage.activity(district, people), people, capacity=2)
    for entry in (first, second, waits):
        stage.seat(made, entry, people.community_staff)
    join(people, first.resident, second.resident)
    made.refresh_from_db()
    assert (made.taken, SignUp.objects.get(volunteer=waits).state) == (2, "booked")
    # the one entry waits, the other has a seat: it is kept
    third = stage.volunteer(district, people, name="张小名")
    full = stage.shift(stage.activity(district, people), people, hours=48, capacity=1)
    stage.seat(full, third, people.community_staff)
    stage.seat(full, first, people.community_staff)
    join(people, first.resident, third.resident)
    full.refresh_from_db()
    assert (full.taken, SignUp.objects.get(volunteer=first, shift=full).state) == (1, "booked")


# ---- points of people who are gone, and of one's own family ----
def test_points_of_somebody_forgotten_are_nobodys_to_spend(district, people):
    who, reward = points.neighbour(people, district), points.offer(people, district, price=1, stock=5)
    points.earn(who, 240)
    asked = points.gift(people, who)
    residents.erase_resident(actor=people.community_staff, resident_id=who.pk)
    with pytest.raises(RuleError):
        points.take(people, who, reward)
    with pytest.raises(RuleError):
        gifts.decide_gift(gift_id=asked.pk, actor=people.community_lead, agreed=True)
    with pytest.raises(RuleError):
        gifts.ask_gift(actor=people.community_staff, account_id=account_of(who).pk, wish=Wish(GiftTo.POOL, Decimal(1)))


def test_nobody_hands_out_or_agrees_for_their_own_child(district, people):
    parent = people.user("community_staff")
    residents.register_self(user=parent, facts=PersonFacts("张父"), area=district.building)
    facts = PersonFacts("张子", born_on=timezone.localdate() - timedelta(days=4000))
    child = residents.register_ward(user=parent, facts=facts, area=district.building)
    points.earn(child, 240)
    taken = points.take(people, child, points.offer(people, district), who="community_lead")
    assert not point_policies.can_hand_out(people.community_staff, taken)
    with pytest.raises(NotAllowedError):
        rewards.hand_out(redemption_id=taken.pk, actor=people.community_staff)
    wish = Wish(GiftTo.POOL, Decimal(1))
    gift = gifts.ask_gift(actor=people.community_lead, account_id=account_of(child).pk, wish=wish)
    with pytest.raises(NotAllowedError):
        gifts.decide_gift(gift_id=gift.pk, actor=people.community_staff, agreed=True)


def test_what_expires_soon_is_told_once_with_the_right_notice(district, people):
    who = points.neighbour(people, district)
    points.earn(who, 60)
    today = timezone.localdate()
    Lot.objects.update(expires_on=today + timedelta(days=10))
    assert [expiring.tell_expiring(at=timezone.now()) for _run in range(2)] == [1, 0]
    assert Event.objects.get(name="points.expiring").payload["days"] == 15


# ---- representatives ----
def test_a_term_that_rests_or_ended_reads_no_doors(client, district, people):
    term, homes = serving(district, people), doors(district, people, 3)
    (link, *_more) = linked(term, people, homes)
    user = term.resident.user
    own = actor_for(user)
    open_one, taken = ordered(homes[0], people), ordered(homes[1], people, OrderState.TAKEN, actor=own)
    done = ordered(homes[2], people, OrderState.CONFIRMED, actor=own)
    assert set(orders_visible_to(own)) == {open_one, taken, done}
    terms.suspend(representative_id=term.pk, actor=people.community_lead, reason="搬走了")
    own = actor_for(user)
    link.refresh_from_db()
    assert not link_policies.can_answer_for(own, link)
    assert set(orders_visible_to(own)) == {taken}  # what they promised themselves, until it is done
    waiting = HelpOrder.objects.get(pk=open_one.pk)
    assert (order_policies.can_take(own, waiting), order_policies.can_take(people.grid_worker, waiting)) == (
        False,
        True,
    )
    with pytest.raises(NotAllowedError):
        cards.issue_card(household_id=homes[0].pk, actor=own)
    client.force_login(user)
    page = client.get(reverse("volunteers:my-households")).content.decode()
    assert "搬走了" in page
    assert homes[0].door not in page.replace(open_one.number, "")
    terms.end(representative_id=term.pk, actor=people.community_lead, reason=EndReason.MOVED)
    assert not orders_visible_to(actor_for(user)).exists()
    for order in (open_one, taken, done):
        assert client.get(reverse("volunteers:order-detail", args=[order.number])).status_code == 404


def test_an_order_not_done_after_all_waits_for_somebody_again(district, people):
    term, (home,) = serving(district, people), doors(district, people, 1)
    linked(term, people, [home])
    order = ordered(home, people, OrderState.DONE, actor=actor_for(term.resident.user))
    terms.end(representative_id=term.pk, actor=people.community_lead, reason=EndReason.MOVED)
    orders.confirm_by_card(order_id=order.pk, household_id=home.pk, is_done=False)
    order.refresh_from_db()
    assert (order.state, order.taken_by_id, order.finish_due_at) == (OrderState.PLACED, None, None)
    assert order_policies.can_take(people.grid_worker, order)


def test_whoever_took_an_order_does_not_confirm_it(district, people):
    (home,) = doors(district, people, 1)
    order = ordered(home, people, OrderState.TAKEN, actor=people.community_staff)
    orders.finish(order_id=order.pk, actor=people.community_lead, result="已换")
    with pytest.raises(NotAllowedError):
        orders.confirm_for(order_id=order.pk, actor=people.community_staff, is_done=True)


# ---- rewards ----
@pytest.mark.django_db(transaction=True)
def test_two_grant_one_reward_at_once(district, people):
    """One grants, the other reads that it is granted; and nobody takes two of the four steps by a second post."""
    second = people.users["second"] = make_post("district_duty").user
    both = people.users["both"] = make_post("street_lead", area=district.street).user
    make_post("district_duty", user=both)
    term = serving(district, people)
    row = reward_proposed(term, people)
    first, other = people.district_duty, actor_for(second)
    take("check", row.pk, people, people.both)
    row = put_on(row, people)
    acts = [lambda by=by: take("grant", row.pk, people, by, budget_line=f"线 {by.user_id}") for by in (first, other)]
    own = actor_for(both)
    found = attempts(*acts, lambda: take("grant", row.pk, people, own))
    assert found.count("done") == 1
    assert set(found) <= {"done", "RuleError", "NotAllowedError"}
    row.refresh_from_db()
    assert row.closed_by_id in {first.user_id, other.user_id}
    assert row.budget_line == f"线 {row.closed_by_id}"
    assert Event.objects.filter(name=INCENTIVE_GRANTED, subject_id=row.pk).count() == 1
    assert Incentive.objects.filter(budget_line=row.budget_line, state=IncentiveState.GRANTED).count() == 1
    # the same person at the same moment with both posts: looks once, and hangs nothing out
    again = reward_proposed(term, people)
    found = attempts(
        lambda: take("check", again.pk, people, own),
        lambda: take("check", again.pk, people, own),
        lambda: take("notice", again.pk, people, own),
    )
    assert found.count("done") == 1
    again.refresh_from_db()
    assert (again.state, again.noticed_by_id) == (IncentiveState.CHECKED, None)


def put_on(row, people):
    take("notice", row.pk, people)
    Incentive.objects.filter(pk=row.pk).update(notice_until=timezone.now())
    return Incentive.objects.get(pk=row.pk)


# ---- what leaves the portal, and what is typed ----
def test_names_in_clear_only_of_the_community_one_answers_for(district, people):
    lead = make_post("community_secretary", area=district.far_community)
    make_post("community_staff", area=district.community, user=lead.user)
    entry = stage.volunteer(district, people, name="张小明")
    confirming.confirm(record_id=hours(district, people, entry).pk, actor=people.community_staff)
    today = timezone.localdate()
    for in_clear, rows in ((False, 1), (True, 0)):
        excerpt = exports.Excerpt(today - timedelta(days=2), today, "上报", in_clear)
        found = list(exports.export_records(actor=actor_for(lead.user), excerpt=excerpt, kind="csv"))
        assert len(found) == rows
        assert "张小明" not in str(found)


def test_a_time_that_is_none_is_not_now(client, district, people):
    entry = stage.volunteer(district, people)
    made = stage.shift(stage.activity(district, people), people, hours=0.2)
    seat = stage.seat(made, entry, people.community_staff)
    client.force_login(people.user("community_staff"))
    client.post(reverse("volunteers:shift-list", args=[made.pk]), {"verb": "came", "seat": seat.pk, "at": "二十五点"})
    seat.refresh_from_db()
    assert seat.came_at is None


# ---- nobody is forgotten ----
def test_a_helper_without_account_and_phone_is_reminded_by_the_desk(district, people):
    helper, need = verified(district, people), for_elder(district, people)
    matching.match(need_id=need.pk, actor=people.community_staff, volunteer_id=helper.pk)
    late = timezone.now() + timedelta(days=3, minutes=1)
    assert [remind(at=late), remind(at=late)] == [1, 0]
    call = PhoneCall.objects.get(resident=helper.resident, reason=CallReason.REMIND)
    assert call in open_calls(people.grid_worker)
    matching.give_back(need_id=need.pk, actor=people.community_staff, reason="来不了")
    assert call not in open_calls(people.grid_worker)
    assert Volunteer.objects.get(pk=helper.pk).resident.phone is None
