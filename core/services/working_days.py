"""Fills the table of special days from the public notices that the `holidays` package follows."""

from django.db import transaction

from core.models import WorkDay

FIRST_YEAR = 2022


def special_days(years: range, *, announced_until: int) -> list[WorkDay]:
    """Holidays and make-up workdays of the years; those after `announced_until` are a guess and say so."""
    import holidays  # noqa: PLC0415 - a tenth of a second of every start, needed once

    china = holidays.country_holidays("CN", years=years, language="zh_CN")
    off = [
        WorkDay(on=on, kind=WorkDay.Kind.HOLIDAY, name=name[:60], is_confirmed=on.year <= announced_until)
        for on, name in china.items()
    ]
    make_up = [
        WorkDay(on=on, kind=WorkDay.Kind.MAKE_UP, name="", is_confirmed=True)
        for on in china.weekend_workdays
        if on.year in years and on not in china
    ]
    return off + make_up


def announced_years(years: range) -> int:
    """The last year with make-up days: the State Council's notice always orders some."""
    import holidays  # noqa: PLC0415 - as above

    china = holidays.country_holidays("CN", years=years)
    return max((on.year for on in china.weekend_workdays), default=FIRST_YEAR)


@transaction.atomic
def announce_days(*, ids: list[int]) -> int:
    """The State Council has announced these days: limits that end in their year are certain from now on."""
    return WorkDay.objects.filter(pk__in=ids, is_confirmed=False).update(is_confirmed=True)


def seed_working_days(until: int) -> None:
    """Fill the empty table up to a year."""
    if not WorkDay.objects.exists():
        years = range(FIRST_YEAR, until + 1)
        WorkDay.objects.bulk_create(special_days(years, announced_until=announced_years(years)))
