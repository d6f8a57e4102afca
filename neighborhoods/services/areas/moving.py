"""Moving an area, with everything below it, to another parent."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods import policies
from neighborhoods.actors import Actor, Level
from neighborhoods.lifecycle import AREA_MOVED
from neighborhoods.models import Area, AreaChange, Compound
from neighborhoods.models.areas import LEVEL_NAMES
from neighborhoods.selectors.actors import live_posts
from neighborhoods.selectors.coverage import covered_in_grid, covering_branch_id
from neighborhoods.services.areas.changes import note_change, snapshot
from neighborhoods.services.areas.codes import code_below, suffix_of
from neighborhoods.services.locks import lock_trees_of
from neighborhoods.services.stamps import Shift, count_open_work, restamp_open_work, stamp_of


@dataclass(frozen=True)
class MoveConsequences:
    """What a move would change, computed before anybody confirms it."""

    area: Area
    new_parent: Area
    nodes: int  # the area and everything below it
    compounds: int
    live_posts: int
    open_work: dict[str, int]  # by model label; these rows get the new path
    code_before: str
    code_after: str
    leaves_street: bool

    @property
    def codes_changed(self) -> int:
        """How many areas get another code: all that move, or none."""
        return self.nodes if self.code_before != self.code_after else 0

    @property
    def work_lines(self) -> list[tuple[Any, int]]:
        """Open work by the name of its kind."""
        return [(apps.get_model(label)._meta.verbose_name_plural, n) for label, n in self.open_work.items()]

    @property
    def open_work_total(self) -> int:
        """Open rows of all kinds that get the new path."""
        return sum(self.open_work.values())


def consequences_of_move(area: Area, new_parent: Area) -> MoveConsequences:
    """Look before you leap; raises the RuleError the move itself would raise."""
    check_move(area, new_parent)
    below = area.get_descendants(include_self=True)
    return MoveConsequences(
        area=area,
        new_parent=new_parent,
        nodes=area.get_descendant_count() + 1,
        compounds=_compounds_within(area).count(),
        live_posts=live_posts(timezone.localdate()).filter(area__in=below).count(),
        open_work=count_open_work(area.pk, Level(area.level)),
        code_before=area.code,
        code_after=code_below(new_parent, suffix_of(area)),
        leaves_street=area.tree_id != new_parent.tree_id,
    )


def _compounds_within(area: Area) -> QuerySet[Compound]:
    if area.level <= Level.GRID:
        grids = area.get_descendants(include_self=True).filter(level=Level.GRID)
        return Compound.objects.filter(grid__in=grids, closed_on=None)
    if area.level == Level.BRANCH:
        return Compound.objects.filter(pk__in=covered_in_grid(area.pk, area.parent_id))
    return Compound.objects.none()


def check_move(area: Area, new_parent: Area) -> None:
    """The rules of a move; nothing is written."""
    if area.level == Level.STREET:
        raise RuleError(_("A street stands on its own and cannot be moved."))
    if area.closed_on or new_parent.closed_on:
        closed = area if area.closed_on else new_parent
        raise RuleError(_("%(area)s is closed.") % {"area": closed.name}, field="parent")
    if new_parent.level != area.level - 1:
        raise RuleError(
            _("A %(kind)s belongs directly to a %(parent_kind)s.")
            % {"kind": LEVEL_NAMES[Level(area.level)], "parent_kind": LEVEL_NAMES[Level(area.level - 1)]},
            field="parent",
        )
    if area.parent_id == new_parent.pk:
        raise RuleError(_("It belongs there already."), field="parent")
    if area.compound_id and covering_branch_id(area.compound_id) != new_parent.pk:
        raise RuleError(
            _("This building belongs to a compound. Change who covers the compound instead: its buildings follow."),
            field="parent",
        )


@transaction.atomic
def move_area(*, area_id: int, new_parent_id: int, actor: Actor, reason: str = "") -> Area:
    """Whoever keeps both ends moves an area; it gets a code of the new parent, and open work follows.

    Steps: lock the trees in id order; read; ask; re-stamp open work; move; re-code; record.
    """
    lock_trees_of([area_id, new_parent_id])
    area = Area.objects.get(pk=area_id)
    new_parent = Area.objects.get(pk=new_parent_id)
    require(policies.can_move_area(actor, Level(area.level), stamp_of(area), stamp_of(new_parent)))
    check_move(area, new_parent)
    before = snapshot(area)
    restamped = relocate(area, new_parent)
    note_change(area, AreaChange.Kind.MOVED, actor, before=before, after=snapshot(area), reason=reason)
    events.record(AREA_MOVED, actor=actor, subject=area, before=before, after=snapshot(area), restamped=restamped)
    return area


def relocate(area: Area, new_parent: Area) -> dict[str, int]:
    """Move, re-code and re-stamp, without asking or recording. The trees are locked and both rows freshly read."""
    shift = Shift(area.pk, Level(area.level), old=stamp_of(area), new=stamp_of(new_parent))
    restamped = restamp_open_work(shift)
    if area.level == Level.BRANCH:
        moving = covered_in_grid(area.pk, area.parent_id)
        Compound.objects.filter(pk__in=list(moving)).update(grid=new_parent)
    new_code = code_below(new_parent, suffix_of(area))
    old_code = area.code
    Area.objects.move_node(area, new_parent, "last-child")
    if new_code != old_code:
        _recode(area, old_code, new_code)
    area.refresh_from_db()
    return restamped


def _recode(area: Area, old_code: str, new_code: str) -> None:
    """One statement for the whole subtree."""
    below = Area.objects.filter(tree_id=area.tree_id, lft__gte=area.lft, rght__lte=area.rght)
    below.update(code=Concat(Value(new_code), Substr("code", len(old_code) + 1)))
