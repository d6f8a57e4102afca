"""The register of volunteers: applied for by oneself or at the counter, verified by somebody else, left at will."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services import residents
from neighborhoods.services.residents import PersonFacts
from tests.factories import UserFactory
from tests.parallel import at_once
from volunteers.lifecycle.volunteers import VOLUNTEER_MOVES, VolunteerState
from volunteers.models import Volunteer
from volunteers.selectors.volunteers import volunteer_of, volunteers_visible_to
from volunteers.services import registration
from volunteers.services.registration import Offer

pytestmark = pytest.mark.django_db
S = VolunteerState


@pytest.fixture
def resident(district, people):
    facts = PersonFacts("张小明", "10000000005")
    return residents.register_for(actor=people.community_staff, facts=facts, area=district.building)


def applied(resident, people) -> Volunteer:
    return registration.apply(actor=people.community_staff, resident_id=resident.pk, offer=Offer(skills="修水管"))


def test_the_way_of_an_entry(resident, people):
    volunteer = applied(resident, people)
    assert volunteer.number.startswith("ZYV-")
    for verb, state in (("verify", S.VERIFIED), ("pause", S.PAUSED), ("resume", S.VERIFIED), ("leave", S.LEFT)):
        volunteer = getattr(registration, verb)(volunteer_id=volunteer.pk, actor=people.community_lead)
        assert volunteer.state == state
    again = applied(resident, people)
    assert (again.pk, again.number, again.state) == (volunteer.pk, volunteer.number, S.APPLIED)
    assert again.left_at is None


def test_a_verb_that_does_not_fit_writes_nothing(resident, people):
    volunteer = applied(resident, people)
    for verb in ("pause", "resume"):
        with pytest.raises(RuleError):
            getattr(registration, verb)(volunteer_id=volunteer.pk, actor=people.community_staff)
    with pytest.raises(RuleError):
        applied(resident, people)
    with pytest.raises(RuleError):
        registration.refuse(volunteer_id=volunteer.pk, actor=people.community_staff, reason="")
    assert Volunteer.objects.get().state == S.APPLIED
    assert set(VOLUNTEER_MOVES) == set(VolunteerState)


def test_who_may(resident, people, district):
    volunteer = applied(resident, people)
    for actor in (people.outsider, people.branch_secretary, people.department_clerk):
        with pytest.raises(NotAllowedError):
            registration.verify(volunteer_id=volunteer.pk, actor=actor)
        with pytest.raises(NotAllowedError):
            registration.apply(actor=actor, resident_id=resident.pk, offer=Offer())
    assert list(volunteers_visible_to(people.branch_secretary)) == [volunteer]
    assert not volunteers_visible_to(people.outsider).exists()


def test_nobody_verifies_themselves(resident, people):
    resident.user = people.user("community_staff")
    resident.save()
    volunteer = applied(resident, people)
    assert volunteer_of(people.user("community_staff")) == volunteer
    with pytest.raises(NotAllowedError):
        registration.verify(volunteer_id=volunteer.pk, actor=people.community_staff)


def test_a_neighbour_without_a_post_applies_and_leaves_by_themselves(district):
    user = UserFactory(name="李某")
    own = residents.register_self(user=user, facts=PersonFacts("李某"), area=district.building)
    actor = actor_for(user)
    volunteer = registration.apply(actor=actor, resident_id=own.pk, offer=Offer(is_on_honour_list=True))
    registration.revise(volunteer_id=volunteer.pk, actor=actor, offer=Offer(free_times="周末"))
    assert not Volunteer.objects.get().is_on_honour_list
    assert registration.leave(volunteer_id=volunteer.pk, actor=actor).state == S.LEFT


def test_a_minor_is_verified_only_with_consent(district, people):
    with time_machine.travel("2026-11-26 10:00+08:00", tick=False):
        parent = residents.register_for(actor=people.community_staff, facts=PersonFacts("张某"), area=district.building)
        facts = PersonFacts("小某", born_on=date(2012, 1, 1), guardian_id=parent.pk)
        child = residents.register_for(actor=people.community_staff, facts=facts, area=district.building)
        volunteer = applied(child, people)
        assert registration.verify(volunteer_id=volunteer.pk, actor=people.community_lead).state == S.VERIFIED


def test_who_waits_too_long_is_told_once(resident, people):
    volunteer = applied(resident, people)
    assert registration.tell_waiting(at=timezone.now()) == 0
    late = timezone.now() + timedelta(days=30)
    assert [registration.tell_waiting(at=late) for _n in range(2)] == [1, 0]
    assert Event.objects.filter(name="volunteer.waiting", subject_id=volunteer.pk).count() == 1


def test_an_entry_goes_where_the_person_goes_and_keeps_its_number_when_they_are_forgotten(resident, people, district):
    volunteer = applied(resident, people)
    residents.move_resident(actor=people.outsider, resident_id=resident.pk, area=district.far_building)
    volunteer.refresh_from_db()
    assert volunteer.community_id == district.far_community.pk
    residents.erase_resident(actor=people.outsider, resident_id=resident.pk)
    volunteer.refresh_from_db()
    assert (volunteer.state, volunteer.skills, volunteer.number.startswith("ZYV-")) == (S.LEFT, "", True)


@pytest.mark.django_db(transaction=True)
def test_two_applications_at_once_are_one_entry(resident, people):
    actor = people.community_staff
    done = at_once(2, lambda: _tried(lambda: registration.apply(actor=actor, resident_id=resident.pk, offer=Offer())))
    assert sorted(done) == ["done", "refused"]
    assert Volunteer.objects.count() == 1


def _tried(act) -> str:
    try:
        act()
    except RuleError:
        return "refused"
    return "done"
