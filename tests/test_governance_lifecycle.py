"""Every verb in every state: what the table of moves does not allow is refused, and nothing is written."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance import lifecycle as life
from governance.lifecycle import FINAL, IN_HAND, MOVES, OPEN, State, Urgency
from governance.models import (
    Callback,
    Clock,
    ClockPause,
    ContactLog,
    Dispatch,
    Extension,
    Issue,
    Question,
    Reply,
    TimelineEntry,
)
from governance.services import answers, dispatch, extensions, following, handling, nudges, parking, pauses, questions
from governance.services.dispatch import Goal
from neighborhoods.actors import NOBODY
from tests.factories import make_issue

pytestmark = pytest.mark.django_db

TABLES = (
    *(Issue, TimelineEntry, Clock, ClockPause, Extension, Question, Dispatch, ContactLog, Reply, Callback),
    *(Event, OutboxMessage),
)
HELD = {State.SIGNED, State.WORKING}
ASKED = {State.REPLIED, State.CALLBACK}


def verbs(district, people) -> dict[str, tuple[Callable, dict, set[State], str]]:
    """verb → service, its arguments, the states in which it works, the event it tells."""
    grid, staff, agent = people.grid_worker, people.community_staff, people.callback_agent
    to_unit = Goal(unit=district.drainage)
    return {
        "take": (dispatch.take_issue, {"actor": grid}, {State.SUBMITTED}, life.ISSUE_SIGNED),
        "dispatch": (
            dispatch.dispatch_issue,
            {"actor": staff, "goal": to_unit, "note": "请处理"},
            {State.SUBMITTED, State.ACCEPTED, State.RETURNED, State.REOPENED},
            life.ISSUE_DISPATCHED,
        ),
        "redispatch": (
            dispatch.dispatch_issue,
            {"actor": staff, "goal": to_unit, "note": "请处理", "again": True},
            {State.SUBMITTED, State.ACCEPTED, State.RETURNED, State.REOPENED, *IN_HAND},
            life.ISSUE_DISPATCHED,
        ),
        "ask_ruling": (
            dispatch.ask_ruling,
            {"actor": staff, "reason": "两家都说不归他们"},
            {State.RETURNED},
            life.ISSUE_RULING_ASKED,
        ),
        "rule": (
            dispatch.dispatch_issue,
            {"actor": people.district_duty, "goal": Goal(area=district.community)},
            {State.RULING},
            life.ISSUE_RULED,
        ),
        "sign": (dispatch.sign_issue, {"actor": grid}, {State.DISPATCHED}, life.ISSUE_SIGNED),
        "refuse": (
            dispatch.refuse_issue,
            {"actor": staff, "reason": "不在职责内", "referral": "请找产权单位"},
            {State.SUBMITTED},
            life.ISSUE_NOT_ACCEPTED,
        ),
        "return": (
            dispatch.return_issue,
            {"actor": grid, "reason": "不归我们", "basis": "职责清单"},
            set(IN_HAND),
            life.ISSUE_RETURNED,
        ),
        "contact": (handling.log_contact, {"actor": grid, "reached": True, "note": ""}, HELD, life.ISSUE_CONTACTED),
        "reply": (handling.reply_issue, {"actor": grid, "text": "换了灯头"}, HELD, life.ISSUE_REPLIED),
        "check": (handling.check_issue, {"actor": staff, "passed": True}, {State.REPLIED}, life.ISSUE_CHECKED),
        "fail": (
            handling.check_issue,
            {"actor": staff, "passed": False, "note": "第四盏没亮"},
            {State.REPLIED},
            life.ISSUE_REOPENED,
        ),
        "urgency": (
            handling.change_urgency,
            {"actor": staff, "urgency": Urgency.URGENT, "reason": ""},
            set(OPEN),
            life.ISSUE_URGENCY_CHANGED,
        ),
        "solved": (answers.answer_issue, {"solved": True, "satisfaction": 5, "words": ""}, ASKED, life.ISSUE_CLOSED),
        "not_solved": (
            answers.answer_issue,
            {"solved": False, "satisfaction": None, "words": "还不亮"},
            ASKED,
            life.ISSUE_ANSWERED,
        ),
        "call": (
            answers.record_callback,
            {"actor": agent, "outcome": Callback.Outcome.NOT_SOLVED, "satisfaction": 2, "words": ""},
            ASKED,
            life.ISSUE_CALLED_BACK,
        ),
        "explain": (
            answers.explain_issue,
            {"actor": staff, "explanation": "属于公共维修资金范围"},
            {State.CALLBACK, State.PARKED},
            life.ISSUE_CLOSED,
        ),
        "park": (parking.park_issue, {"actor": staff, "note": "等待产权确认"}, {State.CALLBACK}, life.ISSUE_PARKED),
        "reopen": (
            answers.reopen_issue,
            {"actor": staff, "reason": "又坏了"},
            {State.CLOSED_SOLVED, State.CLOSED_EXPLAINED, State.PARKED, *ASKED},
            life.ISSUE_REOPENED,
        ),
        "reopen_by_link": (
            answers.reopen_issue,
            {"actor": NOBODY, "reason": "又坏了"},
            {State.CLOSED_SOLVED, State.CLOSED_EXPLAINED},
            life.ISSUE_REOPENED,
        ),
        "withdraw": (
            following.withdraw_issue,
            {"reason": ""},
            {state for state in State if State.WITHDRAWN in MOVES[state]},
            life.ISSUE_WITHDRAWN,
        ),
        "urge": (following.urge_issue, {}, set(OPEN), life.ISSUE_URGED),
        "nudge": (
            nudges.nudge_issue,
            {"actor": staff},
            {State.SUBMITTED, State.ACCEPTED, *IN_HAND},
            life.ISSUE_URGED,
        ),
        "supplement": (
            following.supplement_issue,
            {"text": "第四盏也不亮"},
            {*OPEN, State.MERGED},
            life.ISSUE_SUPPLEMENTED,
        ),
        "ask_pause": (
            pauses.ask_pause,
            {"actor": grid, "reason": "weather", "ends_at": timezone.now() + timedelta(days=2)},
            set(IN_HAND),
            life.ISSUE_PAUSE_ASKED,
        ),
        "ask_extension": (
            extensions.ask_extension,
            {"actor": grid, "reason": "等配件", "basis": "办理规范第 9 条", "days": 5},
            set(IN_HAND),
            life.ISSUE_EXTENSION_ASKED,
        ),
        "ask_resident": (questions.ask_resident, {"actor": grid, "text": "哪一盏？"}, HELD, life.ISSUE_QUESTION_ASKED),
    }


def put(issue: Issue, state: State, district) -> Issue:
    """The row as it would be in that state, written behind the services' back."""
    at = timezone.now()
    is_final, was_replied = state in FINAL, state in ASKED or state == State.PARKED or state in life.CLOSED
    Clock.objects.filter(issue=issue).update(state="void", ended_at=at, next_rung_at=None)
    due_at = None
    if state in IN_HAND:
        Dispatch.objects.create(issue=issue, area=issue.holder_area, at=at, by_label="测试")
        clock = Clock.objects.filter(issue=issue).first()
        due_at = at + timedelta(days=5)
        Clock.objects.create(issue=issue, step="done", version=clock.version, started_at=at, due_at=due_at)
        ContactLog.objects.create(issue=issue, at=at, by_id=1, reached=True)
    if was_replied:
        Callback.objects.create(issue=issue, at=at, via="link", outcome="not_solved")
    Issue.objects.filter(pk=issue.pk).update(
        state=state,
        closed_at=at if is_final else None,
        due_at=due_at,
        parent=make_issue(district.building).pk if state == State.MERGED else None,
        dispatched_at=at if state not in {State.SUBMITTED, State.ACCEPTED} else None,
        replied_at=at if was_replied else None,
        replied_by_id=10**9 if was_replied else None,
    )
    return Issue.objects.get(pk=issue.pk)


def everything(issue: Issue) -> tuple:
    return tuple(model.objects.count() for model in TABLES), Issue.objects.filter(pk=issue.pk).values().get()


# fmt: off
NAMES = [
    "take", "dispatch", "redispatch", "ask_ruling",
    "rule", "sign", "refuse", "return", "contact", "reply", "check", "fail", "urgency",
    "solved", "not_solved", "call", "explain", "park", "reopen", "reopen_by_link", "withdraw", "urge", "nudge",
    "supplement", "ask_pause", "ask_extension", "ask_resident",
]
# fmt: on


@pytest.mark.parametrize("name", NAMES)
def test_verb_works_where_the_table_says_and_nowhere_else(district, people, name, settings):
    settings.EXTENSION_DAYS = dict.fromkeys(Urgency, 15)
    verb, arguments, works_in, event = verbs(district, people)[name]
    parent_case = make_issue(district.building)  # so that numbers and reference data are there already
    assert parent_case
    for state in State:
        issue = put(make_issue(district.building), state, district)
        before = everything(issue)
        if state not in works_in:
            with pytest.raises((RuleError, NotAllowedError)):
                verb(issue_id=issue.pk, **arguments)
            assert everything(issue) == before, f"{name} in {state} was refused and wrote something"
            continue
        lines = issue.timeline.count()
        verb(issue_id=issue.pk, **arguments)
        told = Event.objects.order_by("-pk").first()
        assert (told.name, told.subject_id) == (event, issue.pk), f"{name} in {state}"
        assert Event.objects.count() == before[0][TABLES.index(Event)] + 1
        assert OutboxMessage.objects.filter(event=told).exists()
        assert issue.timeline.count() > lines
        assert not Dispatch.objects.filter(issue=issue, ended_at=None)[1:].exists()


def test_every_verb_of_the_table_is_tried(district, people):
    assert set(verbs(district, people)) == set(NAMES)


def test_every_state_is_reached_and_left_as_the_table_says():
    assert set(MOVES) == set(State)
    reachable, front = {State.SUBMITTED}, [State.SUBMITTED]
    while front:
        for state in MOVES[front.pop()] - reachable:
            reachable.add(state)
            front.append(state)
    assert reachable == set(State)
    assert all(not MOVES[state] for state in FINAL - life.CLOSED - {State.MERGED, State.DISMISSED})
    assert MOVES[State.DISMISSED] == {State.APPEALED}  # only whoever asked can have it looked at again
    assert MOVES[State.MERGED] == {State.SUBMITTED}  # taken apart again by staff
    assert not any(
        goal in life.CLOSED for state in (State.WORKING, State.SIGNED, State.DISPATCHED) for goal in MOVES[state]
    )


def test_second_of_two_colleagues_reads_what_happened(district, people):
    issue = make_issue(district.building)
    dispatch.take_issue(issue_id=issue.pk, actor=people.grid_worker)
    with pytest.raises(RuleError, match=issue.number):
        dispatch.refuse_issue(issue_id=issue.pk, actor=people.community_staff, reason="重复", referral="见前案")
