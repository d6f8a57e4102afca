"""The table of hours."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TableForm(forms.Form):
    """A file, looked into by the reader."""

    file = forms.FileField(
        label=_("The table of hours"),
        error_messages={"required": _("Choose a file first.")},
        help_text=_("Excel (.xlsx) or CSV, at most 300 rows. Nothing is written before you confirm."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        allow_empty_file=True,  # said in our own words by the reader
    )
