"""The base of every form, and the form of a reader's choices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PortalForm(forms.Form):
    """Errors are said by the page, beside the field and summed up on top, not by a bubble of the browser."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # Django's own words for a number out of bounds read like a machine's
            if isinstance(field, forms.IntegerField):
                field.error_messages.setdefault("min_value", _("Not less than %(limit_value)s."))
                field.error_messages.setdefault("max_value", _("Not more than %(limit_value)s."))


class PreferencesForm(PortalForm):
    """How the pages look, and in which language."""

    theme = forms.ChoiceField(
        label=_("How should the pages look?"),
        choices=[
            ("auto", _("As on this device")),
            ("light", _("Light")),
            ("dark", _("Dark")),
            ("elder", _("Elder mode: large text, strong contrast")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    language = forms.ChoiceField(
        label=_("In which language?"),
        # each language is named in itself: who lost the way must find it back
        choices=[("zh-hans", "中文"), ("en", "English")],
        widget=forms.RadioSelect,
        required=False,
    )
    next = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)
