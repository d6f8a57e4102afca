"""Household links: fifteen at most, one representative each, a no that stands; visits; orders."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.models import Issue
from neighborhoods.actors import NOBODY
from neighborhoods.selectors.actors import actor_for
from tests.factories import UserFactory
from tests.parallel import at_once
from tests.representative_steps import doors, linked, ordered, serving
from volunteers.lifecycle.links import LINK_FITS, LINK_LIVE, LINK_LOOKS, LINK_MOVES, Answered, LinkState, Method
from volunteers.lifecycle.orders import ORDER_CARRIED, ORDER_FITS, ORDER_LOOKS, ORDER_MOVES, OrderChannel, OrderState
from volunteers.models import HelpOrder, HelpOrderLine, HouseholdCard, HouseholdLink, Visit
from volunteers.services.representatives import cards, links, orders, sweep, visits
from volunteers.services.representatives.visits import Tap

pytestmark = pytest.mark.django_db
S = OrderState


def ids(homes) -> list[int]:
    return [home.pk for home in homes]


def propose(term, people, homes):
    return links.propose(representative_id=term.pk, actor=people.community_staff, household_ids=ids(homes))


def test_the_tables_are_whole_and_every_link_verb_in_every_state(district, people):
    assert set(LINK_MOVES) == set(LINK_LOOKS) == set(LinkState)
    term, homes, staff = serving(district, people), doors(district, people, 12), people.community_staff
    verbs = {
        "agree": lambda pk: links.agree(link_id=pk, actor=staff, how=Answered.PHONE),
        "decline": lambda pk: links.decline(link_id=pk, actor=staff, how=Answered.PHONE),
        "end": lambda pk: links.end_link(link_id=pk, actor=staff, words="搬走了"),
    }
    cases = [(verb, state) for verb in verbs for state in LinkState]
    for (verb, state), home in zip(cases, homes, strict=True):
        (link,) = linked(term, people, [home], state=state)
        if state in LINK_FITS[verb]:
            assert verbs[verb](link.pk).state != state
        else:
            with pytest.raises((RuleError, NotAllowedError)):
                verbs[verb](link.pk)
            assert HouseholdLink.objects.get(pk=link.pk).state == state


def test_the_sixteenth_has_nowhere_to_stand(district, people):
    term, homes = serving(district, people), doors(district, people, 18)
    linked(term, people, homes[:14])
    with pytest.raises(RuleError):  # two more: all or none
        propose(term, people, homes[14:16])
    propose(term, people, homes[14:15])
    with pytest.raises(RuleError):
        propose(term, people, homes[15:16])
    spare = {"representative": term, "household": homes[16], "proposed_at": timezone.now()}
    for slot in (15, 16, None):  # whatever goes around the service
        with pytest.raises(IntegrityError), transaction.atomic():
            HouseholdLink.objects.create(slot=slot, **spare)
    assert HouseholdLink.objects.filter(state__in=LINK_LIVE).count() == 15


def test_who_links_and_where(district, people):
    term, homes = serving(district, people), doors(district, people, 3)
    own = actor_for(term.resident.user)
    for actor in (own, people.outsider, people.grid_worker, people.department_clerk):
        with pytest.raises(NotAllowedError):
            links.propose(representative_id=term.pk, actor=actor, household_ids=ids(homes))
    far = doors(district, people, 1, building=district.other_building)
    propose(term, people, far)  # another building of the same branch
    assembly = serving(district, people, "王某", capacity="statutory")
    with pytest.raises(RuleError):
        propose(assembly, people, homes)
    with pytest.raises(RuleError):
        propose(term, people, [])
    (link,) = propose(term, people, homes[:1])
    with pytest.raises(NotAllowedError):
        links.agree(link_id=link.pk, actor=people.outsider, how=Answered.DOOR)
    links.agree(link_id=link.pk, actor=own, how=Answered.DOOR)
    with pytest.raises(RuleError):  # one main representative a household
        propose(serving(district, people, "赵某"), people, homes[:1])


def test_a_household_that_declined_is_not_asked_again_before_it_says_so(district, people):
    term, (home, *_rest) = serving(district, people), doors(district, people, 2)
    linked(term, people, [home], state=LinkState.DECLINED)
    for one in (term, serving(district, people, "王某")):
        with pytest.raises(RuleError):
            propose(one, people, [home])
    with pytest.raises(NotAllowedError):
        links.consent_again(household_id=home.pk, actor=actor_for(term.resident.user), how=Answered.DOOR)
    links.answer_by_card(household_id=home.pk, actor=NOBODY, is_yes=True)
    propose(term, people, [home])
    links.answer_by_card(household_id=home.pk, actor=NOBODY, is_yes=True)
    assert HouseholdLink.objects.filter(state=LinkState.ACTIVE).count() == 1
    links.answer_by_card(household_id=home.pk, actor=NOBODY, is_yes=False)  # and may change its mind
    assert HouseholdCard.objects.get().declined_at is not None
    assert Event.objects.filter(name="household_card.consented").count() == 1


def test_all_links_are_handed_over_or_none(district, people):
    term, heir, homes = serving(district, people), serving(district, people, "王某"), doors(district, people, 20)
    linked(term, people, homes[:6])
    linked(heir, people, homes[6:16])
    with pytest.raises(RuleError):  # room for five
        links.hand_over(representative_id=term.pk, actor=people.community_staff, to_id=heir.pk)
    assert (links.live_links(term).count(), links.live_links(heir).count()) == (6, 10)
    links.end_link(link_id=links.live_links(heir).first().pk, actor=people.community_staff, words="换近的")
    asked = [ordered(home, people, state) for home, state in ((homes[0], S.PLACED), (homes[1], S.WITHDRAWN))]
    taken = ordered(homes[2], people)
    HelpOrder.objects.filter(pk=taken.pk).update(state=S.TAKEN, taken_at=timezone.now())
    links.hand_over(representative_id=term.pk, actor=people.community_staff, to_id=heir.pk)
    assert (links.live_links(term).count(), links.live_links(heir).count()) == (0, 15)
    for order, has, state in (
        (asked[0], heir, S.PLACED),
        (asked[1], term, S.WITHDRAWN),
        (taken, heir, S.PLACED),
    ):
        order.refresh_from_db()
        assert (order.representative, order.state, order.grid_since) == (has, state, None)  # open ones go along
    links.answer_by_card(household_id=homes[0].pk, actor=NOBODY, is_yes=False)
    asked[0].refresh_from_db()
    assert (asked[0].representative, asked[0].grid_since is not None) == (None, True)  # to the grid
    assert [line.kind for line in asked[0].lines.order_by("pk")][-2:] == [ORDER_CARRIED] * 2
    assert sweep.tell_orphans(at=timezone.now() + timedelta(days=31)) == 1  # only the one nobody took over
    assert sweep.tell_orphans(at=timezone.now() + timedelta(days=40)) == 0


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_done_the_links_hold(district, people, data):
    """Any sequence of steps: at most fifteen each, one live link a household, nobody linked against their word."""
    point = transaction.savepoint()
    staff, terms = people.community_staff, [serving(district, people, name) for name in ("张某", "王某")]
    homes = doors(district, people, 18)
    for _step in range(data.draw(st.integers(4, 12))):
        term = data.draw(st.sampled_from(terms))
        some = data.draw(st.lists(st.sampled_from(homes), min_size=1, max_size=9, unique_by=lambda h: h.pk))
        live = HouseholdLink.objects.filter(state__in=LINK_LIVE).order_by("pk").first()
        verb = data.draw(st.sampled_from(["propose", "yes", "no", "end", "hand over"]))
        try:
            if verb == "propose":
                propose(term, people, some)
            elif verb == "hand over":
                heir = terms[1 - terms.index(term)]
                links.hand_over(representative_id=term.pk, actor=staff, to_id=heir.pk)
            elif verb == "end" and live:
                links.end_link(link_id=live.pk, actor=staff, words="搬走了")
            elif verb in {"yes", "no"}:
                links.answer_by_card(household_id=some[0].pk, actor=NOBODY, is_yes=verb == "yes")
        except RuleError:
            pass
        alive = list(HouseholdLink.objects.filter(state__in=LINK_LIVE))
        assert len({link.household_id for link in alive}) == len(alive)
        assert all(sum(link.representative_id == one.pk for link in alive) <= 15 for one in terms)
        declined = set(HouseholdCard.objects.filter(declined_at__isnull=False).values_list("household", flat=True))
        assert not declined & {link.household_id for link in alive}
    transaction.savepoint_rollback(point)


@pytest.mark.django_db(transaction=True)
def test_many_assign_at_once_and_one_gets_the_last_place(district, people):
    term, homes = serving(district, people), doors(district, people, 20)
    linked(term, people, homes[:14])
    waiting = iter(homes[14:])

    def assign() -> str:
        try:
            propose(term, people, [next(waiting)])
        except RuleError:
            return "refused"
        return "linked"

    assert sorted(at_once(4, assign)) == ["linked", "refused", "refused", "refused"]
    assert links.live_links(term).count() == 15
    key = uuid.uuid4()
    tap = Tap(household_id=homes[0].pk, methods=["walk"], key=key)
    own = actor_for(term.resident.user)
    at_once(3, lambda: visits.visit(representative_id=term.pk, actor=own, tap=tap))
    assert Visit.objects.count() == 1


# ---- visits and cards ----
def test_a_visit_is_one_tap_and_counts_once(district, people):
    term, homes = serving(district, people), doors(district, people, 3)
    linked(term, people, homes[:2])
    own, key, earlier = actor_for(term.resident.user), uuid.uuid4(), timezone.now() - timedelta(days=2)

    def tap(home=homes[0], methods=("listen", "walk", "sing"), at=earlier, who=own, key=key):
        return visits.visit(representative_id=term.pk, actor=who, tap=Tap(home.pk, methods, key, "奶奶身体好", at))

    first = tap()
    assert (first.methods, first.at, tap().pk) == ([Method.WALK, Method.LISTEN], earlier, first.pk)
    far_away = timezone.now() + timedelta(days=400)
    assert tap(key=uuid.uuid4(), at=far_away).at < timezone.now()  # a wrong clock is not believed
    for refused in ({"methods": ()}, {"home": homes[2]}):
        with pytest.raises(RuleError):
            tap(key=uuid.uuid4(), **refused)
    for stranger in (people.community_staff, people.representative, NOBODY):
        with pytest.raises(NotAllowedError):
            tap(key=uuid.uuid4(), who=stranger)
    assert Visit.objects.count() == 2


def test_the_card_opens_the_page_until_it_is_taken_back(district, people):
    term, (home, other) = serving(district, people), doors(district, people, 2)
    linked(term, people, [home])
    own = actor_for(term.resident.user)
    token = cards.card_token(cards.issue_card(household_id=home.pk, actor=own))
    assert token not in str(HouseholdCard.objects.values().get())
    assert cards.card_token(cards.issue_card(household_id=home.pk, actor=people.community_staff)) == token
    with pytest.raises(NotAllowedError):
        cards.issue_card(household_id=other.pk, actor=own)
    cards.revoke_card(household_id=home.pk, actor=people.community_staff)
    assert cards.card_by_token(token) is None
    assert cards.card_token(cards.issue_card(household_id=home.pk, actor=own)) != token


# ---- orders ----
def test_every_step_of_an_order_in_every_state(district, people):
    assert set(ORDER_MOVES) == set(ORDER_LOOKS) == set(OrderState)
    home, staff, grid = doors(district, people, 1)[0], people.community_staff, people.grid_worker
    steps = {
        "take": lambda o: orders.take(order_id=o.pk, actor=grid),
        "finish": lambda o: orders.finish(order_id=o.pk, actor=grid, result="好了"),
        "confirm": lambda o: orders.confirm_for(order_id=o.pk, actor=staff, is_done=True),
        "again": lambda o: orders.confirm_by_card(order_id=o.pk, household_id=home.pk, is_done=False),
        "pass-up": lambda o: orders.pass_up(order_id=o.pk, actor=grid, kind="UT01"),
        "withdraw": lambda o: orders.withdraw_by_card(order_id=o.pk, household_id=home.pk),
    }
    for state in OrderState:
        order = ordered(home, people, state)
        assert order.state == state
        for verb, run in steps.items():
            point, before = transaction.savepoint(), (HelpOrderLine.objects.count(), Issue.objects.count())
            if state in ORDER_FITS[verb]:
                run(order)
            else:
                with pytest.raises(RuleError):
                    run(order)
                assert (HelpOrderLine.objects.count(), Issue.objects.count()) == before
            transaction.savepoint_rollback(point)


def test_an_order_passed_up_is_a_case_with_the_same_history(district, people):
    user = UserFactory(name="张某")
    term, home = serving(district, people, "张某", user=user), doors(district, people, 1)[0]
    linked(term, people, [home])
    own, key = actor_for(user), uuid.uuid4()
    place = {"household_id": home.pk, "text": "下水道返水", "channel": OrderChannel.PAGE, "key": key}
    order = orders.place_order(actor=NOBODY, **place)
    assert orders.place_order(actor=NOBODY, **place) == order
    assert (order.representative, order.grid_since) == (term, None)
    for actor in (people.grid_worker, people.community_staff, people.outsider, people.representative):
        with pytest.raises(NotAllowedError):  # for a day it is the representative's alone
            orders.take(order_id=order.pk, actor=actor)
    with pytest.raises(RuleError):
        orders.pass_up(order_id=order.pk, actor=own, kind="NO99")
    assert not Issue.objects.exists()
    orders.take(order_id=order.pk, actor=own)
    order = orders.pass_up(order_id=order.pk, actor=own, kind="IN01", words="要专业的人来")
    issue = Issue.objects.get()
    assert (issue.number, issue.channel, issue.collector_role) == (order.issue_number, "visit", "representative")
    told = " ".join(issue.timeline.values_list("text", flat=True))
    assert all(words in told for words in (order.number, "下水道返水", "要专业的人来"))
    assert issue.timeline.count() == order.lines.count() + 1
    assert orders.cases_of([order])[issue.number].state
    with pytest.raises(NotAllowedError):
        orders.confirm_by_card(order_id=order.pk, household_id=home.pk + 1, is_done=True)


def test_nobody_took_it_for_a_day(district, people):
    term, home = serving(district, people), doors(district, people, 1)[0]
    linked(term, people, [home])
    order, late = ordered(home, people), timezone.now() + timedelta(hours=25)
    with pytest.raises(NotAllowedError):
        orders.take(order_id=order.pk, actor=people.grid_worker)
    assert [sweep.tell_untaken(at=timezone.now()), sweep.tell_untaken(at=late), sweep.tell_untaken(at=late)] == [
        0,
        1,
        0,
    ]
    orders.take(order_id=order.pk, actor=people.grid_worker)
    orders.finish(order_id=order.pk, actor=people.grid_worker, result="好了")
    with pytest.raises(NotAllowedError):
        orders.confirm_for(order_id=order.pk, actor=people.grid_worker, is_done=True)
    assert HelpOrder.objects.get().done_by_id == people.grid_worker.user_id
