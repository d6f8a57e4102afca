"""The filters of the list, read from the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.lifecycle import Channel, State, Urgency
from governance.models import Category
from governance.selectors.board import TABS, Filters
from neighborhoods.actors import Level

ANY = ("", pgettext_lazy("filter", "any"))
DUE_CHOICES = [
    ANY,
    ("late", _("overdue")),
    ("today", _("due today")),
    ("week", _("due within 7 days")),
    ("none", _("no running clock")),
]
INDENT = "\u3000"


class IssueFilterForm(forms.Form):
    """Unknown values are ignored rather than refused: an old bookmark still opens a list."""

    q = forms.CharField(label=_("Words or number"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *State.choices])
    category = forms.ChoiceField(label=_("Category"), required=False)
    area = forms.ChoiceField(label=_("Community or grid"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), required=False, choices=[ANY, *Urgency.choices])
    due = forms.ChoiceField(label=_("Deadline"), required=False, choices=DUE_CHOICES)
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[ANY, *Channel.choices])

    def __init__(
        self, *args: Any, categories: list[Category], areas: list[tuple[int, str, int]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [ANY, *((c.code, c.name) for c in categories)]  # type: ignore[attr-defined]
        top = min((level for _pk, _name, level in areas), default=Level.STREET)
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            ("", _("whole area")),
            *((str(pk), f"{INDENT * (level - top)}{name}") for pk, name, level in areas),
        ]
        for field in self.fields.values():
            field.widget.attrs["class"] = "mu-input"
        area = str(self.data.get("area", ""))
        known = {str(pk) for pk, _name, _level in areas}
        if area.isdecimal() and area not in known:  # a link from a case names its building
            self.fields["area"].choices = [*self.fields["area"].choices, (area, _("the place of the case"))]  # type: ignore[attr-defined]

    @property
    def filters(self) -> Filters:
        """What could be understood."""
        self.is_valid()
        clean = self.cleaned_data
        tab = str(self.data.get("tab", ""))
        days = str(self.data.get("days", ""))
        area = clean.get("area") or ""
        return Filters(
            tab=tab if tab in TABS else "open",
            words=(clean.get("q") or "").replace("\x00", ""),
            state=clean.get("state") or "",
            category=clean.get("category") or "",
            area=int(area) if area.isdecimal() and len(area) < 16 else None,
            urgency=clean.get("urgency") or "",
            due=clean.get("due") or "",
            channel=clean.get("channel") or "",
            days=int(days) if days.isdecimal() and len(days) < 5 else None,
        )


class SavedFilterForm(forms.Form):
    """A name for the view that is open."""

    name = forms.CharField(label=_("Name of the view"), max_length=40)
    query = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
