"""Loading many areas at once. mptt would renumber a tree for each row; here intervals are computed and copied in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import events
from core.database import copy_rows, reserve_ids
from core.errors import RuleError, require
from neighborhoods import policies
from neighborhoods.actors import Actor, Level
from neighborhoods.lifecycle import AREAS_IMPORTED
from neighborhoods.models import Area
from neighborhoods.models.areas import CODE_LENGTH
from neighborhoods.services.areas.codes import FACTS_OF_LEVEL, clean_name
from neighborhoods.services.locks import lock_roots, lock_tree_ids
from neighborhoods.services.sorting import sort_key

LEVEL_OF_LENGTH = {length: level for level, length in CODE_LENGTH.items()}
FACT_COLUMNS = (
    "variant",
    "duty_phone",
    "duty_hours",
    "approval_no",
    "approved_on",
    "compound_id",
    "floors",
    "entrances",
    "households",
)
COLUMNS = ("id", "parent_id", "tree_id", "lft", "rght", "level", "code", "name", "pinyin", *FACT_COLUMNS)
_TEXT = {"variant", "duty_phone", "duty_hours", "approval_no"}


@dataclass(frozen=True)
class AreaRow:
    """An area to load. Its place in the tree follows from its code."""

    code: str
    name: str
    facts: dict[str, Any] = field(default_factory=dict)  # of FACT_COLUMNS

    @property
    def level(self) -> Level:
        """By the length of the code (docs/tree.md). KeyError when no level has codes so long."""
        return LEVEL_OF_LENGTH[len(self.code)]

    @property
    def parent_code(self) -> str:
        """The code above, which this one begins with; empty for a street."""
        return self.code[: CODE_LENGTH[Level(self.level - 1)]] if self.level else ""


@dataclass
class _Node:
    """A node while its tree is laid out."""

    code: str
    level: int
    id: int = 0
    lft: int = 0
    rght: int = 0
    row: AreaRow | None = None  # only for new ones


@transaction.atomic
def import_areas(rows: Iterable[AreaRow], *, actor: Actor) -> int:
    """An administrator loads areas that do not exist yet, new streets or additions to existing ones.

    Steps: lock the roots, then the trees that get additions in id order; read; lay out the intervals of each tree;
    copy the new rows in and shift the old ones; record.
    """
    require(policies.can_load_district(actor))
    found = _checked(rows)
    if not found:
        raise RuleError(_("There is nothing to load."))
    lock_roots()
    roots = {row.code[: CODE_LENGTH[Level.STREET]] for row in found}
    tree_ids = dict(Area.objects.filter(code__in=roots, level=0).values_list("code", "tree_id"))
    lock_tree_ids(tree_ids.values())
    old = _existing(tree_ids)
    _check_parents(found, old)
    new_ids = _write(found, old, tree_ids)
    _note(actor, new_ids)
    first = Area.objects.get(pk=new_ids[0])
    events.record(AREAS_IMPORTED, actor=actor, subject=first, count=len(new_ids))
    return len(new_ids)


def _checked(rows: Iterable[AreaRow]) -> list[AreaRow]:
    """Rows in code order: parents before children. Refuses what cannot be placed."""
    found = sorted(rows, key=lambda row: row.code)
    for row in found:
        if not (row.code.isascii() and row.code.isdigit()) or len(row.code) not in LEVEL_OF_LENGTH:
            raise RuleError(_("%(code)s is not the code of an area.") % {"code": row.code})
    for row, following in pairwise(found):
        if following.code == row.code:
            raise RuleError(_("The code %(code)s stands there twice.") % {"code": row.code})
    return found


def _existing(tree_ids: dict[str, int]) -> dict[str, _Node]:
    """Nodes of the trees that get additions, in tree order."""
    areas = Area.objects.filter(tree_id__in=tree_ids.values()).order_by("tree_id", "lft")
    values = areas.values_list("code", "level", "pk", "lft", "rght")
    return {code: _Node(code, level, pk, lft, rght) for code, level, pk, lft, rght in values}


def _check_parents(found: list[AreaRow], old: dict[str, _Node]) -> None:
    known = set(old)
    for row in found:
        if row.code in known:
            raise RuleError(_("The code %(code)s is in use already.") % {"code": row.code})
        if row.level and row.parent_code not in known:
            raise RuleError(
                _("%(code)s: the area %(parent)s above it is missing.")
                % {
                    "code": row.code,
                    "parent": row.parent_code,
                }
            )
        known.add(row.code)


def _write(found: list[AreaRow], old: dict[str, _Node], tree_ids: dict[str, int]) -> list[int]:
    ids = reserve_ids(Area, len(found))
    nodes = dict(old)
    for number, row in zip(ids, found, strict=True):
        nodes[row.code] = _Node(row.code, row.level, number, row=row)
    children: dict[str, list[_Node]] = defaultdict(list)
    before = {node.code: (node.lft, node.rght) for node in old.values()}
    for node in nodes.values():  # old ones in tree order, then new ones in code order
        children[node.code[: CODE_LENGTH[Level(node.level - 1)]] if node.level else ""].append(node)
    trees = _tree_ids(children[""], tree_ids)
    for root in children[""]:
        _lay_out(root, children)
    _shift([n for n in old.values() if before[n.code] != (n.lft, n.rght)])
    copy_rows(Area, COLUMNS, (_values(node, nodes, trees) for node in nodes.values() if node.row))
    return ids


def _tree_ids(roots: list[_Node], known: dict[str, int]) -> dict[str, int]:
    trees = dict(known)
    following = (Area.objects.aggregate(last=Max("tree_id"))["last"] or 0) + 1
    for root in roots:
        if root.code not in trees:
            trees[root.code] = following
            following += 1
    return trees


def _lay_out(root: _Node, children: dict[str, list[_Node]]) -> None:
    """Number a tree without gaps."""
    counter = 1

    def walk(node: _Node) -> None:  # five levels deep at most
        nonlocal counter
        node.lft, counter = counter, counter + 1
        for child in children.get(node.code, ()):
            walk(child)
        node.rght, counter = counter, counter + 1

    walk(root)


def _shift(nodes: list[_Node]) -> None:
    """New intervals of areas that were there before, in one statement."""
    if not nodes:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE neighborhoods_area a SET lft = n.lft, rght = n.rght"
            " FROM unnest(%s::bigint[], %s::int[], %s::int[]) AS n (id, lft, rght) WHERE a.id = n.id",
            [[n.id for n in nodes], [n.lft for n in nodes], [n.rght for n in nodes]],
        )


def _values(node: _Node, nodes: dict[str, _Node], trees: dict[str, int]) -> list[Any]:
    row = node.row
    assert row is not None  # noqa: S101 - only new nodes are copied
    name = clean_name(row.name)
    allowed = FACTS_OF_LEVEL[row.level]
    facts = {key: value for key, value in row.facts.items() if key in allowed}
    if row.level == Level.STREET:
        facts["variant"] = facts.get("variant") or Area.Variant.STREET.value
    return [
        node.id,
        nodes[row.parent_code].id if row.level else None,
        trees[row.code[: CODE_LENGTH[Level.STREET]]],
        node.lft,
        node.rght,
        int(row.level),
        row.code,
        name,
        sort_key(name),
        *(facts.get(key, "" if key in _TEXT else None) for key in FACT_COLUMNS),
    ]


def _note(actor: Actor, ids: list[int]) -> None:
    """A line of history for each area, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO neighborhoods_areachange (area_id, kind, at, by_id, by_label, before, after, reason)"
            " SELECT id, 'added', now(), %s, %s, '{}',"
            " jsonb_build_object('name', name, 'code', code, 'parent_id', parent_id), ''"
            " FROM neighborhoods_area WHERE id = ANY(%s)",
            [actor.user_id, actor.label, ids],
        )
