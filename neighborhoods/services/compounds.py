"""Compounds, and which branch covers them."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods import policies
from neighborhoods.actors import Actor, Level
from neighborhoods.lifecycle import COMPOUND_ADDED, COMPOUND_REVISED, COVERAGE_SET
from neighborhoods.models import Area, Compound, Coverage
from neighborhoods.selectors.coverage import covering_branch_id, live_coverages
from neighborhoods.services.areas.codes import clean_name
from neighborhoods.services.areas.moving import relocate
from neighborhoods.services.coverage_rows import begin_coverage
from neighborhoods.services.locks import lock_trees_of
from neighborhoods.services.sorting import sort_key
from neighborhoods.services.stamps import stamp_of


@dataclass(frozen=True)
class CompoundFacts:
    """What is known about a housing estate."""

    name: str
    code: str
    kind: str
    built_year: int | None = None


@transaction.atomic
def add_compound(*, actor: Actor, grid_id: int, facts: CompoundFacts) -> Compound:
    """Whoever keeps the grid adds a compound that stands in it."""
    lock_trees_of([grid_id])
    grid = Area.objects.get(pk=grid_id)
    require(policies.can_keep_compound(actor, stamp_of(grid)))
    if grid.level != Level.GRID or grid.closed_on:
        raise RuleError(_("A compound stands in an open grid."), field="grid")
    compound = Compound(grid=grid, **_columns(facts, but=None))
    compound.save(force_insert=True)
    events.record(COMPOUND_ADDED, actor=actor, subject=compound, grid_id=grid_id)
    return compound


@transaction.atomic
def revise_compound(*, compound_id: int, actor: Actor, facts: CompoundFacts) -> Compound:
    """Whoever keeps the grid corrects the facts of its compound."""
    compound = Compound.objects.select_for_update(of=("self",)).select_related("grid").get(pk=compound_id)
    require(policies.can_keep_compound(actor, stamp_of(compound.grid)))
    columns = _columns(facts, but=compound.pk)
    changed = {name: value for name, value in columns.items() if getattr(compound, name) != value}
    if changed:
        Compound.objects.filter(pk=compound.pk).update(**changed)
        events.record(COMPOUND_REVISED, actor=actor, subject=compound, fields=sorted(changed))
    compound.refresh_from_db()
    return compound


def _columns(facts: CompoundFacts, but: int | None) -> dict[str, str | int | None]:
    name, code = clean_name(facts.name), facts.code.strip()
    if facts.kind not in Compound.Kind.values:
        raise RuleError(_("Choose the kind of the compound."), field="kind")
    if not code or len(code) > 20:
        raise RuleError(_("A compound needs a code of at most 20 characters."), field="code")
    if Compound.objects.filter(code=code).exclude(pk=but or 0).exists():
        raise RuleError(_("The code %(code)s is in use already.") % {"code": code}, field="code")
    return {"name": name, "code": code, "kind": facts.kind, "built_year": facts.built_year, "pinyin": sort_key(name)}


@transaction.atomic
def set_coverage(*, compound_id: int, branch_id: int, mode: str, actor: Actor, on: date | None = None) -> Coverage:
    """Whoever keeps both ends says which branch covers a compound; the former row ends, the buildings move over."""
    on = on or timezone.localdate()
    _lock_for_coverage(compound_id, branch_id)
    compound = Compound.objects.select_for_update(of=("self",)).select_related("grid").get(pk=compound_id)
    branch = Area.objects.get(pk=branch_id)
    require(policies.can_set_coverage(actor, stamp_of(compound.grid), stamp_of(branch)))
    former = covering_branch_id(compound_id, on)
    _check_coverage(compound, branch, mode, on)
    row = begin_coverage(compound_id, branch_id, mode, on)
    moved = _bring_buildings(compound_id, branch_id)
    events.record(
        COVERAGE_SET, actor=actor, subject=compound, branch_id=branch_id, mode=mode, former=former, buildings=moved
    )
    return row


def _lock_for_coverage(compound_id: int, branch_id: int) -> None:
    """Every tree that holds a building of the compound, its grid, or the branch."""
    buildings = Area.objects.filter(compound=compound_id).order_by().values_list("pk", flat=True)
    grids = Compound.objects.filter(pk=compound_id).order_by().values_list("grid", flat=True)
    lock_trees_of([branch_id, *buildings, *grids])


def _check_coverage(compound: Compound, branch: Area, mode: str, on: date) -> None:
    if branch.level != Level.BRANCH or branch.closed_on:
        raise RuleError(_("Choose an open compound Party branch."), field="branch")
    if compound.closed_on:
        raise RuleError(_("%(area)s is closed.") % {"area": compound.name})
    if mode not in Coverage.Mode.values:
        raise RuleError(_("Choose how the branch covers it."), field="mode")
    if on > timezone.localdate():
        raise RuleError(_("Coverage changes on the day it is entered, or earlier."), field="on")
    if Coverage.objects.filter(compound=compound, valid_from__gt=on).exists():
        raise RuleError(_("A later change of this compound is on record already."), field="on")
    current = live_coverages(on).filter(compound=compound).first()
    if current and (current.branch_id, current.mode) == (branch.pk, mode):
        raise RuleError(_("This branch covers it already in this way."), field="branch")


def _bring_buildings(compound_id: int, branch_id: int) -> int:
    elsewhere = Area.objects.filter(compound=compound_id, closed_on=None).exclude(parent=branch_id)
    ids = list(elsewhere.order_by("code").values_list("pk", flat=True))
    for building_id in ids:
        # every move renumbers the tree, so each starts from fresh rows
        relocate(Area.objects.get(pk=building_id), Area.objects.get(pk=branch_id))
    return len(ids)
