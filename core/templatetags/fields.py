"""How a form field and its errors are drawn. `mulin.py` has the tags."""

from dataclasses import dataclass
from typing import Any

from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    ClearableFileInput,
    Field,
    FileInput,
    RadioSelect,
    Select,
    Textarea,
)
from django.utils.translation import gettext as _

CHOICES = (RadioSelect, CheckboxSelectMultiple)


@dataclass(frozen=True)
class Problem:
    """One line of the error summary."""

    text: str
    goal: str  # the id of the input, or nothing for an error of the whole form


def dressed(bound: BoundField, *, low: bool = False) -> dict[str, Any]:
    """The field with the classes of the look, and which shape it has."""
    return {
        "field": bound,
        "shape": shape_of(bound),
        "control": ""
        if isinstance(bound.field.widget, CHOICES)
        else bound.as_widget(attrs=_attributes(bound, low=low)),
        "error_words": error_words(bound),
        "hint_id": f"{bound.auto_id}_helptext",  # the ids that Django puts into aria-describedby
        "error_id": f"{bound.auto_id}_error",
    }


def shape_of(bound: BoundField) -> str:
    """hidden, choices (a group), tick (one box beside its label) or line (label above input)."""
    if bound.is_hidden:
        return "hidden"
    if isinstance(bound.field.widget, CHOICES):
        return "choices"
    return "tick" if isinstance(bound.field.widget, CheckboxInput) else "line"


def _attributes(bound: BoundField, *, low: bool) -> dict[str, str | bool]:
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput) or bound.is_hidden:
        return {}
    own = [str(widget.attrs.get("class", ""))]
    own.append("mu-file" if isinstance(widget, FileInput | ClearableFileInput) else "mu-input")
    if low and isinstance(widget, Textarea):
        own.append("mu-input--low")
    return {"class": " ".join(name for name in own if name)}


def problems(form: BaseForm | None) -> list[Problem]:
    """What must change in a form, in the order of its fields."""
    if form is None or not form.errors:
        return []
    found = [Problem(str(text), "") for text in form.non_field_errors()]
    for bound in form:
        goal = "" if bound.is_hidden else goal_of(bound)
        found += [Problem(_said(bound, str(text)), goal) for text in bound.errors]
    return found


def _said(bound: BoundField, text: str) -> str:
    """“This field is required” says nothing in a list of several: the field is named."""
    if text != str(Field.default_error_messages["required"]):
        return text
    words = _("%(field)s: please choose") if is_chosen(bound) else _("%(field)s: please fill this in")
    return words % {"field": bound.label}


def is_chosen(bound: BoundField) -> bool:
    """Whether one chooses instead of typing."""
    return isinstance(bound.field.widget, (*CHOICES, Select, CheckboxInput))


def error_words(bound: BoundField) -> list[str]:
    """The errors beside a field, in the portal's words."""
    standard = str(Field.default_error_messages["required"])
    missing = _("Please choose.") if is_chosen(bound) else _("Please fill this in.")
    return [missing if text == standard else str(text) for text in bound.errors]


def goal_of(bound: BoundField) -> str:
    """Where a link to the field leads; a group of choices has no id of its own, its first choice has."""
    if isinstance(bound.field.widget, CHOICES):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id
