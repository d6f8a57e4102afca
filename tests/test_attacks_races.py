"""Several things at the same moment that get into each other's way: each is done or refused with a sentence."""

from datetime import timedelta

import pytest
from django.utils import timezone

from neighborhoods.actors import NOBODY
from neighborhoods.models import Resident
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services import residents
from tests import points_stage as points
from tests import volunteer_stage as stage
from tests.aid_stage import Pair, for_elder
from tests.parallel import attempts
from tests.representative_steps import doors, linked, ordered, serving
from tests.test_attacks_service import hours, join
from volunteers.lifecycle.links import LinkState
from volunteers.lifecycle.orders import OrderChannel
from volunteers.lifecycle.representatives import EndReason
from volunteers.models import HelpOrder, Lot
from volunteers.services import registration
from volunteers.services.aid.sweep import remind, tell_untaken
from volunteers.services.points import expiring
from volunteers.services.points.reconciling import reconcile
from volunteers.services.records import confirming
from volunteers.services.representatives import links, orders, terms

pytestmark = pytest.mark.django_db(transaction=True)
CLEAN = {"done", "RuleError", "NotAllowedError"}


def test_an_order_is_taken_passed_up_or_withdrawn_once(district, people):
    term, (home,) = serving(district, people), doors(district, people, 1)
    linked(term, people, [home])
    own = actor_for(term.resident.user)
    order = ordered(home, people)
    HelpOrder.objects.filter(pk=order.pk).update(grid_since=timezone.now())
    takes = [lambda by=by: orders.take(order_id=order.pk, actor=by) for by in (own, people.grid_worker)]
    found = attempts(
        *takes,
        lambda: orders.pass_up(order_id=order.pk, actor=own, kind="OT99"),
        lambda: orders.withdraw_by_card(order_id=order.pk, household_id=home.pk),
    )
    assert set(found) <= CLEAN
    order.refresh_from_db()
    kinds = list(order.lines.values_list("kind", flat=True))
    assert kinds.count("help_order.taken") <= 1
    assert len([kind for kind in kinds if kind in {"help_order.passed_up", "help_order.withdrawn"}]) == 1


def test_no_order_is_left_with_a_term_that_ends(district, people):
    (home,) = doors(district, people, 1)
    for number in range(2):
        term, heir = serving(district, people, f"甲{number}"), serving(district, people, f"乙{number}")
        linked(term, people, [home], state=LinkState.PROPOSED)
        said = {"household_id": home.pk, "text": "换灯泡", "channel": OrderChannel.PHONE}
        acts = (
            lambda pk=term.pk, to=heir.pk: links.hand_over(
                representative_id=pk, actor=people.community_staff, to_id=to
            ),
            lambda pk=term.pk: terms.end(representative_id=pk, actor=people.community_lead, reason=EndReason.WITHDRAWN),
            lambda: links.answer_by_card(household_id=home.pk, actor=NOBODY, is_yes=True),
            lambda said=said: orders.place_order(actor=people.community_staff, **said),
        )
        assert set(attempts(*acts)) <= CLEAN
        assert not HelpOrder.objects.filter(closed_at=None, representative__state="ended").exists()
        for link in [*links.live_links(term), *links.live_links(heir)]:
            links.end_link(link_id=link.pk, actor=people.community_staff, words="换人")


def test_joining_two_records_while_they_are_used(district, people):
    reward = points.offer(people, district, price=1, stock=50)
    for _round in range(2):
        kept, dropped = (stage.volunteer(district, people, name=name) for name in ("张小明", "张晓明"))
        record = hours(district, people, dropped)
        for one in (kept, dropped):
            points.earn(one.resident, 120)
        acts = (
            lambda one=kept, two=dropped: join(people, one.resident, two.resident),
            lambda pk=record.pk: confirming.confirm(record_id=pk, actor=people.community_lead),
            lambda one=dropped: points.take(people, one.resident, reward),
            lambda one=kept: points.take(people, one.resident, reward),
        )
        found = attempts(*acts)
        assert set(found) <= CLEAN
        if Resident.objects.get(pk=dropped.resident_id).merged_into_id:
            assert points.balance(dropped.resident) == 0
        assert reconcile(at=timezone.now()).is_clean


def test_forgetting_somebody_while_they_are_confirmed_and_leave(district, people):
    entry, own = stage.neighbour(district, people, "李某")
    record, staff = hours(district, people, entry), people.community_staff
    found = attempts(
        lambda: residents.erase_resident(actor=staff, resident_id=entry.resident_id),
        lambda: confirming.confirm(record_id=record.pk, actor=people.community_lead),
        lambda: registration.leave(volunteer_id=entry.pk, actor=own),
    )
    assert set(found) <= CLEAN
    entry.refresh_from_db()
    assert (entry.state, Resident.objects.get(pk=entry.resident_id).name) == ("left", None)


def test_sweeps_at_once_tell_once_and_points_that_expire_go_once(district, people):
    Pair(district, people).taken()
    for_elder(district, people)
    late, told = timezone.now() + timedelta(days=9), []
    sweeps = [lambda sweep=sweep: told.append(sweep(at=late)) for sweep in (remind, tell_untaken) * 2]
    assert set(attempts(*sweeps)) == {"done"}
    assert sum(told) == 2
    who, reward = points.neighbour(people, district), points.offer(people, district, price=2, stock=5)
    points.earn(who, 120)
    Lot.objects.update(expires_on=timezone.localdate())
    expire = [lambda: expiring.expire_points(at=timezone.now()) for _sweep in range(2)]
    assert set(attempts(lambda: points.take(people, who, reward), *expire)) <= CLEAN
    assert points.balance(who) == 0
    assert reconcile(at=timezone.now()).is_clean
