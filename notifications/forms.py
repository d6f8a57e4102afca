"""The shape of what a person chooses."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.services.notices import Wishes


class WishesForm(forms.Form):
    """How somebody wants to hear of things."""

    by_email = forms.BooleanField(label=_("E-mail, for what should not wait until tomorrow"), required=False)
    by_sms = forms.BooleanField(
        label=_(
            "Text message, for danger to life and what is overdue; for everything urgent without an e-mail address"
        ),
        required=False,
    )
    wants_digest = forms.BooleanField(
        label=_("One e-mail each working morning about everything that is not urgent"), required=False
    )
    language = forms.ChoiceField(
        label=_("Language of messages"),
        required=False,
        choices=[("", _("As the portal is set up")), ("zh-hans", "中文"), ("en", "English")],
    )

    def wishes(self) -> Wishes:
        """What was filled in."""
        return Wishes(**self.cleaned_data)
