"""Whether the trees are sound. Looks, and repairs nothing."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

# One pass over the table in tree order. A sound tree of n nodes uses 1 .. 2n, each number once; every node lies inside
# its parent, in the same tree, exactly one level below it; every code begins with the parent's.
_BROKEN = """
SELECT a.id, a.code, a.tree_id, problem
FROM neighborhoods_area a LEFT JOIN neighborhoods_area p ON p.id = a.parent_id
CROSS JOIN LATERAL (VALUES
    ('interval', a.rght <= a.lft),
    ('tree', p.id IS NOT NULL AND p.tree_id <> a.tree_id),
    ('nesting', p.id IS NOT NULL AND p.tree_id = a.tree_id AND NOT (p.lft < a.lft AND a.rght < p.rght)),
    ('level', a.level <> COALESCE(p.level + 1, 0)),
    ('code', p.id IS NOT NULL AND left(a.code, length(p.code)) <> p.code)
) AS checks (problem, is_broken)
WHERE is_broken
ORDER BY a.tree_id, a.lft, a.id LIMIT %s
"""
_GAPS = """
SELECT tree_id, count(*), count(DISTINCT point), min(point), max(point)
FROM (SELECT tree_id, unnest(ARRAY[lft, rght]) AS point FROM neighborhoods_area) points
GROUP BY tree_id
HAVING count(*) <> count(DISTINCT point) OR min(point) <> 1 OR max(point) <> count(*)
ORDER BY tree_id
"""
_OVERLAPS = """
SELECT a.id, a.code, a.tree_id FROM (
    SELECT id, code, tree_id, lft, lag(rght) OVER (PARTITION BY tree_id, parent_id ORDER BY lft) AS before
    FROM neighborhoods_area WHERE parent_id IS NOT NULL
) a WHERE a.before >= a.lft ORDER BY a.tree_id, a.lft LIMIT %s
"""
_ROOTS = """
SELECT tree_id, count(*) FILTER (WHERE parent_id IS NULL) AS roots
FROM neighborhoods_area GROUP BY tree_id HAVING count(*) FILTER (WHERE parent_id IS NULL) <> 1 ORDER BY tree_id
"""
LIMIT = 200


@dataclass(frozen=True)
class Flaw:
    """Something wrong in a tree."""

    tree_id: int
    problem: str  # interval, tree, nesting, level, code, overlap, numbering, roots
    area_id: int | None = None
    code: str = ""

    def __str__(self) -> str:
        return f"tree {self.tree_id}: {self.problem} {self.code}".rstrip()


def _rows(sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def flaws_of_trees() -> list[Flaw]:
    """Everything that is wrong, at most some hundred lines; empty when all trees are sound."""
    found = [Flaw(tree, problem, pk, code) for pk, code, tree, problem in _rows(_BROKEN, [LIMIT])]
    found += [Flaw(tree, "overlap", pk, code) for pk, code, tree in _rows(_OVERLAPS, [LIMIT])]
    found += [Flaw(row[0], "numbering") for row in _rows(_GAPS)]
    found += [Flaw(row[0], "roots") for row in _rows(_ROOTS)]
    return found
