"""The shape of what a person chooses."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.services.notices import Wishes


class WishesForm(forms.Form):
    """How somebody wants to hear of things."""

    by_email = forms.BooleanField(
        label=_("E-mail"), required=False, help_text=_("For everything that should not wait until tomorrow.")
    )
    by_sms = forms.BooleanField(
        label=_("Text message"),
        required=False,
        help_text=_("For danger to life and for what ran out of time; for everything when you have no e-mail address."),
    )
    wants_digest = forms.BooleanField(
        label=_("One daily message"),
        required=False,
        help_text=_("What is not urgent, once each working morning. Without it you find it here only."),
    )
    language = forms.ChoiceField(
        label=_("Language of messages"),
        required=False,
        choices=[("", _("As the portal is set up")), ("zh-hans", "中文"), ("en", "English")],
    )

    def wishes(self) -> Wishes:
        return Wishes(**self.cleaned_data)
