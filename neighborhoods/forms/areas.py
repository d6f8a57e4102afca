"""Areas, their moves and mergers, as typed in the administration."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from neighborhoods.models import Area

REASON_LIMIT = 200


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("reason"), max_length=REASON_LIMIT, required=False, help_text=_("Stays in the history.")
    )


AREAS_OFFERED = 3000
_AT_THE_END = re.compile(r"(\d{9,20})\s*$")


def _code(label: Any, help_text: Any) -> forms.CharField:
    """Typed or found by name: the browser searches the list of `areas_offered` while one types."""
    widget = forms.TextInput(attrs={"size": 48, "list": "areas-offered", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=200, help_text=help_text, widget=widget)


def areas_offered(level: int, but: Area) -> list[str]:
    """Open areas of a level by name, with where they are and their code: what the field finds."""
    found = Area.objects.filter(level=level, closed_on=None).exclude(pk=but.pk).select_related("parent")
    return [
        f"{area.name}（{area.parent.name}） {area.code}" if area.parent else f"{area.name} {area.code}"
        for area in found.order_by("tree_id", "lft")[:AREAS_OFFERED]
    ]


def code_in(words: str) -> str:
    """The code that a choice of the list ends with, or that was typed alone."""
    match = _AT_THE_END.search(words)
    return match[1] if match and match[1].isascii() else words.strip()


def known_code(words: str) -> str:
    """A code that some open area has."""
    code = code_in(words)
    if not (code.isascii() and code.isdigit() and Area.objects.filter(code=code, closed_on=None).exists()):
        raise ValidationError(_("There is no open area with this code."))
    return code


class AddAreaForm(forms.ModelForm):
    """A new area. Its level follows from its parent; what does not fit the level is ignored."""

    class Meta:
        model = Area
        fields = [
            "parent", "name", "code", "variant", "duty_phone", "duty_hours", "approval_no", "approved_on",
            "compound", "floors", "entrances", "households",
        ]  # fmt: skip
        help_texts = {
            "parent": _("Empty only for a new street or park."),
            "code": _("Empty: the next free one. A street needs its 9 digits of the statistics."),
            "variant": _("Streets and parks only."),
            "approval_no": _("Branches only."),
            "compound": _("Buildings only."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "code" in self.fields:
            self.fields["code"].required = False


class ReviseAreaForm(forms.ModelForm):
    """An area that exists: name and facts. Code and place have steps of their own."""

    reason = _reason()

    class Meta:
        model = Area
        fields = [
            "name", "variant", "duty_phone", "duty_hours", "approval_no", "approved_on",
            "compound", "floors", "entrances", "households",
        ]  # fmt: skip


class MoveForm(forms.Form):
    """Where to."""

    to = _code(
        _("New parent"), _("Type a part of its name or its code. Exactly one level up, in this street or another.")
    )
    reason = _reason()

    def clean_to(self) -> str:
        return known_code(self.cleaned_data["to"])


class MergeForm(forms.Form):
    """Into which area."""

    target = _code(_("Area it becomes part of"), _("Type a part of its name or its code. An area of the same kind."))
    reason = _reason()

    def clean_target(self) -> str:
        return known_code(self.cleaned_data["target"])


class CloseForm(forms.Form):
    """Why."""

    reason = _reason()
