"""What is said once and asked from there: sets of states and of clock steps (governance/lifecycle/issues.py)."""

import ast
from collections import Counter

from governance import lifecycle
from governance.lifecycle import FITS, WORK_STEPS
from tests.architecture.test_rooms import IN_APPS, name_of

HOME = "governance/lifecycle/issues.py"
WORDS = {"State": lifecycle.State, "Step": lifecycle.Step}


def _members(node: ast.expr) -> frozenset:
    """`State.SIGNED` and `*CLOSED` as members of a set; nothing for whatever else stands in a literal."""
    match node:
        case ast.Attribute(value=ast.Name(id=word), attr=member) if word in WORDS and member in WORDS[word].__members__:
            return frozenset({WORDS[word][member]})
        case ast.Starred(value=ast.Name(id=name)):
            named = getattr(lifecycle, name, None)
            return named if isinstance(named, frozenset) else frozenset()
    return frozenset()


def _sets_in(tree: ast.Module) -> list[frozenset]:
    """Literals and arguments that name two or more states, or steps, and nothing else."""
    found = []
    for node in ast.walk(tree):
        parts = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
        members = [_members(part) for part in parts]
        if len(members) > 1 and all(members):
            found.append(frozenset().union(*members))
    return found


def test_issues_are_locked_in_one_place():
    """In one order, so that nobody waits in a circle; elsewhere they are skipped while locked."""
    said = [(name_of(path), path.read_text(encoding="utf-8")) for path in IN_APPS]
    assert [name for name, text in said if "Issue.objects.select_for_update" in text] == [
        "governance/services/locks.py"
    ]


def test_a_set_of_states_or_steps_is_spelled_out_once():
    known = {value for value in vars(lifecycle).values() if isinstance(value, frozenset) and value}
    known |= {*FITS.values(), frozenset(WORK_STEPS)}
    spelled = [
        (said, name_of(path))
        for path in IN_APPS
        if name_of(path) != HOME
        for said in _sets_in(ast.parse(path.read_text(encoding="utf-8")))
    ]
    times = Counter(said for said, _where in spelled)
    again = [(where, sorted(said)) for said, where in spelled if said in known or times[said] > 1]
    assert not again, "name it in the lifecycle and ask it from there"
