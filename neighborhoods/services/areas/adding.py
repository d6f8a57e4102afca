"""Adding areas and changing what is written on them."""

from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import RuleError, require
from neighborhoods import policies
from neighborhoods.actors import Actor, Level
from neighborhoods.lifecycle import AREA_ADDED, AREA_RENAMED, AREA_REVISED
from neighborhoods.models import Area, AreaChange
from neighborhoods.selectors.coverage import covering_branch_id
from neighborhoods.services.areas.changes import note_change, snapshot
from neighborhoods.services.areas.codes import AreaFacts, checked_code, clean_name, next_free_code
from neighborhoods.services.locks import lock_roots, lock_trees_of
from neighborhoods.services.sorting import sort_key
from neighborhoods.services.stamps import Stamp, stamp_of


@transaction.atomic
def add_area(*, actor: Actor, parent_id: int | None, facts: AreaFacts) -> Area:
    """Whoever keeps the level adds an area below an open parent; only administrators add a street."""
    if parent_id is None:
        lock_roots()
    else:
        lock_trees_of([parent_id])
    parent = Area.objects.get(pk=parent_id) if parent_id else None
    level = _level_below(parent)
    require(policies.can_keep_area(actor, level, stamp_of(parent) if parent else Stamp()))
    if parent and parent.closed_on:
        raise RuleError(_("%(area)s is closed.") % {"area": parent.name}, field="parent")
    area = _insert(parent, level, facts)
    note_change(area, AreaChange.Kind.ADDED, actor, after=snapshot(area))
    events.record(AREA_ADDED, actor=actor, subject=area, level=int(level), parent_id=parent_id)
    return area


def _level_below(parent: Area | None) -> Level:
    if parent is None:
        return Level.STREET
    if parent.level >= Level.BUILDING:
        raise RuleError(_("Nothing stands below a building."), field="parent")
    return Level(parent.level + 1)


def _insert(parent: Area | None, level: Level, facts: AreaFacts) -> Area:
    name = clean_name(facts.name)
    if not facts.code and parent is None:
        raise RuleError(_("A street needs its 9-digit code of the statistics."), field="code")
    code = checked_code(facts.code, parent) if facts.code or parent is None else next_free_code(parent)
    columns = facts.for_level(level)
    if level == Level.STREET:
        columns["variant"] = columns["variant"] or Area.Variant.STREET
    if parent and columns.get("compound_id"):
        require_covered_by(columns["compound_id"], parent)
    area = Area(parent=parent, name=name, code=code, pinyin=sort_key(name), **columns)
    area.save()
    return area


def require_covered_by(compound_id: int, branch: Area) -> None:
    """Buildings of a compound hang under the branch that covers it."""
    if covering_branch_id(compound_id) != branch.pk:
        raise RuleError(
            _("%(branch)s does not cover this compound. Change who covers it instead: its buildings follow.")
            % {"branch": branch.name},
            field="compound",
        )


@transaction.atomic
def rename_area(*, area_id: int, actor: Actor, name: str, reason: str = "") -> Area:
    """Whoever may revise an open area gives it another name; the old one stays in the history."""
    area = _locked_for_revision(area_id, actor)
    before, name = snapshot(area), clean_name(name)
    if name == area.name:
        return area
    area.name, area.pinyin = name, sort_key(name)
    Area.objects.filter(pk=area.pk).update(name=name, pinyin=area.pinyin)
    note_change(area, AreaChange.Kind.RENAMED, actor, before=before, after=snapshot(area), reason=reason)
    events.record(AREA_RENAMED, actor=actor, subject=area, before=before["name"], after=name)
    return area


@transaction.atomic
def revise_area(*, area_id: int, actor: Actor, facts: AreaFacts) -> Area:
    """Whoever may revise an open area changes its facts; name, code and place have verbs of their own."""
    area = _locked_for_revision(area_id, actor)
    level = Level(area.level)
    columns = facts.for_level(level)
    if level == Level.STREET:
        columns["variant"] = columns["variant"] or area.variant
    changed = {name: value for name, value in columns.items() if getattr(area, name) != value}
    if changed.get("compound_id") and area.parent:
        require_covered_by(changed["compound_id"], area.parent)
    if not changed:
        return area
    Area.objects.filter(pk=area.pk).update(**changed)
    events.record(AREA_REVISED, actor=actor, subject=area, fields=sorted(changed))
    area.refresh_from_db()
    return area


def _locked_for_revision(area_id: int, actor: Actor) -> Area:
    lock_trees_of([area_id])
    area = Area.objects.select_related("parent").get(pk=area_id)
    require(policies.can_revise_area(actor, Level(area.level), stamp_of(area)))
    if area.closed_on:
        raise RuleError(_("%(area)s is closed.") % {"area": area.name})
    return area
