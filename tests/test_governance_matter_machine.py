"""Random people do random things to a matter, allowed or not; whatever happens, the rules of the house hold."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import NotAllowedError, RuleError
from core.models import Event, OutboxMessage
from governance.lifecycle.matters import MATTER_CLOCKS, MATTER_FINAL, MATTER_MOVES, HelperRole, MatterState
from governance.models import DutyClock, Matter, MatterHelper, MatterLine
from governance.services.duties import sweep_kind
from governance.services.matters import around, collecting, handling
from governance.services.matters.around import Helper
from governance.services.matters.collecting import Hand
from governance.services.matters.moves import MATTERS
from tests.conftest import build_district, build_people
from tests.matter_steps import NEXT, collect, post_of

NAMES = ["grid_worker", "community_staff", "community_lead", "street_lead", "representative", "department_clerk"]
VERBS = {
    "file": lambda pk, who, _p, _u: collecting.file_matter(matter_id=pk, actor=who),
    "leave": lambda pk, who, _p, _u: collecting.leave_matter(matter_id=pk, actor=who, reason="重复"),
    "to_rep": lambda pk, who, p, _u: collecting.dispatch_matter(
        matter_id=pk, actor=who, to=Hand(post=post_of(p, "representative"))
    ),
    "to_unit": lambda pk, who, _p, u: collecting.dispatch_matter(matter_id=pk, actor=who, to=Hand(unit=u)),
    "again": lambda pk, who, p, _u: collecting.redispatch_matter(
        matter_id=pk, actor=who, to=Hand(post=post_of(p, "community_staff")), note="换人"
    ),
    "handle": lambda pk, who, _p, _u: handling.handle_matter(matter_id=pk, actor=who, result="办了"),
    "report": lambda pk, who, _p, _u: handling.report_matter(matter_id=pk, actor=who, text="说了"),
    "check": lambda pk, who, _p, _u: handling.check_matter(matter_id=pk, actor=who, passed=True),
    "check_bad": lambda pk, who, _p, _u: handling.check_matter(matter_id=pk, actor=who, passed=False, note="缺"),
    "close": lambda pk, who, _p, _u: handling.close_matter(matter_id=pk, actor=who),
    "help": lambda pk, who, _p, _u: around.help_matter(
        matter_id=pk, actor=who, helpers=(Helper(HelperRole.VOLUNTEER, "周某"),)
    ),
}
STEP = st.tuples(st.sampled_from([*VERBS, "next", "next", "wait"]), st.sampled_from(NAMES), st.integers(0, 60))


def _seen() -> tuple:
    tables = (MatterLine, MatterHelper, DutyClock, Event, OutboxMessage)
    return Matter.objects.values().get(), [model.objects.count() for model in tables]


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=6, max_size=14))
def test_whatever_happens_the_rules_hold(steps):
    at = datetime(2023, 6, 5, 1, 0, tzinfo=UTC)
    with transaction.atomic():
        district = build_district()
        people = build_people(district)
        with time_machine.travel(at, tick=False):
            pk = collect(district, people).pk
        for verb, name, hours in steps:
            at += timedelta(hours=hours)
            with time_machine.travel(at, tick=False):
                _attempt(pk, verb, name, people, district)
            _hold(pk)
        transaction.set_rollback(True)


def _attempt(pk, verb, name, people, district) -> None:
    """A verb does its work and tells of it, or leaves everything as it was."""
    before = _seen()
    state = MatterState(before[0]["state"])
    try:
        with transaction.atomic():
            if verb == "wait":
                sweep_kind(MATTERS, at=datetime.now(UTC))
            elif verb == "next" and state not in MATTER_FINAL:
                NEXT[state](pk, people)
            elif verb != "next":
                VERBS[verb](pk, getattr(people, name), people, district.lighting)
    except (RuleError, NotAllowedError):
        assert _seen() == before
        return
    after = MatterState(Matter.objects.get(pk=pk).state)
    assert after == state or after in MATTER_MOVES[state]


def _hold(pk: int) -> None:
    """What is true of every matter at every moment."""
    matter = Matter.objects.get(pk=pk)
    running = list(matter.clocks.filter(ended_at=None))
    assert [clock.step for clock in running] == ([MATTER_CLOCKS[MatterState(matter.state)]] if matter.is_open else [])
    assert matter.due_at == (running[0].due_at if running else None)
    assert matter.handled_by_id is None or matter.handled_by_id != matter.checked_by_id
    assert (matter.closed_at is not None) == (matter.state in MATTER_FINAL)
    if matter.state == MatterState.CLOSED:
        assert matter.checked_by_id
        assert matter.result
