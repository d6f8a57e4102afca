"""Neighbours help each other: every move, who may, matching, two at once, phone and paper, what follows a person."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.actors import SYSTEM
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services.residents import erase_resident, merge_residents, move_resident
from tests import volunteer_stage as stage
from tests.aid_stage import SAID, Pair, for_elder, verified
from tests.parallel import at_once
from volunteers.lifecycle.aid import AID_FITS, AID_MOVES, AidChannel, AidKind, AidState, Reach, Slot
from volunteers.models import Account, AidLine, AidNeed, PhoneCall, ServiceRecord
from volunteers.selectors import aid as selectors
from volunteers.services import registration
from volunteers.services.aid import doing, matching, needs, offers, sweep
from volunteers.services.aid.needs import Wish
from volunteers.services.aid.offers import OfferFacts
from volunteers.services.calls import write_call
from volunteers.services.insurance import insure
from volunteers.services.records import confirming

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(district, people):
    return Pair(district, people)


def moves(pair, need):
    """Every verb, by somebody who may as long as the state allows it."""
    lead, start = pair.people.community_lead, timezone.now() - timedelta(hours=23, minutes=30)
    return {
        "take": lambda: matching.take(need_id=need.pk, actor=pair.helps, volunteer_id=pair.helper.pk),
        "match": lambda: matching.match(need_id=need.pk, actor=lead, volunteer_id=pair.helper.pk),
        "share": lambda: matching.share(need_id=need.pk, actor=pair.helped),
        "give-back": lambda: matching.give_back(need_id=need.pk, actor=pair.helped),
        "finish": lambda: doing.finish(need_id=need.pk, actor=lead, starts_at=start, minutes=30),
        "confirm": lambda: doing.confirm(need_id=need.pk, actor=pair.helped),
        "dispute": lambda: doing.dispute(need_id=need.pk, actor=pair.helped, reason="没有来"),
        "decide": lambda: doing.decide(need_id=need.pk, actor=lead, decision="not_so", reason="两边都说没有来"),
        "credit": lambda: doing.credit(need_id=need.pk, actor=lead),
        "refuse": lambda: doing.refuse(need_id=need.pk, actor=lead, reason="查无此事"),
        "cancel": lambda: needs.cancel(need_id=need.pk, actor=pair.helped),
    }  # fmt: skip


def written() -> tuple:
    return (AidNeed.objects.count(), AidLine.objects.count(), ServiceRecord.objects.count(), Event.objects.count())


def test_every_step_fits_exactly_the_states_of_the_table(pair):
    assert set(AID_FITS) == set(moves(pair, AidNeed()))
    for state in AidState:
        need = pair.in_state(state)
        assert need.state == state
        before, kept = written(), AidNeed.objects.filter(pk=need.pk).values().get()
        for verb, fitting in AID_FITS.items():
            if state in fitting:
                with transaction.atomic():
                    reached = moves(pair, need)[verb]().state
                    assert reached == state or reached in AID_MOVES[state], (state, verb, reached)
                    transaction.set_rollback(True)
            else:
                with pytest.raises(RuleError):
                    moves(pair, need)[verb]()
            assert written() == before, (state, verb)
            assert AidNeed.objects.filter(pk=need.pk).values().get() == kept


def test_from_asking_to_points(pair):
    need = pair.done(minutes=90)
    assert (need.nudge_due_at - need.done_at).days == 3
    need = doing.confirm(need_id=need.pk, actor=pair.helped)
    assert need.state == "credited"
    assert (need.record.minutes, need.record.helped_id) == (90, pair.resident.pk)
    assert need.record.volunteer_id == pair.helper.pk
    assert Account.objects.get(resident=pair.helper.resident).balance == 1.5
    assert [line.kind for line in need.lines.order_by("pk")] == [
        "aid.asked", "aid.taken", "aid.done", "aid.confirmed", "aid.credited",
    ]  # fmt: skip
    assert selectors.both_share(timezone.now()) == selectors.Share(active=2, both=0)
    confirming.reverse(record_id=need.record_id, actor=pair.people.community_staff, reason="日期写错")
    assert Account.objects.get(resident=pair.helper.resident).balance == 0
    assert selectors.both_share(timezone.now()).active == 0


def test_whoever_helped_confirms_by_no_path(pair, people, district):
    """As the helped's account, at the desk, as second person, on the record's page, in the database."""
    staff = people.user("community_staff")
    helper = stage.volunteer(district, people, name="李干事", user=staff)
    actor = people.community_staff
    need = matching.take(need_id=pair.need().pk, actor=actor, volunteer_id=helper.pk)
    start = timezone.now() - timedelta(hours=3)
    need = doing.finish(need_id=need.pk, actor=actor, starts_at=start, minutes=60)
    for attempt in (
        lambda: doing.confirm(need_id=need.pk, actor=actor),
        lambda: doing.confirm_for(need_id=need.pk, actor=actor, word=SAID),
    ):
        before = written()
        with pytest.raises(NotAllowedError):
            attempt()
        assert written() == before
    doing.dispute(need_id=need.pk, actor=actor, reason="没有回音")
    with pytest.raises(NotAllowedError):
        doing.decide(need_id=need.pk, actor=actor, decision="so", reason="我来过")
    AidNeed.objects.filter(pk=need.pk).update(
        state="done", starts_at=F("starts_at") - timedelta(days=20), ends_at=F("ends_at") - timedelta(days=20)
    )
    need = doing.confirm(need_id=need.pk, actor=pair.helped)
    assert need.state == "confirmed"
    for attempt in (
        lambda: doing.credit(need_id=need.pk, actor=actor),
        lambda: confirming.approve(record_id=need.record_id, actor=actor),
        lambda: doing.credit(need_id=need.pk, actor=pair.helped),
    ):
        with pytest.raises(NotAllowedError):
            attempt()
    with pytest.raises(IntegrityError), transaction.atomic():
        AidNeed.objects.filter(pk=need.pk).update(confirmed_by_id=staff.pk)
    assert doing.credit(need_id=need.pk, actor=people.community_lead).state == "credited"


def test_nobody_helps_themselves_or_without_what_it_takes(pair, people, district):
    own = pair.helper
    need = needs.ask(actor=pair.helps, resident_id=own.resident_id, wish=Wish(AidKind.MEALS))
    risky = pair.need(kind=AidKind.REPAIRS)
    with pytest.raises(NotAllowedError):
        matching.take(need_id=need.pk, actor=pair.helps, volunteer_id=own.pk)
    for wanted, who in ((need, own), (risky, own)):
        with pytest.raises(RuleError):
            matching.match(need_id=wanted.pk, actor=people.community_lead, volunteer_id=who.pk)
    insure(volunteer_id=own.pk, actor=people.community_lead, until=timezone.localdate() + timedelta(days=9))
    assert matching.take(need_id=risky.pk, actor=pair.helps, volunteer_id=own.pk).state == "taken"
    registration.pause(volunteer_id=own.pk, actor=pair.helps)
    risky.refresh_from_db()
    assert (risky.state, risky.helper_id) == ("open", None)  # a break gives back what was taken on
    with pytest.raises(RuleError):
        matching.take(need_id=risky.pk, actor=pair.helps, volunteer_id=own.pk)


def test_bad_wishes_are_refused_with_a_sentence(pair):
    today = timezone.localdate()
    for wish in (
        Wish(AidKind.OTHER, "  "), Wish(AidKind.MEALS, "好" * 301), Wish("dancing"),
        Wish(AidKind.MEALS, wanted_on=today - timedelta(days=1)),
        Wish(AidKind.MEALS, wanted_on=today + timedelta(days=400)),
    ):  # fmt: skip
        with pytest.raises(RuleError):
            needs.ask(actor=pair.helped, resident_id=pair.resident.pk, wish=wish)
    wish = Wish(AidKind.MEALS)
    first, again = (needs.ask(actor=pair.helped, resident_id=pair.resident.pk, wish=wish) for _time in range(2))
    assert first == again
    with pytest.raises(NotAllowedError):
        needs.ask(actor=pair.helps, resident_id=pair.resident.pk, wish=Wish(AidKind.MEALS))
    begins = timezone.now() + timedelta(hours=1)
    taken = pair.taken()
    for starts_at, minutes in ((begins, 30), (timezone.now() - timedelta(hours=1), 90), (begins, 0)):
        with pytest.raises(RuleError):
            doing.finish(need_id=taken.pk, actor=pair.helps, starts_at=starts_at, minutes=minutes)


def test_more_than_eight_hours_a_month_wait_for_a_second_person(pair, people):
    month = timezone.localtime().replace(day=1, hour=8, minute=0, second=0, microsecond=0) - timedelta(days=10)
    begins = month.replace(day=1)
    for day, minutes in ((0, 240), (1, 240), (2, 30)):
        need = pair.taken()
        AidNeed.objects.filter(pk=need.pk).update(taken_at=begins - timedelta(days=1))
        need = doing.finish(need_id=need.pk, actor=pair.helps, starts_at=begins + timedelta(days=day), minutes=minutes)
        AidNeed.objects.filter(pk=need.pk).update(taken_at=begins)
        with pytest.MonkeyPatch.context() as patch:  # nothing is late here but what the pair has had
            patch.setattr("volunteers.services.records.proposing.is_late", lambda *_times: False)
            need = doing.confirm(need_id=need.pk, actor=pair.helped)
        assert need.state == ("confirmed" if day == 2 else "credited")
    balance = Account.objects.get(resident=pair.helper.resident).balance
    assert balance == 8
    doing.credit(need_id=need.pk, actor=people.community_staff)
    assert Account.objects.get(resident=pair.helper.resident).balance == Decimal("8.5")
    assert need.lines.filter(kind="aid.held").count() == 1


def test_a_second_yes_on_the_records_own_page_credits_as_well_and_a_no_ends_it(pair, people):
    first, second = pair.in_state("confirmed"), pair.in_state("confirmed")
    confirming.approve(record_id=first.record_id, actor=people.community_lead)
    confirming.reject(record_id=second.record_id, actor=people.community_lead, reason="查无此事")
    assert sweep.close_uncredited(at=timezone.now()) == 1
    assert sweep.close_uncredited(at=timezone.now()) == 0
    assert [AidNeed.objects.get(pk=one.pk).state for one in (first, second)] == ["credited", "refused"]


def test_the_community_decides_a_dispute_by_somebody_who_is_neither(pair, people):
    need = pair.in_state("disputed")
    for actor in (pair.helps, pair.helped, people.grid_worker):
        with pytest.raises(NotAllowedError):
            doing.decide(need_id=need.pk, actor=actor, decision="so", reason="是")
    with pytest.raises(RuleError):
        doing.decide(need_id=need.pk, actor=people.community_lead, decision="so", reason=" ")
    need = doing.decide(
        need_id=need.pk, actor=people.community_lead, decision="so", minutes=30, reason="两边说好半小时"
    )
    assert (need.state, need.record.minutes, need.confirmed_by_id) == (
        "credited", 30, people.user("community_lead").pk,
    )  # fmt: skip
    again = pair.in_state("disputed")
    again = doing.decide(need_id=again.pk, actor=people.community_lead, decision="again", reason="还没做完")
    assert (again.state, again.done_at) == ("taken", None)


def test_an_elder_without_a_phone_of_her_own(district, people):
    need = for_elder(district, people)
    assert (need.said_by, need.channel, need.asked_by_label) == ("女儿", "phone", people.community_staff.label)
    helper = verified(district, people)
    matching.match(need_id=need.pk, actor=people.grid_worker, volunteer_id=helper.pk, shares=True)
    assert set(PhoneCall.objects.values_list("reason", flat=True)) == {"verified", "taken"}
    start = timezone.now() - timedelta(hours=2)
    doing.finish(need_id=need.pk, actor=people.community_staff, starts_at=start, minutes=45)
    with pytest.raises(NotAllowedError):  # whoever wrote down the doing does not write down the yes
        doing.confirm_for(need_id=need.pk, actor=people.community_staff, word=SAID)
    with pytest.raises(RuleError):
        doing.confirm_for(need_id=need.pk, actor=people.grid_worker, word=doing.Word(AidChannel.PHONE, ""))
    need = doing.confirm_for(need_id=need.pk, actor=people.grid_worker, word=SAID)
    assert (need.state, need.confirmed_how, need.confirmed_with) == ("credited", "phone", "王奶奶")
    call = PhoneCall.objects.filter(reason="taken").get()
    write_call(call_id=call.pk, actor=people.grid_worker, note="她很高兴")
    with pytest.raises(RuleError):
        write_call(call_id=call.pk, actor=people.grid_worker)


def test_what_waits_is_told_once(pair, people, district):
    need, elder = pair.done(), for_elder(district, people, phone="13800001234")
    helper = verified(district, people)
    matching.match(need_id=elder.pk, actor=people.community_lead, volunteer_id=helper.pk)
    start = timezone.now() - timedelta(hours=2)
    doing.finish(need_id=elder.pk, actor=people.community_lead, starts_at=start, minutes=45)
    pair.need()
    later = timezone.now() + timedelta(days=3, minutes=1)
    assert (sweep.nudge(at=later), sweep.tell_untaken(at=later)) == (2, 1)
    assert (sweep.nudge(at=later), sweep.tell_untaken(at=later)) == (0, 0)
    assert Event.objects.filter(name="aid.nudged").count() == 2
    assert [call.need_id for call in PhoneCall.objects.filter(reason="nudge")] == [elder.pk]  # she has no account
    assert need.pk != elder.pk


def test_who_fits_by_nearness_kind_and_time(pair, people, district, django_assert_num_queries):
    wanted = timezone.localdate() + timedelta(days=1)
    while wanted.isoweekday() > 5:
        wanted += timedelta(days=1)
    need = pair.need(kind=AidKind.COMPANY, wanted_on=wanted, part="morning")
    near = verified(district, people, "甲某")
    same = verified(district, people, "乙某")
    far = verified(district, people, "丙某", area=district.branch)
    staff = people.community_staff
    for volunteer, facts in (
        (near, OfferFacts(AidKind.COMPANY, Reach.BUILDING, int(Slot.WEEKEND_MORNING))),
        (same, OfferFacts(AidKind.COMPANY, Reach.COMMUNITY, int(Slot.WEEKDAY_MORNING))),
        (far, OfferFacts(AidKind.COMPANY, Reach.COMMUNITY)),
        (pair.helper, OfferFacts(AidKind.MEALS, Reach.COMMUNITY)),
    ):
        offers.offer(actor=staff, volunteer_id=volunteer.pk, facts=facts)
    with django_assert_num_queries(1):
        found = selectors.matches_of(need)
    assert [one.offer.volunteer_id for one in found] == [same.pk, near.pk, far.pk]
    assert [one.fits_time for one in found] == [True, False, True]
    offers.offer(actor=staff, volunteer_id=far.pk, facts=OfferFacts(AidKind.COMPANY, Reach.COMPOUND))
    assert far.pk not in {one.offer.volunteer_id for one in selectors.matches_of(need)}
    with django_assert_num_queries(1):
        shown = selectors.open_needs(same)
    assert [(one.need.pk, one.fits) for one in shown] == [(need.pk, True)]
    assert [one.fits for one in selectors.open_needs(pair.helper)] == [False]


def test_needs_follow_a_person(pair, people, district):
    taken, opened = pair.taken(), pair.need()
    move_resident(actor=pair.helped, resident_id=pair.resident.pk, area=district.branch)
    opened.refresh_from_db()
    taken.refresh_from_db()
    assert (opened.building_id, taken.building_id) == (None, district.building.pk)
    with pytest.raises(RuleError):  # one of the two helps the other, so they are two people
        merge_residents(actor=SYSTEM, keep_id=pair.resident.pk, drop_id=pair.helper.resident_id, reason="同一人")
    done = pair.in_state("credited")
    erase_resident(actor=pair.helped, resident_id=pair.resident.pk)
    assert set(AidNeed.objects.filter(resident=pair.resident).values_list("state", "words")) == {
        ("cancelled", ""), ("credited", ""),
    }  # fmt: skip
    assert done.record.minutes == 60
    assert not AidLine.objects.filter(need=opened).exclude(text="").exists()


def test_the_contact_is_shown_when_both_agreed_and_while_one_helps(pair):
    need = pair.taken(shares=True)
    assert not need.is_shared
    need = matching.share(need_id=need.pk, actor=pair.helped)
    assert need.is_shared
    need = matching.give_back(need_id=need.pk, actor=pair.helped)
    assert (need.is_shared, need.helper_agreed_at) == (False, None)


@pytest.mark.django_db(transaction=True)
def test_two_neighbours_at_once_one_wins(district, people):
    pair = Pair(district, people)
    need = pair.need()
    others = [stage.neighbour(district, people, name) for name in ("钱一", "孙二", "李三", "吴四")]
    queue = iter(others)

    def attempt():
        volunteer, actor = next(queue)
        try:
            matching.take(need_id=need.pk, actor=actor, volunteer_id=volunteer.pk)
        except RuleError:
            return 0
        return 1

    assert sorted(at_once(len(others), attempt)) == [0, 0, 0, 1]
    assert AidLine.objects.filter(need=need, kind="aid.taken").count() == 1
    done = doing.finish(need_id=need.pk, actor=SYSTEM, starts_at=timezone.now() - timedelta(hours=1), minutes=30)

    def confirm():
        try:
            doing.confirm(need_id=done.pk, actor=actor_for(pair.user))
        except RuleError:
            return 0
        return 1

    assert sorted(at_once(3, confirm)) == [0, 0, 1]
    assert ServiceRecord.objects.count() == 1
