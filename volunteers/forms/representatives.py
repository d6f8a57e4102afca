"""What people type for representatives, households and orders."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import DayField, PhoneField, PlainTextField
from core.forms import PortalForm
from neighborhoods.models import Household
from volunteers.lifecycle.incentives import IncentiveKind
from volunteers.lifecycle.links import Answered
from volunteers.lifecycle.representatives import Capacity, EndReason, NominationSource
from volunteers.models import Representative
from volunteers.selectors.households import assignable

SHORT = forms.Textarea(attrs={"rows": 3})


class StepForm(PortalForm):
    """A step without questions; the others add theirs."""

    def __init__(self, *args: Any, term: Representative | None = None, **kwargs: Any) -> None:
        self.term = term
        super().__init__(*args, **kwargs)

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return dict(self.cleaned_data)


class NominateForm(PortalForm):
    name = PlainTextField(label=_("Name"), max_length=60, error_messages={"required": _("Type the name.")})
    phone = PhoneField(label=_("Phone"), required=False, max_length=30, help_text=_("optional"))
    household = forms.ModelChoiceField(
        label=_("Door"),
        queryset=Household.objects.none(),
        error_messages={"required": _("Choose the door."), "invalid_choice": _("Choose a door of the list.")},
    )
    source = forms.ChoiceField(
        label=_("Who put the name forward?"),
        choices=[pair for pair in NominationSource.choices if pair[0] != NominationSource.SELF],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers.")},
    )
    capacity = forms.ChoiceField(
        label=_("To serve as"), choices=Capacity.choices, widget=forms.RadioSelect, initial=Capacity.LINKING
    )
    qualities = PlainTextField(
        label=_("What speaks for this person"),
        widget=SHORT,
        max_length=500,
        help_text=_("The four qualities: zeal, time, ability, trust of the neighbours."),
        error_messages={"required": _("Say what speaks for this person: zeal, time, ability, trust.")},
    )

    def __init__(self, *args: Any, doors: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["household"].queryset = doors  # type: ignore[attr-defined]


class SelfForm(PortalForm):
    capacity = forms.ChoiceField(
        label=_("To serve as"), choices=Capacity.choices, widget=forms.RadioSelect, initial=Capacity.LINKING
    )
    qualities = PlainTextField(
        label=_("Why I would like to"),
        widget=SHORT,
        max_length=500,
        help_text=_("The four qualities: zeal, time, ability, trust of the neighbours."),
        error_messages={"required": _("Say what speaks for this person: zeal, time, ability, trust.")},
    )


class ApproveForm(StepForm):
    words = PlainTextField(label=_("Note"), required=False, max_length=200, help_text=_("optional"))


class AgreeForm(StepForm):
    meeting_number = PlainTextField(
        label=_("Number of the meeting that agreed"),
        required=False,
        max_length=20,
        help_text=_("Or tick the households that agree below; five are enough."),
    )
    household_ids = forms.ModelMultipleChoiceField(
        label=_("Households that agree"),
        queryset=Household.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose doors of the list.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.term is not None:
            doors = Household.objects.filter(area=self.term.area_id, closed_on=None, is_occupied=True)
            doors = doors.exclude(pk=self.term.resident.household_id or 0)  # the candidate's own does not count
            self.fields["household_ids"].queryset = doors.order_by("entrance", "floor", "door")  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"meeting_number": data["meeting_number"], "household_ids": [one.pk for one in data["household_ids"]]}


class ReasonForm(StepForm):
    reason = PlainTextField(label=_("Why"), max_length=200, error_messages={"required": _("Say why.")})


class EndForm(StepForm):
    reason = forms.ChoiceField(label=_("Why it ends"), choices=EndReason.choices)
    words = PlainTextField(label=_("Note"), required=False, max_length=200, help_text=_("optional"))


class TrainForm(StepForm):
    on_day = DayField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )
    title = PlainTextField(
        label=_("What it was about"), max_length=80, error_messages={"required": _("Say what it was about.")}
    )


class ReachForm(StepForm):
    words = PlainTextField(
        label=_("How neighbours reach them"),
        required=False,
        max_length=120,
        help_text=_("As it stands on the households' cards, such as: ring the bell, evenings after seven."),
    )
    shows_phone = forms.BooleanField(label=_("The phone number may be printed"), required=False)


class SettleForm(StepForm):
    objection_id = forms.ChoiceField(label=_("Which objection"))
    answer = PlainTextField(
        label=_("Answer"), widget=SHORT, max_length=500, error_messages={"required": _("Write the answer.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.term is not None:
            waiting = self.term.objections.filter(settled_at=None)
            self.fields["objection_id"].choices = [(str(one.pk), one.words[:80]) for one in waiting]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        return {"objection_id": int(self.cleaned_data["objection_id"]), "answer": self.cleaned_data["answer"]}


class HandOverForm(StepForm):
    to_id = forms.ChoiceField(
        label=_("To whom"), error_messages={"required": _("Choose another representative of the same compound.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.term is not None:
            others = [one for one in assignable(self.term.branch_id) if one.pk != self.term.pk]
            self.fields["to_id"].choices = [  # type: ignore[attr-defined]
                (str(one.pk), f"{one.resident.masked_name} {one.number}") for one in others
            ]

    def arguments(self) -> dict[str, Any]:
        return {"to_id": int(self.cleaned_data["to_id"])}


class ObjectForm(PortalForm):
    words = PlainTextField(
        label=_("What speaks against it?"),
        widget=SHORT,
        max_length=500,
        error_messages={"required": _("Say what speaks against it.")},
    )
    phone = PhoneField(label=_("Phone, if you wish an answer"), required=False, max_length=30, help_text=_("optional"))


class AnswerForm(PortalForm):
    """How a household's word reached us."""

    how = forms.ChoiceField(
        label=_("How did they say it?"),
        choices=[(Answered.DOOR.value, Answered.DOOR.label), (Answered.PHONE.value, Answered.PHONE.label)],
        widget=forms.RadioSelect,
        initial=Answered.DOOR,
    )


class WordsForm(PortalForm):
    words = PlainTextField(label=_("Why"), max_length=200, error_messages={"required": _("Say why.")})


class DoorsForm(PortalForm):
    entrances = forms.IntegerField(label=_("Entrances"), min_value=1, max_value=40)
    floors = forms.IntegerField(label=_("Floors"), min_value=1, max_value=60)
    per_floor = forms.IntegerField(label=_("Doors on a floor"), min_value=1, max_value=30)


# ---- orders ----
class OrderForm(PortalForm):
    text = PlainTextField(
        label=_("What is needed?"),
        widget=SHORT,
        max_length=500,
        error_messages={"required": _("Write what is needed.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)


class FinishForm(PortalForm):
    result = PlainTextField(
        label=_("What was done"), widget=SHORT, max_length=500, error_messages={"required": _("Write what was done.")}
    )


class ConfirmForm(PortalForm):
    is_done = forms.ChoiceField(
        label=_("What does the household say?"),
        choices=[("yes", _("It is done")), ("no", _("Not done yet"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the two answers.")},
    )


class PassUpForm(PortalForm):
    kind = forms.ChoiceField(label=_("What is it about?"), error_messages={"required": _("Choose what it is about.")})
    words = PlainTextField(label=_("Note"), required=False, max_length=200, help_text=_("optional"))

    def __init__(self, *args: Any, kinds: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "—"), *kinds]  # type: ignore[attr-defined]


# ---- rewards ----
class RewardForm(StepForm):
    kind = forms.ChoiceField(label=_("Which of the four kinds?"), choices=IncentiveKind.choices)
    what = PlainTextField(
        label=pgettext_lazy("incentive", "What it is"),
        max_length=120,
        error_messages={"required": _("Say what it is.")},
    )
    evidence = PlainTextField(
        label=_("What speaks for it"),
        widget=SHORT,
        max_length=1000,
        help_text=_("In words: what they did for whom. A number alone is no reason."),
        error_messages={"required": _("Say what speaks for it.")},
    )
    budget_line = PlainTextField(
        label=_("Budget line"), required=False, max_length=40, help_text=_("Needed for money and goods.")
    )


class GrantForm(PortalForm):
    budget_line = PlainTextField(
        label=_("Budget line"), required=False, max_length=40, help_text=_("Needed for money and goods.")
    )
