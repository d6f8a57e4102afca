"""Doors, and the people behind them: known once, moved, joined, read with a reason, forgotten."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from neighborhoods.actors import NOBODY
from neighborhoods.models import Household, Resident, ResidentReveal
from neighborhoods.selectors.residents import doubtful_residents, resident_of, residents_visible_to, same_phone
from neighborhoods.services import households, residents
from neighborhoods.services.areas.moving import move_area
from neighborhoods.services.residents import PersonFacts
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PHONE = "10000000005"


def known(people, district, name="张小明", phone=PHONE, **more):
    facts = PersonFacts(name=name, phone=phone, **more)
    return residents.register_for(actor=people.community_staff, facts=facts, area=district.building)


def days_ago(number: int) -> date:
    return timezone.localdate() - timedelta(days=number)


# ---- doors ----
def test_doors_are_written_down_once(district, people):
    plan = households.DoorPlan(entrances=2, floors=3, per_floor=2)
    assert households.add_doors(actor=people.grid_worker, building=district.building, plan=plan) == 12
    assert households.add_doors(actor=people.grid_worker, building=district.building, plan=plan) == 0
    assert list(Household.objects.order_by("pk").values_list("door", flat=True))[:3] == ["1-101", "1-102", "1-201"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Household.objects.create(
            area=district.building, building_id=district.building.pk, street_id=district.street.pk, door="1-101"
        )


@pytest.mark.parametrize("plan", [(0, 3, 2), (1, 0, 2), (20, 30, 2)])
def test_a_plan_that_is_a_slip_writes_nothing(district, people, plan):
    with pytest.raises(RuleError):
        households.add_doors(actor=people.grid_worker, building=district.building, plan=households.DoorPlan(*plan))
    assert not Household.objects.exists()


def test_only_who_keeps_the_place_writes_doors_and_only_of_buildings(district, people):
    plan = households.DoorPlan(1, 1, 1)
    for stranger in (people.outsider, people.department_clerk, people.representative, NOBODY):
        with pytest.raises(NotAllowedError):
            households.add_doors(actor=stranger, building=district.building, plan=plan)
    with pytest.raises(RuleError):
        households.add_doors(actor=people.community_staff, building=district.branch, plan=plan)
    households.add_doors(actor=people.community_staff, building=district.building, plan=plan)
    door = Household.objects.get()
    households.set_occupied(actor=people.grid_worker, household_id=door.pk, is_occupied=False)
    assert not Household.objects.get().is_occupied
    with pytest.raises(NotAllowedError):
        households.set_occupied(actor=people.outsider, household_id=door.pk, is_occupied=True)


# ---- people ----
def test_the_same_phone_and_name_is_one_person_another_name_is_asked_about(district, people):
    first = known(people, district)
    assert known(people, district) == first
    second = known(people, district, name="李某")
    assert (second.pk != first.pk, list(same_phone(first))) == (True, [second])
    assert set(doubtful_residents(people.community_staff)) == {first, second}
    assert not doubtful_residents(people.outsider).exists()
    for actor in (people.outsider, people.representative):
        assert not residents_visible_to(actor).exists()
        with pytest.raises(NotAllowedError):
            residents.register_for(actor=actor, facts=PersonFacts("张某"), area=district.building)


def test_name_and_phone_are_not_in_the_table_in_clear(district, people):
    resident = known(people, district)
    raw = Resident.objects.extra(select={"n": "name::text", "p": "phone::text"}).values("n", "p").get()
    assert "张小明" not in raw["n"]
    assert PHONE not in raw["p"]
    assert (resident.masked_name, resident.masked_phone) == ("张*明", "100********")


def test_somebody_who_signs_in_becomes_the_person_staff_wrote_down(district, people):
    written = known(people, district)
    user = UserFactory(phone="+8610000000005", phone_verified=False)
    own = residents.register_self(user=user, facts=PersonFacts("张小明"), area=district.building)
    assert own.pk != written.pk, "anybody may type a number, so only a proved one counts"
    own.user = None
    own.save()
    user.phone_verified = True
    user.save()
    assert residents.register_self(user=user, facts=PersonFacts("张小明"), area=district.building) == written
    assert resident_of(user) == written
    again = residents.register_self(user=user, facts=PersonFacts("别名"), area=district.far_building)
    assert (again, Resident.objects.filter(user=user).count()) == (written, 1)


@pytest.mark.parametrize("born_on", [days_ago(365 * 11), days_ago(365 * 18)])  # eleven, and eighteen in some days
def test_a_minor_needs_an_adult_who_agreed(district, people, born_on):
    with pytest.raises(RuleError):
        known(people, district, name="小某", phone="", born_on=born_on)
    parent = known(people, district, born_on=date(1980, 2, 29))
    child = known(people, district, name="小某", phone="", born_on=born_on, guardian_id=parent.pk)
    assert (child.guardian, child.guardian_agreed_at is not None) == (parent, True)
    assert child.is_minor(timezone.localdate())
    with pytest.raises(RuleError):
        known(people, district, name="另某", phone="", born_on=born_on, guardian_id=child.pk)


@pytest.mark.parametrize("born_on", [days_ago(-2), days_ago(365 * 140)])
def test_a_birthday_that_cannot_be_is_refused(district, people, born_on):
    with pytest.raises(RuleError):
        known(people, district, born_on=born_on)
    assert not Resident.objects.exists()


def test_the_eighteenth_birthday_makes_an_adult():
    child = Resident(born_on=date(2008, 11, 27))
    assert child.is_minor(date(2026, 11, 26))
    assert not child.is_minor(date(2026, 11, 27))
    assert Resident(born_on=date(2008, 2, 29)).is_minor(date(2026, 2, 28))


def test_people_move_with_their_door_and_with_their_area(district, people):
    households.add_doors(
        actor=people.community_staff, building=district.other_building, plan=households.DoorPlan(1, 1, 1)
    )
    door, resident = Household.objects.get(), known(people, district)
    moved = residents.move_resident(
        actor=people.community_staff, resident_id=resident.pk, area=district.building, household_id=door.pk
    )
    assert (moved.building_id, moved.household) == (district.other_building.pk, door)
    with pytest.raises(NotAllowedError):
        residents.move_resident(actor=people.outsider, resident_id=resident.pk, area=district.building)
    move_area(area_id=district.branch.pk, new_parent_id=district.other_grid.pk, actor=people.street_lead, reason="调整")
    door.refresh_from_db()
    resident.refresh_from_db()
    assert door.grid_id == resident.grid_id == district.other_grid.pk


def test_two_records_of_one_person_are_joined_by_somebody_who_looked(district, people):
    first, second = known(people, district), known(people, district, name="张晓明")
    user = UserFactory()
    second.user = user
    second.save()
    kept = {"actor": people.community_staff, "keep_id": first.pk, "drop_id": second.pk}
    with pytest.raises(RuleError):
        residents.merge_residents(**kept, reason=" ")
    with pytest.raises(NotAllowedError):
        residents.merge_residents(**{**kept, "actor": people.outsider}, reason="同一人")
    residents.merge_residents(**kept, reason="本人来电确认")
    second.refresh_from_db()
    assert (second.merged_into, resident_of(user)) == (first, first)
    with pytest.raises(RuleError):
        residents.merge_residents(**kept, reason="再来一次")
    assert list(Resident.objects.known()) == [first]


def test_two_accounts_are_two_people(district, people):
    first, second = known(people, district), known(people, district, name="张晓明")
    for resident in (first, second):
        resident.user = UserFactory()
        resident.save()
    with pytest.raises(RuleError):
        residents.merge_residents(
            actor=people.community_staff, keep_id=first.pk, drop_id=second.pk, reason="看起来一样"
        )


def test_a_contact_is_read_with_a_reason_that_stays(district, people):
    resident = known(people, district)
    with pytest.raises(RuleError):
        residents.reveal_resident(actor=people.community_staff, resident_id=resident.pk, reason="")
    with pytest.raises(NotAllowedError):
        residents.reveal_resident(actor=people.outsider, resident_id=resident.pk, reason="想看看")
    assert not ResidentReveal.objects.exists()
    shown = residents.reveal_resident(actor=people.community_staff, resident_id=resident.pk, reason="通知集合时间")
    assert shown == ("张小明", PHONE)
    assert ResidentReveal.objects.get().reason == "通知集合时间"
    assert PHONE not in str(list(Event.objects.values_list("payload", flat=True)))


def test_forgetting_takes_what_says_who_it_was(district, people):
    resident = known(people, district)
    with pytest.raises(NotAllowedError):
        residents.erase_resident(actor=people.outsider, resident_id=resident.pk)
    for _twice in range(2):
        residents.erase_resident(actor=people.community_staff, resident_id=resident.pk)
    resident.refresh_from_db()
    assert (resident.name, resident.phone, resident.phone_hash, resident.born_on) == (None, None, "", None)
    assert resident.erased_at is not None
    assert Event.objects.filter(name="resident.erased").count() == 1
