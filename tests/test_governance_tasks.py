"""Tasks: every step in every state, the second person, the clock and its ladder, a vacant owner."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from core.errors import NotAllowedError, RuleError
from core.models import Event
from governance.lifecycle import ClockState, Target
from governance.lifecycle.tasks import (
    TASK_ESCALATED,
    TASK_EVENTS,
    TASK_FINAL,
    TASK_FITS,
    TASK_LOOKS,
    TASK_MOVES,
    TaskState,
)
from governance.models import DutyClock, DutyEscalation, Task, TaskLine
from governance.services import tasks
from governance.services.duties import sweep_kind
from governance.services.tasks import Order
from neighborhoods.actors import Level
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def give(district, people, **fields) -> Task:
    order = Order(
        area=fields.pop("area", district.grid),
        title=fields.pop("title", "清通三栋东侧下水道"),
        due_at=fields.pop("due_at", timezone.now() + timedelta(days=10)),
        **fields,
    )
    return tasks.give_task(actor=people.community_staff, order=order)


def put(task: Task, state: TaskState, people) -> Task:
    """The task in this state, by its own steps."""
    if state in {TaskState.DOING}:
        tasks.start_task(task_id=task.pk, actor=people.grid_worker)
    if state in {TaskState.CLAIMED, TaskState.DONE}:
        tasks.claim_task(task_id=task.pk, actor=people.grid_worker, result="通了")
    if state == TaskState.DONE:
        tasks.check_task(task_id=task.pk, actor=people.community_staff, passed=True)
    if state == TaskState.CANCELLED:
        tasks.cancel_task(task_id=task.pk, actor=people.community_staff, reason="已由水务处理")
    return Task.objects.get(pk=task.pk)


STEPS = {
    "start": lambda pk, p: tasks.start_task(task_id=pk, actor=p.grid_worker),
    "claim": lambda pk, p: tasks.claim_task(task_id=pk, actor=p.grid_worker, result="通了"),
    "check": lambda pk, p: tasks.check_task(task_id=pk, actor=p.community_staff, passed=True),
    "cancel": lambda pk, p: tasks.cancel_task(task_id=pk, actor=p.community_staff, reason="不用了"),
    "move": lambda pk, p: tasks.move_task(
        task_id=pk, actor=p.community_staff, reason="等材料", due_at=timezone.now() + timedelta(days=20)
    ),
}


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (TaskLine, Event, DutyClock, DutyEscalation))


@pytest.mark.parametrize("state", list(TaskState))
@pytest.mark.parametrize("step", sorted(STEPS))
def test_every_step_in_every_state(district, people, step, state):
    task = put(give(district, people), state, people)
    assert task.state == state
    before, seen = rows(), Task.objects.values().get()
    if state in TASK_FITS[step]:
        STEPS[step](task.pk, people)
        assert TaskLine.objects.count() == before[0] + 1
        return
    with pytest.raises(RuleError):
        STEPS[step](task.pk, people)
    assert rows() == before
    assert Task.objects.values().get() == seen


def test_the_table_of_moves_is_whole():
    assert set(TASK_MOVES) == set(TASK_LOOKS) == set(TaskState)
    assert all(not TASK_MOVES[state] for state in TASK_FINAL)


def test_nobody_checks_what_they_did(district, people):
    task = give(district, people, area=district.community)
    tasks.claim_task(task_id=task.pk, actor=people.community_staff, result="做好了")
    with pytest.raises(NotAllowedError):
        tasks.check_task(task_id=task.pk, actor=people.community_staff, passed=True)
    tasks.check_task(task_id=task.pk, actor=people.community_lead, passed=True)
    done = Task.objects.get()
    assert (done.state, done.checked_by_id) == (TaskState.DONE, people.community_lead.user_id)
    assert done.claimed_by_id != done.checked_by_id


def test_a_unit_does_not_check_its_own(district, people):
    task = give(district, people, unit=district.lighting)
    with pytest.raises(NotAllowedError):
        tasks.claim_task(task_id=task.pk, actor=people.grid_worker, result="好了")
    tasks.claim_task(task_id=task.pk, actor=people.department_clerk, result="好了")
    with pytest.raises(NotAllowedError):
        tasks.check_task(task_id=task.pk, actor=people.department_clerk, passed=True)


def test_others_do_nothing(district, people):
    task = give(district, people)
    for name in ("other_grid_worker", "far_officer", "resident"):
        with pytest.raises(NotAllowedError):
            tasks.claim_task(task_id=task.pk, actor=getattr(people, name), result="好了")
        with pytest.raises(NotAllowedError):
            tasks.cancel_task(task_id=task.pk, actor=getattr(people, name), reason="x")


def test_sent_back_runs_again(district, people):
    task = put(give(district, people), TaskState.CLAIMED, people)
    with pytest.raises(RuleError):
        tasks.check_task(task_id=task.pk, actor=people.community_staff, passed=False)
    tasks.check_task(task_id=task.pk, actor=people.community_staff, passed=False, note="还有一处")
    task.refresh_from_db()
    assert (task.state, task.claimed_by_id) == (TaskState.DOING, None)
    going = DutyClock.objects.get(task=task, state=ClockState.RUNNING)
    assert (going.step, going.due_at) == ("done", task.due_at)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"title": " "}, "title"), ({"title": "字" * 121}, "title"), ({"due_at": timezone.now()}, "due_at")],
)
def test_half_an_order_is_refused(district, people, fields, field):
    with pytest.raises(RuleError) as refusal:
        give(district, people, **fields)
    assert refusal.value.field == field
    assert not Task.objects.exists()


def test_vacant_owner_passes_it_to_the_level_above(district, people):
    post = make_post("branch_secretary", area=district.branch)
    kept = give(district, people, area=district.branch, post=post)
    assert (kept.owner_post_id, kept.holder_area_id) == (post.pk, district.branch.pk)
    post.ends_on = timezone.localdate()
    post.save()
    vacant = give(district, people, area=district.building, post=post)
    assert vacant.owner_post_id is None
    assert vacant.holder_area.level < Level.BUILDING


# ---- the ladder ----
def test_late_task_climbs_each_rung_once(district, people):
    task = give(district, people, due_at=timezone.now() + timedelta(days=10))
    with time_machine.travel(task.due_at + timedelta(minutes=1), tick=False):
        assert sweep_kind(tasks.TASKS, at=timezone.now()) == 3
        assert sweep_kind(tasks.TASKS, at=timezone.now()) == 0
    told = DutyEscalation.objects.order_by("rung").values_list("target", "level")
    assert list(told) == [(Target.HANDLER, None), (Target.HANDLER_LEAD, None), (Target.LEVEL_UP, int(Level.COMMUNITY))]
    task.refresh_from_db()
    assert task.escalated_level == Level.COMMUNITY
    assert Event.objects.filter(name=TASK_ESCALATED).count() == 3
    assert TaskLine.objects.filter(kind=TASK_ESCALATED).count() == 3
    tasks.claim_task(task_id=task.pk, actor=people.grid_worker, result="通了")
    assert DutyClock.objects.get(task=task, step="done").state in {ClockState.MET, ClockState.MISSED}


def test_done_in_time_is_kept_as_such(district, people):
    task = put(give(district, people), TaskState.CLAIMED, people)
    assert DutyClock.objects.get(task=task, step="done").state == ClockState.MET
    late = give(district, people, due_at=timezone.now() + timedelta(hours=1))
    with time_machine.travel(late.due_at + timedelta(hours=1), tick=False):
        tasks.claim_task(task_id=late.pk, actor=people.grid_worker, result="晚了")
    assert DutyClock.objects.get(task=late, step="done").state == ClockState.MISSED


def test_events_are_named_like_tasks():
    assert all(name.startswith("task.") for name in TASK_EVENTS)
