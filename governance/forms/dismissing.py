"""What is typed about a request that is held for unreasonable, and about an appeal."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import PlainTextField
from governance.forms.desk import LONG, SHORT, WORDS_LIMIT, StepForm, yes_no
from governance.selectors.dismissals import reasons_on
from governance.services import dismissing


class DismissForm(StepForm):
    """A reason of the list, and words for the resident."""

    ready_boxes = ("words",)

    reason = forms.ChoiceField(label=_("Which reason of the list?"), widget=forms.RadioSelect)
    words = PlainTextField(
        label=_("What the resident reads"),
        max_length=dismissing.WORDS_LIMIT,
        widget=LONG,
        help_text=_("In plain and polite words: why, and what they can do. They may appeal, and a third person looks."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = reasons_on(timezone.localdate())
        self.fields["reason"].choices = [(one.code, f"{one.name}（{one.basis}）") for one in found]  # type: ignore[attr-defined]


class DecideAppealForm(StepForm):
    """Whether a decision stands. The resident reads the reason either way."""

    upheld = forms.ChoiceField(
        label=_("Does the decision stand?"),
        choices=[("no", _("No, it goes back to work")), ("yes", _("Yes, it stands"))],
        widget=forms.RadioSelect,
    )
    words = PlainTextField(
        label=_("Your reason"),
        max_length=WORDS_LIMIT,
        widget=SHORT,
        help_text=_("The resident reads it. After this there is no second appeal here."),
    )

    def arguments(self) -> dict[str, Any]:
        return {"upheld": yes_no(self.cleaned_data["upheld"]), "words": self.cleaned_data["words"]}
