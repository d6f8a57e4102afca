"""Lines about compounds, and about the buildings inside them."""

from django.utils.translation import gettext as _

from neighborhoods.actors import Level
from neighborhoods.services.district_file.cells import has_name, number_of
from neighborhoods.services.district_file.columns import COMPOUND_KIND_WORDS, MODE_WORDS, Kind, in_language, meaning_of
from neighborhoods.services.district_file.known import Known
from neighborhoods.services.district_file.plan import NewCompound, Plan
from neighborhoods.services.district_file.reading import RawRow

CODE_LIMIT = 20
LAST_YEAR = 2100


def check_compounds(rows: list[RawRow], known: Known, plan: Plan) -> None:
    """Compounds, each with the grid it stands in and the branch that covers it."""
    lines: dict[str, int] = {}
    for row in rows:
        code = row["code"]
        if not code or len(code) > CODE_LIMIT:
            message = _("A compound needs a code of at most %(limit)d characters.")
            plan.complain(row, "code", message % {"limit": CODE_LIMIT})
        elif code in lines:
            message = _("The code %(code)s stands in line %(line)d already. Give one of them another code.")
            plan.complain(row, "code", message % {"code": code, "line": lines[code]})
        else:
            lines[code] = row.line
            if has_name(row, plan) and not _is_known(row, known, plan):
                _take(row, known, plan)
            if code not in known.compounds:
                plan.refused.add(code)


def _is_known(row: RawRow, known: Known, plan: Plan) -> bool:
    there = known.compounds.get(row["code"])
    if there is None:
        return False
    if there[0] == row["name"]:
        plan.known[Kind.COMPOUND] += 1
    else:
        message = _("The code %(code)s belongs to “%(name)s” already. Take another code, or delete this line.")
        plan.complain(row, "code", message % {"code": row["code"], "name": there[0]})
    return True


def _take(row: RawRow, known: Known, plan: Plan) -> None:
    kind = meaning_of(row["compound_kind"], COMPOUND_KIND_WORDS)
    if kind is None:
        words = "、".join(in_language(words) for words in COMPOUND_KIND_WORDS.values())
        plan.complain(row, "compound_kind", _("Write one of these: %(words)s.") % {"words": words})
    grid_is_right = is_area(row, "parent", Level.GRID, known, plan)
    mode = _mode(row, known, plan)
    built_year = number_of(row, "built_year", LAST_YEAR, plan)
    if kind is None or not grid_is_right or mode is None:
        return
    plan.compounds.append(
        NewCompound(row["code"], row["name"], kind, row["parent"], built_year, row["covered_by"], mode)
    )
    plan.new[Kind.COMPOUND] += 1
    known.compounds[row["code"]] = (row["name"], row["covered_by"])


def is_area(row: RawRow, column: str, level: Level, known: Known, plan: Plan) -> bool:
    """Whether a cell names an open area of a level, in the table or loaded before."""
    area = known.areas.get(row[column])
    if area and area.level == level and not area.is_closed:
        return True
    if area is None and plan.follows(row[column]):
        return False
    kinds = {Level.GRID: _("grid"), Level.BRANCH: _("compound Party branch")}
    message = _("“%(code)s” is not the code of a %(kind)s in the table. Add a line for it, or correct the code.")
    plan.complain(row, column, message % {"code": row[column], "kind": kinds[level]})
    return False


def _mode(row: RawRow, known: Known, plan: Plan) -> str | None:
    """How the branch covers it; empty when nobody does yet, None when something is wrong."""
    if not row["covered_by"]:
        return ""
    if not is_area(row, "covered_by", Level.BRANCH, known, plan):
        return None
    mode = meaning_of(row["mode"], MODE_WORDS)
    if mode is None:
        words = "、".join(in_language(words) for words in MODE_WORDS.values())
        plan.complain(row, "mode", _("Write one of these: %(words)s.") % {"words": words})
    return mode


def check_building(row: RawRow, known: Known, plan: Plan) -> None:
    """A building of a compound hangs under the branch that covers it."""
    code = row["compound"]
    if not code:
        return
    compound = known.compounds.get(code)
    if compound is None and plan.follows(code):
        return
    if compound is None:
        message = _("There is no compound with the code %(code)s. Add a line for it, or correct the code.")
        plan.complain(row, "compound", message % {"code": code})
    elif compound[1] != row["code"][: len(compound[1])] or not compound[1]:
        message = _("The compound is covered by another branch (%(branch)s). Its buildings belong below that one.")
        plan.complain(row, "compound", message % {"branch": compound[1] or "–"})
    else:
        plan.building_compounds[row["code"]] = code
