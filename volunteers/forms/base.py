"""What the forms of people who serve share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import RuleError
from core.fields import PlainTextField
from core.forms import PortalForm

SHORT = forms.Textarea(attrs={"rows": 3})
PRIVATE = forms.TextInput(attrs={"autocomplete": "off"})  # never kept as a draft on an office computer
REASON_LIMIT = 200


def day_input() -> forms.DateInput:
    """The browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StepForm(PortalForm):
    """A step without questions; the others add theirs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if (
                name != "place"
                and not field.required
                and not field.help_text
                and not isinstance(field, forms.BooleanField)
            ):
                field.help_text = _("optional")

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return dict(self.cleaned_data)


class ReasonForm(StepForm):
    """A step that needs a reason."""

    reason = PlainTextField(
        label=_("Why"), max_length=REASON_LIMIT, widget=SHORT, error_messages={"required": _("Say why.")}
    )


class PlaceFormMixin(forms.Form):
    """A place that is looked for by words and chosen from what was found; works without a script."""

    place_words = PlainTextField(
        label=_("Which place?"), required=False, max_length=60, help_text=_("Compound, building, community or grid.")
    )
    place = forms.ChoiceField(label=_("Choose the place"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        if len(places) == 1:
            self.initial.setdefault("place", places[0][0])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("place") and "place" not in self.errors:
            self.add_error("place_words", _("Look for the place and choose it from the list."))
        return cleaned


def refuse(form: forms.Form, error: RuleError) -> None:
    """Put what the service said beside its field, or on top."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
