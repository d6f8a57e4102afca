"""A representative in any state, by their own steps."""

from datetime import timedelta

from django.utils import timezone

from neighborhoods.models import Household, Resident
from neighborhoods.services import residents
from neighborhoods.services.households import DoorPlan, add_doors
from neighborhoods.services.residents import PersonFacts
from tests.factories import UserFactory
from volunteers.lifecycle.links import Answered, LinkState
from volunteers.lifecycle.orders import OrderChannel, OrderState
from volunteers.lifecycle.representatives import EndReason, NominationSource, RepresentativeState
from volunteers.models import HelpOrder, HouseholdLink, Representative
from volunteers.services.representatives import links, nominating, orders, terms
from volunteers.services.representatives.nominating import Nomination

S = RepresentativeState
WORDS = "热心肠，退休在家，会修水电，邻居都信得过"


def doors(district, people, number=20, building=None) -> list[Household]:
    """So many doors of the building, one floor each."""
    area = building or district.building
    add_doors(actor=people.community_staff, building=area, plan=DoorPlan(1, number, 1))
    return list(Household.objects.filter(area=area).order_by("pk")[:number])


def neighbour(district, people, name="张小明", *, user=None, area=None, phone="") -> Resident:
    """A resident of the building, with an account if one is given."""
    known = Resident.objects.filter(user=user).first() if user else None
    if known:  # an account is one person
        return known
    facts = PersonFacts(name, phone)
    person = residents.register_for(actor=people.community_staff, facts=facts, area=area or district.building)
    if user:
        person.user = user
        person.save(update_fields=["user"])
    return person


def nominated(district, people, *, resident=None, **more) -> Representative:
    """Put forward by the branch, written down by the community staff."""
    nomination = Nomination(NominationSource.BRANCH, WORDS, **more)
    person = resident or neighbour(district, people)
    return nominating.nominate(actor=people.community_staff, resident_id=person.pk, nomination=nomination)


def put(term: Representative, state: str, people) -> Representative:
    """The term in this state."""
    pk, lead = term.pk, people.community_lead
    goal = list(S).index(S(state))
    if goal >= 1 and state != S.ENDED:
        nominating.approve(representative_id=pk, actor=people.branch_secretary)
        nominating.agree(representative_id=pk, actor=people.community_staff, meeting_number="ZYM-2026-000001")
    if goal >= 2 and state != S.ENDED:
        terms.notice(representative_id=pk, actor=lead)
    if state in {S.ACTIVE, S.SUSPENDED}:
        Representative.objects.filter(pk=pk).update(notice_until=timezone.now() - timedelta(minutes=1))
        terms.activate(representative_id=pk, actor=lead)
    if state == S.SUSPENDED:
        terms.suspend(representative_id=pk, actor=lead, reason="住院")
    if state == S.ENDED:
        terms.end(representative_id=pk, actor=lead, reason=EndReason.NOT_APPROVED)
    return Representative.objects.select_related("resident").get(pk=pk)


def serving(district, people, name="张小明", *, user=None, **more) -> Representative:
    """In term, with an account."""
    person = neighbour(district, people, name, user=user or UserFactory(name=name))
    return put(nominated(district, people, resident=person, **more), S.ACTIVE, people)


def linked(term, people, households, *, state=LinkState.ACTIVE) -> list[HouseholdLink]:
    """These households, asked and answered."""
    made = links.propose(
        representative_id=term.pk, actor=people.community_staff, household_ids=[one.pk for one in households]
    )
    for link in made:
        if state == LinkState.ACTIVE:
            links.agree(link_id=link.pk, actor=people.community_staff, how=Answered.DOOR)
        if state == LinkState.DECLINED:
            links.decline(link_id=link.pk, actor=people.community_staff, how=Answered.DOOR)
        if state == LinkState.ENDED:
            links.end_link(link_id=link.pk, actor=people.community_staff, words="搬走了")
    return list(HouseholdLink.objects.filter(pk__in=[link.pk for link in made]).order_by("pk"))


def ordered(household, people, state=OrderState.PLACED, *, actor=None, text="家里水龙头漏水") -> HelpOrder:
    """An order in this state; `actor` takes it."""
    staff = people.community_staff
    order = orders.place_order(actor=staff, household_id=household.pk, text=text, channel=OrderChannel.PHONE)
    who = actor or people.grid_worker
    if state in {OrderState.TAKEN, OrderState.DONE, OrderState.CONFIRMED}:
        orders.take(order_id=order.pk, actor=who)
    if state in {OrderState.DONE, OrderState.CONFIRMED}:
        orders.finish(order_id=order.pk, actor=who, result="换了垫圈")
    if state == OrderState.CONFIRMED:
        orders.confirm_for(order_id=order.pk, actor=staff, is_done=True)
    if state == OrderState.WITHDRAWN:
        orders.withdraw_for(order_id=order.pk, actor=staff)
    if state == OrderState.PASSED_UP:
        orders.pass_up(order_id=order.pk, actor=who, kind="OT99")
    return HelpOrder.objects.get(pk=order.pk)
