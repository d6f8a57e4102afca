"""A check-in, a pledge and a page for the employer in any state, by their own steps."""

from datetime import datetime, timedelta

import time_machine
from django.utils import timezone

from core.calendar import CHINA
from neighborhoods.models import Resident
from neighborhoods.services import residents
from neighborhoods.services.residents import PersonFacts
from tests import volunteer_stage
from volunteers.lifecycle.checkins import CheckInState, DutyKind
from volunteers.lifecycle.feedback import FeedbackState
from volunteers.lifecycle.pledges import PledgeState
from volunteers.models import CheckIn, DutyPost, EmployerFeedback, Pledge, ServiceRecord
from volunteers.services.checkins import applying, feedback, pledges, posts
from volunteers.services.checkins.applying import Facts
from volunteers.services.checkins.pledges import Promise
from volunteers.services.checkins.posts import Need
from volunteers.services.records import confirming, proposing
from volunteers.services.records.proposing import Stretch

S = CheckInState
FACTS = Facts("市第三中学", ("teaching", "digital"), ("evening", "saturday"), agrees=True)


def person(district, people, name="张小明", *, user=None, area=None) -> Resident:
    """A resident of the building, with an account if one is given."""
    known = Resident.objects.filter(user=user).first() if user else None
    if known:  # an account is one person
        return known
    place = area or district.building
    found = residents.register_for(actor=people.community_staff, facts=PersonFacts(name), area=place)
    if user:
        found.user = user
        found.save(update_fields=["user"])
    return found


def applied(district, people, *, resident=None, facts=FACTS, **more) -> CheckIn:
    """Typed at the desk of the branch."""
    who = resident or person(district, people, **more)
    return applying.apply(actor=people.branch_secretary, resident_id=who.pk, facts=facts)


def post(district, people, *, places=1, **more) -> DutyPost:
    """A need of the branch."""
    need = Need(**{"kind": DutyKind.CARE, "title": "陪老人看病", "skills": ("medical",), "places": places, **more})
    return posts.open_post(actor=people.branch_secretary, area=district.branch, need=need)


def put(checkin: CheckIn, state: str, district, people) -> CheckIn:
    """The check-in in this state."""
    pk, lead = checkin.pk, people.community_lead
    if state == S.REFUSED:
        applying.refuse(checkin_id=pk, actor=lead, reason="不住在本小区")
    if state in {S.ACCEPTED, S.ACTIVE}:
        applying.accept(checkin_id=pk, actor=lead)
    if state == S.ACTIVE:
        posts.take_post(post_id=post(district, people).pk, checkin_id=pk, actor=lead)
    if state == S.LEFT:
        applying.leave(checkin_id=pk, actor=lead)
    if state == S.MOVED:
        residents.move_resident(actor=lead, resident_id=checkin.resident_id, area=district.far_building)
    return CheckIn.objects.select_related("resident").get(pk=pk)


def here(district, people, name="张小明", *, user=None) -> CheckIn:
    """Accepted, with an account when `user` is given."""
    who = person(district, people, name, user=user)
    live = CheckIn.objects.filter(resident=who, ended_at=None).first()
    return live or put(applied(district, people, resident=who), S.ACCEPTED, district, people)


def promise(**more) -> Promise:
    """For a month."""
    due_on = timezone.localdate() + timedelta(days=30)
    return Promise(**{"words": "每月陪独居老人看一次病", "due_on": due_on, **more})


def pledge_in(checkin: CheckIn, state: str, people, actor) -> Pledge:
    """A pledge in this state; consent is the member's (`actor`)."""
    made = pledges.offer_pledge(checkin_id=checkin.pk, actor=people.branch_secretary, promise=promise())
    if state in {PledgeState.CONSENTED, PledgeState.SHOWN}:
        pledges.consent(pledge_id=made.pk, actor=actor)
    if state == PledgeState.SHOWN:
        pledges.show(pledge_id=made.pk, actor=people.branch_secretary)
    if state == PledgeState.WITHDRAWN:
        pledges.withdraw(pledge_id=made.pk, actor=actor)
    return Pledge.objects.get(pk=made.pk)


def served(checkin: CheckIn, district, people, *, hours=3.0, length=2.0, activity=None) -> ServiceRecord:
    """Some hours ago, confirmed by the community's lead."""
    start = volunteer_stage.ago(hours=hours)
    found = activity or volunteer_stage.activity(district, people)
    stretch = Stretch(start, start + timedelta(hours=length))
    keys = {"volunteer_id": checkin.resident.volunteer.pk, "activity_id": found.pk, "stretch": stretch}
    record = proposing.propose(actor=people.community_staff, **keys)
    return confirming.confirm(record_id=record.pk, actor=people.community_lead)


def december(year=0):
    """A day in the weeks of the year's page, as a context."""
    return time_machine.travel(datetime(year or timezone.now().year, 12, 12, 10, tzinfo=CHINA), tick=True)


def feedback_in(checkin: CheckIn, state: str, people, actor) -> EmployerFeedback:
    """The year's page in this state; in December. The yes is the member's (`actor`)."""
    lead = people.community_lead
    made = feedback.draft(checkin_id=checkin.pk, actor=lead)
    if state in {FeedbackState.AGREED, FeedbackState.ISSUED}:
        feedback.agree(feedback_id=made.pk, actor=actor, comment="谢谢")
    if state == FeedbackState.ISSUED:
        feedback.issue(feedback_id=made.pk, actor=lead)
    if state == FeedbackState.WITHHELD:
        feedback.withhold(feedback_id=made.pk, actor=actor)
    return EmployerFeedback.objects.get(pk=made.pk)
