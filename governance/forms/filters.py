"""The filters of the list, read from the address."""

from dataclasses import dataclass, replace
from functools import lru_cache

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from governance.lifecycle import Channel, State, Urgency
from governance.selectors.desk_list import TABS, Filters
from governance.selectors.reference import category_choices
from governance.selectors.today import TITLES
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


CHOSEN = ("tab", "state", "category", "area", "urgency", "due", "channel", "days", "group")
LONGEST_WORDS = 100


@dataclass(frozen=True)
class FilterBar:
    """What the address chooses, in the order of CHOSEN, and what there is to choose from.

    The same bar gives the same form and the same filters, so both are worked out once.
    """

    chosen: tuple[str, ...]
    categories: tuple[tuple[str, str], ...]
    areas: tuple[tuple[int, str, int], ...]

    @property
    def first(self) -> tuple[str, ...]:
        """What most people choose by; the others stand behind “more filters”."""
        return ("state", "category", "area")

    @property
    def form(self) -> "IssueFilterForm":
        """Bound to what the address says."""
        return IssueFilterForm(self)


def filter_bar(address: QueryDict, areas: tuple[tuple[int, str, int], ...]) -> FilterBar:
    """The bar of an address."""
    chosen = tuple(address.get(name, "") for name in CHOSEN)
    return FilterBar(chosen, category_choices(get_language()), areas)


def filters_of(bar: FilterBar, words: str) -> Filters:
    """What could be understood of it, and the words looked for."""
    return replace(_filters(bar), words=words.replace("\x00", "").strip()[:LONGEST_WORDS])


class IssueFilterForm(forms.Form):
    """The selects of the bar. Unknown values are ignored rather than refused: an old bookmark still opens a list."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *State.choices])
    category = forms.ChoiceField(label=_("Category"), required=False)
    area = forms.ChoiceField(label=_("Community or grid"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), required=False, choices=[ANY, *Urgency.choices])
    due = forms.ChoiceField(label=_("Deadline"), required=False, choices=DUE_CHOICES)
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=[ANY, *Channel.choices])

    def __init__(self, bar: FilterBar) -> None:
        super().__init__(dict(zip(CHOSEN, bar.chosen, strict=True)))
        self.fields["category"].choices = [ANY, *bar.categories]  # type: ignore[attr-defined]
        top = min((level for _pk, _name, level in bar.areas), default=Level.STREET)
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            ("", _("whole area")),
            *((str(pk), f"{INDENT * (level - top)}{name}") for pk, name, level in bar.areas),
        ]
        for field in self.fields.values():
            field.widget.attrs["class"] = "mu-input"
        area = self.data["area"]
        known = {str(pk) for pk, _name, _level in bar.areas}
        if area.isdecimal() and area not in known:  # a link from a case names its building
            self.fields["area"].choices = [*self.fields["area"].choices, (area, _("the place of the case"))]  # type: ignore[attr-defined]


@lru_cache(maxsize=2000)
def _filters(bar: FilterBar) -> Filters:
    form = bar.form
    form.is_valid()
    clean, tab, days = form.cleaned_data, form.data["tab"], form.data["days"]
    area = clean.get("area") or ""
    return Filters(
        tab=tab if tab in TABS else "open",
        state=clean.get("state") or "",
        category=clean.get("category") or "",
        area=int(area) if area.isdecimal() and len(area) < 16 else None,
        urgency=clean.get("urgency") or "",
        due=clean.get("due") or "",
        channel=clean.get("channel") or "",
        days=int(days) if days.isdecimal() and len(days) < 5 else None,
        group=form.data["group"] if form.data["group"] in TITLES else "",
    )


class SavedFilterForm(forms.Form):
    """A name for the view that is open."""

    name = forms.CharField(label=_("Name of the view"), max_length=40)
    query = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
