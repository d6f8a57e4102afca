"""Rows of coverage: the former one ends where the next begins, so that every day has at most one."""

from datetime import date

from django.utils import timezone

from neighborhoods.models import Area, Coverage
from neighborhoods.selectors.coverage import live_coverages


def begin_coverage(compound_id: int, branch_id: int, mode: str, on: date) -> Coverage:
    """End the row in force and start the next; a second change on one day corrects the first."""
    former = live_coverages(on).filter(compound=compound_id).first()
    if former and former.valid_from == on:
        former.branch_id, former.mode = branch_id, mode
        former.save(update_fields=["branch", "mode"])
        return former
    if former:
        former.valid_to = on
        former.save(update_fields=["valid_to"])
    return Coverage.objects.create(compound_id=compound_id, branch_id=branch_id, mode=mode, valid_from=on)


def pass_coverage_on(source: Area, target: Area) -> None:
    """What one branch covers is covered by another from today on."""
    today = timezone.localdate()
    for compound_id, mode in list(live_coverages(today).filter(branch=source).values_list("compound", "mode")):
        begin_coverage(compound_id, target.pk, mode, today)
