"""What is known about an area, and the code it gets."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.errors import RuleError
from neighborhoods.actors import Level
from neighborhoods.models import Area
from neighborhoods.models.areas import CODE_LENGTH, LEVEL_NAMES

NAME_LIMIT = 60


@dataclass(frozen=True)
class AreaFacts:
    """The facts of an area besides its place in the tree. Those that do not fit its level are ignored."""

    name: str
    code: str = ""  # empty: the next free one below the parent
    variant: str = ""
    duty_phone: str = ""
    duty_hours: str = ""
    approval_no: str = ""
    approved_on: date | None = None
    compound_id: int | None = None
    floors: int | None = None
    entrances: int | None = None
    households: int | None = None

    def for_level(self, level: Level) -> dict[str, Any]:
        """Columns to write for an area of this level, name and code left out."""
        return {name: value for name, value in asdict(self).items() if name in FACTS_OF_LEVEL[level]}


_DUTY = ("duty_phone", "duty_hours")
FACTS_OF_LEVEL: dict[Level, tuple[str, ...]] = {
    Level.STREET: ("variant", *_DUTY),
    Level.COMMUNITY: _DUTY,
    Level.GRID: _DUTY,
    Level.BRANCH: ("approval_no", "approved_on", *_DUTY),
    Level.BUILDING: ("compound_id", "floors", "entrances", "households"),
}


def clean_name(name: str) -> str:
    """A name people can read."""
    name = " ".join(name.split())
    if not name:
        raise RuleError(_("Give it a name."), field="name")
    if len(name) > NAME_LIMIT:
        raise RuleError(_("A name has at most %(limit)d characters.") % {"limit": NAME_LIMIT}, field="name")
    return name


def child_width(parent: Area) -> int:
    """How many digits a child's code adds to its parent's."""
    return CODE_LENGTH[Level(parent.level + 1)] - CODE_LENGTH[Level(parent.level)]


def next_free_code(parent: Area) -> str:
    """The code after the highest one in use below the parent; a gap when the highest is taken."""
    width = child_width(parent)
    start = len(parent.code)
    used = {int(code[start:]) for code in _codes_below(parent)}
    number = max(used, default=0) + 1
    if number >= 10**width:
        number = next((n for n in range(1, 10**width) if n not in used), 0)
    if not number:
        raise RuleError(_("%(area)s has no free code left below it.") % {"area": parent.name}, field="code")
    return f"{parent.code}{number:0{width}d}"


def _codes_below(parent: Area) -> list[str]:
    children = Area.objects.filter(parent=parent).order_by()
    return list(children.values_list("code", flat=True))


def checked_code(code: str, parent: Area | None) -> str:
    """A code somebody typed: the right length, beginning with the parent's, not in use."""
    level = Level(parent.level + 1) if parent else Level.STREET
    length = CODE_LENGTH[level]
    if not (code.isascii() and code.isdigit() and len(code) == length):
        raise RuleError(
            _("The code of a %(kind)s has %(length)d digits.") % {"kind": LEVEL_NAMES[level], "length": length},
            field="code",
        )
    if parent and not code.startswith(parent.code):
        raise RuleError(_("The code has to begin with %(code)s.") % {"code": parent.code}, field="code")
    if Area.objects.filter(code=code).exists():
        raise RuleError(_("The code %(code)s is in use already.") % {"code": code}, field="code")
    return code


def code_below(parent: Area, wanted_suffix: str) -> str:
    """The code of an area that moves below a parent: its own last digits if they are free there."""
    code = f"{parent.code}{wanted_suffix}"
    return next_free_code(parent) if Area.objects.filter(code=code).exists() else code


def suffix_of(area: Area) -> str:
    """The digits an area's code adds to its parent's."""
    level = Level(area.level)
    return area.code[CODE_LENGTH[Level(level - 1)] :] if level > Level.STREET else area.code
