"""What people type about a matter: the sighting on one page, and each of its steps."""

import re
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
from governance.lifecycle.matters import HelperRole, MatterSource
from governance.models import Matter
from governance.services.matters.around import LABEL_LIMIT, Helper
from governance.services.matters.collecting import TEXT_LIMIT, Hand
from neighborhoods.actors import Role
from neighborhoods.models import PartnerUnit, Post

_NUMBERS = re.compile(r"[\s,，、;；]+")
NOT_CHOSEN = ("", _("nobody"))
# As what somebody of the portal helped, by the role of the post.
_HELPED_AS = {
    Role.REPRESENTATIVE: HelperRole.REPRESENTATIVE,
    Role.BUILDING_LEAD: HelperRole.BUILDING_LEAD,
    Role.BRANCH_SECRETARY: HelperRole.MEMBER,
}


def helper_of(post: Post) -> Helper:
    """Somebody of the portal, helping as what they are."""
    roles = post.title.role_set
    role = next((helped for held, helped in _HELPED_AS.items() if held in roles), HelperRole.NEIGHBOUR)
    return Helper(role, post=post)


class HelperFields(forms.Form):
    """Who helped: somebody who serves here, or a name."""

    helper_role = forms.ChoiceField(
        label=_("Who helped"), required=False, choices=[NOT_CHOSEN, *HelperRole.choices], help_text=_("optional")
    )
    helper = PlainTextField(
        label=_("Name or team of the helper"),
        required=False,
        max_length=LABEL_LIMIT,
        help_text=_("For example 周某 or 平安巡逻队."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        role, label = cleaned.get("helper_role"), cleaned.get("helper")
        if role and not label and "helper" not in self.errors:
            self.add_error("helper", _("Say who helped."))
        if label and not role and "helper_role" not in self.errors:
            self.add_error("helper_role", _("Say as what they helped."))
        return cleaned

    def named(self) -> tuple[Helper, ...]:
        """The helper with a name, if there is one."""
        said = self.cleaned_data
        return (Helper(HelperRole(said["helper_role"]), said["helper"]),) if said["helper"] else ()


class CollectForm(HelperFields):
    """One page, in the order in which somebody on their round tells it."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput)
    issue = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    text = PlainTextField(
        label=_("What is it?"),
        max_length=TEXT_LIMIT,
        widget=SHORT,
        error_messages={"required": _("Write a few words about what is wrong.")},
    )
    category = forms.ChoiceField(label=_("What is it about?"), error_messages={"required": _("Choose a category.")})
    place = forms.ChoiceField(label=_("Where is it?"), required=False, widget=forms.RadioSelect)
    place_words = PlainTextField(
        label=_("Another place"), required=False, max_length=60, help_text=_("Compound, building, community or grid.")
    )
    place_note = PlainTextField(label=_("Where exactly"), required=False, max_length=120, help_text=_("optional"))
    source = forms.ChoiceField(label=_("How do you know?"), choices=MatterSource.choices, widget=forms.RadioSelect)
    i_helped = forms.BooleanField(label=_("I helped with it myself"), required=False)
    takes = forms.BooleanField(label=_("I see to it myself: file it and give it to me"), required=False)

    field_order = [
        *("submission_key", "issue", "text", "category", "place", "place_words", "place_note", "source"),
        *("i_helped", "helper_role", "helper", "takes"),
    ]

    def __init__(
        self,
        *args: Any,
        categories: list[Any],
        places: list[tuple[str, str]],
        own_post: Post | None,
        can_file: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.own_post = own_post
        self.fields["category"].choices = [("", _("Choose a category")), *((c.code, c.name) for c in categories)]  # type: ignore[attr-defined]
        self.fields["place"].choices = places  # type: ignore[attr-defined]
        if not own_post:
            del self.fields["i_helped"]
        if not can_file:
            del self.fields["takes"]
        if places:
            self.initial.setdefault("place", places[0][0])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("place") and "place" not in self.errors:
            self.add_error("place_words", _("Look for the place and choose it from the list."))
        return cleaned

    def helpers(self) -> tuple[Helper, ...]:
        """Whoever has a name, and the representative who types."""
        own = self.own_post if self.cleaned_data.get("i_helped") else None
        return (*((helper_of(own),) if own else ()), *self.named())


class MatterStepForm(forms.Form):
    """A step without questions; the others add theirs. `posts` and `units` are those the page offers."""

    def __init__(
        self,
        *args: Any,
        matter: Matter | None = None,
        posts: list[Post] | None = None,
        units: list[PartnerUnit] | None = None,
        **kwargs: Any,
    ) -> None:
        self.matter, self.posts, self.units = matter, posts or [], units or []
        super().__init__(*args, **kwargs)
        self.prepare()
        say_optional(self)

    def prepare(self) -> None:
        """Fill in choices."""

    def arguments(self) -> dict[str, Any]:
        """What the service is called with."""
        return dict(self.cleaned_data)


class NoteForm(MatterStepForm):
    note = PlainTextField(label=_("A word to go with it"), required=False, max_length=WORDS_LIMIT, widget=SHORT)


class LeaveForm(MatterStepForm):
    reason = PlainTextField(
        label=_("Why it is not filed"),
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("Whoever collected it reads this."),
        error_messages={"required": _("Say why it is not filed.")},
    )


def post_label(post: Post) -> str:
    """Name, title and place of a post, as a choice."""
    return f"{post.user.name}，{post.area or post.unit}，{post.title.name_zh}"


class DispatchForm(MatterStepForm):
    """To whom: people who serve here, and units where the actor may ask them."""

    goal = forms.ChoiceField(label=_("To whom"), error_messages={"required": _("Choose who is to do it.")})
    note = PlainTextField(label=_("What they should know"), required=False, max_length=REASON_LIMIT, widget=SHORT)

    def prepare(self) -> None:
        people = [(f"post:{post.pk}", post_label(post)) for post in self.posts]
        groups: list[Any] = [("", _("Choose who is to do it")), (_("People who serve here"), people)]
        if self.units:
            groups.append((_("Units"), [(f"unit:{unit.pk}", unit.name) for unit in self.units]))
        self.fields["goal"].choices = groups  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        kind, _sep, pk = self.cleaned_data["goal"].partition(":")
        if kind == "unit":
            hand = Hand(unit=next(unit for unit in self.units if str(unit.pk) == pk))
        else:
            hand = Hand(post=next(post for post in self.posts if str(post.pk) == pk))
        return {"to": hand, "note": self.cleaned_data["note"]}


class RedispatchForm(DispatchForm):
    note = PlainTextField(
        label=_("Why does somebody else get it?"),
        max_length=REASON_LIMIT,
        widget=SHORT,
        help_text=_("Both read it: who had it, and who gets it."),
        error_messages={"required": _("Say why.")},
    )


class HelpForm(HelperFields, MatterStepForm):
    """Who helped: somebody who serves here, or a name."""

    post = forms.ChoiceField(label=_("Somebody who serves here"), required=False)

    field_order = ["post", "helper_role", "helper"]

    def prepare(self) -> None:
        choices = [NOT_CHOSEN, *((str(post.pk), post_label(post)) for post in self.posts)]
        self.fields["post"].choices = choices  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        return {"helpers": self.chosen()}

    def chosen(self) -> tuple[Helper, ...]:
        """One or both."""
        pk = self.cleaned_data["post"]
        return (*(helper_of(post) for post in self.posts if str(post.pk) == pk), *self.named())


class HandleForm(HelpForm):
    result = PlainTextField(
        label=_("What was done"),
        max_length=WORDS_LIMIT,
        widget=LONG,
        help_text=_("In words the neighbours understand; somebody else looks afterwards."),
        error_messages={"required": _("Write what was done.")},
    )

    field_order = ["result", "post", "helper_role", "helper"]

    def arguments(self) -> dict[str, Any]:
        return {"result": self.cleaned_data["result"], "helpers": self.chosen()}


class ReportForm(MatterStepForm):
    text = PlainTextField(
        label=_("How it is now, and whom you told"),
        max_length=WORDS_LIMIT,
        widget=SHORT,
        error_messages={"required": _("Write how it is now, and whom you told.")},
    )


class CheckForm(CheckFields, MatterStepForm):
    """Whether it is as whoever handled it says."""


class LinkForm(MatterStepForm):
    issues = PlainTextField(
        label=_("Numbers of the requests"),
        max_length=200,
        help_text=_("One space between them."),
        error_messages={"required": _("Type at least one number.")},
    )

    def numbers(self) -> list[str]:
        """The numbers that were typed."""
        typed = self.cleaned_data.get("issues", "").upper()
        return list(dict.fromkeys(part[:20] for part in _NUMBERS.split(typed) if part))
