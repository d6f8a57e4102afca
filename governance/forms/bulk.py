"""What staff type for a step of several issues."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import PlainTextField
from governance.forms.desk import REASON_LIMIT, SHORT, StepForm
from governance.lifecycle import GOES_ON, Urgency
from governance.models import Issue
from governance.selectors.detail import Goals
from governance.services.dispatch import Goal


class BulkForm(StepForm):
    """One reason for all."""

    reason = PlainTextField(label=_("Reason, the same for all"), max_length=REASON_LIMIT, widget=SHORT)


class BulkGoalForm(BulkForm):
    """One goal for several issues; an area a case does not belong to is refused for that case alone."""

    goal = forms.ChoiceField(label=_("To whom"))

    field_order = ["goal", "reason"]

    def __init__(self, *args: Any, usual: Mapping[str, int], of: int, **kwargs: Any) -> None:
        """`usual` says of how many of the cases a goal is the usual lead; the one of all of them is chosen already."""
        super().__init__(*args, **kwargs)
        goals = self.goals or Goals([], [], [])
        names = {f"area:{a.pk}": a.name for a in goals.areas} | {f"unit:{u.pk}": u.name for u in goals.units}
        first = [
            (goal, _("%(name)s (%(count)d of %(of)d)") % {"name": names[goal], "count": count, "of": of})
            for goal, count in sorted(usual.items(), key=lambda pair: -pair[1])
            if goal in names
        ]
        rest = [(goal, name) for goal, name in names.items() if goal not in usual]
        self.fields["goal"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose an area or a unit")),
            *([(_("Usual lead"), first)] if first else []),
            (_("Communities and grids"), [pair for pair in rest if pair[0].startswith("area:")]),
            (_("Units"), [pair for pair in rest if pair[0].startswith("unit:")]),
        ]
        if first and usual[first[0][0]] == of:
            self.initial["goal"] = first[0][0]

    def arguments(self) -> dict[str, Any]:
        kind, _sep, pk = self.cleaned_data["goal"].partition(":")
        goals = self.goals or Goals([], [], [])
        if kind == "area":
            goal = Goal(area=next(a for a in goals.areas if str(a.pk) == pk))
        else:
            goal = Goal(unit=next(u for u in goals.units if str(u.pk) == pk))
        return {"goal": goal, "reason": self.cleaned_data["reason"]}


class BulkUrgencyForm(BulkForm):
    """One urgency for several issues."""

    urgency = forms.ChoiceField(label=_("How urgent are they?"), choices=Urgency.choices, widget=forms.RadioSelect)

    field_order = ["urgency", "reason"]

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "urgency": Urgency(self.cleaned_data["urgency"])}


class BulkMergeForm(BulkForm):
    """Which of the chosen cases stays: the one with most voices, then the oldest, stands first."""

    into = forms.ChoiceField(
        label=_("Which case stays?"),
        widget=forms.RadioSelect,
        help_text=_("The others are joined to it. Everybody keeps their number and gets the answer."),
    )

    field_order = ["into", "reason"]

    def __init__(self, *args: Any, picked: Sequence[Issue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stays = [issue for issue in picked if issue.state in GOES_ON]  # nobody is joined to an answered one
        self.fields["reason"].help_text = _("Whoever asked reads this.")
        ranked = sorted(stays, key=lambda issue: (-issue.voices, issue.submitted_at))
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            (issue.number, f"{issue.summary}（{issue.number}，{issue.state_label}）") for issue in ranked
        ]
        if ranked:
            self.initial["into"] = ranked[0].number
