"""Merging areas and closing them. Nothing is deleted: history keeps pointing at what was."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import events
from core.errors import RuleError, require
from neighborhoods import policies
from neighborhoods.actors import Actor, Level
from neighborhoods.lifecycle import AREA_CLOSED, AREA_MERGED
from neighborhoods.models import Area, AreaChange, Body, Compound, PlaceCode
from neighborhoods.selectors.coverage import covered_in_grid, live_coverages
from neighborhoods.services.areas.changes import note_change, snapshot
from neighborhoods.services.areas.moving import relocate
from neighborhoods.services.coverage_rows import pass_coverage_on
from neighborhoods.services.locks import lock_trees_of
from neighborhoods.services.post_terms import end_posts_at, transfer_posts
from neighborhoods.services.stamps import Shift, count_open_work, restamp_open_work, stamp_of


@transaction.atomic
def merge_areas(*, source_id: int, target_id: int, actor: Actor, reason: str = "") -> Area:
    """Whoever keeps both makes one area part of another of its kind: all that is open passes over, then it closes."""
    lock_trees_of([source_id, target_id])
    source, target = Area.objects.get(pk=source_id), Area.objects.get(pk=target_id)
    require(policies.can_move_area(actor, Level(source.level), stamp_of(source), stamp_of(target)))
    _check_merge(source, target)
    before = snapshot(source)
    shift = Shift(source.pk, Level(source.level), old=stamp_of(source), new=stamp_of(target), into=target.pk)
    restamped = restamp_open_work(shift)
    _pass_on(source, target)
    Area.objects.filter(pk=source.pk).update(closed_on=timezone.localdate())
    source.refresh_from_db()
    after = {"into": target.pk, "into_code": target.code}
    note_change(source, AreaChange.Kind.MERGED, actor, before=before, after=after, reason=reason)
    events.record(AREA_MERGED, actor=actor, subject=source, into=target.pk, restamped=restamped)
    target.refresh_from_db()
    return target


def _check_merge(source: Area, target: Area) -> None:
    if source.pk == target.pk:
        raise RuleError(_("Choose two different areas."), field="target")
    if source.level != target.level:
        raise RuleError(_("Only areas of the same kind can be merged."), field="target")
    if source.level == Level.BUILDING:
        raise RuleError(_("Buildings are not merged. Close the one that is gone."), field="target")
    if source.closed_on or target.closed_on:
        closed = source if source.closed_on else target
        raise RuleError(_("%(area)s is closed.") % {"area": closed.name}, field="target")


def _pass_on(source: Area, target: Area) -> None:
    for child_id in list(
        Area.objects.filter(parent=source, closed_on=None).order_by("lft").values_list("pk", flat=True)
    ):
        # every move renumbers the tree, so each starts from fresh rows
        relocate(Area.objects.get(pk=child_id), Area.objects.get(pk=target.pk))
    Compound.objects.filter(grid=source).update(grid=target)
    if source.level == Level.BRANCH:
        moving = covered_in_grid(source.pk, source.parent_id)
        Compound.objects.filter(pk__in=list(moving)).update(grid=target.parent_id)
    Body.objects.filter(area=source).update(area=target)
    pass_coverage_on(source, target)
    transfer_posts(source, target)
    taken = PlaceCode.objects.filter(area=target, revoked_at=None).values("entrance")
    printed = PlaceCode.objects.filter(area=source, revoked_at=None)
    printed.exclude(entrance__in=taken.exclude(entrance=None)).exclude(entrance=None).update(area=target)


@transaction.atomic
def close_area(*, area_id: int, actor: Actor, reason: str = "") -> Area:
    """Whoever keeps the level closes an area with nothing open below it; its posts end with it."""
    lock_trees_of([area_id])
    area = Area.objects.get(pk=area_id)
    require(policies.can_keep_area(actor, Level(area.level), stamp_of(area)))
    _check_close(area)
    today = timezone.localdate()
    ended = end_posts_at(area, today)
    PlaceCode.objects.filter(area=area, revoked_at=None).update(revoked_at=timezone.now())
    Area.objects.filter(pk=area.pk).update(closed_on=today)
    area.refresh_from_db()
    note_change(area, AreaChange.Kind.CLOSED, actor, before=snapshot(area), reason=reason)
    events.record(AREA_CLOSED, actor=actor, subject=area, posts_ended=ended)
    return area


def _check_close(area: Area) -> None:
    if area.closed_on:
        raise RuleError(_("%(area)s is closed.") % {"area": area.name})
    below = Area.objects.filter(parent=area, closed_on=None).count()
    if below:
        raise RuleError(
            ngettext(
                "%(count)d area below it is still open. Move or close it first.",
                "%(count)d areas below it are still open. Move or close them first.",
                below,
            )
            % {"count": below}
        )
    standing = Compound.objects.filter(grid=area, closed_on=None).count()
    covered = live_coverages().filter(branch=area).count()
    if standing or covered:
        raise RuleError(
            _("Compounds still belong to it (%(count)d). Give them to another area first.")
            % {"count": standing + covered}
        )
    work = sum(count_open_work(area.pk, Level(area.level)).values())
    if work:
        raise RuleError(
            _("Work is still open here (%(count)d). Finish it, or merge the area instead.") % {"count": work}
        )
