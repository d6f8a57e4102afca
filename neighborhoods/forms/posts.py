"""Posts and titles, as typed in the administration."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from neighborhoods.actors import Level, Role
from neighborhoods.models import Post, Title
from neighborhoods.models.areas import LEVEL_NAMES
from neighborhoods.policies import ADMIN_ROLES, are_separate


class PersonForm(forms.Form):
    """Who: an account that exists, or somebody who gets one."""

    contact = forms.CharField(
        label=_("Mobile number or e-mail"), max_length=254, help_text=_("How the person signs in.")
    )
    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, help_text=_("Only for somebody who has no account yet.")
    )


class AppointForm(forms.ModelForm):
    """A title in a place, for a person."""

    contact = forms.CharField(
        label=_("Mobile number or e-mail"), max_length=254, help_text=_("How the person signs in.")
    )
    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, help_text=_("Only for somebody who has no account yet.")
    )

    class Meta:
        model = Post
        fields = ["title", "area", "unit", "body", "starts_on"]
        labels = {"title": _("title"), "area": _("area"), "unit": _("partner unit"), "body": _("body")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "starts_on" in self.fields:
            self.fields["starts_on"].initial = timezone.localdate


class EndPostForm(forms.Form):
    """From which day on."""

    ends_on = forms.DateField(
        label=_("Not in the post from this day on"),
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class HandOverForm(PersonForm):
    """To whom, from which day on."""

    on = forms.DateField(
        label=_("From"), initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def level_choices() -> list[tuple[int, Any]]:
    """The levels in words."""
    return [(int(level), LEVEL_NAMES.get(level, _("the whole district"))) for level in Level]


class TitleForm(forms.ModelForm):
    """The roles are ticked, never typed."""

    roles = forms.MultipleChoiceField(
        label=_("roles"), choices=Role.choices, widget=forms.CheckboxSelectMultiple, required=False
    )

    level = forms.TypedChoiceField(label=_("level"), coerce=int, empty_value=None, required=False)

    class Meta:
        model = Title
        fields = ["code", "name_zh", "name_en", "place", "level", "roles"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "level" in self.fields:
            self.fields["level"].choices = [("", "---------"), *level_choices()]  # type: ignore[attr-defined]

    def clean_roles(self) -> list[str]:
        roles: list[str] = self.cleaned_data["roles"]
        if not are_separate(roles):
            raise forms.ValidationError(_("Running, guarding and auditing the portal stay apart: one of them a title."))
        was = set(self.instance.roles) if self.instance.pk else set()
        if ADMIN_ROLES & (was ^ set(roles)) and self.instance.pk and self.instance.posts.exists():
            raise forms.ValidationError(_("Somebody holds this title: make a new one for other administrative roles."))
        return roles
