"""The demonstration's members, asked of the loaded district: every state, and rows as the services fill them."""

from datetime import datetime, timedelta

import time_machine
from django.utils import timezone

from core.calendar import CHINA
from core.models import Event
from neighborhoods.models import Post
from neighborhoods.selectors.actors import actor_for
from neighborhoods.services.residents import PersonFacts, register_for
from volunteers.models import CheckIn, DutyPost, EmployerFeedback, Pledge, ServiceRecord
from volunteers.services.checkins import applying, feedback, sweep
from volunteers.services.checkins.applying import Facts
from volunteers.services.records import confirming, proposing
from volunteers.services.records.proposing import Stretch

PERSONAL = {"id", "area"}


def filled(row) -> dict[str, bool]:
    """Which columns hold something."""
    fields = [field for field in row._meta.concrete_fields if field.name not in PERSONAL]
    return {field.name: getattr(row, field.attname) not in (None, "", []) for field in fields}


def told(row) -> list:
    """The events about it, with the keys of what they carry."""
    rows = Event.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk).order_by("at", "pk")
    return [(event.name, sorted(event.payload)) for event in rows]


def members_are_as_the_services_write_them() -> None:
    """Some of everything, and one member through the services beside one of the bulk."""
    _compare()
    for model, states in ((CheckIn, 6), (EmployerFeedback, 3), (Pledge, 4)):
        assert model.objects.values("state").distinct().count() == states, model
    assert DutyPost.objects.values("kind").distinct().count() == 8
    assert DutyPost.objects.values("branch_id").distinct().count() == 83


def _compare() -> None:
    """One member through the services in 2022, beside one of the bulk with a page that was issued."""
    page = EmployerFeedback.objects.filter(state="issued").earliest("pk")
    bulk = page.checkin
    staff, lead, secretary = (
        actor_for(Post.objects.filter(title__code=title, area=area).earliest("pk").user)
        for title, area in (
            ("community_staff", bulk.community_id),
            ("community_secretary", bulk.community_id),
            ("branch_secretary", bulk.branch_id),
        )
    )
    with time_machine.travel(datetime(2022, 11, 1, 9, tzinfo=CHINA), tick=False) as clock:
        person = register_for(actor=staff, facts=PersonFacts("某某"), area=bulk.area_id)
        facts = Facts("示例", ("law",), ("sunday",), agrees=True)
        played = applying.apply(actor=staff, resident_id=person.pk, facts=facts)
        clock.shift(timedelta(hours=4))
        applying.accept(checkin_id=played.pk, actor=secretary)
        clock.shift(timedelta(days=1))
        _serve(played, bulk, staff, lead)
        clock.move_to(datetime(2022, 12, 12, 9, tzinfo=CHINA))
        made = feedback.draft(checkin_id=played.pk, actor=staff)
        clock.shift(timedelta(minutes=5))
        feedback.agree(feedback_id=made.pk, actor=staff, comment="谢谢")
        clock.shift(timedelta(minutes=5))
        feedback.issue(feedback_id=made.pk, actor=lead)
        played.refresh_from_db()
        sweep.invite_quiet(at=played.quiet_due_at + timedelta(minutes=5))
        clock.move_to(played.quiet_due_at + timedelta(minutes=5))
    played, made = CheckIn.objects.get(pk=played.pk), EmployerFeedback.objects.get(pk=made.pk)
    assert filled(played) == filled(bulk)
    assert filled(made) == filled(page)
    assert set(made.body) == set(page.body)
    assert feedback.fingerprint_of(page) == page.fingerprint
    kinds = [sorted(row.lines.values_list("kind", flat=True)) for row in (played, bulk)]
    assert kinds[0] == kinds[1]
    assert sorted(told(played)) == sorted(told(bulk))
    assert told(made) == told(page)
    gap = bulk.due_at - bulk.applied_at
    assert timedelta(days=2) < gap < timedelta(days=12)
    bulk.refresh_from_db()
    assert bulk.state == played.state == "active"


def _serve(played, bulk, staff, lead) -> None:
    activity = ServiceRecord.objects.filter(volunteer__resident=bulk.resident_id).earliest("pk").activity
    start = timezone.now() - timedelta(hours=3)
    stretch = Stretch(start, start + timedelta(hours=2))
    entry = played.resident.volunteer
    record = proposing.propose(actor=staff, volunteer_id=entry.pk, activity_id=activity.pk, stretch=stretch)
    confirming.confirm(record_id=record.pk, actor=lead)
