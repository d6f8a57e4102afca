"""Tasks and matters."""

from collections.abc import Callable
from typing import Any

from governance.lifecycle.tasks import TaskState
from governance.services.matters.around import link_matter
from tests import matter_steps
from tests.access.pages import Page, World
from tests.test_governance_tasks import give, put
from tests.test_policies import DISPATCHERS, VIEWERS


def task_of(world: World) -> list[Any]:
    return [give(world.district, world.people).number]


def claimed_task(world: World) -> list[Any]:
    return [put(give(world.district, world.people), TaskState.CLAIMED, world.people).number]


def matter_in(state: str) -> Callable[[World], list[Any]]:
    return lambda w: [matter_steps.put(matter_steps.collect(w.district, w.people), state, w.people).number]


def linked_matter(world: World) -> list[Any]:
    matter = matter_steps.collect(world.district, world.people)
    link_matter(matter_id=matter.pk, actor=world.people.grid_worker, issue_ids=(world.issue.pk,))
    return [matter.number, world.issue.number]


FILERS = DISPATCHERS | {"grid_worker"}
SEES_MATTERS = VIEWERS | {"representative"}
OF_GRID = VIEWERS - {"branch_secretary"}  # what lies in the grid and in no branch


PAGES: dict[str, Page] = {
    # tasks: of the grid, given by the community
    "governance:task-detail": Page(task_of, OF_GRID),
    "governance:task-start": Page(task_of, {"grid_worker"}, OF_GRID),
    "governance:task-claim": Page(task_of, {"grid_worker"}, OF_GRID),
    "governance:task-check": Page(claimed_task, DISPATCHERS, OF_GRID),
    "governance:task-move": Page(task_of, DISPATCHERS, OF_GRID),
    "governance:task-note": Page(task_of, {"grid_worker"} | DISPATCHERS, OF_GRID),
    "governance:task-cancel": Page(task_of, DISPATCHERS, OF_GRID),
    # matters: collected by the representative, filed and handled by the grid, looked at by the community
    "governance:matter-detail": Page(matter_in("collected"), VIEWERS | {"representative"}),
    "governance:matter-file": Page(matter_in("collected"), FILERS, SEES_MATTERS),
    "governance:matter-not-file": Page(matter_in("collected"), FILERS, SEES_MATTERS),
    "governance:matter-dispatch": Page(matter_in("filed"), FILERS, SEES_MATTERS),
    "governance:matter-redispatch": Page(matter_in("dispatched"), DISPATCHERS, SEES_MATTERS),
    "governance:matter-handle": Page(matter_in("dispatched"), {"grid_worker"}, SEES_MATTERS),
    "governance:matter-report": Page(matter_in("handled"), {"grid_worker"}, SEES_MATTERS),
    "governance:matter-check": Page(matter_in("reported"), DISPATCHERS, SEES_MATTERS),
    "governance:matter-close": Page(matter_in("checked"), FILERS, SEES_MATTERS),
    "governance:matter-help": Page(matter_in("collected"), FILERS | {"representative"}, SEES_MATTERS),
    "governance:matter-link": Page(matter_in("collected"), FILERS | {"branch_secretary"}, SEES_MATTERS),
    "governance:matter-unlink": Page(
        linked_matter, FILERS | {"branch_secretary"}, SEES_MATTERS, method="post", bad_args=["ZYE-2026-999999", "x"]
    ),
}
