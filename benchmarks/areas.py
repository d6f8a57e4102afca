"""A hundred thousand areas by the bulk path, and moving a thousand of them."""

import time

from django.db import connection

from benchmarks import stores
from benchmarks.table import Row, at_most
from neighborhoods.actors import SYSTEM, Level
from neighborhoods.models import Area
from neighborhoods.services.areas.imports import AreaRow, import_areas
from neighborhoods.services.areas.moving import move_area

STREETS, COMMUNITIES, GRIDS, BRANCHES, BUILDINGS = 20, 10, 10, 5, 9


def _rows() -> list[AreaRow]:
    rows = []
    for s in range(STREETS):
        street = f"4309{60 + s // 10}{s % 10:03d}"
        rows.append(AreaRow(street, f"街道{s}"))
        for c in range(COMMUNITIES):
            community = f"{street}{c:03d}"
            rows.append(AreaRow(community, f"社区{c}"))
            for g in range(GRIDS):
                grid = f"{community}{g:03d}"
                rows.append(AreaRow(grid, f"网格{g}"))
                for b in range(BRANCHES):
                    branch = f"{grid}{b:02d}"
                    rows.append(AreaRow(branch, f"党支部{b}"))
                    rows += [AreaRow(f"{branch}{n:03d}", f"{n} 栋") for n in range(BUILDINGS)]
    return rows


def _written_trees(before: dict[int, str]) -> int:
    return sum(before.get(tree) != print_of for tree, print_of in _prints().items())


def _prints() -> dict[int, str]:
    """A fingerprint of every tree."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tree_id, md5(string_agg(id || ':' || lft || ':' || rght, ',' ORDER BY id))"
            " FROM neighborhoods_area GROUP BY tree_id"
        )
        return dict(cursor.fetchall())


def run() -> list[Row]:
    """A large import and the move of a subtree, in seconds."""
    stores.create("areas")
    rows = _rows()
    before = time.monotonic()
    import_areas(rows, actor=SYSTEM)
    imported = time.monotonic() - before
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE neighborhoods_area")
    street = Area.objects.filter(code__startswith="430960", level=int(Level.STREET)).order_by("code").first()
    communities = list(Area.objects.filter(parent=street).order_by("code"))
    # two communities' grids under one community make a subtree of about a thousand
    grids = list(Area.objects.filter(parent=communities[0]).order_by("code"))
    prints = _prints()
    before = time.monotonic()
    for grid in grids:
        move_area(area_id=grid.pk, new_parent_id=communities[1].pk, actor=SYSTEM)
    moved = time.monotonic() - before
    nodes = sum((grid.rght - grid.lft + 1) // 2 for grid in grids)
    return [
        at_most(f"{len(rows):,} areas imported", imported, 60, " s"),
        at_most(f"{nodes} of them moved ({len(grids)} moves)", moved, len(grids), " s", "aim: 1 s a move"),
        at_most("trees touched by the moves", _written_trees(prints), 1),
    ]
