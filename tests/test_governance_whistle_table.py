"""Whistles: every step in every state does its work or writes nothing."""

import pytest
from django.db import transaction

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance.lifecycle.duties import WhistleKind
from governance.lifecycle.whistles import (
    WHISTLE_EVENTS,
    WHISTLE_FINAL,
    WHISTLE_FITS,
    WHISTLE_LOOKS,
    WHISTLE_MOVES,
    WHISTLE_STEPS,
    WhistleState,
    step_of,
    whistle_fits,
    whistle_moves,
)
from governance.models import Call, DutyClock, DutyEscalation, Task, Whistle, WhistleIssue, WhistleLine
from tests import whistle_steps as steps
from tests.whistle_verbs import VERBS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
S = WhistleState
TABLES = (Whistle, WhistleLine, WhistleIssue, Call, Task, DutyClock, DutyEscalation, Event, OutboxMessage)


def seen() -> list:
    return [list(model.objects.order_by("pk").values()) for model in TABLES]


# A state in which each step does its work on the ordinary way; elsewhere it may fit and still be refused by a rule.
WORKS = {
    "edit": S.DRAFT,
    "review": S.DRAFT,
    "send-back": S.REVIEWED,
    "issue": S.REVIEWED,
    "cancel": S.REVIEWED,
    "sign": S.ISSUED,
    "contact": S.ACKNOWLEDGED,
    "arrive": S.ACKNOWLEDGED,
    "report": S.CARRYING_OUT,
    "dispute": S.ISSUED,
    "nudge": S.ISSUED,
    "add-unit": S.ACKNOWLEDGED,
    "meeting-time": S.ARRIVED,
    "meet": S.ARRIVED,
    "resolve": S.MEETING_HELD,
    "check": S.CLAIMED_DONE,
    "rate": S.CHECKED,
    "close": S.RATED,
    "raise": S.CARRYING_OUT,
}
NEEDS_MORE = {"rule", "absent", "backfill", "claim", "look", "instruct"}  # tried below, each with what it needs


def test_the_tables_are_whole():
    assert set(WHISTLE_MOVES) == set(WHISTLE_LOOKS) == set(S)
    assert all(not WHISTLE_MOVES[state] for state in WHISTLE_FINAL)
    assert set(WHISTLE_STEPS) == set(WhistleKind)
    assert set(VERBS) == set(WHISTLE_FITS) == {*WORKS, *NEEDS_MORE}
    assert all(name.startswith("whistle.") for name in WHISTLE_EVENTS)
    assert [step_of(state) for state in S][-2] == "carry_out"


def test_no_step_is_skipped_except_in_an_emergency():
    order = [S.DRAFT, S.REVIEWED, *(state for state, _step in steps.PATH)]
    for kind in WhistleKind:
        for place, state in enumerate(order):
            for goal in whistle_moves(kind, state) - {S.CANCELLED}:
                jump = order.index(goal) - place
                assert jump <= 1 or (kind == WhistleKind.EMERGENCY and jump == 2), (kind, state, goal)


class _UndoneError(Exception):
    pass


# an emergency goes to work without a meeting
STATES = [(WhistleKind.ENFORCEMENT, state) for state in S]
STATES += [(WhistleKind.EMERGENCY, state) for state in S if state != S.MEETING_HELD]


@pytest.mark.parametrize(("kind", "state"), STATES)
def test_every_step_in_every_state(district, people, kind, state):
    whistle = steps.put(steps.draft(district, people, kind=kind), state, people)
    assert whistle.state == state
    before = seen()
    for verb, attempt in VERBS.items():
        try:
            with transaction.atomic():
                attempt(whistle, district, people)
                assert WhistleLine.objects.count() > len(before[1])
                assert Event.objects.filter(name__startswith="whistle.").count() >= 2
                raise _UndoneError
        except _UndoneError:
            assert whistle_fits(verb, kind, state), verb
        except (RuleError, NotAllowedError):
            assert kind == WhistleKind.EMERGENCY or WORKS.get(verb) != state, verb
        assert seen() == before, verb
