"""Forms of mutual aid: on the phone of a neighbour, and at the desk for somebody who called."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.calendar import CHINA
from core.fields import DayField, PhoneField, PlainTextField
from core.forms import PortalForm
from neighborhoods.services.residents import PersonFacts
from volunteers.forms.activities import NumberField, time_input
from volunteers.forms.base import PRIVATE, REASON_LIMIT, SHORT, PlaceFormMixin, StepForm, day_input
from volunteers.lifecycle.aid import AidChannel, AidKind, DayPart, Decision, Reach, Slot
from volunteers.services.aid.doing import Word
from volunteers.services.aid.needs import WORDS_LIMIT, Wish
from volunteers.services.aid.offers import OfferFacts, slots_of

NAME_LIMIT = 60
FURTHEST_BACK = timedelta(days=60)
LENGTHS = [
    ("15", _("a quarter of an hour")),
    ("30", _("half an hour")),
    ("45", _("three quarters of an hour")),
    ("60", _("1 hour")),
    ("90", _("an hour and a half")),
    ("120", _("2 hours")),
    ("180", _("3 hours")),
    ("240", _("4 hours")),
]
TYPED = [(AidChannel.PHONE.value, AidChannel.PHONE.label), (AidChannel.PAPER.value, AidChannel.PAPER.label)]


class WishForm(StepForm):
    """What is needed and when. With a kind chosen before, everything else may stay as it is."""

    kind = forms.ChoiceField(label=_("What do you need help with?"), choices=AidKind.choices, widget=forms.RadioSelect)
    day = forms.ChoiceField(
        label=_("When?"),
        choices=[
            ("any", _("any day")),
            ("0", pgettext_lazy("need", "today")),
            ("1", pgettext_lazy("need", "tomorrow")),
            ("other", _("another day")),
        ],
        widget=forms.RadioSelect,
        initial="any",
    )
    wanted_on = DayField(
        label=_("On which day"), required=False, widget=day_input(), help_text=_("Only for another day.")
    )
    part = forms.ChoiceField(label=_("At what time of day?"), choices=DayPart.choices, initial=DayPart.ANY)
    words = PlainTextField(
        label=_("In a few words"),
        required=False,
        max_length=WORDS_LIMIT,
        widget=SHORT,
        help_text=_("No name, phone or door: neighbours read this."),
    )
    shares = forms.BooleanField(
        label=_("Whoever helps me may read my name, phone and door, once they have said yes"), required=False
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("day") == "other" and not cleaned.get("wanted_on") and "wanted_on" not in self.errors:
            self.add_error("wanted_on", _("Choose the day."))
        return cleaned

    def wish(self) -> Wish:
        """What the service is called with."""
        data = self.cleaned_data
        today = timezone.localdate()
        days = {"any": None, "0": today, "1": today + timedelta(days=1), "other": data["wanted_on"]}
        key = data["key"] or uuid.uuid4()
        return Wish(AidKind(data["kind"]), data["words"], days[data["day"]], DayPart(data["part"]), data["shares"], key)


class NewNeighbourForm(PlaceFormMixin, WishForm):
    """The same by somebody the portal does not know yet: also who and where."""

    name = PlainTextField(label=_("Your name"), max_length=NAME_LIMIT)


class CallerForm(WishForm):
    """For somebody behind a door one looks after."""

    name = PlainTextField(label=_("Name of who needs help"), max_length=NAME_LIMIT, widget=PRIVATE)
    phone = PhoneField(label=_("Phone"), required=False, max_length=30, widget=PRIVATE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label = _("What help is needed?")
        self.fields["shares"].label = _("They agree that whoever helps reads their name, phone and door")

    def facts(self) -> PersonFacts:
        """Who it is."""
        return PersonFacts(self.cleaned_data["name"], self.cleaned_data["phone"])


class DeskNeedForm(PlaceFormMixin, CallerForm):
    """For somebody who called or brought a paper: where, who, how, and who said so."""

    channel = forms.ChoiceField(label=_("How did it come in?"), choices=TYPED, widget=forms.RadioSelect)
    said_by = PlainTextField(
        label=_("Who asked, if not they themselves"), required=False, max_length=NAME_LIMIT, widget=PRIVATE
    )


class AidOfferForm(StepForm):
    """What one likes to do for neighbours."""

    kind = forms.ChoiceField(label=_("What can you help with?"), choices=AidKind.choices, widget=forms.RadioSelect)
    reach = forms.ChoiceField(
        label=_("How far?"), choices=Reach.choices, widget=forms.RadioSelect, initial=Reach.COMPOUND
    )
    slots = forms.MultipleChoiceField(
        label=_("When do you have time?"),
        choices=Slot.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: any time."),
    )
    skill = PlainTextField(label=_("What I can do"), required=False, max_length=100)

    def facts(self) -> OfferFacts:
        """What the service is called with."""
        data = self.cleaned_data
        slots = slots_of(int(slot) for slot in data["slots"])
        return OfferFacts(AidKind(data["kind"]), Reach(int(data["reach"])), slots, data["skill"])

    def arguments(self) -> dict[str, Any]:
        return {"facts": self.facts()}


class TakeForm(PortalForm):
    """Yes, I help."""

    shares = forms.BooleanField(label=_("My neighbour may read my name, phone and door"), required=False)


class FinishAidForm(StepForm):
    """When it was and how long it took, without the way."""

    on = DayField(label=_("On which day"), widget=day_input(), initial=timezone.localdate)
    begins = forms.TimeField(label=_("From what time"), widget=time_input())
    minutes = forms.ChoiceField(label=_("How long, without the way there"), choices=LENGTHS, initial="60")

    def clean_on(self) -> date:
        """Of the last weeks: what lies further back or ahead is a slip of the finger."""
        day: date = self.cleaned_data["on"]
        if not timezone.localdate() - FURTHEST_BACK <= day <= timezone.localdate():
            raise forms.ValidationError(_("Choose a day that is over."))
        return day

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "starts_at": datetime.combine(data["on"], data["begins"], CHINA),
            "minutes": int(data["minutes"]),
        }


class WordForm(StepForm):
    """What was said on the phone or on paper, and by whom."""

    how = forms.ChoiceField(label=_("How did they say so?"), choices=TYPED, widget=forms.RadioSelect)
    said_by = PlainTextField(label=_("Who was called, or signed the paper"), max_length=NAME_LIMIT, widget=PRIVATE)

    def arguments(self) -> dict[str, Any]:
        return {"word": Word(AidChannel(self.cleaned_data["how"]), self.cleaned_data["said_by"])}


class MatchForm(StepForm):
    """Which volunteer, after both said yes."""

    number = NumberField(label=_("Volunteer number"), max_length=20)
    shares = forms.BooleanField(
        label=_("Both agreed, when asked, to read each other's name, phone and door"), required=False
    )

    def arguments(self) -> dict[str, Any]:
        return {"volunteer_id": self.cleaned_data["number"].pk, "shares": self.cleaned_data["shares"]}


class DecideForm(StepForm):
    """What the community decides; both read it."""

    decision = forms.ChoiceField(label=_("What is decided?"), choices=Decision.choices, widget=forms.RadioSelect)
    minutes = forms.ChoiceField(
        label=_("If it was shorter or longer: how long"),
        choices=[("", _("as written down")), *LENGTHS],
        required=False,
    )
    reason = PlainTextField(
        label=_("Why"),
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("Both of them read this."),
        error_messages={"required": _("Say why.")},
    )

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        minutes = int(data["minutes"]) if data["minutes"] else None
        return {"decision": Decision(data["decision"]), "minutes": minutes, "reason": data["reason"]}


class MaybeReasonForm(StepForm):
    """A step that may have a reason."""

    reason = PlainTextField(label=_("Why"), required=False, max_length=REASON_LIMIT, widget=SHORT)


class CallForm(StepForm):
    """What came of a call."""

    note = PlainTextField(label=_("In their own words"), required=False, max_length=REASON_LIMIT, widget=SHORT)
