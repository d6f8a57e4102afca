"""What staff type for each step of an issue."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.fields import PlainTextField
from governance.lifecycle import URGENCY_RANK, Channel, Urgency
from governance.lifecycle.hotline import ExternalChannel
from governance.models import Callback, Issue
from governance.selectors.detail import Goals
from governance.services.dispatch import Goal
from governance.services.submit import TEXT_LIMIT

LONG = forms.Textarea(attrs={"rows": 5})
SHORT = forms.Textarea(attrs={"rows": 3})
PRIVATE = forms.TextInput(attrs={"autocomplete": "off"})  # never kept as a draft on an office computer
REASON_LIMIT = 200
WORDS_LIMIT = 2000


class PhotosInput(forms.ClearableFileInput):
    """Several photos at once, taken or chosen."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """A list of uploads, not yet looked into."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        if len(uploads) > settings.PHOTO_MAX_COUNT:
            raise forms.ValidationError(_("At most %(limit)d photos.") % {"limit": settings.PHOTO_MAX_COUNT})
        return [super(PhotosField, self).clean(upload, initial) for upload in uploads]


def say_optional(form: forms.Form) -> None:
    """Fields that may stay empty say so, unless their hint says when they may not."""
    for field in form.fields.values():
        if not field.required and not field.help_text:
            field.help_text = _("optional")


class StepForm(forms.Form):
    """A step without questions; the others add theirs."""

    wants_goals = False
    ready_boxes: tuple[str, ...] = ()  # the fields a ready answer fills: its text, and its second text

    def __init__(
        self, *args: Any, issue: Issue | None = None, goals: Goals | None = None, may_units: bool = False, **kwargs: Any
    ) -> None:
        self.issue, self.goals, self.may_units = issue, goals, may_units
        super().__init__(*args, **kwargs)
        say_optional(self)

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return dict(self.cleaned_data)


def yes_no(value: Any) -> bool:
    return value == "yes"


IT_IS_DONE = _("Yes, it is done")


def passed_field(question: Any, *, yes: Any = IT_IS_DONE) -> forms.ChoiceField:
    """Whether what somebody else reports is so."""
    return forms.ChoiceField(
        label=question,
        widget=forms.RadioSelect,
        choices=[("yes", yes), ("no", _("No, something is missing"))],
        error_messages={"required": _("Choose one of the two answers.")},
    )


class CheckFields(forms.Form):
    """What whoever checks says about somebody else's work; the rule asks for words when something is missing."""

    passed = passed_field(_("Is it as they say?"))
    note = PlainTextField(
        label=_("What you saw"),
        required=False,
        max_length=500,
        widget=SHORT,
        help_text=_("Needed when something is missing."),
    )

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return {"passed": yes_no(self.cleaned_data["passed"]), "note": self.cleaned_data["note"]}


class GoalForm(StepForm):
    """To whom it goes: areas on the path and likely units as choices, every other unit in one list."""

    wants_goals = True

    goal = forms.ChoiceField(label=_("To whom"), widget=forms.RadioSelect)
    unit = forms.ChoiceField(label=_("Another unit"), required=False)
    note = PlainTextField(label=_("What they should know"), required=False, max_length=REASON_LIMIT, widget=SHORT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goals = self.goals or Goals([], [], [])
        choices: list[tuple[str, Any]] = [(f"area:{a.pk}", f"{a.name}（{a.level_name}）") for a in goals.areas]
        if self.may_units:
            choices += [(f"unit:{u.pk}", _("%(unit)s (usual lead)") % {"unit": u.name}) for u in goals.suggested]
        if self.may_units and goals.units:
            choices.append(("other", _("Another unit")))
            self.fields["unit"].choices = [("", _("Choose a unit")), *((str(u.pk), u.name) for u in goals.units)]  # type: ignore[attr-defined]
        else:
            del self.fields["unit"]
        self.fields["goal"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("goal") == "other" and not cleaned.get("unit"):
            self.add_error("unit", _("Choose a unit."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        return {"goal": self.chosen(), "note": self.cleaned_data["note"]}

    def chosen(self) -> Goal:
        """The area or unit behind the answer."""
        goals = self.goals or Goals([], [], [])
        kind, _sep, pk = self.cleaned_data["goal"].partition(":")
        if kind == "area":
            return Goal(area=next(a for a in goals.areas if str(a.pk) == pk))
        pk = pk or self.cleaned_data["unit"]
        return Goal(unit=next(u for u in [*goals.suggested, *goals.units] if str(u.pk) == pk))


class RedispatchForm(GoalForm):
    """The same, and why it is taken from whoever has it."""

    note = PlainTextField(
        label=_("Why does somebody else get it?"),
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("Both read it: who had it, and who gets it."),
    )


class RefuseForm(StepForm):
    ready_boxes = ("reason", "referral")

    reason = PlainTextField(label=_("Why is it not accepted?"), max_length=REASON_LIMIT, widget=SHORT)
    referral = PlainTextField(
        label=_("Where can the resident turn instead?"),
        max_length=WORDS_LIMIT,
        widget=SHORT,
        help_text=_("The resident reads this. Name the office, its phone and its hours."),
    )


class ContactForm(StepForm):
    reached = forms.ChoiceField(
        label=_("Did you reach the resident?"),
        choices=[("yes", _("Yes, we talked")), ("no", _("No, not reached"))],
        widget=forms.RadioSelect,
    )
    note = PlainTextField(
        label=_("What was said, or how you tried"),
        help_text=_("Whoever asked reads this line on their page."),
        required=False,
        max_length=500,
        widget=SHORT,
    )

    def arguments(self) -> dict[str, Any]:
        return {"reached": yes_no(self.cleaned_data["reached"]), "note": self.cleaned_data["note"]}


class ReplyForm(StepForm):
    ready_boxes = ("text",)

    claims = forms.ChoiceField(
        label=_("What can you say to the resident?"),
        choices=[("yes", _("It is done")), ("no", _("It cannot be done, only explained"))],
        widget=forms.RadioSelect,
    )
    text = PlainTextField(
        label=_("The reply"),
        max_length=WORDS_LIMIT,
        widget=LONG,
        help_text=_("What was done, by whom and when, in everyday words. Neighbours may read it: leave out names."),
    )

    photos = PhotosField(
        label=_("Photos of the result"),
        required=False,
        widget=PhotosInput(attrs={"accept": "image/*"}),
        help_text=_("Up to 6. Neighbours see them only after faces and plates were covered."),
    )

    def arguments(self) -> dict[str, Any]:
        return {
            "text": self.cleaned_data["text"],
            "claims_solved": yes_no(self.cleaned_data["claims"]),
            "photos": tuple(self.cleaned_data["photos"]),
        }


class CheckForm(CheckFields, StepForm):
    passed = passed_field(_("Is it as the reply says?"), yes=_("Yes, as replied"))


class CallBackForm(StepForm):
    """The three questions of the script, in its order."""

    was_dealt_with = forms.ChoiceField(
        label=_("1. Did somebody deal with it?"),
        choices=[("", _("Not said")), ("yes", _("Yes, somebody did")), ("no", _("No, nobody did"))],
        required=False,
        help_text=_("Whether anybody came or called."),
    )
    outcome = forms.ChoiceField(label=_("2. Is it solved?"), choices=Callback.Outcome.choices, widget=forms.RadioSelect)
    satisfaction = forms.TypedChoiceField(
        label=_("3. How content, from 1 to 5?"),
        choices=[("", _("Not said")), *((str(n), str(n)) for n in range(1, 6))],
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Only what the resident said. 1 is not at all, 5 is very."),
    )
    words = PlainTextField(label=_("In the resident's own words"), required=False, max_length=WORDS_LIMIT, widget=SHORT)

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        dealt_with = yes_no(said["was_dealt_with"]) if said["was_dealt_with"] else None
        return {**said, "was_dealt_with": dealt_with, "outcome": Callback.Outcome(said["outcome"])}


class ExplainForm(StepForm):
    ready_boxes = ("explanation",)

    explanation = PlainTextField(
        label=_("Why it cannot be solved, and what remains possible"),
        max_length=WORDS_LIMIT,
        widget=LONG,
        help_text=_("The resident reads this with the closing notice."),
    )


class ReopenForm(StepForm):
    reason = PlainTextField(label=_("What is still not right?"), max_length=REASON_LIMIT, widget=SHORT)


class AskRulingForm(StepForm):
    """Who should take it, and why those asked do not."""

    reason = PlainTextField(label=_("What is disputed?"), max_length=REASON_LIMIT, widget=SHORT)


class ReturnForm(StepForm):
    ready_boxes = ("reason", "basis")

    reason = PlainTextField(label=_("Why do you send it back?"), max_length=REASON_LIMIT, widget=SHORT)
    basis = PlainTextField(
        label=_("Which rule or list of duties says so?"),
        max_length=REASON_LIMIT,
        help_text=_("A case can be sent back once. The second time the street decides, bindingly."),
    )


class NoteForm(StepForm):
    text = PlainTextField(
        label=_("Note for colleagues"), max_length=WORDS_LIMIT, widget=SHORT, help_text=_("The resident never sees it.")
    )


class UrgencyForm(StepForm):
    urgency = forms.ChoiceField(label=_("How urgent is it?"), widget=forms.RadioSelect)
    reason = PlainTextField(
        label=_("Why?"),
        required=False,
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("Needed when it becomes less urgent."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ranked = sorted(Urgency, key=lambda u: -URGENCY_RANK[u])
        self.fields["urgency"].choices = [  # type: ignore[attr-defined]
            (u.value, u.label) for u in ranked if not self.issue or u != self.issue.urgency
        ]

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "urgency": Urgency(self.cleaned_data["urgency"])}


class PublishForm(StepForm):
    shown = forms.ChoiceField(
        label=_("May neighbours read the masked text?"),
        choices=[("yes", _("Show it")), ("no", _("Withhold it"))],
        widget=forms.RadioSelect,
    )

    def arguments(self) -> dict[str, Any]:
        return {"shown": yes_no(self.cleaned_data["shown"])}


class NudgeForm(StepForm):
    words = PlainTextField(label=_("What should they know?"), required=False, max_length=500, widget=SHORT)


class RevealForm(StepForm):
    reason = PlainTextField(
        label=_("Why do you need it?"),
        max_length=REASON_LIMIT,
        help_text=_("The resident can read your name, the time and this reason."),
    )


RECORD_CHANNELS = (
    Channel.PHONE,
    Channel.COUNTER,
    Channel.PAPER,
    Channel.VISIT,
    Channel.HOTLINE,
    Channel.PATROL,
    Channel.MEETING,
)


class RecordForm(forms.Form):
    """One page for a busy counter: where, what, who."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=_("How did it reach you?"),
        choices=[(c.value, c.label) for c in RECORD_CHANNELS],
        widget=forms.RadioSelect,
    )
    external_number = PlainTextField(
        label=_("Number of the hotline slip"),
        required=False,
        max_length=40,
        help_text=_("Needed for the hotline; also for what another office passed on."),
    )
    external_channel = forms.ChoiceField(
        label=_("Passed on by"), required=False, choices=ExternalChannel.choices, initial=ExternalChannel.HOTLINE
    )
    place_words = PlainTextField(
        label=_("Where is it?"), required=False, max_length=60, help_text=_("Compound, building, community or grid.")
    )
    place = forms.ChoiceField(label=_("Choose the place"), required=False, widget=forms.RadioSelect)
    place_note = PlainTextField(
        label=_("Where exactly"), required=False, max_length=120, help_text=_("For example: entrance 2, ground floor.")
    )
    category = forms.ChoiceField(label=_("What is it about?"))
    is_danger = forms.BooleanField(label=_("Yes, this is so"), required=False)
    text = PlainTextField(
        label=_("What is wrong?"), max_length=TEXT_LIMIT, widget=LONG, help_text=_("In the resident's words.")
    )
    name = PlainTextField(label=_("Name of the resident"), required=False, max_length=60, widget=PRIVATE)
    phone = PlainTextField(label=_("Phone of the resident"), required=False, max_length=30, widget=PRIVATE)
    door = PlainTextField(label=_("Flat number"), required=False, max_length=60, widget=PRIVATE)
    hide_requester = forms.BooleanField(label=_("It is a complaint about somebody: hide who asked"), required=False)
    is_public = forms.BooleanField(label=_("The resident agrees that neighbours may read it, masked"), required=False)

    def __init__(self, *args: Any, categories: list[Any], places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "phone", "door"):
            self.fields[name].help_text = _("optional")
        self.fields["category"].choices = [("", _("Choose a category")), *((c.code, c.name) for c in categories)]  # type: ignore[attr-defined]
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        if len(places) == 1:  # the only one found is the one that is meant
            self.initial["place"] = places[0][0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("place") and "place" not in self.errors:
            self.add_error("place_words", _("Look for the place and choose it from the list."))
        if cleaned.get("channel") == Channel.HOTLINE and not cleaned.get("external_number"):
            self.add_error("external_number", _("Type the number of the hotline slip."))
        if not cleaned.get("external_number"):
            cleaned["external_channel"] = ""
        elif not cleaned.get("external_channel"):
            cleaned["external_channel"] = ExternalChannel.HOTLINE
        phone = "".join(sign for sign in cleaned.get("phone", "") if sign.isdigit())
        if cleaned.get("phone") and not 7 <= len(phone) <= 15:
            self.add_error("phone", _("Check the phone number: it has too few or too many digits."))
        return cleaned
