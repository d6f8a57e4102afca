"""Reading a list of voters as staff paste it: one voter a line, with every mistake said before anything is written."""

import csv
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from accounts.models import User
from core.masking import find_personal, mask_name
from core.tokens import keyed_hash
from governance.decisions import Base

LIMIT = 20_000  # voters on one list; a community has 1,000 to 3,000 households
_HEADS = {"门牌", "户", "房号", "household", "door"}
_TEXT = 60


@dataclass(frozen=True)
class Voter:
    """One line that can be used."""

    door: str
    name: str
    floor_area: Decimal | None = None
    user_id: int | None = None

    @property
    def label(self) -> str:
        """As the desk and the slip show it: the door, and the name masked."""
        return " ".join(part for part in (self.door, mask_name(self.name)) if part)[:_TEXT]


@dataclass(frozen=True)
class Mistake:
    """A line that cannot be used, and why."""

    line: int
    text: str
    why: str


@dataclass
class Reading:
    """What a pasted list says."""

    voters: list[Voter] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def floor_area(self) -> Decimal:
        """Of all lines together."""
        return sum((voter.floor_area or Decimal(0) for voter in self.voters), Decimal(0))


def key_of(base: str, door: str, name: str) -> str:
    """What makes two lines the same voter: a household is its door; a person or an owner is door and name."""
    parts = [door] if base == Base.HOUSEHOLDS else [door, name]
    return keyed_hash("voter", "|".join(re.sub(r"\s", "", part).lower() for part in parts))


def read_voters(text: str, base: str) -> Reading:
    """Household, name, floor area, account (mail address). Commas, tabs or semicolons; a heading is skipped."""
    reading = Reading()
    seen: dict[str, int] = {}
    lines = [line for line in _rows(text) if any(line[1])]
    if lines and lines[0][1][0].lower() in _HEADS:
        lines = lines[1:]
    accounts = _accounts(row[3] for _number, row in lines if row[3])
    for number, row in lines[: LIMIT + 1]:
        try:
            voter = _voter(row, base, accounts)
            key = key_of(base, voter.door, voter.name)
            if key in seen:
                raise ValueError(_("The same as line %(line)d.") % {"line": seen[key]})
            seen[key] = number
            reading.voters.append(voter)
        except ValueError as error:
            reading.mistakes.append(Mistake(number, _shown(row), str(error)))
    if len(lines) > LIMIT:
        reading.mistakes.append(Mistake(LIMIT + 1, "", _("At most %(limit)d lines.") % {"limit": LIMIT}))
    _refuse_shared_accounts(reading)
    return reading


def _rows(text: str) -> list[tuple[int, list[str]]]:
    text = text.lstrip("\ufeff").replace("，", ",").replace("；", ";")
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = next((sign for sign in "\t;," if sign in first), ",")
    rows = csv.reader(io.StringIO(text), delimiter=mark)
    return [(rows.line_num, [*(cell.strip() for cell in row), "", "", "", ""][:4]) for row in rows]


def _voter(row: list[str], base: str, accounts: dict[str, int]) -> Voter:
    door, name, area, account = row
    if not door and base != Base.HEADS:
        raise ValueError(_("The household is missing."))
    if not name and base != Base.HOUSEHOLDS:
        raise ValueError(_("The name is missing."))
    if len(door) > _TEXT or len(name) > _TEXT:
        raise ValueError(_("Too long: at most %(limit)d characters.") % {"limit": _TEXT})
    if find_personal(f"{door} {name}"):
        raise ValueError(_("Looks like a phone or ID number; leave it out, nobody needs it here."))
    if account and account.lower() not in accounts:
        raise ValueError(_("No account has this address."))
    return Voter(door, name, _area(area, base), accounts.get(account.lower()))


def _area(text: str, base: str) -> Decimal | None:
    if base != Base.AREA:
        return None
    try:
        area = Decimal(re.sub(r"(㎡|m²|m2|平方米|平米|\s)$", "", text.strip()).replace(",", ""))
    except InvalidOperation:
        raise ValueError(_("The floor area is missing or no number.")) from None
    if not area.is_finite() or not 0 < area < 100_000_000 or area != area.quantize(Decimal("0.01")):
        raise ValueError(_("The floor area must be above 0, with two decimals at most."))
    return area


def _accounts(addresses: object) -> dict[str, int]:
    wanted = {str(address).lower() for address in addresses}  # type: ignore[attr-defined]
    if not wanted:
        return {}
    found = User.objects.filter(email__in=wanted, is_active=True).values_list("email", "pk")
    return {email.lower(): pk for email, pk in found if email}


def _refuse_shared_accounts(reading: Reading) -> None:
    """One account votes for one entry only."""
    seen: set[int] = set()
    for voter in list(reading.voters):
        if voter.user_id is None:
            continue
        if voter.user_id in seen:
            reading.voters.remove(voter)
            reading.mistakes.append(Mistake(0, voter.label, _("This account is already on the list.")))
        seen.add(voter.user_id)


def _shown(row: list[str]) -> str:
    """The line for the list of mistakes, name masked."""
    return " ".join(part for part in (row[0], mask_name(row[1]), row[2]) if part)[:80]


def read_positions(text: str) -> list[int]:
    """“1 3 5-9” as numbers, in the order typed; twice is kept, so that it can be refused."""
    positions: list[int] = []
    for part in re.split(r"[\s,，、;；]+", text.strip()):
        if not part:
            continue
        match = re.fullmatch(r"(\d{1,6})(?:[-–—~～至](\d{1,6}))?", part)
        if match is None:
            raise ValueError(_("“%(part)s” is no number. Type numbers such as 1 3 5-9.") % {"part": part[:20]})
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last < first + LIMIT:
            raise ValueError(_("“%(part)s” runs backwards or too far.") % {"part": part[:20]})
        positions.extend(range(first, last + 1))
    return positions
