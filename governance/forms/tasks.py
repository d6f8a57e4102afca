"""What people type for the steps of a task."""

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.calendar import CHINA
from core.fields import PlainTextField
from governance.forms.desk import (
    LONG,
    REASON_LIMIT,
    SHORT,
    WORDS_LIMIT,
    CheckFields,
    PhotosField,
    passed_field,
    say_optional,
)
from governance.forms.matters import post_label
from governance.models import Task, TaskMilestone
from governance.services.meetings.follow_up import Follow
from governance.services.tasks import TITLE_LIMIT, Milestone
from neighborhoods.models import PartnerUnit, Post


class TaskStepForm(forms.Form):
    """A step without questions; the others add theirs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_optional(self)

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return dict(self.cleaned_data)


class StartForm(TaskStepForm):
    note = PlainTextField(label=_("How you go about it"), required=False, max_length=WORDS_LIMIT, widget=SHORT)


class ClaimForm(TaskStepForm):
    result = PlainTextField(
        label=_("What was done"),
        max_length=WORDS_LIMIT,
        widget=LONG,
        help_text=_("In words the neighbours understand; somebody else looks afterwards."),
        error_messages={"required": _("Write what was done.")},
    )
    photos = PhotosField(label=_("Photos"), required=False)


class CheckForm(CheckFields, TaskStepForm):
    passed = passed_field(_("Is it done?"))


class CancelForm(TaskStepForm):
    reason = PlainTextField(
        label=_("Why it is called off"),
        max_length=REASON_LIMIT,
        widget=SHORT,
        error_messages={"required": _("Say why it is called off.")},
    )


class MoveForm(TaskStepForm):
    due_on = forms.DateField(
        label=_("New day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )
    reason = PlainTextField(
        label=_("Why"), max_length=REASON_LIMIT, widget=SHORT, error_messages={"required": _("Say why.")}
    )

    def clean_due_on(self) -> datetime:
        due = end_of_work(self.cleaned_data["due_on"])
        if due <= timezone.now():
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return due

    def arguments(self) -> dict[str, Any]:
        return {"due_at": self.cleaned_data["due_on"], "reason": self.cleaned_data["reason"]}


def end_of_work(day: Any) -> datetime:
    """A day somebody promised means the close of work of that day."""
    return datetime.combine(day, time(17, 30), CHINA)


class MilestonesField(PlainTextField):
    """A line each, the day first."""

    def __init__(self) -> None:
        hint = _("Optional, one on each line, the day first, such as: 12-5 material ordered")
        limit = REASON_LIMIT * 4
        super().__init__(label=_("Milestones"), required=False, max_length=limit, widget=SHORT, help_text=hint)

    def clean(self, value: Any) -> Any:
        """The milestones; no lines are no milestones."""
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        return tuple(_milestone(line) for line in lines)


class GiveForm(TaskStepForm):
    """What is to be done about a resolution, by when, by whom."""

    title = PlainTextField(
        label=_("What is to be done"),
        max_length=TITLE_LIMIT,
        error_messages={"required": _("Say in a few words what is to be done.")},
    )
    due_on = forms.DateField(
        label=_("By when"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day.")},
    )
    unit = forms.ModelChoiceField(
        label=_("Which unit"),
        queryset=PartnerUnit.objects.filter(is_active=True),
        required=False,
        empty_label=_("the desk of this place"),
        error_messages={"invalid_choice": _("Choose a unit of the list.")},
    )
    post = forms.ChoiceField(label=_("Whose post"), required=False, help_text=_("If it is for one person to do."))
    proof_wanted = PlainTextField(label=_("How one sees that it is done"), required=False, max_length=REASON_LIMIT)
    milestones = MilestonesField()

    def __init__(self, *args: Any, posts: list[Post] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.posts = posts or []
        choices = [(str(post.pk), post_label(post)) for post in self.posts]
        self.fields["post"].choices = [("", _("nobody by name")), *choices]  # type: ignore[attr-defined]

    def clean_due_on(self) -> datetime:
        due = end_of_work(self.cleaned_data["due_on"])
        if due <= timezone.now():
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return due

    def follow(self) -> Follow:
        """What the service is called with."""
        data = self.cleaned_data
        post = next((post for post in self.posts if str(post.pk) == data["post"]), None)
        return Follow(data["title"], data["due_on"], data["proof_wanted"], data["unit"], post, data["milestones"])


_LINE = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?[\s:：,，]*(\S.*)")


def _milestone(line: str) -> Milestone:
    """Day and words of a line; a day without a year is the next one to come."""
    found, today = _LINE.fullmatch(line), timezone.localdate()
    try:
        if found:
            year, month, day, words = found.groups()
            on = date(int(year or today.year), int(month), int(day))
            return Milestone(words, on if year or on >= today else on.replace(year=on.year + 1))
    except ValueError:  # no such day
        pass
    raise forms.ValidationError(_("“%(line)s” has no day in front, such as 12-5.") % {"line": line[:40]})


class NoteForm(TaskStepForm):
    """How far it is. With a milestone, no words are needed."""

    milestone = forms.ModelChoiceField(
        label=_("Which milestone was reached"),
        queryset=TaskMilestone.objects.none(),
        required=False,
        empty_label=_("none, only a note"),
    )
    note = PlainTextField(label=_("How far it is"), required=False, max_length=WORDS_LIMIT, widget=SHORT)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = task.milestones.filter(reached_at=None)
        if left:
            self.fields["milestone"].queryset = left  # type: ignore[attr-defined]
            self.fields["milestone"].label_from_instance = lambda one: one.title  # type: ignore[attr-defined]
        else:
            del self.fields["milestone"]

    def arguments(self) -> dict[str, Any]:
        milestone = self.cleaned_data.get("milestone")
        return {"note": self.cleaned_data["note"], "milestone_id": milestone.pk if milestone else None}
