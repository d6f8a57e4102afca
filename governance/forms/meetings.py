"""What organisers type about meetings and topics, and what residents propose."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.fields import PhoneField, PlainTextField
from core.forms import PortalForm
from governance.forms.desk import LONG, SHORT, say_optional
from governance.lifecycle.meetings import CALLED_BY_HAND, ItemOutcome, MeetingFormat, Theme
from governance.models import Meeting
from governance.services.meetings.planning import Officers, Plan
from neighborhoods.models import Area

_MINUTE = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """Day and time in one field of the browser."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTE)
        super().__init__(widget=widget, input_formats=[_MINUTE, "%Y-%m-%d %H:%M"], **kwargs)


class DayField(forms.DateField):
    """A day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class MeetingStepForm(PortalForm):
    """A step without questions; the others add theirs. `people` may be chosen as officers or guests, by their label.

    `kinds` are the kinds of meetings whoever types may call.
    """

    def __init__(
        self,
        *args: Any,
        meeting: Meeting | None = None,
        people: dict[User, str] | None = None,
        kinds: Collection[str] = (),
        **kwargs: Any,
    ) -> None:
        self.meeting, self.people, self.kinds = meeting, people or {}, kinds
        super().__init__(*args, **kwargs)
        self.prepare()
        say_optional(self)

    def prepare(self) -> None:
        """Choices that depend on the meeting."""

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return dict(self.cleaned_data)


class TimesMixin(forms.Form):
    """When and where."""

    starts_at = MomentField(label=_("Begins"))
    ends_at = MomentField(label=_("Ends"))
    place = PlainTextField(label=_("Where people meet"), max_length=80)


class OfficersForm(MeetingStepForm):
    """Who leads, who writes: chosen from those with a post here, or named."""

    chair = forms.ChoiceField(label=_("Who leads the meeting"), required=False, help_text=_("Neutral, not a party."))
    chair_name = PlainTextField(label=_("or, without an account, the name"), max_length=60, required=False)
    secretary = forms.ChoiceField(
        label=_("Who writes the minutes"), required=False, help_text=_("Somebody else confirms them.")
    )
    secretary_name = PlainTextField(label=_("or, without an account, the name"), max_length=60, required=False)

    def prepare(self) -> None:
        choices = [("", _("nobody from this list")), *((str(user.pk), label) for user, label in self.people.items())]
        for name in ("chair", "secretary"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            if self.meeting:
                self.fields[name].initial = str(getattr(self.meeting, f"{name}_id") or "")
                self.fields[f"{name}_name"].initial = (
                    "" if getattr(self.meeting, f"{name}_id") else getattr(self.meeting, f"{name}_name")
                )

    def officers(self) -> Officers:
        """As the service takes them."""
        by_id = {str(user.pk): user for user in self.people}
        data = self.cleaned_data
        return Officers(
            by_id.get(data["chair"]), data["chair_name"], by_id.get(data["secretary"]), data["secretary_name"]
        )

    def arguments(self) -> dict[str, Any]:
        return {"officers": self.officers()}


class PlanForm(TimesMixin, OfficersForm):
    """A meeting before it is announced."""

    kind = forms.ChoiceField(label=_("What kind of meeting"), choices=CALLED_BY_HAND)
    format = forms.ChoiceField(label=_("How people come together"), choices=MeetingFormat.choices)
    is_micro = forms.BooleanField(
        label=_("A micro-autonomy meeting"), required=False, help_text=_("of residents, inside one compound")
    )
    title = PlainTextField(label=pgettext_lazy("meeting", "What it is about"), max_length=80)
    capacity = forms.IntegerField(
        label=_("Seats"), required=False, validators=[MinValueValidator(1), MaxValueValidator(5000)]
    )

    field_order = ["area", "title", "kind", "format", "is_micro", "starts_at", "ends_at", "place", "capacity"]

    def prepare(self) -> None:
        super().prepare()
        kinds = [choice for choice in CALLED_BY_HAND if choice[0] in self.kinds]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if self.meeting:
            for name in ("kind", "format", "is_micro", "title", "capacity", "place"):
                self.fields[name].initial = getattr(self.meeting, name)
            for name in ("starts_at", "ends_at"):
                self.fields[name].initial = timezone.localtime(getattr(self.meeting, name))

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("kind", "format", "is_micro", "title", "capacity", "place", "starts_at", "ends_at")
        return {"plan": Plan(**{name: data[name] for name in names}, officers=self.officers())}


class OpenForm(PlanForm):
    """A new meeting."""

    area = forms.ChoiceField(label=_("For which place"))

    def __init__(self, *args: Any, areas: list[Area], **kwargs: Any) -> None:
        self.areas = {str(area.pk): area for area in areas}
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [  # type: ignore[attr-defined]
            (pk, f"{'　' * (area.level - min(a.level for a in areas))}{area.name}") for pk, area in self.areas.items()
        ]

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "area": self.areas[self.cleaned_data["area"]]}


class MoveForm(TimesMixin, MeetingStepForm):
    """Another time or place."""

    reason = PlainTextField(label=_("Why"), max_length=200, widget=SHORT)

    def prepare(self) -> None:
        if self.meeting:
            self.fields["place"].initial = self.meeting.place
            self.fields["starts_at"].initial = timezone.localtime(self.meeting.starts_at)
            self.fields["ends_at"].initial = timezone.localtime(self.meeting.ends_at)


class AgainForm(TimesMixin, MeetingStepForm):
    """When it is held again."""

    def prepare(self) -> None:
        if self.meeting:
            self.fields["place"].initial = self.meeting.place


class CancelForm(MeetingStepForm):
    reason = PlainTextField(label=_("Why is it not held?"), max_length=200, widget=SHORT)


class FewForm(MeetingStepForm):
    note = PlainTextField(label=_("How many came, how many were needed"), max_length=200, required=False, widget=SHORT)


class FollowForm(MeetingStepForm):
    note = PlainTextField(
        label=_("How do things stand?"),
        max_length=500,
        widget=LONG,
        help_text=_("Neighbours read it beside the result."),
    )


class CorrectForm(MeetingStepForm):
    reason = PlainTextField(label=_("What was wrong?"), max_length=200, widget=SHORT)


class PublishForm(MeetingStepForm):
    withdraw_on = DayField(label=_("Shown until"))

    def prepare(self) -> None:
        if self.meeting:
            self.fields["withdraw_on"].initial = self.first_day()

    def first_day(self) -> date:
        """A month, or what the rule asks for when that is longer."""
        days = max(30, self.meeting.rule.shown_days if self.meeting else 0)
        return timezone.localdate() + timedelta(days=days)


class InviteForm(MeetingStepForm):
    users = forms.MultipleChoiceField(label=_("Whom"), widget=forms.CheckboxSelectMultiple)

    def prepare(self) -> None:
        self.fields["users"].choices = [(str(user.pk), label) for user, label in self.people.items()]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        chosen = set(self.cleaned_data["users"])
        return {"users": [user for user in self.people if str(user.pk) in chosen]}


class RollForm(PortalForm):
    """The paper roll, typed; or somebody at the door."""

    names = PlainTextField(
        label=_("Who is there"),
        widget=LONG,
        max_length=6000,
        help_text=_("One person in each line: the name, a blank, building and door."),
    )
    on_paper = forms.BooleanField(label=_("From the paper roll"), required=False, initial=True)


class AgendaRowForm(PortalForm):
    """A row of the agenda. Without a place in the order it is left out."""

    item_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    topic_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    order = forms.IntegerField(
        label=_("Order"), required=False, min_value=1, max_value=99, help_text=_("empty: not this time")
    )
    title = PlainTextField(label=_("Item"), max_length=80, required=False)
    minutes = forms.IntegerField(label=_("How many minutes"), required=False, min_value=1, max_value=480)
    is_vote = forms.BooleanField(label=_("Something is voted on"), required=False)


class ResolutionForm(PortalForm):
    """What was resolved about an item."""

    item = forms.ChoiceField(label=_("About item"))
    text = PlainTextField(label=_("What was resolved"), widget=SHORT, max_length=1000)
    is_information_only = forms.BooleanField(label=_("For information only, nothing has to be done"), required=False)

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = items  # type: ignore[attr-defined]


class OutcomeForm(PortalForm):
    """How an item ended."""

    item = forms.IntegerField()
    outcome = forms.ChoiceField(choices=ItemOutcome.choices)


def _theme(label: Any) -> forms.ChoiceField:
    """Nothing is chosen beforehand: the yearly report would count the first one."""
    required = {"required": _("Choose what it is about.")}
    return forms.ChoiceField(label=label, choices=[("", _("Choose")), *Theme.choices], error_messages=required)


class DeskTopicForm(PortalForm):
    """A topic typed by staff: for a resident, from an issue, or of their own."""

    area = forms.ChoiceField(label=_("About which place"))
    title = PlainTextField(label=_("Topic"), max_length=80)
    theme = _theme(pgettext_lazy("topic", "About"))
    text = PlainTextField(label=_("What should be talked about"), widget=SHORT, max_length=500, required=False)
    name = PlainTextField(label=_("Who proposes it"), max_length=60, required=False)
    phone = PhoneField(label=_("Phone"), max_length=30, required=False)

    def __init__(self, *args: Any, areas: list[Area], **kwargs: Any) -> None:
        self.areas = {str(area.pk): area for area in areas}
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [(pk, area.name) for pk, area in self.areas.items()]  # type: ignore[attr-defined]
        say_optional(self)


class DeclineForm(PortalForm):
    reason = PlainTextField(
        label=_("Why is it not taken up?"),
        max_length=200,
        widget=SHORT,
        help_text=_("Whoever proposed it reads this. Say where to turn instead."),
    )


class SettleForm(PortalForm):
    settled = forms.ChoiceField(
        label=_("You have looked. Is it settled?"),
        choices=[("yes", _("Yes, it is settled")), ("no", _("No, it goes on to the next meeting"))],
        widget=forms.RadioSelect,
    )
    note = PlainTextField(label=_("What you have seen"), max_length=200, widget=SHORT)


class ProposeForm(PortalForm):
    """A resident proposes a topic; no account, contact optional."""

    area = forms.ChoiceField(label=_("Which neighbourhood is it about?"))
    title = PlainTextField(label=_("What should be talked about?"), max_length=80)
    theme = _theme(_("What is it about?"))
    text = PlainTextField(label=_("Say a little more"), widget=LONG, max_length=500, required=False)
    name = PlainTextField(
        label=_("Your name"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = PhoneField(
        label=_("Your phone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("Optional. Only the organiser sees it, and we text you the result."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    leave_empty = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, areas: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = [("", _("Choose")), *areas]  # type: ignore[attr-defined]
        for name in ("text", "name"):
            self.fields[name].help_text = _("optional")


class ComeForm(PortalForm):
    """Register, or sign in at the door."""

    name = PlainTextField(label=_("Your name"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    door = PlainTextField(
        label=_("Building and door"), max_length=60, required=False, help_text=_("so that nobody is counted twice")
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
