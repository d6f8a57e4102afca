"""What a unit answers to a whistle's call, and what the side that called says about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import PlainTextField
from governance.forms.desk import LONG, REASON_LIMIT, SHORT, WORDS_LIMIT, PhotosField, PhotosInput, yes_no
from governance.forms.whistles import WhistleForm


class SignForm(WhistleForm):
    who = PlainTextField(label=_("Who signs, and a phone"), max_length=60, required=False)


class ContactForm(WhistleForm):
    note = PlainTextField(label=_("With whom you talked, and how"), max_length=REASON_LIMIT, widget=SHORT)


class ArriveForm(WhistleForm):
    who = PlainTextField(label=_("Who has come"), max_length=60, help_text=_("The post is enough: “deputy head”."))


class ReportForm(WhistleForm):
    result = PlainTextField(label=_("What your unit did"), max_length=WORDS_LIMIT, widget=LONG)


class ReportPhotosForm(ReportForm):
    photos = PhotosField(
        label=_("Photos of it"),
        required=False,
        widget=PhotosInput(attrs={"accept": "image/*"}),
        help_text=_("Up to 6."),
    )

    def arguments(self) -> dict[str, Any]:
        return {"result": self.cleaned_data["result"], "photos": tuple(self.cleaned_data["photos"])}


class DisputeForm(WhistleForm):
    reason = PlainTextField(label=_("Why it is not your duty"), max_length=REASON_LIMIT, widget=SHORT)
    basis = PlainTextField(label=_("Which rule or list of duties says so?"), max_length=REASON_LIMIT, widget=SHORT)


class RuleForm(WhistleForm):
    stays = forms.ChoiceField(
        label=_("Does the unit have to come?"),
        choices=[("yes", _("Yes, it has to come")), ("no", _("No, it is released"))],
        widget=forms.RadioSelect,
    )
    new_lead_id = forms.TypedChoiceField(
        label=_("Who leads instead"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("If the lead is released."),
    )
    ruling = PlainTextField(label=_("The ruling and its reason"), max_length=REASON_LIMIT, widget=SHORT)

    def prepare(self) -> None:
        others = [(str(call.pk), call.unit.name) for call in self.calls if call.is_live and not call.is_lead]
        self.fields["new_lead_id"].choices = [("", _("nobody else")), *others]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "stays": yes_no(self.cleaned_data["stays"])}


class AbsentForm(WhistleForm):
    note = PlainTextField(label=_("What you know about it"), max_length=500, required=False, widget=SHORT)


def _mark(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, coerce=int, choices=[(str(n), str(n)) for n in range(1, 6)], widget=forms.RadioSelect
    )


class RateForm(WhistleForm):
    """1 is bad, 5 is good; about the unit, never about a person."""

    turn_up = _mark(_("Did it come when it should, and who should? 1 no, 5 fully"))
    handling = _mark(_("Did it work on it properly? 1 no, 5 fully"))
    solved = _mark(_("Did it help? 1 no, 5 fully"))
    words = PlainTextField(label=_("In a few words"), max_length=REASON_LIMIT, required=False, widget=SHORT)
