"""The routing table: nothing is forgotten, and the right people are named."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone, translation

from core.models import Event, OutboxMessage
from governance import lifecycle
from governance.lifecycle.committees import COMMITTEE_EVENTS
from governance.lifecycle.hotline import HOTLINE_EVENTS
from governance.lifecycle.matters import MATTER_EVENTS
from governance.lifecycle.meetings import MEETING_EVENTS
from governance.lifecycle.motions import MOTION_EVENTS
from governance.lifecycle.recurring import RECURRENCE_EVENTS
from governance.lifecycle.tasks import TASK_EVENTS
from governance.lifecycle.whistles import WHISTLE_EVENTS
from governance.models import Meeting
from governance.services.dispatch import Goal, dispatch_issue, refuse_issue, return_issue, sign_issue, take_issue
from governance.services.following import urge_issue, withdraw_issue
from governance.services.handling import log_contact, reply_issue
from governance.services.meetings import agenda, notices, roll, topics
from governance.services.meetings.planning import Officers
from governance.services.meetings.results import remind_organizers
from governance.services.moves import tell
from neighborhoods.actors import SYSTEM
from neighborhoods.lifecycle import EVENT_NAMES as AREA_EVENTS
from notifications.models import Delivery, Notice, Urgency
from notifications.routing import PROPOSER_TEXTS, ROUTES, SILENT
from notifications.services.composing import compose
from notifications.services.relay import relay_batch
from notifications.subjects import SUBJECTS
from notifications.texts import TEXTS, resident_words, staff_words
from tests import checkin_steps, volunteer_stage
from tests.factories import make_issue, make_meeting, make_post, make_topic
from tests.matter_steps import collect
from tests.test_governance_committees import open_committee, promise
from tests.test_governance_tasks import give
from volunteers.lifecycle.names import EVENT_NAMES as SERVICE_EVENTS


def relay() -> None:
    while relay_batch(at=timezone.now(), routes=ROUTES):
        pass


def forget() -> None:
    """What has been told so far is not what the test asks for."""
    relay()
    Delivery.objects.all().delete()
    Notice.objects.all().delete()


def told(people, text: str) -> set[str]:
    """The names of everybody who got this notice."""
    names = {user.pk: name for name, user in people.users.items()}
    return {names[pk] for pk in Notice.objects.filter(text=text).values_list("user", flat=True)}


def resident_texts() -> list[str]:
    return list(Delivery.objects.filter(contact__isnull=False).order_by("pk").values_list("text", flat=True))


def test_every_event_is_routed():
    """Every event of the portal is told to somebody or listed as silent, and never both."""
    told = {*ROUTES, *PROPOSER_TEXTS}
    ours = lifecycle.EVENT_NAMES | MEETING_EVENTS | MOTION_EVENTS | TASK_EVENTS | WHISTLE_EVENTS | RECURRENCE_EVENTS
    ours |= MATTER_EVENTS | COMMITTEE_EVENTS | SERVICE_EVENTS
    assert told | SILENT == ours | AREA_EVENTS | HOTLINE_EVENTS
    assert not told & SILENT


def test_every_text_exists_and_is_used():
    named = {rule.text for route in ROUTES.values() for rule in route.staff}
    named |= {route.resident for route in ROUTES.values() if route.resident}
    assert named == set(TEXTS)


def test_every_subject_and_text_fits_its_column():
    for model in (Notice, Delivery):
        for column, names in (("subject", SUBJECTS), ("text", TEXTS)):
            assert max(map(len, names)) <= model._meta.get_field(column).max_length, (model, column)


def about_of(text: str, issue, district, people):
    """What a text is about, by its name."""
    if text.startswith(("task_", "duty_")):
        return give(district, people)
    if text.startswith("matter_"):
        return collect(district, people)
    if text.startswith("promise_"):
        return promise(open_committee(district, people), district, people)
    if text.startswith(("volunteer_", "checkin_", "feedback_")):
        return _of_who_serves(text, district, people)
    if text.startswith("topic_"):
        return make_topic(district.building)
    return make_meeting(district.branch, people.branch_secretary) if text.startswith("meeting_") else issue


def _of_who_serves(text: str, district, people):
    if text.startswith("volunteer_"):
        return volunteer_stage.volunteer(district, people)
    checkin = checkin_steps.here(district, people)
    if text.startswith("checkin_"):
        return checkin
    with checkin_steps.december():
        return checkin_steps.feedback_in(checkin, "drafted", people, people.community_lead)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("text", sorted(TEXTS))
def test_every_text_can_be_written(district, people, text, language):
    issue = make_issue(district.building)
    values = {"step": "sign", "due_at": timezone.now().isoformat()}
    with translation.override(language):
        if text.startswith("resident_"):
            link = f"{settings.PUBLIC_URL}/f/7KQ2-M9XD-4TRP/"
            words = resident_words(text, issue, values, at=timezone.now(), link=link)
            assert link in words
            assert language == "en" or len(words) <= 140  # two parts of a Chinese text message
        else:
            about = about_of(text, issue, district, people)
            words = staff_words(text, about, values, timezone.now())
            assert about.number in words
            return
    assert issue.number in words
    assert "%" not in words
    assert issue.text not in words


def test_new_issue_reaches_its_holder_and_the_resident(district, people):
    issue = make_issue(district.building)
    relay()
    assert issue.holder_area == district.grid
    assert told(people, "new") == {"grid_worker"}
    assert resident_texts() == ["resident_submitted"]
    assert not OutboxMessage.objects.filter(relayed_at=None).exists()


def test_danger_is_told_at_once_by_every_channel(district, people):
    user = people.user("grid_worker")
    user.phone = "+8613900000001"
    user.save()
    make_issue(district.building, category="IN02", is_danger=True)
    relay()
    assert told(people, "new_critical") == {"grid_worker"}
    rows = Delivery.objects.filter(user=user)
    assert {(d.channel, d.urgency) for d in rows} == {("email", Urgency.CRITICAL), ("sms", Urgency.CRITICAL)}


def test_ordinary_work_comes_by_mail_only(district, people):
    user = people.user("grid_worker")
    user.phone = "+8613900000001"
    user.save()
    make_issue(district.building)
    relay()
    assert list(Delivery.objects.filter(user=user).values_list("channel", flat=True)) == ["email"]


def test_who_has_no_mail_is_told_by_text_message(district, people):
    user = people.user("grid_worker")
    user.phone, user.email = "+8613900000001", None
    user.save()
    make_issue(district.building)
    relay()
    assert list(Delivery.objects.filter(user=user).values_list("channel", flat=True)) == ["sms"]


def test_a_unit_is_told_of_its_dispatch(district, people):
    issue = make_issue(district.building)
    forget()
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting))
    relay()
    assert told(people, "dispatched") == {"department_clerk"}
    assert resident_texts() == ["resident_dispatched"]


def test_nobody_is_told_of_what_they_did_themselves(district, people):
    issue = make_issue(district.building)
    forget()
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(area=district.community))
    relay()
    assert told(people, "dispatched") == {"community_lead"}


def test_returns_go_to_the_desk_that_dispatches_and_then_to_the_street(district, people):
    issue = make_issue(district.building)
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting))
    forget()
    return_issue(issue_id=issue.pk, actor=people.department_clerk, reason="不归我们", basis="职责清单 3")
    relay()
    assert told(people, "returned") == {"community_staff", "community_lead"}
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.drainage))
    return_issue(issue_id=issue.pk, actor=people.other_clerk, reason="不归我们", basis="职责清单 7")
    relay()
    assert told(people, "ruling") == {"street_officer", "street_lead"}


def test_reply_goes_to_the_resident_now_and_to_the_desk_in_the_digest(district, people):
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="已联系")
    forget()
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="灯已换好")
    relay()
    assert resident_texts() == ["resident_replied"]
    assert told(people, "check") == {"community_staff", "community_lead"}
    assert not Delivery.objects.filter(user__isnull=False).exists()


def test_whoever_joined_a_case_hears_the_answer_too(district, people):
    issue = make_issue(district.building)
    joined = make_issue(district.building, phone="10000000006", same_as=issue.pk)
    make_issue(district.building, phone="", name="", same_as=issue.pk)  # left no contact
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    log_contact(issue_id=issue.pk, actor=people.grid_worker, reached=True, note="")
    forget()
    reply_issue(issue_id=issue.pk, actor=people.grid_worker, text="灯已换好")
    relay()
    rows = Delivery.objects.filter(text="resident_replied")
    assert {d.issue_id for d in rows} == {issue.pk, joined.pk}
    assert {d.contact_id for d in rows} == {issue.contact_id, joined.contact_id}


def test_refusal_reaches_the_resident_and_whoever_recorded_it(district, people):
    issue = make_issue(district.building, actor=people.representative, channel="visit")
    forget()
    refuse_issue(issue_id=issue.pk, actor=people.community_staff, reason="属法院", referral="拨打 12368")
    relay()
    assert resident_texts() == ["resident_not_accepted"]
    assert told(people, "recorded_not_accepted") == {"representative"}


def test_urging_and_withdrawing_reach_the_holder(district, people):
    issue = make_issue(district.building)
    take_issue(issue_id=issue.pk, actor=people.grid_worker)
    forget()
    urge_issue(issue_id=issue.pk)
    withdraw_issue(issue_id=issue.pk)
    relay()
    assert told(people, "urged") == {"grid_worker"}
    assert told(people, "withdrawn") == {"grid_worker"}


@pytest.mark.parametrize(
    ("target", "level", "names"),
    [
        ("handler", None, {"grid_worker"}),
        ("handler_lead", None, {"grid_worker", "community_lead"}),
        ("level_up", 2, {"grid_worker"}),
        ("level_up", 1, {"community_lead"}),
        ("level_up", 0, {"street_officer", "street_lead"}),
        ("street", 0, {"street_officer", "street_lead"}),
        ("district", -1, {"district_duty"}),
    ],
)
def test_escalation_reaches_its_target(district, people, target, level, names):
    issue = make_issue(district.building)
    clock = issue.clocks.get()
    forget()
    facts = {"rung": 1, "target": target, "level": level, "clock_id": clock.pk, "step": clock.step}
    tell(lifecycle.ISSUE_ESCALATED, issue, SYSTEM, **facts)
    relay()
    assert told(people, "escalated") == names


def test_escalation_of_a_unit_reaches_its_lead_too(district, people):
    lead = make_post("unit_lead", unit=district.lighting).user
    issue = make_issue(district.building)
    dispatch_issue(issue_id=issue.pk, actor=people.community_staff, goal=Goal(unit=district.lighting))
    sign_issue(issue_id=issue.pk, actor=people.department_clerk)
    forget()
    tell(lifecycle.ISSUE_ESCALATED, issue, SYSTEM, rung=3, target="level_up", level=1, step="done")
    relay()
    assert set(Notice.objects.values_list("user", flat=True)) == {people.user("community_lead").pk, lead.pk}


def test_escalation_climbs_past_empty_chairs(district, people):
    people.user("community_lead").posts.update(ends_on="2023-01-01")
    issue = make_issue(district.building)
    forget()
    tell(lifecycle.ISSUE_ESCALATED, issue, SYSTEM, rung=3, target="level_up", level=1, step="accept")
    relay()
    assert told(people, "escalated") == {"street_officer", "street_lead"}


def test_other_streets_hear_nothing(district, people):
    make_issue(district.building)
    make_issue(district.other_building, category="IN02", is_danger=True)
    relay()
    far = [people.user(name).pk for name in ("outsider", "far_grid_worker", "far_officer")]
    assert not Notice.objects.filter(user__in=far).exists()


def test_notices_hold_no_contact_data(district, people):
    issue = make_issue(district.building, name="张某", phone="13800001234", text="电话 13800001234 张某")
    relay()
    stored = str(list(Delivery.objects.values())) + str(list(Notice.objects.values()))
    assert "13800001234" not in stored
    assert "张某" not in stored
    assert Event.objects.filter(payload__issue_id=issue.pk).exists()


def test_whoever_proposed_a_topic_is_told_what_became_of_it(district, people):
    """Also of a meeting's notice and result; the message has the number and the private link, nothing else."""
    topic = make_topic(district.building, phone="10000000009")
    topics.accept_topic(topic_id=topic.pk, actor=people.branch_secretary)
    meeting = make_meeting(district.branch, people.branch_secretary)
    rows = [agenda.Row("停车", 20, topic_id=topic.pk)]
    agenda.set_agenda(meeting_id=meeting.pk, actor=people.branch_secretary, rows=rows)
    agenda.screen_meeting(meeting_id=meeting.pk, actor=people.branch_secretary)
    notices.announce_meeting(meeting_id=meeting.pk, actor=people.branch_secretary)
    relay_batch(at=timezone.now(), routes=ROUTES)
    assert resident_texts() == ["topic_accepted", "topic_announced"]
    delivery = Delivery.objects.latest("pk")
    words = compose(delivery, address="10000000009", at=timezone.now()).words
    assert topic.number in words
    assert topics.topic_token(topic) in words
    assert topic.title not in words


def test_the_desk_hears_of_topics_meetings_and_what_is_late(district, people):
    make_topic(district.building)
    officers = Officers(chair=people.user("representative"), secretary=people.user("building_lead"))
    meeting = make_meeting(district.branch, people.branch_secretary, officers=officers)
    arguments = {"meeting_id": meeting.pk, "actor": people.branch_secretary}
    agenda.set_agenda(**arguments, rows=[agenda.Row("停车", 20)])
    agenda.screen_meeting(**arguments)
    roll.invite(**arguments, users=[people.user("community_staff")])
    notices.announce_meeting(**arguments)
    Meeting.objects.filter(pk=meeting.pk).update(due_at=timezone.now() - timedelta(days=1))
    remind_organizers()
    relay()
    assert told(people, "topic_new") == {"branch_secretary"}
    assert told(people, "meeting_invited") == {"community_staff"}
    assert told(people, "meeting_announced") == {"representative", "building_lead", "community_staff"}
    assert told(people, "meeting_reminded") == {"branch_secretary"}
