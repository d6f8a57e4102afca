"""What is typed around a vote: the list of voters, motions, paper ballots, counts, and the ballot by phone."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.fields import PlainTextField
from core.forms import PortalForm
from governance.decisions import Base, Choice, Weight
from governance.models import DecisionRule, Motion
from governance.services.voting.motions import Wording
from governance.services.voting.reading import read_positions

_FILE_BYTES = 2_000_000
_LONG = forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"})
_SHORT = forms.Textarea(attrs={"rows": 3})


class VotersForm(PortalForm):
    """Who may vote: pasted, or a file; read before it is written."""

    base = forms.ChoiceField(label=_("What has a vote here?"), choices=Base, widget=forms.RadioSelect)
    text = PlainTextField(
        label=_("The list, one voter a line"),
        required=False,
        widget=_LONG,
        strip=False,
        help_text=_(
            "Household, name, floor area, account; separated by commas or copied from a spreadsheet. For example: "
            "6-302, Zhang, 89.50"
        ),
    )
    file = forms.FileField(label=_("Or a CSV file"), required=False, help_text=_("The same columns."))

    def __init__(self, *args: Any, is_statutory: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_statutory:  # its members vote as people; owners and households have lists of their own
            self.fields["base"].choices = [(Base.HEADS.value, Base.HEADS.label)]  # type: ignore[attr-defined]
            self.fields["text"].label = _("The members of the assembly, one a line")
            self.fields["text"].help_text = _("Where they live, name, account. For example: 6-302, Zhang")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        if upload:
            cleaned["text"] = _decoded(upload)
        if not (cleaned.get("text") or "").strip() and not self.errors:
            self.add_error("text", _("Paste the list or choose a file."))
        return cleaned


def _decoded(upload: Any) -> str:
    if upload.size > _FILE_BYTES:
        raise ValidationError({"file": _("This file is too large for a list of voters.")})
    raw = upload.read()
    for encoding in ("utf-8-sig", "gb18030"):  # spreadsheets in China save CSV in either
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ValidationError({"file": _("This is no CSV file.")})


class NumbersField(PlainTextField):
    """Numbers of voters: “1 3 5-9”."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 20_000)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2, "inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[int]:
        text = super().clean(value)
        try:
            return read_positions(text or "")
        except ValueError as error:
            raise ValidationError(str(error)) from None


class CameForm(PortalForm):
    """Who is there."""

    came = NumbersField(label=_("Numbers of those who came"), required=True, help_text=_("For example: 1 3 5-9"))


class StepForm(PortalForm):
    """A step without questions; the others add theirs."""

    def __init__(
        self, *args: Any, motion: Motion | None = None, rules: list[DecisionRule] | None = None, **kwargs: Any
    ) -> None:
        self.motion, self.rules = motion, rules or []
        super().__init__(*args, **kwargs)

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return dict(self.cleaned_data)


class MotionForm(StepForm):
    """What is moved, and how it is voted on."""

    text = PlainTextField(
        label=_("The motion"),
        max_length=500,
        widget=_SHORT,
        help_text=_("One sentence to say yes or no to."),
    )
    rule = forms.ChoiceField(label=_("By which rule?"), widget=forms.RadioSelect)
    is_secret = forms.BooleanField(
        label=_("Secret: nobody sees who said what"),
        required=False,
    )
    proposer = PlainTextField(
        label=_("Moved by"), required=False, max_length=60, help_text=_("optional"), widget=forms.TextInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].choices = [(str(rule.pk), rule.name) for rule in self.rules]  # type: ignore[attr-defined]
        if self.motion and not self.is_bound:
            self.initial = {
                "text": self.motion.text,
                "rule": str(self.motion.rule_id),
                "is_secret": self.motion.is_secret,
                "proposer": self.motion.proposer,
            }

    def arguments(self) -> dict[str, Any]:
        clean = self.cleaned_data
        return {"wording": Wording(clean["text"], int(clean["rule"]), clean["is_secret"], clean["proposer"] or "")}


class SecondForm(StepForm):
    seconder = PlainTextField(label=_("Seconded by"), max_length=60, help_text=_("Not whoever moved it."))


class ReasonForm(StepForm):
    reason = PlainTextField(label=_("Why?"), max_length=200, widget=_SHORT)


class PilesForm(StepForm):
    """Paper ballots of an open vote, by pile."""

    yes = NumbersField(label=_("Numbers on the ballots for it"), help_text=_("For example: 1 3 5-9"))
    no = NumbersField(label=_("Numbers on the ballots against it"))
    abstain = NumbersField(label=_("Numbers on the ballots that abstain"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            raise ValidationError(_("Enter the numbers of at least one pile."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        clean = self.cleaned_data
        return {"piles": {Choice.FOR: clean["yes"], Choice.AGAINST: clean["no"], Choice.ABSTAIN: clean["abstain"]}}


def _number(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=100_000, widget=forms.NumberInput(attrs={"autocomplete": "off"})
    )


class SecretPilesForm(StepForm):
    """Paper ballots of a secret vote: who put one in, and what was in the box."""

    voted = NumbersField(
        label=_("Numbers of those who put a ballot in"), required=True, help_text=_("As ticked on the list. 1 3 5-9")
    )
    yes = _number(_("Ballots for it"))
    no = _number(_("Ballots against it"))
    abstain = _number(_("Ballots that abstain"))

    def arguments(self) -> dict[str, Any]:
        clean = self.cleaned_data
        said = {Choice.FOR: clean["yes"], Choice.AGAINST: clean["no"], Choice.ABSTAIN: clean["abstain"]}
        return {"voted": clean["voted"], "said": said}


def _area(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=12, decimal_places=2, required=False)


class RecountForm(StepForm):
    """What a second person found in the box; floor areas too where they count."""

    yes = _number(_("Paper ballots for it"))
    no = _number(_("Paper ballots against it"))
    abstain = _number(_("Paper ballots that abstain"))
    area_yes = _area(_("Their floor area in m², for"))
    area_no = _area(_("Their floor area in m², against"))
    area_abstain = _area(_("Their floor area in m², abstaining"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.motion or self.motion.rule.base != Base.AREA:
            for name in ("area_yes", "area_no", "area_abstain"):
                del self.fields[name]

    def arguments(self) -> dict[str, Any]:
        clean = self.cleaned_data
        names = {Choice.FOR: "yes", Choice.AGAINST: "no", Choice.ABSTAIN: "abstain"}
        paper = {choice: Weight(clean[name], clean.get(f"area_{name}") or Decimal(0)) for choice, name in names.items()}
        return {"paper": paper}


class BallotForm(PortalForm):
    """The ballot by phone: three equal answers, none chosen beforehand."""

    choice = forms.ChoiceField(
        label=_("Your vote"),
        choices=[
            (Choice.FOR.value, _("For it")),
            (Choice.AGAINST.value, _("Against it")),
            (Choice.ABSTAIN.value, _("I abstain")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three."), "invalid_choice": _("Choose one of the three.")},
    )
