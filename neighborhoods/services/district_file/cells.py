"""Cells that several kinds of rows have."""

from django.utils.translation import gettext as _

from neighborhoods.services.district_file.plan import Plan
from neighborhoods.services.district_file.reading import RawRow

NAME_LIMIT = 60


def has_name(row: RawRow, plan: Plan) -> bool:
    """Whether the line carries a name of a sensible length."""
    if not row["name"]:
        plan.complain(row, "name", _("Write a name."))
    elif len(row["name"]) > NAME_LIMIT:
        plan.complain(row, "name", _("A name has at most %(limit)d characters.") % {"limit": NAME_LIMIT})
    else:
        return True
    return False


def number_of(row: RawRow, column: str, highest: int, plan: Plan) -> int | None:
    """A whole number from 1 on; empty is none."""
    text = row[column]
    if not text:
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text) <= highest:
        return int(text)
    plan.complain(row, column, _("Write a whole number from 1 to %(highest)d.") % {"highest": highest})
    return None
