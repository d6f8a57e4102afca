"""The one place that writes where a fact belongs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import BigIntegerField, Case, F, Model, Q, QuerySet, Value, When

from core.database import LOCK_TREE
from core.statements import keeping_cursor
from neighborhoods.actors import STAMP_COLUMN, Level
from neighborhoods.models import Area


@dataclass(frozen=True)
class Stamp:
    """The ids of the five levels of a place; those below it are empty. Also what policies check a place by."""

    street_id: int | None = None
    community_id: int | None = None
    grid_id: int | None = None
    branch_id: int | None = None
    building_id: int | None = None

    def as_fields(self) -> dict[str, int | None]:
        """By the name of the column, for a model or an update."""
        return {column: getattr(self, column) for column in STAMP_COLUMN.values()}


def stamp_of(area: Area) -> Stamp:
    """Ids of the area and everything above it, in one query."""
    path = [*area.get_ancestors().values_list("level", "pk"), (area.level, area.pk)]
    return Stamp(**{STAMP_COLUMN[Level(level)]: pk for level, pk in path})


def stamp_for_new(place: Area | int) -> tuple[Area, Stamp]:
    """Area and stamp for a row about to be inserted; an area already loaded saves a statement over its id.

    Holds the tree still until the transaction ends: a move that starts now waits, then re-stamps the new row too;
    a move already under way is waited for. The lock is shared, so reports never wait for each other. Ask for it
    before locking rows of your own, because a move holds the tree while it locks those rows.
    """
    known = place if isinstance(place, Area) else Area.objects.get(pk=place)
    area_id, tree_id = known.pk, known.tree_id
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCK_TREE, tree_id])
        area, stamp = _path_of(area_id)  # read after the lock
        if area.tree_id == tree_id:
            return area, stamp
        tree_id = area.tree_id


# In SQL, because every report asks this (docs/performance.md). By intervals: planning a join along four parents takes
# three times as long as finding the area.
_PATH = """
SELECT area.id, area.parent_id, area.name, area.level, area.tree_id, area.closed_on, ARRAY(
    SELECT above.id FROM neighborhoods_area above
    WHERE above.tree_id = area.tree_id AND above.lft <= area.lft AND above.rght >= area.rght
    ORDER BY above.level DESC
)
FROM neighborhoods_area area
WHERE area.id = %s
"""
_PATH_FIELDS = ["id", "parent_id", "name", "level", "tree_id", "closed_on"]


def _path_of(area_id: int) -> tuple[Area, Stamp]:
    """The area (other fields are loaded when asked for) and its stamp, in one statement."""
    with keeping_cursor() as cursor:
        cursor.execute(_PATH, [area_id])
        row = cursor.fetchone()
    if row is None:
        raise Area.DoesNotExist
    *values, upwards = row
    known = dict(zip(_PATH_FIELDS, values, strict=True))
    names = [
        field.attname for field in Area._meta.concrete_fields if field.attname in known
    ]  # from_db wants their order
    area = Area.from_db(connection.alias, names, [known[name] for name in names])
    ids = {STAMP_COLUMN[Level(area.level - step)]: pk for step, pk in enumerate(upwards) if pk is not None}
    return area, Stamp(**ids)


# ---- re-stamping open work when areas move ----
@dataclass(frozen=True)
class StampedKind:
    """A model of a higher app whose open rows follow their place."""

    label: str
    is_open: Q
    holder_fields: tuple[str, ...]

    @property
    def open_rows(self) -> QuerySet[Any]:
        """Of all places; closed rows keep the stamp of their day."""
        model: type[Model] = apps.get_model(self.label)
        return model._default_manager.filter(self.is_open)


_kinds: dict[str, StampedKind] = {}


def register_stamped(model_label: str, open_filter: Q, *, holder_fields: Iterable[str] = ()) -> None:
    """Called in AppConfig.ready by the app that owns the model.

    Rows that match the filter are re-stamped when their area moves; closed ones keep the stamp of their day.
    `holder_fields` name foreign keys to the area that holds the work: they follow the same way.
    """
    _kinds[model_label] = StampedKind(model_label, open_filter, tuple(holder_fields))


@dataclass(frozen=True)
class Shift:
    """An area leaves one path for another. `into` replaces it when it is merged away."""

    area_id: int
    level: Level
    old: Stamp  # the path of the area itself, before
    new: Stamp  # the path of its new parent; when merged, of the area it becomes part of
    into: int | None = None

    @property
    def columns_above(self) -> list[str]:
        """The columns of the levels above the area, the street's first."""
        return [STAMP_COLUMN[level] for level in Level if Level.DISTRICT < level < self.level]

    @property
    def replaced(self) -> dict[int, int]:
        """Areas of the old path and what stands in their place on the new one."""
        pairs = {getattr(self.old, c): getattr(self.new, c) for c in self.columns_above}
        if self.into:
            pairs[self.area_id] = self.into
        return {old: new for old, new in pairs.items() if old and new and old != new}

    @property
    def own_column(self) -> str:
        """The column in which rows of this area name it."""
        return STAMP_COLUMN[self.level]


def count_open_work(area_id: int, level: Level) -> dict[str, int]:
    """How many open rows of each registered kind lie in an area."""
    column = STAMP_COLUMN[level]
    return {kind.label: kind.open_rows.filter(**{column: area_id}).count() for kind in _kinds.values()}


def restamp_open_work(shift: Shift) -> dict[str, int]:
    """Open rows below the area get the new path, and their holders' desk moves along. Returns counts for each kind.

    Rows are locked in primary-key order before the areas themselves change: services that work on these rows lock
    them first and look at areas afterwards, so neither side ever waits for the other in a circle.
    """
    return {kind.label: _restamp(kind, shift) for kind in _kinds.values()}


def _restamp(kind: StampedKind, shift: Shift) -> int:
    rows = kind.open_rows.filter(**{shift.own_column: shift.area_id})
    if shift.into:  # somewhere else, work may lie on the desk of the area that ends
        held = Q(pk__in=[])
        for name in kind.holder_fields:
            held |= Q(**{name: shift.area_id})
        rows = kind.open_rows.filter(Q(**{shift.own_column: shift.area_id}) | held)
    ids = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return 0
    model = rows.model._default_manager
    inside = model.filter(pk__in=ids, **{shift.own_column: shift.area_id})
    for name in kind.holder_fields:
        _replace(model.filter(pk__in=ids), f"{name}_id", shift.replaced)
    new: dict[str, Any] = {column: getattr(shift.new, column) for column in shift.columns_above}
    if shift.into:
        _replace(inside, "area_id", {shift.area_id: shift.into})
        new[shift.own_column] = shift.into
    if new:
        inside.update(**new)
    return len(ids)


def _replace(rows: QuerySet[Any], column: str, pairs: dict[int, int]) -> None:
    if pairs:
        whens = [When(**{column: old}, then=Value(new)) for old, new in pairs.items()]
        rows.filter(**{f"{column}__in": sorted(pairs)}).update(
            **{column: Case(*whens, default=F(column), output_field=BigIntegerField())}
        )
