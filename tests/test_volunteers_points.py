"""The ledger of points: always zero together, never negative, never changed afterwards; hours stay what they are."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.actors import SYSTEM
from neighborhoods.models import Resident
from neighborhoods.services import residents
from tests.factories import UserFactory
from tests.parallel import at_once
from tests.points_stage import balance, earn, neighbour, offer, take
from volunteers.lifecycle.points import AccountKind, EntryKind, GiftState, GiftTo, RedemptionState
from volunteers.models import Account, Gift, Lot, PointsEntry, PointsLine, PointsRule, Redemption, Reward
from volunteers.selectors.points import expiring_of, redeemed_in_month, statement_of
from volunteers.services.points import earning, expiring, gifts, reconciling, rewards
from volunteers.services.points.booking import Movement, account_for, account_of, book
from volunteers.services.points.gifts import Wish
from volunteers.services.points.rewards import RewardFacts

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def assert_sound() -> None:
    """What must hold after anything at all."""
    assert PointsLine.objects.aggregate(total=Sum("amount"))["total"] in {None, Decimal(0)}
    for account in Account.objects.filter(kind__in=["person", "pool"]):
        lines = account.lines.aggregate(total=Sum("amount"))["total"] or 0
        left = account.lots.aggregate(total=Sum("left"))["total"] or 0
        newest = statement_of(account).first()
        assert account.balance == lines == left >= 0
        assert newest is None or newest.balance == account.balance
    assert reconciling.reconcile(at=timezone.now()).is_clean


# ---- earning ----
@pytest.mark.parametrize(
    ("minutes", "is_hard", "points"),
    [
        (14, False, "0"),
        (15, False, "0.25"),
        (59, False, "0.75"),
        (60, True, "1.20"),
        (75, True, "1.50"),
        (500, False, "4"),
    ],
)
def test_points_of_minutes_are_whole_quarters_up_to_four_hours(minutes, is_hard, points):
    assert earning.points_of(minutes, PointsRule(), is_hard=is_hard) == Decimal(points)


def test_the_rule_of_the_day_of_service_counts(people, district):
    PointsRule.objects.create(valid_from=date(2026, 12, 1), per_hour=Decimal(2))
    resident = neighbour(people, district)
    earn(resident)
    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        earning.earn(resident_id=resident.pk, source="a", minutes=60, served_at=NOW, by=SYSTEM)
        earning.earn(resident_id=resident.pk, source="b", minutes=60, served_at=timezone.now(), by=SYSTEM)
    assert balance(resident) == 4
    assert_sound()


def test_a_source_earns_once(people, district):
    resident = neighbour(people, district)
    first, second = earn(resident, source="record:1"), earn(resident, source="record:1")
    assert (first, balance(resident)) == (second, 1)
    assert Event.objects.filter(name="points.booked").count() == 1
    assert earn(resident, minutes=10) is None


@pytest.mark.django_db(transaction=True)
def test_the_same_source_ten_times_at_once_earns_once(people, district):
    resident = neighbour(people, district)
    account_of(resident)
    account_for(AccountKind.ISSUED)
    at_once(10, lambda: earn(resident, source="record:1") and None)
    assert balance(resident) == 1
    assert_sound()


@pytest.mark.parametrize(("start", "months", "end"), [
    (date(2026, 1, 31), 1, date(2026, 2, 28)),
    (date(2024, 2, 29), 24, date(2026, 2, 28)),
    (date(2026, 11, 26), 24, date(2028, 11, 26)),
    (date(2026, 12, 15), 1, date(2027, 1, 15)),
])  # fmt: skip
def test_months_end_where_the_calendar_does(start, months, end):
    assert earning.months_after(start, months) == end


# ---- nobody writes the ledger by hand ----
def test_lines_are_never_changed_and_always_add_up(people, district):
    entry, account = earn(neighbour(people, district)), Account.objects.get(kind="person")
    for write in (
        lambda: PointsLine.objects.update(amount=5),
        lambda: PointsLine.objects.all().delete(),
        lambda: PointsEntry.objects.update(note="x"),
        lambda: Account.objects.filter(pk=account.pk).update(balance=-1),
        lambda: Lot.objects.update(left=-1),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    with pytest.raises(IntegrityError), transaction.atomic():
        _one_sided(entry, account)
    with pytest.raises(ValueError, match="zero"):
        book(Movement(EntryKind.EARNED, "x", {account.pk: Decimal(1)}, NOW), SYSTEM)
    assert_sound()


def _one_sided(entry: PointsEntry, account: Account) -> None:
    PointsLine.objects.create(entry=entry, account=account, amount=3, balance=4)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the end of a transaction


def test_a_difference_is_found_and_told(people, district):
    earn(neighbour(people, district))
    assert reconciling.reconcile(at=NOW).is_clean
    Account.objects.filter(kind="person").update(balance=7)
    found = reconciling.reconcile(at=NOW)
    person = Account.objects.get(kind="person").pk
    assert (found.off_accounts, found.off_lots, found.total, found.lines) == ([person], [person], 0, 2)
    assert Event.objects.filter(name="points.unbalanced").count() == 1


def test_the_count_takes_all_shares_together(people, district):
    residents = [neighbour(people, district, name=f"邻居{n}", phone=f"1380000{n:04}") for n in range(12)]
    for n, resident in enumerate(residents):
        earn(resident, source=f"record:{n}")
    accounts = list(Account.objects.filter(kind="person").order_by("pk").values_list("pk", flat=True))
    shares = reconciling._shares()
    assert len(shares) > reconciling.SHARES
    assert (shares[0][0], shares[-1][1]) == (0, reconciling._END)
    Account.objects.filter(pk__in=accounts[::5]).update(balance=7)
    found = reconciling.reconcile(at=NOW)
    assert (found.off_accounts, found.off_lots) == (accounts[::5], accounts[::5])
    assert (found.lines, found.total) == (24, 0)


# ---- taking back ----
def test_a_record_taken_back_takes_its_points_and_what_is_gone_is_set_off_later(people, district):
    resident = neighbour(people, district)
    earn(resident, 60, "record:1")
    earn(resident, 120, "record:2")
    take(people, resident, offer(people, district, price=2))
    assert balance(resident) == 1
    for _twice in range(2):
        earning.take_back(source="record:2", by=SYSTEM, note="时长写错")
    account = account_of(resident)
    assert (account.balance, account.owed) == (0, 1)
    earn(resident, 90)
    account.refresh_from_db()
    assert (account.balance, account.owed) == (Decimal("0.5"), 0)
    assert earning.take_back(source="record:9", by=SYSTEM) is None
    assert_sound()


# ---- expiring ----
def test_points_expire_the_oldest_first_after_two_notices(people, district):
    resident = neighbour(people, district)
    earn(resident, 120)
    with time_machine.travel(NOW + timedelta(days=300), tick=False):
        earn(resident, 60)
        reward = offer(people, district, price=1)
        take(people, resident, reward)
    (old, _new) = Lot.objects.order_by("pk")
    assert (old.left, old.expires_on) == (1, date(2028, 11, 26))
    for days, told in ((61, 0), (60, 1), (59, 0), (15, 1), (14, 0), (1, 0)):
        assert expiring.tell_expiring(at=datetime(2028, 11, 26, 2, tzinfo=UTC) - timedelta(days=days)) == told
    day = datetime(2028, 11, 26, 2, tzinfo=UTC)
    with time_machine.travel(day, tick=False):
        assert [expiring.expire_points(at=day) for _n in range(2)] == [1, 0]
        assert balance(resident) == 1
        assert len(expiring_of(account_of(resident), date(2029, 9, 1), 60)) == 1
        assert_sound()


def test_what_expired_is_spent_by_nobody_though_no_sweep_came(people, district):
    resident, parent = neighbour(people, district), neighbour(people, district, name="张某", phone="")
    earn(resident, 120)
    giver = account_of(resident)
    wish = Wish(GiftTo.PARENT, Decimal(2), receiver_id=parent.pk)
    asked = gifts.ask_gift(actor=people.community_staff, account_id=giver.pk, wish=wish)
    with time_machine.travel(datetime(2028, 11, 26, 2, tzinfo=UTC), tick=False):
        reward = offer(people, district, price=1)
        for spend in (
            lambda: take(people, resident, reward),
            lambda: gifts.decide_gift(gift_id=asked.pk, actor=people.community_lead, agreed=True),
        ):
            with pytest.raises(RuleError, match="积分不够"), transaction.atomic():
                spend()
        assert balance(resident) == 2  # a refusal writes nothing
        assert expiring.expire_points(at=timezone.now()) == 1
    assert balance(resident) == balance(parent) == 0
    assert_sound()


# ---- redeeming ----
def test_a_reward_is_reserved_handed_over_or_goes_back(people, district):
    resident, reward = neighbour(people, district), offer(people, district, stock=3)
    earn(resident, 240)
    key = uuid.uuid4()
    first = take(people, resident, reward, key)
    assert take(people, resident, reward, key) == first
    reward.refresh_from_db()
    assert (reward.stock, balance(resident)) == (2, 2)
    rewards.hand_out(redemption_id=first.pk, actor=people.community_lead)
    second = take(people, resident, reward)
    with pytest.raises(RuleError):
        take(people, resident, reward)  # not enough points
    rewards.cancel(redemption_id=second.pk, actor=people.community_staff)
    third = take(people, resident, reward)
    late = NOW + timedelta(hours=48, minutes=1)
    assert [rewards.lapse_reserved(at=at) for at in (NOW + timedelta(hours=48), late, late)] == [0, 1, 0]
    reward.refresh_from_db()
    third.refresh_from_db()
    assert (reward.stock, balance(resident), third.state) == (2, 2, RedemptionState.LAPSED)
    assert redeemed_in_month(account_of(resident), date(2026, 11, 26)) == 2
    for act in (rewards.cancel, rewards.hand_out):
        with pytest.raises(RuleError):
            act(redemption_id=third.pk, actor=people.community_staff)
    assert_sound()


def test_what_came_back_expires_when_it_would_have(people, district):
    resident, reward = neighbour(people, district), offer(people, district)
    earn(resident, 120)
    redemption = take(people, resident, reward)
    end = datetime(2028, 11, 26, 2, tzinfo=UTC)
    with time_machine.travel(end, tick=False):
        rewards.cancel(redemption_id=redemption.pk, actor=people.community_staff)
        assert balance(resident) == 2
        assert expiring.expire_points(at=end) == 1
        assert balance(resident) == 0
        assert_sound()


def test_the_month_has_a_cap(people, district):
    resident, reward = neighbour(people, district), offer(people, district, price=150, stock=5)
    for _n in range(100):
        earn(resident, 240)
    take(people, resident, reward)
    with pytest.raises(RuleError, match="200"):
        take(people, resident, reward)
    with time_machine.travel(NOW + timedelta(days=6), tick=False):
        take(people, resident, reward)
    assert_sound()


def test_on_paper_two_people_sign(people, district):
    resident, reward = neighbour(people, district), offer(people, district)
    earn(resident, 120)
    redemption = take(people, resident, reward, is_on_paper=True)
    hand = {"redemption_id": redemption.pk, "actor": people.community_lead}
    for signed_by, witness in (("", ""), ("张小明", ""), ("张小明", "张小明")):
        with pytest.raises(RuleError):
            rewards.hand_out(**hand, signed_by=signed_by, witness=witness)
    assert rewards.hand_out(**hand, signed_by="张小明", witness="李某").state == RedemptionState.COLLECTED


def test_who_may(people, district):
    resident, reward = neighbour(people, district), offer(people, district)
    earn(resident, 120)
    for who in ("outsider", "branch_secretary", "department_clerk", "nobody"):
        with pytest.raises(NotAllowedError):
            take(people, resident, reward, who=who)
        with pytest.raises(NotAllowedError):
            rewards.set_reward(actor=getattr(people, who), area=district.community, facts=RewardFacts("米", 1, 1))
    far = neighbour(people, district, name="远某", phone="10000000009")
    Resident.objects.filter(pk=far.pk).update(community_id=district.other_community.pk)
    earn(far, 120)
    user = UserFactory()
    Resident.objects.filter(pk=far.pk).update(user=user)
    people.users["far_neighbour"] = user
    with pytest.raises(RuleError):
        take(people, far, reward, who="far_neighbour")
    own = people.user("community_staff")
    Resident.objects.filter(pk=resident.pk).update(user=own)
    redemption = take(people, resident, reward)
    with pytest.raises(NotAllowedError):  # nobody hands a reward to themselves
        rewards.hand_out(redemption_id=redemption.pk, actor=people.community_staff)
    assert Reward.objects.count() == 1


def _tried(act) -> str:
    try:
        act()
    except RuleError:
        return "refused"
    return "done"


@pytest.mark.django_db(transaction=True)
def test_the_same_points_and_the_last_thing_go_once(people, district):
    resident = neighbour(people, district)
    earn(resident, 120)
    plenty = offer(people, district, stock=50)
    done = at_once(8, lambda: _tried(lambda: take(people, resident, plenty)))
    assert sorted(done) == ["done"] + ["refused"] * 7
    last = offer(people, district, price=1, stock=1)
    others = [neighbour(people, district, name=f"邻{n}", phone=f"1000000010{n}") for n in range(6)]
    for one in others:
        earn(one, 60)
    queue = list(others)
    done = at_once(6, lambda: _tried(lambda: take(people, queue.pop(), last)))
    assert sorted(done) == ["done"] + ["refused"] * 5
    last.refresh_from_db()
    assert (last.stock, Redemption.objects.filter(reward=last).count()) == (0, 1)
    assert_sound()


# ---- gifts ----
def test_a_gift_is_agreed_to_by_somebody_else_and_keeps_its_end(people, district):
    resident, parent = neighbour(people, district), neighbour(people, district, name="张某", phone="")
    earn(resident, 180)
    giver = account_of(resident)
    wish = Wish(GiftTo.PARENT, Decimal(2), receiver_id=parent.pk, reason="给母亲")
    gift = gifts.ask_gift(actor=people.community_staff, account_id=giver.pk, wish=wish)
    with pytest.raises(RuleError):
        gifts.ask_gift(actor=people.community_staff, account_id=giver.pk, wish=wish)
    with pytest.raises(NotAllowedError):
        gifts.decide_gift(gift_id=gift.pk, actor=people.community_staff, agreed=True)
    with pytest.raises(RuleError):
        gifts.decide_gift(gift_id=gift.pk, actor=people.community_lead, agreed=False)
    gifts.decide_gift(gift_id=gift.pk, actor=people.community_lead, agreed=True)
    assert (balance(resident), balance(parent)) == (1, 2)
    ends = set(Lot.objects.values_list("expires_on", flat=True))
    assert ends == {date(2028, 11, 26)}, "a gift does not make points younger"
    pool = gifts.ask_gift(actor=people.community_staff, account_id=giver.pk, wish=Wish(GiftTo.POOL, Decimal(1)))
    gifts.decide_gift(gift_id=pool.pk, actor=people.community_lead, agreed=True)
    assert account_for(AccountKind.POOL).balance == 1
    with time_machine.travel(NOW + timedelta(days=900), tick=False):
        expiring.expire_points(at=timezone.now())
    assert account_for(AccountKind.POOL).balance == 1
    assert_sound()


def test_a_gift_to_nobody_or_of_nothing_is_refused(people, district):
    resident = neighbour(people, district)
    earn(resident, 60)
    account = account_of(resident)
    for wish in (
        Wish(GiftTo.SPOUSE, Decimal(1)),
        Wish(GiftTo.SPOUSE, Decimal(1), receiver_id=resident.pk),
        Wish(GiftTo.POOL, Decimal(0)),
        Wish(GiftTo.POOL, Decimal("-1")),
        Wish(GiftTo.POOL, Decimal(2)),
    ):
        with pytest.raises(RuleError):
            gifts.ask_gift(actor=people.community_staff, account_id=account.pk, wish=wish)
    with pytest.raises(NotAllowedError):
        gifts.ask_gift(actor=people.outsider, account_id=account.pk, wish=Wish(GiftTo.POOL, Decimal(1)))
    assert not Gift.objects.filter(state=GiftState.ASKED).exists()


# ---- what else happens ----
def test_two_records_of_one_person_have_one_account(people, district):
    first, second = neighbour(people, district), neighbour(people, district, name="张晓明")
    earn(first, 60)
    earn(second, 240)
    redemption = take(people, second, offer(people, district))
    residents.merge_residents(actor=people.community_staff, keep_id=first.pk, drop_id=second.pk, reason="本人来电确认")
    assert (balance(first), Account.objects.get(resident=second).balance) == (3, 0)
    rewards.cancel(redemption_id=redemption.pk, actor=people.community_lead)
    assert balance(first) == 5
    assert_sound()


def test_whoever_is_forgotten_leaves_the_sums_as_they_are(people, district):
    resident = neighbour(people, district)
    earn(resident, 60)
    residents.erase_resident(actor=people.community_staff, resident_id=resident.pk)
    assert balance(resident) == 1
    assert_sound()
