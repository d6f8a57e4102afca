"""What staff type in hard cases: joining and splitting, orders from above, notes on parked cases."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.calendar import CHINA, work_calendar
from core.fields import PlainTextField
from governance.forms.desk import LONG, REASON_LIMIT, SHORT, WORDS_LIMIT, StepForm, say_optional, yes_no
from governance.selectors.detail import Goals
from governance.selectors.similar import mergeable
from governance.services.dispatch import Goal
from governance.services.parts import Share

ROWS = 4  # parts on one form; more can follow


def evening_of(day: date) -> datetime:
    """The close of work of a day."""
    return datetime.combine(day, work_calendar().closes, CHINA)


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day chosen from the calendar of the browser."""
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class MergeForm(StepForm):
    """Similar cases to choose from, or any number."""

    into = forms.ChoiceField(label=_("With which case?"), widget=forms.RadioSelect, required=False)
    number = PlainTextField(label=_("Another number"), required=False, max_length=20)
    reason = PlainTextField(
        label=_("What the resident should know"),
        required=False,
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("Whoever asked reads this. They keep number and link, and get the answer too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        similar = mergeable(self.issue, timezone.now()) if self.issue else []
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            (each.number, f"{each.summary}（{each.number}，{each.state_label}）") for each in similar
        ]
        if not similar:  # then only a number says which
            del self.fields["into"]
            self.fields["number"].label, self.fields["number"].help_text = _("Number of the other case"), ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("into") and not cleaned.get("number"):
            self.add_error("number", _("Choose a case or type its number."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"into": said["number"] or said["into"], "reason": said["reason"]}


class SplitOffForm(StepForm):
    reason = PlainTextField(
        label=_("Why is it something else?"),
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("Whoever asked reads this sentence."),
    )


class SplitForm(StepForm):
    """A few rows: who, and what they do. Empty rows do not count."""

    wants_goals = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        goals = self.goals or Goals([], [], [])
        self.least = 1 if self.issue and self.issue.is_split else 2  # more parts can follow one by one
        choices = [
            ("", _("Choose who does it.")),
            (_("Communities and grids"), [(f"area:{a.pk}", a.name) for a in goals.areas]),
            (_("Units"), [(f"unit:{u.pk}", u.name) for u in [*goals.suggested, *goals.units]]),
        ]
        for row in range(1, ROWS + 1):
            self.fields[f"goal_{row}"] = forms.ChoiceField(
                label=_("Part %(n)d: who does it") % {"n": row}, choices=choices, required=row <= self.least
            )
            self.fields[f"text_{row}"] = PlainTextField(
                label=_("Part %(n)d: what they do") % {"n": row},
                max_length=REASON_LIMIT,
                required=row <= self.least,
                help_text=_("Whoever asked can read it.") if row == 1 else "",
            )
        say_optional(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in range(1, ROWS + 1):
            goal, text = cleaned.get(f"goal_{row}"), cleaned.get(f"text_{row}")
            if goal and not text and not self.errors:
                self.add_error(f"text_{row}", _("Say what they do."))
            if text and not goal and not self.errors:
                self.add_error(f"goal_{row}", _("Choose who does it."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        rows = [(said[f"goal_{row}"], said[f"text_{row}"]) for row in range(1, ROWS + 1)]
        return {"shares": [Share(self._goal(goal), text) for goal, text in rows if goal]}

    def _goal(self, chosen: str) -> Goal:
        goals = self.goals or Goals([], [], [])
        kind, _sep, pk = chosen.partition(":")
        if kind == "area":
            return Goal(area=next(a for a in goals.areas if str(a.pk) == pk))
        return Goal(unit=next(u for u in [*goals.suggested, *goals.units] if str(u.pk) == pk))


class OrderForm(StepForm):
    """From the street or the district."""

    reason = PlainTextField(label=_("What has to be seen to?"), max_length=REASON_LIMIT, widget=SHORT)
    until = day_field(_("Report until the evening of"))

    def arguments(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"], "due_at": evening_of(self.cleaned_data["until"])}


class ReportForm(StepForm):
    report = PlainTextField(
        label=_("What was done, and what is still to come?"),
        max_length=WORDS_LIMIT,
        widget=LONG,
        help_text=_("Whoever ordered reads this, the resident does not."),
    )


class EndOrderForm(StepForm):
    """The report is enough, or goes back with another day."""

    enough = forms.ChoiceField(
        label=_("Is the report enough?"),
        choices=[("yes", _("Yes, the supervision ends")), ("no", _("No, something is missing"))],
        widget=forms.RadioSelect,
    )
    note = PlainTextField(
        label=_("What you say to it"),
        required=False,
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("Needed when something is missing."),
    )
    until = day_field(
        _("Report again until the evening of"), required=False, help_text=_("Needed when something is missing.")
    )

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        due_at = evening_of(said["until"]) if said["until"] else None
        return {"enough": yes_no(said["enough"]), "note": said["note"], "due_at": due_at}


class ParkedNoteForm(StepForm):
    text = PlainTextField(
        label=_("How does it stand?"),
        max_length=WORDS_LIMIT,
        widget=SHORT,
        help_text=_("Everybody may read it: what was done since the last note, and what is waited for. No names."),
    )
