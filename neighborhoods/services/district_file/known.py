"""What the database already holds of the things a file names, in a handful of queries."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from neighborhoods.actors import Level
from neighborhoods.models import Area, Compound, PartnerUnit, Title
from neighborhoods.selectors.coverage import live_coverages
from neighborhoods.services.district_file.reading import RawRow


@dataclass(frozen=True)
class KnownArea:
    """An area of the portal, as a file may name it."""

    name: str
    level: Level
    is_closed: bool


@dataclass
class Known:
    """Look-ups by what people type."""

    areas: dict[str, KnownArea]
    compounds: dict[str, tuple[str, str]]  # code → name, code of the covering branch
    units: set[str]
    titles: dict[str, Title]
    names_by_phone: dict[str, str]  # of accounts that proved the number; others lose it when their number gets a post
    switched_off: set[str]  # numbers of accounts nobody signs in with any more


def known_of(rows: list[RawRow], phones: set[str]) -> Known:
    """Whatever the rows may refer to."""
    codes = {row["code"] for row in rows} | {row["parent"] for row in rows} | {row["covered_by"] for row in rows}
    codes |= {code[:cut] for code in set(codes) for cut in (9, 12, 15, 17)}
    users = {phone: user for phone, user in users_by_phone(phones).items() if user.phone_verified}
    areas = Area.objects.filter(code__in=codes).values_list("code", "name", "level", "closed_on")
    return Known(
        areas={code: KnownArea(name, Level(level), bool(closed)) for code, name, level, closed in areas},
        compounds=_compounds(rows),
        units=set(PartnerUnit.objects.filter(is_active=True).values_list("name", flat=True)),
        titles={word: t for t in Title.objects.all() for word in (t.code, t.name_zh, t.name_en.lower())},
        names_by_phone={phone: user.name for phone, user in users.items()},
        switched_off={phone for phone, user in users.items() if not user.is_active},
    )


def users_by_phone(phones: set[str]) -> dict[str, User]:
    """Accounts that have one of the numbers, by the number as it was asked for."""
    stored = {_stored(phone): phone for phone in phones}
    users = User.objects.filter(phone__in=sorted(phones)).order_by("pk")
    return {stored[_stored(user.phone)]: user for user in users}


def _stored(phone: Any) -> str:
    """A number as the column keeps it."""
    column: Any = User._meta.get_field("phone")
    return str(column.get_prep_value(phone))


def _compounds(rows: list[RawRow]) -> dict[str, tuple[str, str]]:
    codes = {row["code"] for row in rows} | {row["compound"] for row in rows}
    compounds = Compound.objects.filter(code__in=codes)
    branches = dict(live_coverages().filter(compound__in=compounds).values_list("compound__code", "branch__code"))
    return {code: (name, branches.get(code, "")) for code, name in compounds.values_list("code", "name")}
