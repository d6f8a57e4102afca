"""What members and the branch type about checking in, duty posts, pledges and the year's page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.fields import DayField, PhoneField, PlainTextField
from neighborhoods.services.residents import PersonFacts
from volunteers.forms.base import PRIVATE, REASON_LIMIT, SHORT, PlaceFormMixin, StepForm, day_input
from volunteers.lifecycle.checkins import DutyKind, FreeTime, Skill
from volunteers.models import CheckIn
from volunteers.services.checkins.applying import EMPLOYER_LIMIT, Facts
from volunteers.services.checkins.pledges import WORDS_LIMIT, Promise
from volunteers.services.checkins.posts import MOST_PLACES, Need

NAME_LIMIT = 60


class SuitsMixin(forms.Form):
    """Skills and times, in the same words for members and posts."""

    skills = forms.MultipleChoiceField(
        label=_("Skills"), choices=Skill.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    free_times = forms.MultipleChoiceField(
        label=_("Times"), choices=FreeTime.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class FactsForm(SuitsMixin, StepForm):
    """Employer, skills, times."""

    employer = PlainTextField(
        label=_("Employer"),
        max_length=EMPLOYER_LIMIT,
        help_text=_("Only the branch and the community read it. The employer gets no access."),
    )

    field_order = ("place_words", "place", "name", "phone", "asked_by", "employer", "skills", "free_times", "agrees")

    def facts(self) -> Facts:
        """What the service is called with."""
        data = self.cleaned_data
        return Facts(data["employer"], data["skills"], data["free_times"], bool(data.get("agrees")))

    def arguments(self) -> dict[str, Any]:
        return {"facts": self.facts()}


class _AgreeMixin(forms.Form):
    agrees = forms.BooleanField(
        label=_(
            "I am a Party member in service and agree that the branch and the community keep this. "
            "I may end it at any time and need no reason."
        ),
        error_messages={"required": _("Only whoever agrees is written down.")},
    )


class ApplyForm(_AgreeMixin, PlaceFormMixin, FactsForm):
    """By oneself: where, which employer, what and when."""


class KnownApplyForm(_AgreeMixin, FactsForm):
    """The same of somebody whose place is known."""


class CounterCheckInForm(PlaceFormMixin, FactsForm):
    """Somebody at the counter or on the phone."""

    name = PlainTextField(label=_("Name"), max_length=NAME_LIMIT, widget=PRIVATE)
    phone = PhoneField(label=_("Phone"), required=False, max_length=30, widget=PRIVATE)
    asked_by = PlainTextField(
        label=_("Who asked, if not they themselves"), required=False, max_length=NAME_LIMIT, widget=PRIVATE
    )
    agrees = forms.BooleanField(
        label=_("The member said that they agree to this being kept"),
        error_messages={"required": _("Only whoever agrees is written down.")},
    )

    def person(self) -> PersonFacts:
        """Who it is."""
        data = self.cleaned_data
        return PersonFacts(data["name"], data["phone"], None, data["asked_by"])


class MoveForm(PlaceFormMixin, StepForm):
    """Where somebody lives now."""


class RefuseForm(StepForm):
    """Why the branch says no."""

    reason = PlainTextField(
        label=_("Why"),
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("The person reads this."),
        error_messages={"required": _("Say why.")},
    )


class PostForm(PlaceFormMixin, SuitsMixin, StepForm):
    """A need of the branch."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("duty post", "Kind"), choices=DutyKind.choices, widget=forms.RadioSelect
    )
    title = PlainTextField(label=_("What there is to do"), max_length=60)
    words = PlainTextField(label=_("In a sentence: how often, how long"), required=False, max_length=200)
    places = forms.IntegerField(label=_("For how many people"), min_value=1, max_value=MOST_PLACES, initial=1)
    field_order = ("place_words", "place", "kind", "title", "words", "places", "skills", "free_times")

    def need(self) -> Need:
        """What the service is called with."""
        data = self.cleaned_data
        return Need(
            DutyKind(data["kind"]), data["title"], data["words"], data["skills"], data["free_times"], data["places"]
        )


class PledgeForm(StepForm):
    """What is promised until when."""

    words = PlainTextField(label=_("What is promised"), max_length=WORDS_LIMIT)
    due_on = DayField(label=_("Until when"), widget=day_input())
    post = forms.ChoiceField(label=_("For which duty post"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, checkin: CheckIn, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = checkin.takings.filter(left_at=None).select_related("post").order_by("pk")
        choices = [(str(one.post_id), one.post.title) for one in taken]
        if choices:
            none = ("", _("for none"))
            self.fields["post"].choices = [none, *choices]  # type: ignore[attr-defined]
        else:
            del self.fields["post"]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        post = int(data["post"]) if data.get("post") else None
        return {"promise": Promise(data["words"], data["due_on"], post, bool(data.get("consents")))}


class MyPledgeForm(PledgeForm):
    """The same by the member, who agrees to being shown or not."""

    consents = forms.BooleanField(
        label=_("Everybody may read my name, my duty post and this promise on the branch's page, until I take it back"),
        required=False,
    )


class FulfilForm(StepForm):
    """How it was kept."""

    words = PlainTextField(label=_("How it was kept"), required=False, max_length=WORDS_LIMIT)


class AgreeForm(StepForm):
    """A comment that stands on the page."""

    comment = PlainTextField(label=_("Comment on the page"), required=False, max_length=200, widget=SHORT)
