"""From rows to a plan: every line is looked at, and every complaint says what to do."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from neighborhoods.actors import Level
from neighborhoods.models import Area
from neighborhoods.models.areas import CODE_LENGTH
from neighborhoods.services.areas.imports import AreaRow
from neighborhoods.services.district_file.cells import has_name, number_of
from neighborhoods.services.district_file.columns import (
    AREA_LEVELS,
    COLUMN_WORDS,
    KIND_WORDS,
    Kind,
    column_title,
    in_language,
    meaning_of,
)
from neighborhoods.services.district_file.housing import check_building, check_compounds
from neighborhoods.services.district_file.known import Known, KnownArea, known_of
from neighborhoods.services.district_file.people import check_posts, check_units, phone_of
from neighborhoods.services.district_file.plan import Complaint, Plan
from neighborhoods.services.district_file.reading import LOST_DIGITS, MAX_CELL, RawRow

TEXT_LIMITS = {"duty_phone": 30, "duty_hours": 60, "approval_no": 40}
MANY = 10
NUMBER_LIMITS = {"entrances": 99, "floors": 200, "households": 9999}


def check_rows(rows: list[RawRow]) -> Plan:
    """Everything that would be loaded, or everything that is wrong; nothing is written."""
    plan = Plan()
    sorted_rows = _by_kind(rows, plan)
    phones = {phone for row in sorted_rows[Kind.POST] if (phone := phone_of(row["phone"]))}
    known = known_of(rows, phones)
    _check_areas(sorted_rows, known, plan)
    check_compounds(sorted_rows[Kind.COMPOUND], known, plan)
    for row in sorted_rows[Kind.BUILDING]:
        check_building(row, known, plan)
    check_units(sorted_rows[Kind.UNIT], known, plan)
    check_posts(sorted_rows[Kind.POST], known, plan)
    _hint(plan)
    _hint_at_what_is_left_out(rows, plan)
    plan.complaints.sort(key=lambda complaint: (complaint.sheet, complaint.line))
    _say_missing_columns_once(rows, plan)
    return plan


def _by_kind(rows: list[RawRow], plan: Plan) -> dict[Kind, list[RawRow]]:
    found: dict[Kind, list[RawRow]] = defaultdict(list)
    for row in rows:
        kind = meaning_of(row["kind"], KIND_WORDS)
        if kind is None:
            words = "、".join(in_language(words) for words in KIND_WORDS.values())
            plan.complain(row, "kind", _("Write one of these: %(words)s.") % {"words": words})
        elif _is_readable(row, plan):
            found[kind].append(row)
            continue
        plan.refused |= {row["code"], row["name"]} - {""}
    return found


def _is_readable(row: RawRow, plan: Plan) -> bool:
    """No cell is endless, and no code lost its last digits to the spreadsheet."""
    for column, text in row.cells.items():
        if text == LOST_DIGITS or (column in {"code", "parent", "covered_by"} and "E+" in text.upper()):
            plan.complain(
                row, column, _("The spreadsheet cut this number off. Set the column to “text” and type it again.")
            )
            return False
        if len(text) > MAX_CELL:
            plan.complain(row, column, _("This cell is too long: at most %(limit)d characters.") % {"limit": MAX_CELL})
            return False
    return True


def _check_areas(rows: dict[Kind, list[RawRow]], known: Known, plan: Plan) -> None:
    """Parents first, so that a wrong street does not make every line below it look wrong."""
    lines: dict[str, int] = {}
    for kind, level in AREA_LEVELS.items():
        for row in rows[kind]:
            if _is_new_area(row, kind, known, plan, lines):
                facts = _facts(row, plan)
                if level == Level.STREET:
                    facts["variant"] = (Area.Variant.PARK if kind == Kind.PARK else Area.Variant.STREET).value
                plan.areas.append(AreaRow(row["code"], row["name"], facts))
                plan.new[kind] += 1
                known.areas[row["code"]] = KnownArea(row["name"], level, is_closed=False)
            elif row["code"] not in known.areas:
                plan.refused.add(row["code"])


def _is_new_area(row: RawRow, kind: Kind, known: Known, plan: Plan, lines: dict[str, int]) -> bool:
    code, level = row["code"], AREA_LEVELS[kind]
    if not (code.isascii() and code.isdigit() and len(code) == CODE_LENGTH[level]):
        message = _("The code of a %(kind)s has %(length)d digits; this one has %(found)d characters.")
        plan.complain(
            row,
            "code",
            message % {"kind": in_language(KIND_WORDS[kind]), "length": CODE_LENGTH[level], "found": len(code)},
        )
        return False
    if code in lines:
        message = _("The code %(code)s stands in line %(line)d already. Give one of them another code.")
        plan.complain(row, "code", message % {"code": code, "line": lines[code]})
        return False
    lines[code] = row.line
    if not has_name(row, plan) or not _has_parent(row, level, known, plan):
        return False
    return not _is_known_area(row, kind, known, plan)


def _has_parent(row: RawRow, level: Level, known: Known, plan: Plan) -> bool:
    if level == Level.STREET:
        if row["parent"]:
            plan.complain(row, "parent", _("A street stands on its own: leave this cell empty."))
        return not row["parent"]
    expected = row["code"][: CODE_LENGTH[Level(level - 1)]]
    if row["parent"] not in {"", expected}:
        message = _("The code begins with %(expected)s, so it belongs there. Correct one of the two.")
        plan.complain(row, "parent", message % {"expected": expected})
        return False
    above = known.areas.get(expected)
    if above is None and plan.follows(expected):
        return False
    if above is None or above.is_closed:
        message = _("The area %(code)s above it is not in the table. Add a line for it, or correct the code.")
        plan.complain(row, "code", message % {"code": expected})
        return False
    return True


def _is_known_area(row: RawRow, kind: Kind, known: Known, plan: Plan) -> bool:
    there = known.areas.get(row["code"])
    if there is None:
        return False
    if there.name == row["name"] and not there.is_closed:
        plan.known[kind] += 1
    else:
        message = _("The code %(code)s belongs to “%(name)s” already. Take another code, or delete this line.")
        plan.complain(row, "code", message % {"code": row["code"], "name": there.name})
    return True


def _say_missing_columns_once(rows: list[RawRow], plan: Plan) -> None:
    """Not for every line: whoever called the column something else has one word to change."""
    there = {column for row in rows for column in row.cells}
    missing = {column_title(column) for column in COLUMN_WORDS if column not in there}
    kept: list[Complaint] = []
    for complaint in plan.complaints:
        column = complaint.column
        if column not in missing:
            kept.append(complaint)
        elif column not in {earlier.column for earlier in kept}:
            message = _("The table has no column “%(column)s”. This line needs it, and perhaps others.")
            kept.append(replace(complaint, message=message % {"column": column}))
    plan.complaints[:] = kept


def _facts(row: RawRow, plan: Plan) -> dict[str, object]:
    facts: dict[str, object] = {}
    for column, limit in TEXT_LIMITS.items():
        if len(row[column]) > limit:
            plan.complain(row, column, _("This cell is too long: at most %(limit)d characters.") % {"limit": limit})
        elif row[column]:
            facts[column] = row[column]
    for column, highest in NUMBER_LIMITS.items():
        number = number_of(row, column, highest, plan)
        if number is not None:
            facts[column] = number
    if row["approved_on"]:
        facts["approved_on"] = _date_of(row, plan)
    return facts


def _date_of(row: RawRow, plan: Plan) -> date | None:
    text = row["approved_on"].replace("/", "-").replace(".", "-").replace("年", "-").replace("月", "-").rstrip("日")
    try:
        year, month, day = (int(part) for part in text.split("-"))
        return date(year, month, day)
    except ValueError:
        plan.complain(row, "approved_on", _("Write the date like 2022-07-01."))
        return None


def _hint_at_what_is_left_out(rows: list[RawRow], plan: Plan) -> None:
    """A column under another name would be lost without a word."""
    if unread := sorted({heading for row in rows for heading in row.unread}):
        names = "、".join(unread[:MANY]) + ("…" if len(unread) > MANY else "")
        plan.hints.append(
            _("Columns that are left out, because nothing is called like that here: %(names)s.") % {"names": names}
        )


def _hint(plan: Plan) -> None:
    """What is allowed and still worth a look."""
    bare = [compound.name for compound in plan.compounds if not compound.branch_code]
    if bare:
        plan.hints.append(
            ngettext(
                "%(count)d compound is covered by no branch yet: %(names)s",
                "%(count)d compounds are covered by no branch yet: %(names)s",
                len(bare),
            )
            % {"count": len(bare), "names": "、".join(bare[:5]) + ("…" if len(bare) > 5 else "")}
        )
    if plan.areas and not plan.posts and plan.is_sound:
        message = _("There are no posts in the table (column “%(column)s”): nobody will receive requests yet.")
        plan.hints.append(message % {"column": column_title("title")})
