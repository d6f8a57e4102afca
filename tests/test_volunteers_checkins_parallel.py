"""Members checking in, many at once, each on a connection of their own."""

import contextlib
from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import RuleError
from core.models import Event
from neighborhoods.actors import SYSTEM
from neighborhoods.services import residents
from tests.checkin_steps import FACTS, here, person, post, promise
from tests.parallel import at_once
from volunteers.lifecycle.checkins import CheckInState
from volunteers.models import CheckIn, DutyTaking, Volunteer
from volunteers.services.checkins import applying, pledges, posts, sweep

pytestmark = pytest.mark.django_db(transaction=True)
S = CheckInState


def test_parallel(district, people):
    who = person(district, people)
    lead, branch = people.community_lead, people.branch_secretary

    def tried(job) -> str:
        try:
            job()
        except RuleError:
            return "refused"
        return "done"

    def once(job) -> None:
        found = at_once(5, lambda: tried(job))
        assert sorted(found) == ["done", *["refused"] * 4]

    once(lambda: applying.apply(actor=branch, resident_id=who.pk, facts=FACTS))
    checkin = CheckIn.objects.get()
    once(lambda: applying.accept(checkin_id=checkin.pk, actor=lead))
    assert Volunteer.objects.count() == 1
    others = [here(district, people, f"党员{n}") for n in range(4)]
    last = post(district, people)
    ids = iter([checkin.pk, *(one.pk for one in others)])
    once(lambda: posts.take_post(post_id=last.pk, checkin_id=next(ids), actor=lead))
    assert DutyTaking.objects.filter(left_at=None).count() == 1
    once(lambda: pledges.offer_pledge(checkin_id=checkin.pk, actor=lead, promise=promise()))
    at_once(4, lambda: residents.move_resident(actor=SYSTEM, resident_id=who.pk, area=district.far_building))
    assert CheckIn.objects.filter(resident=who, ended_at=None).count() == 1
    assert CheckIn.objects.filter(resident=who).count() == 2
    _accepted_while_they_move(who, district)
    CheckIn.objects.filter(resident=who, ended_at=None).update(due_at=timezone.now())
    at_once(4, lambda: sweep.tell_late(at=timezone.now() + timedelta(minutes=1)))
    assert Event.objects.filter(name="checkin.late").count() == 1


def _accepted_while_they_move(who, district) -> None:
    """Back to where they came from, while the branch says yes: in either order, and nobody waits for ever."""
    new = CheckIn.objects.get(resident=who.pk, ended_at=None)
    turns = iter(
        [
            lambda: residents.move_resident(actor=SYSTEM, resident_id=who.pk, area=district.building),
            lambda: applying.accept(checkin_id=new.pk, actor=SYSTEM),
        ]
        * 2
    )

    def either() -> None:
        with contextlib.suppress(RuleError):
            next(turns)()

    at_once(4, either)
    assert CheckIn.objects.get(pk=new.pk).state == S.MOVED
    assert CheckIn.objects.filter(resident=who.pk, ended_at=None).count() == 1
