"""Real connections writing the same trees at once (docs/tree.md, "Locks")."""

import threading

import pytest
from django.db import connection, transaction

from core.errors import RuleError
from governance.models import Issue
from neighborhoods.actors import SYSTEM
from neighborhoods.models import Area, Compound
from neighborhoods.selectors.trees import flaws_of_trees
from neighborhoods.services.areas import AreaFacts, add_area, merge_areas, move_area, rename_area
from neighborhoods.services.areas.imports import AreaRow, import_areas
from neighborhoods.services.stamps import stamp_for_new, stamp_of
from tests.factories import AreaFactory, make_issue
from tests.parallel import in_parallel

WRITERS = 8


def street(name="并发街道", communities=3, grids=3):
    root = AreaFactory(name=name)
    for _number in range(communities):
        community = AreaFactory(parent=Area.objects.get(pk=root.pk))
        for _other in range(grids):
            AreaFactory(parent=Area.objects.get(pk=community.pk))
    return root


def of_level(root, level):
    return list(Area.objects.filter(tree_id=root.tree_id, level=level).order_by("pk"))


@pytest.mark.django_db(transaction=True)
def test_eight_writers_on_one_tree_break_nothing():
    root = street()
    communities, grids = of_level(root, 1), of_level(root, 2)

    def writer(number):
        def work():
            for step in range(5):
                parent = communities[(number + step) % 3]
                added = add_area(actor=SYSTEM, parent_id=parent.pk, facts=AreaFacts(f"新网格{number}-{step}"))
                goal = communities[(number + step + 1) % 3]
                move_area(area_id=added.pk, new_parent_id=goal.pk, actor=SYSTEM)
                rename_area(area_id=grids[number].pk, actor=SYSTEM, name=f"改名{number}-{step}")
            return "done"

        return work

    assert in_parallel([writer(number) for number in range(WRITERS)]) == ["done"] * WRITERS
    assert flaws_of_trees() == []
    assert Area.objects.filter(level=2).count() == 9 + WRITERS * 5
    codes = list(Area.objects.values_list("code", flat=True))
    assert len(codes) == len(set(codes))


@pytest.mark.django_db(transaction=True)
def test_moves_between_two_trees_in_both_directions_do_not_deadlock():
    left, right = street("左街道"), street("右街道")
    pairs = [(of_level(left, 2)[n], of_level(right, 1)[n % 3]) for n in range(4)]
    pairs += [(of_level(right, 2)[n], of_level(left, 1)[n % 3]) for n in range(4)]

    def mover(grid, goal):
        home = grid.parent_id

        def work():
            for _round in range(3):
                move_area(area_id=grid.pk, new_parent_id=goal.pk, actor=SYSTEM)
                move_area(area_id=grid.pk, new_parent_id=home, actor=SYSTEM)
            move_area(area_id=grid.pk, new_parent_id=goal.pk, actor=SYSTEM)
            return "done"

        return work

    assert in_parallel([mover(grid, goal) for grid, goal in pairs]) == ["done"] * 8
    assert flaws_of_trees() == []
    for grid, goal in pairs:
        grid.refresh_from_db()
        assert grid.parent_id == goal.pk


@pytest.mark.django_db(transaction=True)
def test_new_streets_never_share_a_tree():
    jobs = [
        lambda n=n: add_area(actor=SYSTEM, parent_id=None, facts=AreaFacts(f"街道{n}", code=f"43090290{n}"))
        for n in range(4)
    ]
    jobs += [lambda n=n: import_areas([AreaRow(f"43090280{n}", f"街道{n}")], actor=SYSTEM) for n in range(4)]
    in_parallel(jobs)
    assert Area.objects.values("tree_id").distinct().count() == Area.objects.count() == 8
    assert flaws_of_trees() == []


@pytest.mark.django_db(transaction=True)
def test_merging_both_ways_at_once_leaves_one():
    root = street()
    one, two = of_level(root, 1)[:2]
    answers = in_parallel(
        [
            lambda: merge_areas(source_id=one.pk, target_id=two.pk, actor=SYSTEM),
            lambda: merge_areas(source_id=two.pk, target_id=one.pk, actor=SYSTEM),
        ]
    )
    assert sum(isinstance(answer, RuleError) for answer in answers) == 1
    assert Area.objects.filter(pk__in=[one.pk, two.pk], closed_on=None).count() == 1
    assert flaws_of_trees() == []


@pytest.mark.django_db(transaction=True)
def test_an_issue_that_comes_in_during_a_move_carries_the_new_path():
    root = street()
    grid, goal = of_level(root, 2)[0], of_level(root, 1)[2]
    branch = AreaFactory(parent=Area.objects.get(pk=grid.pk))
    jobs = [lambda: make_issue(Area.objects.get(pk=branch.pk)) for _number in range(6)]
    jobs.append(lambda: move_area(area_id=grid.pk, new_parent_id=goal.pk, actor=SYSTEM))
    in_parallel(jobs)
    assert set(Issue.objects.values_list("community_id", flat=True)) == {goal.pk}
    assert Issue.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_a_move_waits_for_a_row_that_is_being_stamped():
    root = street()
    grid, goal = of_level(root, 2)[0], of_level(root, 1)[2]
    moved = threading.Event()

    def mover():
        try:
            move_area(area_id=grid.pk, new_parent_id=goal.pk, actor=SYSTEM)
            moved.set()
        finally:
            connection.close()

    thread = threading.Thread(target=mover)
    with transaction.atomic():
        _area, before = stamp_for_new(grid.pk)
        thread.start()
        assert not moved.wait(0.5)
    thread.join(timeout=30)
    assert moved.is_set()
    grid.refresh_from_db()
    assert stamp_of(grid) != before
    assert not Compound.objects.exists()
