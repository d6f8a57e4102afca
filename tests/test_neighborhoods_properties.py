"""Whatever is done to a tree in whatever order, it stays a tree."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.errors import RuleError
from neighborhoods.actors import SYSTEM
from neighborhoods.models import Area, AreaChange
from neighborhoods.selectors.trees import flaws_of_trees
from neighborhoods.services.areas import AreaFacts, add_area, close_area, merge_areas, move_area
from neighborhoods.services.areas.imports import AreaRow, import_areas

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "move", "move", "merge", "close", "import"]),
        st.integers(0, 60),
        st.integers(0, 60),
    ),
    min_size=1,
    max_size=25,
)


def take(number, areas):
    return areas[number % len(areas)]


def step(verb, first, second):
    areas = list(Area.objects.order_by("pk"))
    one, two = take(first, areas), take(second, areas)
    if verb == "add":
        add_area(actor=SYSTEM, parent_id=one.pk, facts=AreaFacts("新"))
    elif verb == "move":
        # mostly a parent that fits; sometimes any, which is refused
        fitting = [a for a in areas if a.level == one.level - 1] or areas
        move_area(area_id=one.pk, new_parent_id=take(second, fitting).pk, actor=SYSTEM)
    elif verb == "merge":
        alike = [a for a in areas if a.level == one.level]
        merge_areas(source_id=one.pk, target_id=take(second, alike).pk, actor=SYSTEM)
    elif verb == "close":
        close_area(area_id=one.pk, actor=SYSTEM)
    else:
        street = two.code[:9]
        import_areas(
            [AreaRow(f"{street}{900 + first}", "导入"), AreaRow(f"{street}{900 + first}001", "导入")], actor=SYSTEM
        )


def seed():
    import_areas(
        [
            AreaRow(code, "名")
            for code in (
                *("100000001", "100000001001", "100000001002", "100000001001001", "100000001002001"),
                *("10000000100100101", "10000000100100101001", "100000002", "100000002001", "100000002001001"),
            )
        ],
        actor=SYSTEM,
    )


@pytest.mark.slow
class TreeProperties(TestCase):
    """hypothesis' own TestCase gives each example a clean database."""

    @given(steps=STEPS)
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    def test_any_sequence_leaves_sound_trees(self, steps):
        seed()
        assert Area.objects.count() == 10
        for verb, first, second in steps:
            try:
                step(verb, first, second)
            except RuleError:
                continue
        assert flaws_of_trees() == []
        for code, parent in Area.objects.exclude(parent=None).values_list("code", "parent__code"):
            assert code.startswith(parent)
        changed = AreaChange.objects.filter(kind=AreaChange.Kind.CLOSED).values("area")
        assert not Area.objects.filter(pk__in=changed, closed_on=None).exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_a_tree_broken_by_hand_is_found_and_left_alone():
    import_areas([AreaRow("100000001", "街"), AreaRow("100000001001", "社")], actor=SYSTEM)
    Area.objects.filter(code="100000001001").update(lft=7, rght=9)
    problems = {flaw.problem for flaw in flaws_of_trees()}
    assert {"nesting", "numbering"} <= problems
    assert Area.objects.get(code="100000001001").lft == 7
