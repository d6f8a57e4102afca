"""Reference data as services need it, remembered for some seconds in each process."""

from dataclasses import dataclass
from datetime import datetime

from core.reference import remembered
from governance.models import Category, LadderRung, LimitVersion, RoutingRule


@dataclass(frozen=True)
class Limit:
    """How long a step may take."""

    version_id: int
    amount: int
    unit: str


@dataclass(frozen=True)
class Limits:
    """A version of the time limits and since when it is in force."""

    version_id: int
    valid_from: datetime
    by_step: dict[tuple[str, str], Limit]


@remembered(30)
def limit_versions() -> list[Limits]:
    """All versions, newest first."""
    versions = LimitVersion.objects.prefetch_related("limits")
    return [
        Limits(v.pk, v.valid_from, {(x.track, x.step): Limit(v.pk, x.amount, x.unit) for x in v.limits.all()})
        for v in versions
    ]


def limit_for(track: str, step: str, at: datetime) -> Limit | None:
    """The limit of a step in force at a moment; None when the step has no limit (an inquiry needs no first contact)."""
    for version in limit_versions():
        if version.valid_from <= at:
            return version.by_step.get((track, step))
    return None


@remembered(30)
def _ladders() -> dict[tuple[str, str], list[LadderRung]]:
    ladders: dict[tuple[str, str], list[LadderRung]] = {}
    for rung in LadderRung.objects.order_by("number"):
        ladders.setdefault((rung.track, rung.step), []).append(rung)
    return ladders


def rungs_for(track: str, step: str) -> list[LadderRung]:
    """The ladder of a clock: the most particular set that exists for (track, step)."""
    ladders = _ladders()
    keys = ((track, step), (track, ""), ("", step), ("", ""))
    return next((ladders[key] for key in keys if key in ladders), [])


@remembered(30)
def categories() -> list[Category]:
    """Categories offered to residents, in their order."""
    return list(Category.objects.filter(is_active=True))


@remembered(30)
def category_choices(_language: str | None) -> tuple[tuple[str, str], ...]:
    """Code and name of the offered categories, in the active language."""
    return tuple((category.code, category.name) for category in categories())


def category_by_code(code: str) -> Category | None:
    """The offered category with this code."""
    return next((c for c in categories() if c.code == code), None)


@remembered(30)
def _all_categories() -> dict[int, Category]:
    return {category.pk: category for category in Category.objects.all()}


def category_name(pk: int) -> str:
    """What a category is called, also one that is offered no more."""
    return known_category(pk).name


def known_category(pk: int) -> Category:
    """A category with all its columns, without asking the database each time."""
    return _all_categories().get(pk) or Category.objects.get(pk=pk)


@remembered(30)
def routing_rules() -> list[RoutingRule]:
    """Rules in force, first match first."""
    return list(RoutingRule.objects.filter(is_active=True).select_related("to_unit"))
