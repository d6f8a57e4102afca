"""Forms of the register: by oneself, at the counter, and the desk's steps."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import DayField, PhoneField, PlainTextField
from core.forms import PortalForm
from neighborhoods.services.residents import PersonFacts
from volunteers.forms.base import PRIVATE, REASON_LIMIT, SHORT, PlaceFormMixin, StepForm, day_input
from volunteers.lifecycle.records import MeritKind
from volunteers.lifecycle.teams import TeamKind
from volunteers.services.certificates import Wish
from volunteers.services.records.merits import MeritFacts
from volunteers.services.registration import Offer

NAME_LIMIT = 60


class WhereForm(PlaceFormMixin, PortalForm):
    """Where somebody lives."""


class WhoForm(PortalForm):
    """Who it is about. Somebody under eighteen is written down by a parent or guardian."""

    whose = forms.ChoiceField(
        label=_("For whom?"),
        choices=[("me", _("for myself; I am eighteen or older")), ("child", _("for my child under eighteen"))],
        widget=forms.RadioSelect,
        initial="me",
    )
    name = PlainTextField(label=_("Your name"), max_length=NAME_LIMIT)
    child_name = PlainTextField(
        label=_("Name of the child"), required=False, max_length=NAME_LIMIT, help_text=_("Only for a child.")
    )
    born_on = DayField(
        label=_("Birthday of the child"), required=False, widget=day_input(), help_text=_("Only for a child.")
    )
    agrees = forms.BooleanField(
        label=_("I am the parent or guardian and agree that the child serves as a volunteer"), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("whose") == "child":
            if not cleaned.get("child_name"):
                self.add_error("child_name", _("Type the name."))
            if not cleaned.get("born_on") and "born_on" not in self.errors:
                self.add_error("born_on", _("Type the birthday."))
            if not cleaned.get("agrees"):
                self.add_error("agrees", _("A parent or guardian has to agree for somebody under eighteen."))
        return cleaned


class OfferForm(StepForm):
    """What somebody can do, when, and what they would like to hear of."""

    interests = forms.MultipleChoiceField(
        label=_("What would you like to do?"),
        choices=TeamKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    skills = PlainTextField(label=_("What I can do"), required=False, max_length=200)
    free_times = PlainTextField(label=_("When I have time"), required=False, max_length=200)
    is_on_honour_list = forms.BooleanField(label=_("I like to be named on lists of honour"), required=False)

    def offer(self) -> Offer:
        """What the service is called with."""
        data = self.cleaned_data
        return Offer(data["skills"], data["free_times"], data["is_on_honour_list"])

    def arguments(self) -> dict[str, Any]:
        return {"offer": self.offer(), "kinds": self.cleaned_data["interests"]}


class CounterForm(PlaceFormMixin, OfferForm):
    """Somebody at the counter or on the phone: where, who, who asked, what they offer."""

    name = PlainTextField(label=_("Name"), max_length=NAME_LIMIT, widget=PRIVATE)
    phone = PhoneField(label=_("Phone"), required=False, max_length=30, widget=PRIVATE)
    asked_by = PlainTextField(
        label=_("Who asked, if not they themselves"), required=False, max_length=NAME_LIMIT, widget=PRIVATE
    )
    born_on = DayField(
        label=_("Birthday"), required=False, widget=day_input(), help_text=_("Only of somebody under eighteen.")
    )
    guardian_name = PlainTextField(
        label=_("Name of the parent or guardian"),
        required=False,
        max_length=NAME_LIMIT,
        widget=PRIVATE,
        help_text=_("Only of somebody under eighteen; they have to be here and agree."),
    )
    guardian_phone = PhoneField(
        label=_("Phone of the parent or guardian"), required=False, max_length=30, widget=PRIVATE
    )

    def facts(self, guardian_id: int | None) -> PersonFacts:
        """What is known of the person."""
        data = self.cleaned_data
        return PersonFacts(data["name"], data["phone"], data["born_on"], data["asked_by"], guardian_id)

    def guardian(self) -> PersonFacts | None:
        """The parent or guardian, when one was named."""
        data = self.cleaned_data
        return PersonFacts(data["guardian_name"], data["guardian_phone"]) if data["guardian_name"] else None


class RevealForm(StepForm):
    """Why name and phone are needed in clear."""

    reason = PlainTextField(
        label=_("Why do you need it?"),
        max_length=REASON_LIMIT,
        help_text=_("The resident can read your name, the time and this reason."),
    )


class RefuseForm(StepForm):
    """Why somebody is not registered."""

    reason = PlainTextField(
        label=_("Why"),
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("The person reads this."),
        error_messages={"required": _("Say why.")},
    )


class InsureForm(StepForm):
    """Until when the insurance holds."""

    until = DayField(label=_("Insured until"), widget=day_input())


class MeritForm(StepForm):
    """A training or a commendation."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("merit", "What is it?"), choices=MeritKind.choices, widget=forms.RadioSelect
    )
    title = PlainTextField(label=_("What it is called"), max_length=120)
    on = DayField(label=_("On which day"), widget=day_input())
    issuer = PlainTextField(label=_("Given by"), required=False, max_length=80)

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"facts": MeritFacts(MeritKind(data["kind"]), data["title"], data["on"], data["issuer"])}


class CertificateForm(StepForm):
    """Which days, and what for."""

    from_on = DayField(label=_("First day"), widget=day_input())
    until_on = DayField(label=_("Last day"), widget=day_input())
    purpose = PlainTextField(label=_("What it is for"), required=False, max_length=100)

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"wish": Wish(data["from_on"], data["until_on"], data["purpose"])}


class JoinForm(StepForm):
    """Which of two records stays, and how one knows that it is one person."""

    keep = forms.ChoiceField(label=_("Which record stays?"), widget=forms.RadioSelect)
    reason = PlainTextField(
        label=_("How do you know that it is one person?"),
        max_length=REASON_LIMIT,
        widget=SHORT,
        error_messages={"required": _("Say how you know that it is one person.")},
    )

    def __init__(self, *args: Any, pair: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = pair  # type: ignore[attr-defined]
