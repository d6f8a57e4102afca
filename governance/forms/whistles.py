"""What people type about a whistle: the draft, and each step of it."""

import re
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import PlainTextField
from governance.forms.desk import (
    LONG,
    REASON_LIMIT,
    SHORT,
    WORDS_LIMIT,
    CheckFields,
    passed_field,
    say_optional,
)
from governance.forms.matters import post_label
from governance.forms.tasks import MilestonesField
from governance.lifecycle.duties import WhistleKind
from governance.lifecycle.whistles import Rank
from governance.models import Call, Whistle
from governance.selectors.matters import HANDS, posts_near
from governance.selectors.meetings.following import open_resolutions
from governance.services.meetings.follow_up import Follow
from governance.services.whistles.drafting import Draft
from neighborhoods.models import PartnerUnit

HELPERS = 5
_NUMBERS = re.compile(r"[\s,，、;；]+")
MOMENT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A day and an hour, by the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
        super().__init__(widget=widget, input_formats=[MOMENT, "%Y-%m-%d %H:%M"], **kwargs)


class DayField(forms.DateField):
    """A day; work is done by the end of it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)

    def clean(self, value: Any) -> datetime | None:
        day = super().clean(value)
        if day is None:
            return None
        return timezone.make_aware(datetime(day.year, day.month, day.day, 17, 30))  # noqa: DTZ001 - made aware here


class DraftForm(forms.Form):
    """A whistle before it is reviewed."""

    title = PlainTextField(label=_("In one line"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind of whistle"), choices=WhistleKind.choices, widget=forms.RadioSelect)
    rank = forms.ChoiceField(label=_("Who has to come"), choices=Rank.choices, widget=forms.RadioSelect)
    problem = PlainTextField(label=_("What is wrong"), max_length=WORDS_LIMIT, widget=LONG)
    why = PlainTextField(
        label=_("Why the community cannot solve it"),
        max_length=WORDS_LIMIT,
        widget=SHORT,
        help_text=_("What was tried, and which power or means is missing."),
    )
    basis = PlainTextField(
        label=_("Duty it rests on"),
        max_length=WORDS_LIMIT,
        widget=SHORT,
        required=False,
        help_text=_("The rule or list of duties by which these units are responsible. Needed except in an emergency."),
    )
    plan = PlainTextField(
        label=_("What is asked for"),
        max_length=WORDS_LIMIT,
        widget=SHORT,
        required=False,
        help_text=_("Who should do what. Needed except in an emergency, where it is written up within 3 working days."),
    )
    lead = forms.ChoiceField(label=_("Unit that leads"))
    meeting_at = MomentField(label=_("When the units meet"), required=False)
    meeting_place = PlainTextField(label=_("Where the units meet"), max_length=120, required=False)
    wanted_by = DayField(
        label=_("To be done by"), required=False, help_text=_("optional; empty: as the time limits of its kind say")
    )
    issues = PlainTextField(
        label=_("Cases it is for"),
        max_length=600,
        required=False,
        help_text=_("Numbers, one space between them. Their residents are told how it goes. Empty: for a topic."),
    )
    reason = PlainTextField(label=_("Why the further cases belong to it"), max_length=120, required=False)

    def __init__(self, *args: Any, units: list[PartnerUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {str(unit.pk): unit for unit in units}
        choices = [("", _("Choose a unit")), *((pk, unit.name) for pk, unit in self.units.items())]
        self.fields["lead"].choices = choices  # type: ignore[attr-defined]
        for place in range(1, HELPERS + 1):
            label = _("Unit that helps") if place == 1 else _("One more unit that helps")
            self.fields[f"helper_{place}"] = forms.ChoiceField(label=label, required=False, choices=choices)
        order = list(self.fields)
        helpers = [name for name in order if name.startswith("helper_")]
        rest = [name for name in order if name not in helpers]
        at = rest.index("lead") + 1
        self.order_fields([*rest[:at], *helpers, *rest[at:]])
        say_optional(self)

    def numbers(self) -> list[str]:
        """The case numbers that were typed."""
        typed = self.cleaned_data.get("issues", "").upper()
        return list(dict.fromkeys(part[:20] for part in _NUMBERS.split(typed) if part))[:20]

    def draft(self, issue_ids: tuple[int, ...]) -> Draft:
        """What the service is called with."""
        said = self.cleaned_data
        chosen = [said[f"helper_{place}"] for place in range(1, HELPERS + 1)]
        return Draft(
            title=said["title"],
            kind=said["kind"],
            rank=said["rank"],
            problem=said["problem"],
            why=said["why"],
            basis=said["basis"],
            plan=said["plan"],
            lead=self.units[said["lead"]],
            helpers=tuple(self.units[pk] for pk in chosen if pk),
            wanted_by=said["wanted_by"],
            meeting_at=said["meeting_at"],
            meeting_place=said["meeting_place"],
            issue_ids=issue_ids,
            reason=said["reason"],
        )


def initial_of(whistle: Whistle, calls: list[Call], numbers: list[str]) -> dict[str, Any]:
    """The draft as it was written."""
    names = ("title", "kind", "rank", "problem", "why", "basis", "plan", "wanted_by", "meeting_at", "meeting_place")
    values: dict[str, Any] = {name: getattr(whistle, name) for name in names}
    helpers = [call.unit_id for call in calls if not call.is_lead]
    return {
        **values,
        "lead": next((call.unit_id for call in calls if call.is_lead), ""),
        **{f"helper_{place}": unit_id for place, unit_id in enumerate(helpers, 1)},
        "issues": " ".join(numbers),
    }


class WhistleForm(forms.Form):
    """A step without questions; the others add theirs. `calls` are those of the whistle, `units` all that take work."""

    def __init__(
        self,
        *args: Any,
        whistle: Whistle | None = None,
        calls: list[Call] | None = None,
        units: list[PartnerUnit] | None = None,
        **kwargs: Any,
    ) -> None:
        self.whistle, self.calls, self.units = whistle, calls or [], units or []
        super().__init__(*args, **kwargs)
        self.prepare()
        say_optional(self)

    def prepare(self) -> None:
        """Fill in choices and beginnings."""

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return dict(self.cleaned_data)


class ReviewForm(WhistleForm):
    rank = forms.ChoiceField(label=_("Who has to come"), choices=Rank.choices, widget=forms.RadioSelect)
    note = PlainTextField(label=_("A word to go with it"), max_length=500, required=False, widget=SHORT)

    def prepare(self) -> None:
        if self.whistle:
            self.initial.setdefault("rank", self.whistle.rank)


class ReasonForm(WhistleForm):
    reason = PlainTextField(label=_("Why"), max_length=REASON_LIMIT, widget=SHORT)


class IssueForm(WhistleForm):
    """Signing: the hour and place of the meeting once more."""

    meeting_at = MomentField(label=_("When the units meet"), required=False)
    meeting_place = PlainTextField(label=_("Where the units meet"), max_length=120, required=False)

    def prepare(self) -> None:
        if self.whistle and self.whistle.is_emergency:
            del self.fields["meeting_at"], self.fields["meeting_place"]
        elif self.whistle:
            self.initial.setdefault("meeting_at", self.whistle.meeting_at)
            self.initial.setdefault("meeting_place", self.whistle.meeting_place)


class NudgeForm(WhistleForm):
    words = PlainTextField(label=_("A word to go with it"), max_length=500, required=False, widget=SHORT)


class AddUnitForm(WhistleForm):
    unit = forms.ChoiceField(label=_("Which unit"))
    duty = PlainTextField(label=_("What it is asked to do"), max_length=REASON_LIMIT, required=False, widget=SHORT)

    def prepare(self) -> None:
        called = {call.unit_id for call in self.calls}
        choices = [(str(unit.pk), unit.name) for unit in self.units if unit.pk not in called]
        self.fields["unit"].choices = [("", _("Choose a unit")), *choices]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        unit = next(unit for unit in self.units if str(unit.pk) == self.cleaned_data["unit"])
        return {"unit": unit, "duty": self.cleaned_data["duty"]}


class MeetingTimeForm(WhistleForm):
    meeting_at = MomentField(label=_("When the units meet"))
    meeting_place = PlainTextField(label=_("Where the units meet"), max_length=120, required=False)
    reason = PlainTextField(label=_("Why it is moved"), max_length=REASON_LIMIT, widget=SHORT)

    def prepare(self) -> None:
        if self.whistle:
            self.initial.setdefault("meeting_place", self.whistle.meeting_place)


class MeetForm(WhistleForm):
    minutes = PlainTextField(
        label=_("What was said and decided"),
        max_length=4000,
        widget=LONG,
        help_text=_(
            "What was found, who said what. The roll is there already. Leave out what neighbours told in private."
        ),
    )
    resolved = PlainTextField(
        label=_("What was resolved"),
        max_length=4000,
        required=False,
        widget=LONG,
        help_text=_("One resolution a line. Each becomes a task in the next step; nothing is typed twice."),
    )

    def prepare(self) -> None:
        if self.whistle and self.whistle.is_emergency:
            del self.fields["resolved"]

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "resolved": tuple(self.cleaned_data.get("resolved", "").splitlines())}


class ResolveForm(WhistleForm):
    resolution = forms.TypedChoiceField(
        label=_("Which resolution"), required=False, coerce=int, empty_value=None, widget=forms.RadioSelect
    )
    title = PlainTextField(
        label=_("What is to be done"),
        max_length=120,
        required=False,
        help_text=_("Empty: as the resolution says."),
    )
    unit = forms.ChoiceField(
        label=_("Who does it"), required=False, help_text=_("A unit, the desk of the place, or one person.")
    )
    due_at = DayField(label=_("Until which day"))
    proof_wanted = PlainTextField(label=_("How one sees that it is done"), max_length=REASON_LIMIT, required=False)
    milestones = MilestonesField()

    def prepare(self) -> None:
        units = [(str(call.unit_id), call.unit.name) for call in self.calls if call.is_live]
        self.posts = {f"post:{post.pk}": post for post in posts_near(self.whistle, HANDS)} if self.whistle else {}
        people = [(value, post_label(post)) for value, post in self.posts.items()]
        choices = [*units, ("", _("the desk of the place")), (_("People who serve here"), people)]
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]
        lead = next((str(call.unit_id) for call in self.calls if call.is_lead and call.is_live), "")
        self.initial.setdefault("unit", lead)
        texts = [(str(one.pk), one.text) for one in open_resolutions(self.whistle)] if self.whistle else []
        if texts:
            self.initial.setdefault("resolution", texts[0][0])
            self.fields["resolution"].choices = [*texts, ("", _("something else"))]  # type: ignore[attr-defined]
        else:
            del self.fields["resolution"]
            self.fields["title"].required, self.fields["title"].help_text = True, ""

    def arguments(self) -> dict[str, Any]:
        unit = next((c.unit for c in self.calls if str(c.unit_id) == self.cleaned_data["unit"]), None)
        given = {**self.cleaned_data, "unit": unit, "post": self.posts.get(self.cleaned_data["unit"])}
        resolution_id = given.pop("resolution", None)
        return {"follow": Follow(**given), "resolution_id": resolution_id}


class LookForm(WhistleForm):
    note = PlainTextField(label=_("How it stands"), max_length=500, widget=SHORT)


class InstructForm(WhistleForm):
    note = PlainTextField(
        label=_("What the district does, and what the street should do"),
        max_length=500,
        widget=SHORT,
        error_messages={"required": _("Say what the district does, and what the street should do.")},
    )


class BackfillForm(WhistleForm):
    plan = PlainTextField(label=_("What was asked for"), max_length=WORDS_LIMIT, widget=SHORT)
    minutes = PlainTextField(label=_("What was said and decided on the spot"), max_length=4000, widget=LONG)

    def prepare(self) -> None:
        if self.whistle:
            self.initial.setdefault("plan", self.whistle.plan)
            self.initial.setdefault("minutes", self.whistle.minutes)


class ClaimForm(WhistleForm):
    outcome = PlainTextField(label=_("What was done"), max_length=WORDS_LIMIT, widget=LONG)


class CheckForm(CheckFields, WhistleForm):
    passed = passed_field(_("Is it really done?"), yes=_("Yes, all of it"))


class CloseForm(WhistleForm):
    reply = PlainTextField(
        label=_("To the residents"),
        max_length=WORDS_LIMIT,
        widget=LONG,
        help_text=_("Whoever asked in one of these cases reads it: what was done, by whom, and what remains."),
    )

    def prepare(self) -> None:
        if self.whistle:
            self.initial.setdefault("reply", self.whistle.outcome)
