"""What people type about an enlarged committee, its members and its promises."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import PlainTextField
from governance.forms.desk import (
    LONG,
    REASON_LIMIT,
    SHORT,
    WORDS_LIMIT,
    CheckFields,
    say_optional,
)
from governance.models import Meeting
from governance.services.committees.members import Recommendation
from governance.services.committees.promises import TITLE_LIMIT, Pledge
from neighborhoods.models import Area, PartnerUnit


def day_field(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )


class CommitteeForm(forms.Form):
    """A step without questions; the others add theirs. `offered` are the rows its list shows."""

    def __init__(self, *args: Any, offered: list[Any] | None = None, **kwargs: Any) -> None:
        self.offered = {str(row.pk): row for row in offered or []}
        super().__init__(*args, **kwargs)
        self.prepare()
        say_optional(self)

    def prepare(self) -> None:
        """Fill in choices."""

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return dict(self.cleaned_data)


class SeatsForm(CommitteeForm):
    seats = forms.IntegerField(
        label=_("Seats"),
        help_text=_("All of them, the permanent ones too. An odd number avoids a tie."),
        error_messages={"required": _("Type a number."), "invalid": _("Type a number.")},
    )


class OpenForm(SeatsForm):
    area = forms.ChoiceField(label=_("Street or community"), error_messages={"required": _("Choose a place.")})

    field_order = ["area", "seats"]

    def prepare(self) -> None:
        self.fields["area"].choices = [(pk, area.name) for pk, area in self.offered.items()]  # type: ignore[attr-defined]

    def chosen(self) -> Area:
        """The area behind the answer."""
        area: Area = self.offered[self.cleaned_data["area"]]
        return area


class UnitForm(CommitteeForm):
    unit = forms.ChoiceField(label=_("Unit"), error_messages={"required": _("Choose a unit.")})

    def prepare(self) -> None:
        choices = [("", _("Choose a unit")), *((pk, unit.name) for pk, unit in self.offered.items())]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> PartnerUnit:
        """The unit behind the answer."""
        unit: PartnerUnit = self.offered[self.cleaned_data["unit"]]
        return unit


class RecommendForm(UnitForm):
    name = PlainTextField(label=_("Name of the member"), max_length=30, help_text=_("Shown masked to neighbours."))
    position = PlainTextField(label=_("Position in the unit"), max_length=60, required=False)
    starts_on = day_field(_("Term from"))
    ends_on = day_field(_("Term until"))
    duties = PlainTextField(
        label=_("Duty list"), max_length=WORDS_LIMIT, required=False, widget=LONG, help_text=_("One duty a line.")
    )

    def arguments(self) -> dict[str, Any]:
        names = ("name", "position", "starts_on", "ends_on", "duties")
        return {"whom": Recommendation(unit=self.chosen(), **{name: self.cleaned_data[name] for name in names})}


class PromiseForm(UnitForm):
    unit = forms.ChoiceField(
        label=_("Unit"),
        help_text=_("Units with an appointed member."),
        error_messages={"required": _("Choose a unit.")},
    )
    title = PlainTextField(label=_("What is promised"), max_length=TITLE_LIMIT)
    due_on = day_field(_("By when"))

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"pledge": Pledge(self.chosen(), said["title"], said["due_on"])}


class MeetingForm(CommitteeForm):
    meeting = forms.ChoiceField(
        label=_("Meeting"),
        help_text=_("Who came is read from its roll."),
        error_messages={"required": _("Choose a meeting.")},
    )

    def prepare(self) -> None:
        rows = [(pk, f"{m.starts_at:%Y-%m-%d} {m.title}") for pk, m in self.offered.items()]
        self.fields["meeting"].choices = [("", _("Choose a meeting")), *rows]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        meeting: Meeting = self.offered[self.cleaned_data["meeting"]]
        return {"meeting": meeting}


class NoteForm(CommitteeForm):
    note = PlainTextField(label=_("A word to go with it"), required=False, max_length=500, widget=SHORT)


class DutiesForm(CommitteeForm):
    duties = PlainTextField(
        label=_("Duty list"),
        max_length=WORDS_LIMIT,
        widget=LONG,
        help_text=_("One duty a line."),
        error_messages={"required": _("Write at least one duty.")},
    )


class ReasonForm(CommitteeForm):
    reason = PlainTextField(
        label=_("Why"), max_length=REASON_LIMIT, widget=SHORT, error_messages={"required": _("Say why.")}
    )


class DeliverForm(CommitteeForm):
    proof = PlainTextField(
        label=_("What was delivered, and how one sees it"),
        max_length=WORDS_LIMIT,
        widget=LONG,
        error_messages={"required": _("Write what was delivered, and how one sees it.")},
    )


class ConfirmForm(CheckFields, CommitteeForm):
    """Whether it was delivered as they say."""
