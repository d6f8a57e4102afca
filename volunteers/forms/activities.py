"""Forms of teams, activities, shifts and records."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.calendar import CHINA
from core.fields import DayField, PlainTextField
from neighborhoods.models import PartnerUnit
from volunteers.forms.base import REASON_LIMIT, SHORT, PlaceFormMixin, StepForm, day_input
from volunteers.lifecycle.records import Asked
from volunteers.lifecycle.teams import TeamKind
from volunteers.models import Team, Volunteer
from volunteers.services.activities.planning import Plan
from volunteers.services.activities.shifts import Rule, Times
from volunteers.services.exports import Excerpt
from volunteers.services.records.proposing import Stretch
from volunteers.services.teams import NAME_LIMIT, TeamFacts

WEEKDAYS = [
    ("1", pgettext_lazy("weekday", "Mon")),
    ("2", pgettext_lazy("weekday", "Tue")),
    ("3", pgettext_lazy("weekday", "Wed")),
    ("4", pgettext_lazy("weekday", "Thu")),
    ("5", pgettext_lazy("weekday", "Fri")),
    ("6", pgettext_lazy("weekday", "Sat")),
    ("7", pgettext_lazy("weekday", "Sun")),
]


def time_input() -> forms.TimeInput:
    """The browser's own clock."""
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class NumberField(PlainTextField):
    """A volunteer's number as people read it out; gives the entry."""

    default_error_messages = {"unknown": _("There is no volunteer with this number.")}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = Volunteer.objects.filter(number=text.upper().replace(" ", "")).first()
        if found is None:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return found


# ---- teams ----
class TeamForm(StepForm):
    """What a team is called and does."""

    name = PlainTextField(label=_("Name of the team"), max_length=NAME_LIMIT)
    kind = forms.ChoiceField(label=_("Kind of team"), choices=TeamKind.choices)
    about = PlainTextField(label=_("What the team does"), required=False, max_length=300, widget=SHORT)
    needs_insurance = forms.BooleanField(label=_("Only with insurance"), required=False)

    def facts(self) -> TeamFacts:
        """What the service is called with."""
        data = self.cleaned_data
        return TeamFacts(data["name"], TeamKind(data["kind"]), data["about"], data["needs_insurance"])

    def arguments(self) -> dict[str, Any]:
        return {"facts": self.facts()}


class NewTeamForm(PlaceFormMixin, TeamForm):
    """And where it belongs."""


class MemberForm(StepForm):
    """Somebody by their number."""

    number = NumberField(label=_("Volunteer number"), max_length=20)

    def arguments(self) -> dict[str, Any]:
        return {"volunteer_id": self.cleaned_data["number"].pk}


# ---- activities ----
class ActivityForm(StepForm):
    """What is done, where people meet, with whom, on which conditions."""

    title = PlainTextField(label=_("Title"), max_length=80)
    text = PlainTextField(
        label=_("What is to be done"),
        required=False,
        max_length=1000,
        widget=SHORT,
        help_text=_("Everybody reads this. Leave out names and phone numbers."),
    )
    place_note = PlainTextField(label=_("Where people gather"), required=False, max_length=120)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), required=False)
    lead = NumberField(label=_("Number of who leads it"), required=False, max_length=20)
    partners = forms.ModelMultipleChoiceField(
        label=_("Units that take part"),
        queryset=PartnerUnit.objects.filter(is_active=True),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )
    min_age = forms.IntegerField(label=_("At least so old"), min_value=0, max_value=70, required=False)
    needs_insurance = forms.BooleanField(label=_("Only with insurance"), required=False)
    is_hard = forms.BooleanField(label=_("Hard service: heat, night, heavy or dirty work"), required=False)

    def __init__(self, *args: Any, teams: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]

    def plan(self) -> Plan:
        """What the service is called with."""
        data = self.cleaned_data
        return Plan(
            title=data["title"],
            text=data["text"],
            place_note=data["place_note"],
            team_id=data["team"].pk if data["team"] else None,
            lead_id=data["lead"].pk if data["lead"] else None,
            partner_ids=tuple(unit.pk for unit in data["partners"]),
            is_hard=data["is_hard"],
            needs_insurance=data["needs_insurance"],
            min_age=data["min_age"] or 0,
        )

    def arguments(self) -> dict[str, Any]:
        return {"plan": self.plan()}


class NewActivityForm(PlaceFormMixin, ActivityForm):
    """And where it is."""


class _HoursForm(StepForm):
    on = DayField(label=_("On which day"), widget=day_input())
    begins = forms.TimeField(label=pgettext_lazy("time of day", "From"), widget=time_input())
    ends = forms.TimeField(label=pgettext_lazy("time of day", "Until"), widget=time_input())

    def span(self) -> tuple[datetime, datetime]:
        """In the time of the neighbourhood."""
        data = self.cleaned_data
        return datetime.combine(data["on"], data["begins"], CHINA), datetime.combine(data["on"], data["ends"], CHINA)


class ShiftForm(_HoursForm):
    """One shift."""

    capacity = forms.IntegerField(label=_("For how many"), min_value=1, max_value=500)
    lead = NumberField(label=_("Number of who leads it"), required=False, max_length=20)

    def arguments(self) -> dict[str, Any]:
        lead = self.cleaned_data["lead"]
        return {"times": Times(*self.span(), self.cleaned_data["capacity"], lead.pk if lead else None)}


class SeriesForm(StepForm):
    """Every week."""

    weekdays = forms.MultipleChoiceField(
        label=_("On which days of the week"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple
    )
    begins = forms.TimeField(label=pgettext_lazy("time of day", "From"), widget=time_input())
    ends = forms.TimeField(label=pgettext_lazy("time of day", "Until"), widget=time_input())
    capacity = forms.IntegerField(label=_("For how many"), min_value=1, max_value=500)
    from_on = DayField(label=_("First day"), widget=day_input())
    until_on = DayField(label=_("Last day"), widget=day_input())

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        days = tuple(int(day) for day in data["weekdays"])
        return {"rule": Rule(days, data["begins"], data["ends"], data["capacity"], data["from_on"], data["until_on"])}


class CapacityForm(StepForm):
    """More or fewer seats."""

    capacity = forms.IntegerField(label=_("For how many"), min_value=1, max_value=500)


# ---- records ----
class RecordForm(_HoursForm):
    """What somebody did who was on no list."""

    number = NumberField(label=_("Volunteer number"), max_length=20)
    content = PlainTextField(label=_("What was done"), required=False, max_length=200)
    helped = NumberField(
        label=_("Number of who was helped"),
        required=False,
        max_length=20,
        help_text=_("If they are registered too, they can confirm it themselves."),
    )

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        helped = data["helped"].resident_id if data["helped"] else None
        return {"volunteer_id": data["number"].pk, "stretch": Stretch(*self.span(), data["content"], helped)}


class AnswerForm(StepForm):
    """What was said on the phone."""

    outcome = forms.ChoiceField(label=_("What was said?"), choices=Asked.choices, widget=forms.RadioSelect)
    note = PlainTextField(label=_("In their own words"), required=False, max_length=REASON_LIMIT, widget=SHORT)


class ExportForm(StepForm):
    """Which records, what for, as which file."""

    from_on = DayField(label=_("First day"), widget=day_input())
    until_on = DayField(label=_("Last day"), widget=day_input())
    purpose = PlainTextField(label=_("What it is for"), max_length=REASON_LIMIT)
    kind = forms.ChoiceField(
        label=_("Kind of file"), choices=[("csv", "CSV"), ("xlsx", "Excel")], widget=forms.RadioSelect, initial="xlsx"
    )
    in_clear = forms.BooleanField(label=_("With names in clear"), required=False)

    def __init__(self, *args: Any, may_names: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_names:
            del self.fields["in_clear"]

    def excerpt(self) -> Excerpt:
        """What the service is called with."""
        data = self.cleaned_data
        return Excerpt(data["from_on"], data["until_on"], data["purpose"], data.get("in_clear", False))


class MomentForm(StepForm):
    """When somebody came or went, of a day that is over."""

    at = forms.TimeField(label=_("At what time"), widget=time_input())

    def moment(self, near: datetime) -> datetime:
        """That time on the day of the shift."""
        return datetime.combine(timezone.localdate(near), self.cleaned_data["at"], CHINA)
