"""The filters of the public list, as they stand in the address."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from governance.selectors.public import STAGES, Filters, community_by_code
from governance.selectors.reference import category_by_code

STAGE_NAMES = {
    "open": _("in hand"),
    "waiting": _("waiting for an answer"),
    "solved": _("solved"),
    "explained": _("explained"),
}
FIRST_YEAR = 2020


class FilterForm(forms.Form):
    """Everything optional; an unknown code is refused instead of silently showing everything."""

    community = forms.CharField(max_length=12, required=False)
    category = forms.CharField(max_length=4, required=False)
    state = forms.ChoiceField(choices=[(stage, STAGE_NAMES[stage]) for stage in STAGES], required=False)
    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=2100, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        community = community_by_code(cleaned["community"]) if cleaned.get("community") else None
        category = category_by_code(cleaned["category"]) if cleaned.get("category") else None
        if (cleaned.get("community") and not community) or (cleaned.get("category") and not category):
            raise ValidationError("unknown code")
        self.filters = Filters(community, category, cleaned.get("state") or "", cleaned.get("year"))
        return cleaned

    def address(self) -> str:
        """The filters as a query, for the links of the pages."""
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})
