"""Matters: every step in every state, who may, clocks."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.lifecycle import ClockState
from governance.lifecycle.matters import (
    MATTER_CLOCKS,
    MATTER_EVENTS,
    MATTER_FINAL,
    MATTER_FITS,
    MATTER_LOOKS,
    MATTER_MOVES,
    HelperRole,
    MatterSource,
    MatterState,
)
from governance.models import DutyClock, LimitVersion, Matter, MatterHelper, MatterIssue, MatterLine, TimeLimit
from governance.policies import matters as policies
from governance.selectors.matter_history import KINDS
from governance.selectors.matters import matters_helped, matters_visible_to, to_check, waiting_matters
from governance.selectors.waiting import matter_lines
from governance.services.duties import sweep_kind
from governance.services.matters import around, collecting, handling
from governance.services.matters.around import Helper
from governance.services.matters.collecting import Hand
from governance.services.matters.moves import MATTERS
from governance.services.reference import load_reference
from governance.views.desk.matter_steps import STEPS
from notifications.models import Notice
from notifications.routing import ROUTES
from notifications.services.relay import relay_batch
from tests.factories import make_issue, make_post
from tests.matter_steps import NEXT, collect, post_of, put

pytestmark = pytest.mark.django_db
S = MatterState
VERBS = {
    "file": NEXT[S.COLLECTED],
    "not-file": lambda pk, p: collecting.leave_matter(matter_id=pk, actor=p.grid_worker, reason="重复"),
    "dispatch": NEXT[S.FILED],
    "redispatch": lambda pk, p: collecting.redispatch_matter(
        matter_id=pk, actor=p.community_staff, to=Hand(unit=p.unit), note="要专业队伍"
    ),
    "handle": NEXT[S.DISPATCHED],
    "report": NEXT[S.HANDLED],
    "check": NEXT[S.REPORTED],
    "close": NEXT[S.CHECKED],
    "help": lambda pk, p: around.help_matter(
        matter_id=pk, actor=p.grid_worker, helpers=(Helper(HelperRole.VOLUNTEER, "平安巡逻队"),)
    ),
    "link": lambda pk, p: around.link_matter(matter_id=pk, actor=p.grid_worker, issue_ids=(p.issue_id,)),
}


def seen() -> tuple:
    """Everything a refused step must leave as it was."""
    tables = (Matter, MatterHelper, MatterIssue, DutyClock)
    rows = [list(model.objects.order_by("pk").values()) for model in tables]
    return rows, MatterLine.objects.count(), Event.objects.count()


def test_the_tables_are_whole():
    assert set(MATTER_MOVES) == set(MATTER_LOOKS) == set(S)
    assert set(MATTER_CLOCKS) == set(S) - MATTER_FINAL
    assert all(not MATTER_MOVES[state] for state in MATTER_FINAL)
    assert set(MATTER_FITS) == set(VERBS) == set(STEPS)
    assert set(KINDS) == MATTER_EVENTS


def test_every_step_in_every_state(district, people):
    """Generated from the table: a step that does not fit writes nothing."""
    people.unit, people.issue_id = district.lighting, make_issue(district.building).pk
    for state in S:
        matter = put(collect(district, people), state, people)
        for verb, step in VERBS.items():
            with transaction.atomic():
                _try(matter, state, verb, step, people)
                transaction.set_rollback(True)


def _try(matter, state, verb, step, people) -> None:
    before, lines = seen(), matter.lines.count()
    if state not in MATTER_FITS[verb]:
        with pytest.raises(RuleError):
            step(matter.pk, people)
        assert seen() == before, (verb, state)
        return
    step(matter.pk, people)
    after = Matter.objects.get(pk=matter.pk)
    assert matter.lines.count() == lines + 1, (verb, state)
    assert after.state == state or S(after.state) in MATTER_MOVES[state], (verb, state)
    running = after.clocks.filter(ended_at=None)
    assert [clock.step for clock in running] == [MATTER_CLOCKS.get(S(after.state))] * after.is_open


def test_the_wrong_person_writes_nothing(district, people):
    """Who may do what, beside the table of addresses: outsiders never, and nobody looks at their own work."""
    people.unit, people.issue_id = district.lighting, make_issue(district.building).pk
    for verb, step in VERBS.items():
        with transaction.atomic():
            matter = put(collect(district, people), sorted(MATTER_FITS[verb])[0], people)
            for name in ("representative", "other_grid_worker", "far_officer", "nobody", "callback_agent"):
                if (verb, name) == ("help", "representative"):
                    continue  # who collected it may say who helped
                before, other = seen(), _as(people, name)
                with pytest.raises(NotAllowedError), transaction.atomic():
                    step(matter.pk, other)
                assert seen() == before, (verb, name)
            transaction.set_rollback(True)


class _Everybody:
    """All names are one person."""

    def __init__(self, people, name) -> None:
        self._people, self._name = people, name

    def __getattr__(self, name: str):
        return self._people.issue_id if name == "issue_id" else getattr(self._people, self._name)

    def user(self, name: str):
        return self._people.user(name)

    @property
    def unit(self):
        return self._people.unit


def _as(people, name: str) -> _Everybody:
    return _Everybody(people, name)


def test_whoever_checks_stands_above_or_beside_and_did_not_handle_it(district, people):
    matter = put(collect(district, people, area=district.community, who="community_staff"), S.COLLECTED, people)
    collecting.file_matter(matter_id=matter.pk, actor=people.street_lead)
    to = Hand(post=post_of(people, "street_officer"))
    collecting.dispatch_matter(matter_id=matter.pk, actor=people.street_lead, to=to)
    handling.handle_matter(matter_id=matter.pk, actor=people.street_officer, result="办了")
    handling.report_matter(matter_id=matter.pk, actor=people.street_officer, text="已反馈")
    for name in ("street_officer", "community_lead", "community_staff"):  # the same, and two below
        with pytest.raises(NotAllowedError):
            handling.check_matter(matter_id=matter.pk, actor=getattr(people, name), passed=True)
    with pytest.raises(RuleError):
        handling.check_matter(matter_id=matter.pk, actor=people.street_lead, passed=False)
    handling.check_matter(matter_id=matter.pk, actor=people.street_lead, passed=False, note="还有一盏")
    matter.refresh_from_db()
    assert (matter.state, matter.handled_by_id, matter.result) == (S.DISPATCHED, None, "")
    assert matter.clocks.filter(step="done").count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Matter.objects.filter(pk=matter.pk).update(handled_by_id=1, checked_by_id=1)


def test_collected_once_in_ones_own_place_and_taken_with_one_press(district, people):
    key = uuid.uuid4()
    first = collect(district, people, submission_key=key)
    assert collect(district, people, submission_key=key) == first
    assert Matter.objects.count() == 1
    assert (first.collector_role, first.holder_area_id) == ("representative", district.grid.pk)
    assert first.due_at == first.clocks.get().due_at
    for who, fields, error in (
        ("other_grid_worker", {}, NotAllowedError),
        ("building_lead", {}, NotAllowedError),
        ("district_duty", {}, NotAllowedError),
        ("representative", {"takes": True}, NotAllowedError),
        ("representative", {"text": " "}, RuleError),
        ("representative", {"text": "字" * 501}, RuleError),
    ):
        before = seen()
        with pytest.raises(error), transaction.atomic():
            collect(district, people, who, **fields)
        assert seen() == before
    taken = collect(district, people, "grid_worker", takes=True)
    assert taken.state == S.DISPATCHED
    assert list(taken.lines.order_by("pk").values_list("to_state", flat=True)) == ["collected", "filed", "dispatched"]
    assert taken.owner_post == post_of(people, "grid_worker")


def test_whom_it_can_be_given_to(district, people):
    matter = put(collect(district, people), S.FILED, people)
    for actor, to, error in (
        (people.grid_worker, Hand(unit=district.lighting), NotAllowedError),
        (people.grid_worker, Hand(post=post_of(people, "community_staff")), NotAllowedError),
        (people.community_staff, Hand(post=post_of(people, "far_grid_worker")), RuleError),
        (people.community_staff, Hand(), RuleError),
    ):
        before = seen()
        with pytest.raises(error), transaction.atomic():
            collecting.dispatch_matter(matter_id=matter.pk, actor=actor, to=to)
        assert seen() == before
    post = post_of(people, "representative")
    collecting.dispatch_matter(matter_id=matter.pk, actor=people.grid_worker, to=Hand(post=post))
    follower = make_post("representative", area=district.branch)
    people.users["follower"] = follower.user
    with pytest.raises(NotAllowedError):
        handling.handle_matter(matter_id=matter.pk, actor=people.follower, result="换了")
    post.ends_on = timezone.localdate()
    post.save()
    assert matter in matters_visible_to(people.follower)
    handled = handling.handle_matter(matter_id=matter.pk, actor=people.follower, result="换了")
    assert (handled.handler_role, handled.handler_level) == ("representative", 3)


def test_a_unit_does_its_part_and_does_not_check_it(district, people):
    matter = put(collect(district, people), S.FILED, people)
    collecting.dispatch_matter(matter_id=matter.pk, actor=people.community_staff, to=Hand(unit=district.lighting))
    assert matter in matters_visible_to(people.department_clerk)
    handling.handle_matter(matter_id=matter.pk, actor=people.department_clerk, result="换了灯头")
    reported = handling.report_matter(matter_id=matter.pk, actor=people.department_clerk, text="已反馈社区")
    assert reported.handler_role == "unit_clerk"
    with pytest.raises(NotAllowedError):
        handling.check_matter(matter_id=matter.pk, actor=people.department_clerk, passed=True)
    put(reported, S.CLOSED, people)


def test_helpers_and_requests(district, people):
    """Several helpers, each once; several requests, linked and unlinked; neither figure derives from the other."""
    first, second, far = (make_issue(place) for place in (district.building, district.building, district.far_building))
    own = Helper(HelperRole.REPRESENTATIVE, post=post_of(people, "representative"))
    matter = collect(district, people, "grid_worker", helpers=(own,), issue_ids=(first.pk,), source=MatterSource.ISSUE)
    around.link_matter(matter_id=matter.pk, actor=people.grid_worker, issue_ids=(second.pk,))
    for error, ids in ((RuleError, (first.pk,)), (NotAllowedError, (far.pk,)), (RuleError, ())):
        before = seen()
        with pytest.raises(error), transaction.atomic():
            around.link_matter(matter_id=matter.pk, actor=people.grid_worker, issue_ids=ids)
        assert seen() == before
    around.unlink_matter(matter_id=matter.pk, actor=people.branch_secretary, issue_id=first.pk)
    with pytest.raises(RuleError):
        around.unlink_matter(matter_id=matter.pk, actor=people.grid_worker, issue_id=first.pk)
    assert list(matter.issues.all()) == [second]
    other = collect(district, people, "grid_worker", issue_ids=(second.pk,))
    assert set(second.matters.all()) == {matter, other}
    for helpers in ((), (own,), (Helper(HelperRole.VOLUNTEER, " "),), (Helper(HelperRole.VOLUNTEER, "字" * 61),)):
        before = seen()
        with pytest.raises(RuleError), transaction.atomic():
            around.help_matter(matter_id=matter.pk, actor=people.grid_worker, helpers=helpers)
        assert seen() == before
    # ---- the figure: closed, in the window, with a representative as helper or handler
    at = timezone.now()
    day = timedelta(days=1)
    assert not matters_helped(at - day, at + day)
    put(matter, S.CLOSED, people)
    put(other, S.CLOSED, people)
    mine = put(collect(district, people), S.FILED, people)
    to = Hand(post=post_of(people, "representative"))
    collecting.dispatch_matter(matter_id=mine.pk, actor=people.grid_worker, to=to)
    handling.handle_matter(matter_id=mine.pk, actor=people.representative, result="劝和了")
    handling.report_matter(matter_id=mine.pk, actor=people.representative, text="两家都签了字")
    put(mine, S.CLOSED, people)
    assert set(matters_helped(at - day, at + day)) == {matter, mine}
    assert not matters_helped(at - 2 * day, at - day)


def test_late_matter_climbs_once_and_tells_whoever_is_next(district, people):
    matter = collect(district, people)
    relay_batch(at=timezone.now(), routes=ROUTES)
    assert Notice.objects.get(text="matter_new").user == people.user("grid_worker")
    with time_machine.travel(matter.due_at + timedelta(minutes=1), tick=False):
        assert sweep_kind(MATTERS, at=timezone.now()) == 3
        assert sweep_kind(MATTERS, at=timezone.now()) == 0
        relay_batch(at=timezone.now(), routes=ROUTES)
    assert Notice.objects.filter(user=people.user("community_lead"), text="duty_escalated").exists()
    matter.refresh_from_db()
    assert matter.escalated_level == 1
    with time_machine.travel(matter.due_at + timedelta(hours=1), tick=False):
        put(matter, S.DISPATCHED, people)  # by the grid worker to themselves: nobody is told what they did
        to = Hand(post=post_of(people, "grid_worker"))
        collecting.redispatch_matter(matter_id=matter.pk, actor=people.community_staff, to=to, note="还是你去")
        relay_batch(at=timezone.now(), routes=ROUTES)
        put(matter, S.CLOSED, people)
        relay_batch(at=timezone.now(), routes=ROUTES)
    assert matter.clocks.get(step="file").state == ClockState.MISSED
    assert matter.clocks.get(step="done").state == ClockState.MET
    told = {(n.text, n.user_id) for n in Notice.objects.all()}
    assert ("matter_given", people.user("grid_worker").pk) in told
    assert ("matter_check", people.user("community_staff").pk) in told
    assert ("matter_closed", people.user("representative").pk) in told


def test_a_matter_waits_on_one_desk_until_it_is_late(district, people):
    matter = collect(district, people)
    waits = {who: waiting_matters(getattr(people, who)).exists() for who in ("grid_worker", "community_staff")}
    assert waits == {"grid_worker": True, "community_staff": False}
    Matter.objects.filter(pk=matter.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    assert waiting_matters(people.community_staff).exists()
    put(matter, MatterState.REPORTED, people)
    for who in ("grid_worker", "outsider"):
        shown = to_check(getattr(people, who)).exists()
        assert shown is policies.can_check_matter(getattr(people, who), Matter.objects.get(pk=matter.pk))
    assert [line.number for line in matter_lines(people.community_staff)] == [matter.number]


def test_a_portal_that_ran_before_gets_the_limits_of_matters_in_a_new_version(db):
    TimeLimit.objects.filter(track="matter").delete()
    TimeLimit.objects.filter(track="O", step="done").update(amount=9)
    ahead = LimitVersion.objects.create(name="2099", valid_from=datetime(2099, 1, 1, tzinfo=UTC))
    load_reference()
    load_reference()
    newest = LimitVersion.objects.get(valid_from__year=timezone.localdate().year)
    assert LimitVersion.objects.count() == 3
    assert ahead.limits.filter(track="matter").count() == 5, "also the version that is dated ahead"
    assert newest.limits.filter(track="matter").count() == 5
    assert newest.limits.get(track="O", step="done").amount == 9
