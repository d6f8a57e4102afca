"""What is typed about the clock of a case: pauses, more time, questions, hard cases set aside."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.calendar import CHINA, work_calendar
from core.fields import PlainTextField
from governance.forms.desk import REASON_LIMIT, SHORT, StepForm, yes_no
from governance.lifecycle.asking import ParkReason
from governance.models import ClockPause
from governance.services.pauses import PAUSE_DAYS


class PauseForm(StepForm):
    """Asked by the holder."""

    ready_boxes = ("note",)

    reason = forms.ChoiceField(
        label=_("What are you waiting for?"), choices=ClockPause.Reason.choices, widget=forms.RadioSelect
    )
    ends_on = forms.DateField(
        label=_("Until the evening of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The clock goes on by itself then, or earlier when you say so."),
    )
    note = PlainTextField(label=_("Anything to add"), required=False, max_length=REASON_LIMIT, widget=SHORT)

    def clean_ends_on(self) -> date:
        day: date = self.cleaned_data["ends_on"]
        days = (day - timezone.localdate()).days
        if not 0 <= days <= PAUSE_DAYS:
            raise forms.ValidationError(_("A pause ends within %(days)d days.") % {"days": PAUSE_DAYS})
        return day

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        ends_at = datetime.combine(said["ends_on"], work_calendar().closes, CHINA)
        return {"reason": said["reason"], "note": said["note"], "ends_at": ends_at}


class DecideForm(StepForm):
    """Yes or no to what somebody asked for."""

    agreed = forms.ChoiceField(
        label=_("Do you agree?"),
        choices=[("yes", _("Yes, agreed")), ("no", _("No, not agreed"))],
        widget=forms.RadioSelect,
    )
    words = PlainTextField(
        label=_("Your reason"),
        required=False,
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("Needed for a no; colleagues read it."),
    )

    def arguments(self) -> dict[str, Any]:
        return {"agreed": yes_no(self.cleaned_data["agreed"]), "words": self.cleaned_data["words"]}


class ExtendForm(StepForm):
    """Asked by the holder."""

    ready_boxes = ("reason", "basis")

    days = forms.IntegerField(label=_("How many working days more?"), min_value=1)
    reason = PlainTextField(
        label=_("Why does it take longer?"),
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("The resident reads this sentence. Say it plainly."),
    )
    basis = PlainTextField(
        label=_("Which rule does it rest on?"), max_length=REASON_LIMIT, help_text=_("Only colleagues read it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = settings.EXTENSION_DAYS.get(self.issue.urgency, 0) if self.issue else 0
        self.fields["days"].help_text = _("A case is extended once, by at most %(most)d.") % {"most": most}


class QuestionForm(StepForm):
    """Asked by the holder of whoever reported the case."""

    ready_boxes = ("text",)

    text = PlainTextField(
        label=_("Your question"),
        max_length=500,
        widget=SHORT,
        help_text=_("One question a case. The resident gets it with the private link; after five days it is over."),
    )


class ParkForm(StepForm):
    """By a dispatcher, after the resident was asked."""

    ready_boxes = ("note", "obstacle")

    reason = forms.ChoiceField(
        label=_("Why can it not be solved now?"), choices=ParkReason.choices, widget=forms.RadioSelect
    )
    note = PlainTextField(
        label=_("What stands in the way, in words for everybody"),
        max_length=1000,
        widget=SHORT,
        help_text=_("The resident and neighbours read this. Say what would have to change, and who can change it."),
    )
    obstacle = PlainTextField(
        label=_("What colleagues have to know"),
        required=False,
        max_length=1000,
        widget=SHORT,
        help_text=_("Only colleagues read it: who was asked, what was tried, when to look again."),
    )
