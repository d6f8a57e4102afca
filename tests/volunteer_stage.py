"""Volunteers, activities and shifts for tests, made by the services."""

from datetime import datetime, timedelta

from django.utils import timezone

from neighborhoods.actors import Actor
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services import residents
from neighborhoods.services.residents import PersonFacts
from tests.factories import UserFactory
from volunteers.models import Activity, Shift, SignUp, Volunteer
from volunteers.services import registration, teams
from volunteers.services.activities import planning, seats, shifts
from volunteers.services.activities.planning import Plan
from volunteers.services.activities.shifts import Times
from volunteers.services.registration import Offer
from volunteers.services.teams import TeamFacts


def volunteer(district, people, *, name="张小明", user=None, area=None) -> Volunteer:
    """Registered and verified; with an account when `user` is given."""
    place = area or district.building
    if user is not None:
        who = residents.register_self(user=user, facts=PersonFacts(name), area=place)
        entry = registration.apply(actor=actor_for(user), resident_id=who.pk, offer=Offer())
    else:
        who = residents.register_for(actor=people.community_staff, facts=PersonFacts(name), area=place)
        entry = registration.apply(actor=people.community_staff, resident_id=who.pk, offer=Offer())
    return registration.verify(volunteer_id=entry.pk, actor=people.community_lead)


def neighbour(district, people, name="李某") -> tuple[Volunteer, Actor]:
    """Somebody with an account and no post."""
    user = UserFactory(name=name)
    return volunteer(district, people, name=name, user=user), actor_for(user)


def activity(district, people, **more) -> Activity:
    """A draft of the branch."""
    plan = Plan(**{"title": "楼道清洁", "place_note": "3 栋门口", **more})
    return planning.plan_activity(actor=people.community_staff, area=district.branch, plan=plan)


def shift(found: Activity, people, *, hours=24.0, length=2.0, capacity=3) -> Shift:
    """A shift that begins in so many hours; the activity is open afterwards."""
    starts = timezone.now().replace(microsecond=0) + timedelta(hours=hours)
    times = Times(starts, starts + timedelta(hours=length), capacity)
    made = shifts.add_shift(activity_id=found.pk, actor=people.community_staff, times=times)
    if found.state == "draft":
        planning.open_activity(activity_id=found.pk, actor=people.community_staff)
        found.refresh_from_db()
    return made


def seat(made: Shift, entry: Volunteer, actor: Actor) -> SignUp:
    """Signed up."""
    return seats.sign_up(shift_id=made.pk, volunteer_id=entry.pk, actor=actor)


def team(district, people, **more):
    """Of the branch, forming."""
    facts = TeamFacts(**{"name": "平安巡逻队", "kind": "patrol", **more})
    return teams.form_team(actor=people.community_staff, area=district.branch, facts=facts)


def ago(**delta) -> datetime:
    """So long ago, to the minute."""
    return timezone.now().replace(second=0, microsecond=0) - timedelta(**delta)
