"""The invented district's meetings keep the rules that the services keep, and give the figures of the article."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.utils import timezone

from core.calendar import working_days_between
from core.models import Event, OutboxMessage
from demo.again import hold_again
from demo.district import load_district
from demo.meetings import load_meetings
from demo.plan import plan_district
from demo.votes import load_votes
from governance.decisions import Outcome
from governance.lifecycle.meetings import MEETING_MOVES, TOPIC_MOVES, MeetingState, TopicState
from governance.lifecycle.motions import MotionState
from governance.models import Attendance, Meeting, MeetingEntry, Minutes, Motion, Topic
from governance.selectors.meetings.counts import micro_meetings, settled_problems
from governance.services.meetings.minutes import body_of, fingerprint_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    """The services look at the clock themselves, and it moves on while they work."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def met(db):
    plan = plan_district(Random(20230610))
    return load_meetings(plan, load_district(plan), NOW, NOW - timedelta(hours=30))


def test_the_district_has_the_meetings_of_the_article_and_some_of_every_state(met):
    assert met["meetings"] == Meeting.objects.count() > 281
    # ---- the figures
    assert micro_meetings(2022).count() == 281
    assert settled_problems(2022).count() == 414
    assert not Topic.objects.filter(settled_at__year=2022).exclude(pk__in=settled_problems(2022)).exists()
    # ---- every state; the one to which too few came takes its topics to the new one
    hold_again(NOW)
    assert set(Meeting.objects.values_list("state", flat=True)) == set(MeetingState)
    # a roll of who stood in the room is not one of an online meeting
    assert not Meeting.objects.filter(format="online", held_at__isnull=False).exists()
    again = Meeting.objects.get(previous__isnull=False)
    assert (again.previous.state, again.state) == (MeetingState.RESCHEDULED, MeetingState.NOTICED)
    assert [topic.pk for topic in again.topics.all()] == [item.topic_id for item in again.previous.agenda.all()]
    assert all(timezone.localtime(m.starts_at).hour >= 9 for m in Meeting.objects.all())
    assert set(TopicState) - {TopicState.DECLINED, TopicState.WITHDRAWN, TopicState.CARRIED} <= set(
        Topic.objects.values_list("state", flat=True)
    )
    # ---- the rules
    for meeting in Meeting.objects.select_related("rule").prefetch_related("agenda", "notices", "minutes"):
        assert sum(item.minutes for item in meeting.agenda.all()) <= meeting.length
        assert meeting.chair_id != meeting.secretary_id
        for notice in meeting.notices.all():
            ahead = (timezone.localdate(notice.starts_at) - timezone.localdate(notice.at)).days
            votes = any(item["is_vote"] for item in notice.agenda)
            assert ahead >= (meeting.rule.vote_notice_days if votes else meeting.rule.notice_days)
        if meeting.minutes_confirmed_at:
            assert working_days_between(meeting.held_at, meeting.minutes_confirmed_at) <= meeting.rule.minutes_days
        if meeting.published_at:
            assert (meeting.withdraw_on - timezone.localdate(meeting.published_at)).days >= meeting.rule.shown_days
    for entry in MeetingEntry.objects.exclude(from_state=""):
        assert entry.to_state in MEETING_MOVES[MeetingState(entry.from_state)]
    assert not Attendance.objects.filter(meeting__held_at=None).exists()
    assert Event.objects.count() == OutboxMessage.objects.count()
    assert TOPIC_MOVES


def test_frozen_minutes_say_what_the_services_would_freeze(met):
    for minutes in Minutes.objects.filter(confirmed_at__isnull=False).select_related("meeting")[:20]:
        assert minutes.fingerprint == fingerprint_of(minutes.body)
        assert minutes.confirmed_by_id not in minutes.typed_by_ids
        fresh = body_of(minutes.meeting, minutes, list(minutes.meeting.agenda.all()))
        for item in fresh["items"]:  # said of a resolution afterwards
            for resolution in item["resolutions"]:
                resolution["is_information_only"] = False
        assert {**fresh, "starts_at": 0, "held_at": 0} == {**minutes.body, "starts_at": 0, "held_at": 0}


def test_votes_of_every_stage_are_taken_at_the_meetings_of_today(met):
    number = load_votes()
    states = set(Motion.objects.values_list("state", flat=True))
    assert number == Motion.objects.count() >= 3
    assert {MotionState.DECIDED, MotionState.RECOUNTING, MotionState.OPEN} <= states
    secret = Motion.objects.get(state=MotionState.OPEN, is_secret=True)  # nobody reads who said what
    assert set(secret.ballots.values_list("choice", flat=True)) == {""}
    assert sum(secret.urn.values_list("number", flat=True)) == secret.ballots.count() > 0
    decided = Motion.objects.filter(state=MotionState.DECIDED).first()
    assert decided.outcome == Outcome.PASSED
    assert decided.tallies.get().present_number == 19
    shown = [item for one in Minutes.objects.exclude(body=None) for item in one.body["items"] if item["motions"]]
    assert [len(item["motions"]) for item in shown] == [2]
