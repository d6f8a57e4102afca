"""Every step of a meeting in every state: what the table does not allow is refused, and nothing is written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance.lifecycle import meetings as life
from governance.lifecycle.meetings import (
    MEETING_FITS,
    MEETING_MOVES,
    TOPIC_FITS,
    TOPIC_MOVES,
    MeetingKind,
    MeetingState,
    TopicState,
)
from governance.models import (
    AgendaItem,
    Attendance,
    Meeting,
    MeetingEntry,
    MeetingNotice,
    Minutes,
    Resolution,
    Topic,
    TopicEntry,
)
from governance.services.meetings import agenda, minutes, notices, planning, results, roll, session, topics
from tests.factories import make_meeting, make_plan, make_topic
from tests.meeting_stage import NOW, START, Stage

pytestmark = pytest.mark.django_db

TABLES = (
    *(Meeting, MeetingEntry, MeetingNotice, AgendaItem, Topic, TopicEntry),
    *(Attendance, Minutes, Resolution, Event, OutboxMessage),
)


@pytest.fixture
def stage(district, people) -> Stage:
    return Stage(district, people)


def verbs(stage: Stage) -> dict[str, tuple[Callable, str, str, dict, datetime]]:
    """name → service, the step of MEETING_FITS it belongs to, its event, arguments, when."""
    item, soon, after = stage.items[0], NOW, START + timedelta(hours=1)
    people = roll.lines_of("王五 5栋101")
    return {
        "edit": (planning.edit_meeting, "edit", life.MEETING_EDITED, {"plan": make_plan(starts_at=START)}, soon),
        "officers": (
            planning.set_officers,
            "officers",
            life.MEETING_EDITED,
            {"officers": planning.Officers(chair_name="甲", secretary_name="乙")},
            soon,
        ),
        "agenda": (agenda.set_agenda, "agenda", life.MEETING_EDITED, {"rows": [agenda.Row("通报", 10)]}, soon),
        "screen": (agenda.screen_meeting, "screen", life.MEETING_SCREENED, {}, soon),
        "notice": (notices.announce_meeting, "notice", life.MEETING_NOTICED, {}, soon),
        "move": (
            notices.move_announced_meeting,
            "move",
            life.MEETING_MOVED,
            {**stage.later(), "reason": "下雨"},
            soon,
        ),
        "invite": (
            roll.invite,
            "invite",
            life.MEETING_INVITED,
            {"users": [stage.people.user("community_staff")]},
            soon,
        ),
        "roll": (roll.type_roll, "roll", life.MEETING_ROLL_TYPED, {"people": people}, after),
        "hold": (session.hold_meeting, "hold", life.MEETING_HELD, {}, after),
        "few": (session.declare_not_quorate, "few", life.MEETING_NOT_QUORATE, {}, after),
        "again": (session.reschedule_meeting, "again", life.MEETING_RESCHEDULED, stage.later(), after),
        "cancel": (planning.cancel_meeting, "cancel", life.MEETING_CANCELLED, {"reason": "下雨"}, soon),
        "adjourn": (session.adjourn_meeting, "adjourn", life.MEETING_ADJOURNED, {}, after),
        "item": (
            session.finish_item,
            "item",
            life.MEETING_MINUTES_WRITTEN,
            {"item_id": item.pk, "outcome": "informed"},
            after,
        ),
        "resolve": (
            session.add_resolution,
            "resolve",
            life.MEETING_RESOLVED,
            {"item_id": item.pk, "text": "再划两个车位"},
            after,
        ),
        "follow": (results.follow_up_meeting, "follow", life.MEETING_FOLLOWED, {"note": "已办"}, after),
        "publish": (
            results.publish_result,
            "publish",
            life.MEETING_PUBLISHED,
            {"withdraw_on": START.date() + timedelta(days=30)},
            after,
        ),
    }


def snapshot() -> dict:
    return {model: list(model.objects.order_by("pk").values()) for model in TABLES}


@pytest.mark.parametrize("state", list(MeetingState))
def test_each_step_fits_or_writes_nothing(stage, state):
    stage.bring_to(state)
    before = snapshot()
    for name, (verb, step, event, arguments, at) in verbs(stage).items():
        point = transaction.savepoint()
        with time_machine.travel(at, tick=False):
            if state in MEETING_FITS[step]:
                stage.do(verb, "branch_secretary", **arguments)
                assert Event.objects.latest("pk").name == event, name
                assert OutboxMessage.objects.count() == Event.objects.count()
            else:
                with pytest.raises((RuleError, NotAllowedError)):
                    stage.do(verb, "branch_secretary", **arguments)
        if state not in MEETING_FITS[step]:
            assert snapshot() == before, name
        transaction.savepoint_rollback(point)


STRANGERS = ["outsider", "grid_worker", "far_officer", "department_clerk", "analyst", "nobody"]
ORDER = ["collecting", "screened", "noticed", "held", "minutes_draft", "confirmed", "published", "not_quorate"]


@pytest.mark.parametrize("state", ORDER)
def test_strangers_do_nothing(stage, state):
    stage.bring_to(MeetingState(state))
    before = snapshot()
    for verb, step, _event, arguments, at in verbs(stage).values():
        if state in MEETING_FITS[step]:
            for who in STRANGERS:
                with time_machine.travel(at, tick=False), pytest.raises(NotAllowedError):
                    stage.do(verb, who, **arguments)
    assert snapshot() == before


def test_tables_are_whole():
    assert set(MEETING_MOVES) == set(life.MEETING_LOOKS) == set(MeetingState)
    assert set(TOPIC_MOVES) == set(life.TOPIC_LOOKS) == set(TopicState)
    reached = {state for to in MEETING_MOVES.values() for state in to}
    assert reached == set(MeetingState) - {MeetingState.COLLECTING}
    assert all(states for states in (*MEETING_FITS.values(), *TOPIC_FITS.values()))
    assert {state for state, to in MEETING_MOVES.items() if not to} == life.MEETING_FINAL
    assert {state for state, to in TOPIC_MOVES.items() if not to} == life.TOPIC_FINAL


# ---- rules ----
def test_notice_has_its_lead_time(stage):
    stage._screen()
    with time_machine.travel(START - timedelta(days=2), tick=False), pytest.raises(RuleError, match="3"):
        stage.do(notices.announce_meeting, "branch_secretary")
    with time_machine.travel(START - timedelta(days=3), tick=False):
        stage.do(notices.announce_meeting, "branch_secretary")


def test_a_vote_is_announced_a_week_ahead(stage):
    rows = [agenda.Row("表决停车公约", 30, is_vote=True)]
    with time_machine.travel(NOW, tick=False):
        stage.do(agenda.set_agenda, "branch_secretary", rows=rows)
        stage.do(agenda.screen_meeting, "branch_secretary")
    with time_machine.travel(START - timedelta(days=6), tick=False), pytest.raises(RuleError, match="7"):
        stage.do(notices.announce_meeting, "branch_secretary")
    with time_machine.travel(START - timedelta(days=7), tick=False):
        stage.do(notices.announce_meeting, "branch_secretary")


def test_moving_it_checks_the_lead_time_again_and_sends_a_new_notice(stage):
    stage.bring_to(MeetingState.NOTICED)
    code = roll.checkin_code(stage.meeting)
    with time_machine.travel(START - timedelta(days=5), tick=False):
        soon = START - timedelta(days=3)
        with pytest.raises(RuleError, match="3"):
            stage.do(
                notices.move_announced_meeting,
                "branch_secretary",
                starts_at=soon,
                ends_at=soon + timedelta(hours=2),
                place="议事亭",
                reason="下雨",
            )
        stage.do(notices.move_announced_meeting, "branch_secretary", **stage.later(), reason="下雨")
    stage.meeting.refresh_from_db()
    assert stage.meeting.state == MeetingState.NOTICED
    assert list(stage.meeting.notices.values_list("version", flat=True)) == [1, 2]
    assert stage.meeting.notices.last().reason == "下雨"
    assert roll.checkin_code(stage.meeting) != code


def test_agenda_has_to_fit(stage):
    rows = [agenda.Row("一", 90), agenda.Row("二", 31)]
    with time_machine.travel(NOW, tick=False), pytest.raises(RuleError, match="121"):
        stage.do(agenda.set_agenda, "branch_secretary", rows=rows)


def test_what_is_taken_off_the_agenda_waits_again(stage):
    with time_machine.travel(NOW, tick=False):
        stage.do(agenda.set_agenda, "branch_secretary", rows=[agenda.Row("通报", 10)])
    stage.topic.refresh_from_db()
    assert (stage.topic.state, stage.topic.meeting_id) == (TopicState.ACCEPTED, None)


def test_topics_of_another_place_stay_there(stage):
    with time_machine.travel(NOW, tick=False):
        far = make_topic(stage.district.far_building)
        topics.accept_topic(topic_id=far.pk, actor=stage.people.outsider)
        with pytest.raises(RuleError):
            stage.do(agenda.set_agenda, "branch_secretary", rows=[agenda.Row("远处", 10, topic_id=far.pk)])


def test_every_proposed_topic_is_answered_before_they_are_chosen(stage):
    with time_machine.travel(NOW, tick=False):
        late = make_topic(stage.district.building, meeting=stage.meeting, title="路灯")
        with pytest.raises(RuleError, match="1"):
            stage.do(agenda.screen_meeting, "branch_secretary")
        topics.decline_topic(topic_id=late.pk, actor=stage.people.branch_secretary, reason="已经在修")
        stage.do(agenda.screen_meeting, "branch_secretary")
    late.refresh_from_db()
    assert (late.state, late.reason) == (TopicState.DECLINED, "已经在修")


def test_chair_and_secretary_are_two(stage):
    person = stage.people.user("representative")
    with pytest.raises(RuleError):
        planning.check_officers(planning.Officers(chair=person, secretary=person))


def test_whoever_typed_does_not_confirm(stage):
    stage.bring_to(MeetingState.MINUTES_DRAFT)
    swap = planning.Officers(chair=stage.people.user("building_lead"), secretary=stage.people.user("representative"))
    with time_machine.travel(START + timedelta(days=1), tick=False):
        with pytest.raises(NotAllowedError):
            stage.do(minutes.confirm_minutes, "building_lead")
        stage.do(planning.set_officers, "branch_secretary", officers=swap)
        with pytest.raises(RuleError):
            stage.do(minutes.confirm_minutes, "building_lead")


def test_minutes_of_a_second_window_are_refused(stage):
    stage.bring_to(MeetingState.HELD)
    with time_machine.travel(START, tick=False):
        stage.do(minutes.save_minutes, "building_lead", typed=stage.typed(0))
        stage.do(minutes.save_minutes, "building_lead", typed=stage.typed(0))  # the same words: sent twice
        other = replace(stage.typed(0), opening="另一个窗口")
        with pytest.raises(RuleError):
            stage.do(minutes.save_minutes, "building_lead", typed=other)
        assert stage.meeting.minutes.get().opening == "开场"
        stage.do(minutes.save_minutes, "building_lead", typed=replace(other, revision=1))


def test_confirmed_minutes_are_frozen_and_corrected_by_a_new_version(stage):
    stage.bring_to(MeetingState.CONFIRMED)
    first = stage.meeting.minutes.get()
    assert first.fingerprint == minutes.fingerprint_of(first.body)
    with time_machine.travel(START + timedelta(days=2), tick=False):
        with pytest.raises((RuleError, NotAllowedError)):
            stage.do(minutes.save_minutes, "building_lead", typed=stage.typed(1))
        with pytest.raises(RuleError):
            stage.do(minutes.save_correction, "building_lead", typed=stage.typed(1))
        stage.do(minutes.start_correction, "building_lead", reason="门牌写错")
        stage.do(minutes.save_correction, "building_lead", typed=stage.typed(0))
        stage.do(minutes.confirm_minutes, "representative")
    second = stage.meeting.minutes.last()
    first.refresh_from_db()
    assert (second.version, second.is_frozen, second.reason) == (2, True, "门牌写错")
    assert second.fingerprint != first.fingerprint
    assert stage.meeting.minutes.count() == 2


def test_the_database_refuses_to_change_frozen_minutes(stage):
    stage.bring_to(MeetingState.CONFIRMED)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Minutes.objects.update(opening="改了")
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Minutes.objects.all().delete()


@pytest.mark.parametrize("missing", ["outcome", "text", "resolution", "roll"])
def test_minutes_are_whole_before_they_are_confirmed(stage, missing):
    stage.bring_to(MeetingState.MINUTES_DRAFT)
    item = stage.items[0]
    if missing == "outcome":
        AgendaItem.objects.filter(pk=item.pk).update(outcome="")
    elif missing == "text":
        stage.meeting.minutes.update(texts={})
    elif missing == "resolution":
        Resolution.objects.filter(item=item).delete()
    else:
        Attendance.objects.all().delete()
    with time_machine.travel(START + timedelta(days=1), tick=False), pytest.raises(RuleError):
        stage.do(minutes.confirm_minutes, "representative")


def test_result_is_shown_long_enough(stage):
    stage.bring_to(MeetingState.CONFIRMED)
    day = (START + timedelta(days=1)).date()
    with time_machine.travel(START + timedelta(days=1), tick=False):
        with pytest.raises(RuleError):
            stage.do(results.publish_result, "branch_secretary", withdraw_on=day + timedelta(days=6))
        stage.do(results.publish_result, "branch_secretary", withdraw_on=day + timedelta(days=7))


def test_not_filed_over_an_open_end(stage):
    stage.bring_to(MeetingState.FOLLOWING)
    with time_machine.travel(START + timedelta(days=16), tick=False):
        with pytest.raises(RuleError, match="2"):
            stage.do(results.close_meeting, "branch_secretary")
        for resolution in stage.meeting.resolutions.all():
            stage.do(results.mark_information_only, "branch_secretary", resolution_id=resolution.pk)
        stage.do(minutes.start_correction, "building_lead", reason="门牌写错")
        with pytest.raises(RuleError):
            stage.do(results.close_meeting, "branch_secretary")
        stage.do(minutes.confirm_minutes, "representative")
        stage.do(results.close_meeting, "branch_secretary")


def test_not_filed_before_it_was_shown_long_enough(stage):
    stage.bring_to(MeetingState.PUBLISHED)
    with time_machine.travel(START + timedelta(days=2), tick=False):
        stage.do(results.follow_up_meeting, "branch_secretary", note="已办")
        for resolution in stage.meeting.resolutions.all():
            stage.do(results.mark_information_only, "branch_secretary", resolution_id=resolution.pk)
        with pytest.raises(RuleError):
            stage.do(results.close_meeting, "branch_secretary")


def test_too_few_came_and_it_is_held_again_with_its_topics(stage):
    stage.bring_to(MeetingState.RESCHEDULED)
    new = stage.meeting.held_again
    stage.topic.refresh_from_db()
    assert new.state == MeetingState.COLLECTING
    assert [item.title for item in new.agenda.all()] == ["电动车停放", "其他"]
    assert (stage.topic.state, stage.topic.meeting_id) == (TopicState.ON_AGENDA, new.pk)
    assert new.session == stage.meeting.session + 1


def test_assembly_is_called_by_the_community_and_never_micro(district, people):
    with pytest.raises(NotAllowedError):
        make_meeting(district.branch, people.branch_secretary, kind="assembly")
    with pytest.raises(RuleError):
        make_meeting(district.branch, people.community_staff, kind="assembly")
    with pytest.raises(RuleError):
        make_meeting(district.community, people.community_staff, kind="assembly", is_micro=True)
    assert make_meeting(district.community, people.community_staff, kind="assembly").is_statutory
    # ---- nor is the enlarged committee, which is that of a street or a community
    for area, who in (
        (district.branch, people.community_staff),
        (district.branch, people.branch_secretary),
    ):
        with pytest.raises((RuleError, NotAllowedError)):
            make_meeting(area, who, kind="enlarged")
    assert make_meeting(district.community, people.community_staff, kind="enlarged").kind == MeetingKind.ENLARGED


def test_the_organizer_is_reminded_once(stage):
    stage.bring_to(MeetingState.HELD)
    assert results.remind_organizers() == 1
    assert results.remind_organizers() == 0
    assert Event.objects.filter(name=life.MEETING_REMINDED).count() == 1


def test_minutes_are_due_after_three_working_days(stage):
    stage.bring_to(MeetingState.HELD)  # a Friday
    assert timezone.localdate(stage.meeting.due_at) == date(2026, 3, 25)


def test_same_form_sent_twice_makes_one_meeting(district, people):
    import uuid

    key, plan = uuid.uuid4(), make_plan()
    first = planning.open_meeting(actor=people.branch_secretary, area=district.branch, plan=plan, submission_key=key)
    again = planning.open_meeting(actor=people.branch_secretary, area=district.branch, plan=plan, submission_key=key)
    assert first == again
    assert Meeting.objects.count() == 1
