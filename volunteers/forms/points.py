"""Forms of points: a reward, handing one over, a gift, and what is decided about it."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.errors import RuleError
from core.fields import PlainTextField
from neighborhoods.models import Resident
from volunteers.forms.base import REASON_LIMIT, SHORT, StepForm
from volunteers.lifecycle.points import GiftTo
from volunteers.models import Volunteer
from volunteers.services.points.gifts import Wish
from volunteers.services.points.rewards import RewardFacts

MOST = 9_999


class RewardForm(StepForm):
    """What is offered, for how many points, how many there are."""

    name = PlainTextField(label=pgettext_lazy("reward", "What is it?"), max_length=60)
    price = forms.IntegerField(label=_("How many points does it cost?"), min_value=1, max_value=MOST)
    stock = forms.IntegerField(label=_("How many are there?"), min_value=0, max_value=MOST)
    note = PlainTextField(label=_("More about it"), max_length=200, required=False)
    is_offered = forms.BooleanField(label=_("Offer it"), required=False, initial=True)

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return {"facts": RewardFacts(**self.cleaned_data)}


class HandOutForm(StepForm):
    """Who fetched it. On paper two people sign; what they signed stays in the folder."""

    signed_by = PlainTextField(label=_("Who fetched it?"), max_length=60, required=False)
    witness = PlainTextField(
        label=_("Who saw it?"),
        max_length=60,
        required=False,
        help_text=_("Two different people sign: on paper, and when one person reserved it and hands it over."),
    )

    def __init__(self, *args: Any, on_paper: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not on_paper:
            del self.fields["witness"]


class GiftForm(StepForm):
    """To whom, how much, why. A person is named by the volunteer number or, at the desk, chosen by it too."""

    to = forms.ChoiceField(label=_("For whom are the points?"), choices=GiftTo, widget=forms.RadioSelect)
    number = PlainTextField(
        label=_("Volunteer number of this person"),
        max_length=20,
        required=False,
        help_text=_("For the care pool leave it empty. Somebody without a number is registered at the community."),
    )
    amount = forms.DecimalField(label=_("How many points?"), min_value=Decimal("0.01"), max_digits=8, decimal_places=2)
    reason = PlainTextField(label=_("Why"), max_length=REASON_LIMIT, required=False, widget=SHORT)

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        said = self.cleaned_data
        return {"wish": Wish(GiftTo(said["to"]), said["amount"], self._receiver(said), said["reason"])}

    def _receiver(self, said: dict[str, Any]) -> int | None:
        if said["to"] == GiftTo.POOL or not said["number"]:
            return None
        known = Resident.objects.known().filter(volunteer__number__iexact=said["number"].strip())
        found = known.values_list("pk", flat=True).first()
        if found is None:
            raise RuleError(_("Nobody has this number. Please check it."), field="number")
        return found


class DecideForm(StepForm):
    """Agreed or not, and why not."""

    agreed = forms.TypedChoiceField(
        label=_("What do you decide?"),
        choices=[("yes", _("Agree: the points move")), ("no", _("Do not agree"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = PlainTextField(label=_("What the giver reads"), max_length=REASON_LIMIT, required=False, widget=SHORT)


class CounterForm(StepForm):
    """Somebody at the counter: by the volunteer number, and whether it goes on paper."""

    number = PlainTextField(label=_("Volunteer number"), max_length=20)
    is_on_paper = forms.BooleanField(label=_("On paper, with two signatures"), required=False)

    def entry(self) -> Volunteer:
        """The volunteer with this number."""
        found = Volunteer.objects.select_related("resident").filter(number__iexact=self.cleaned_data["number"]).first()
        if found is None:
            raise RuleError(_("Nobody has this number. Please check it."), field="number")
        return found
