"""The table of a hotline."""

from django import forms
from django.utils.translation import gettext_lazy as _


class HotlineForm(forms.Form):
    """A file, looked into by the reader."""

    file = forms.FileField(
        label=_("The table of the hotline"),
        error_messages={"required": _("Choose a file first.")},
        help_text=_("Excel (.xlsx) or CSV, at most 5 MB and 1000 rows. Nothing is written before you confirm."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        allow_empty_file=True,  # said in our own words by the reader
    )
