"""What the community says to something that keeps coming back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import PlainTextField
from governance.forms.desk import REASON_LIMIT, SHORT, say_optional, yes_no
from governance.forms.hard import day_field
from governance.services.tasks import TITLE_LIMIT


class RecurrenceForm(forms.Form):
    """A task with a day, or why not now."""

    give = forms.ChoiceField(
        label=_("Is something to be done about it?"),
        choices=[("yes", _("Yes, give a task")), ("no", _("No, leave it for now"))],
        widget=forms.RadioSelect,
    )
    title = PlainTextField(label=_("What is to be done"), required=False, max_length=TITLE_LIMIT)
    until = day_field(_("By when"), required=False)
    reason = PlainTextField(
        label=_("Why not now?"), required=False, max_length=REASON_LIMIT, widget=SHORT,
        help_text=_("Needed when nothing is done; it comes back when as many new cases have come in."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_optional(self)
        for name in ("title", "until"):
            self.fields[name].help_text = _("For a task.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.gives:
            for name in ("title", "until"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("A task needs this."))
        elif cleaned.get("give") and not cleaned.get("reason"):
            self.add_error("reason", _("Say why not now."))
        return cleaned

    @property
    def gives(self) -> bool:
        """Whether a task is given."""
        return yes_no(self.cleaned_data.get("give"))
