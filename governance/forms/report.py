"""The steps of a report, one form each."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from core.fields import PhoneField, PlainTextField
from governance.selectors.choosing import Place, place_at
from governance.selectors.reference import category_by_code
from governance.services.submit import TEXT_LIMIT

NOTE_LIMIT = 80
YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class PlaceForm(forms.Form):
    """Where it is: a building, a compound, a grid or a whole community, by code."""

    area = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    compound = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    place_note = PlainTextField(
        label=_("Where exactly? (optional)"),
        max_length=NOTE_LIMIT,
        required=False,
        help_text=_("For example: at the east gate, third floor landing, beside the coal shed."),
    )
    place: Place | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.place = place_at(cleaned.get("area", ""), cleaned.get("compound", ""))
        if self.place is None:
            raise ValidationError(_("Choose a place from the list."))
        return cleaned


class CategoryForm(forms.Form):
    """What it is about."""

    category = forms.CharField(max_length=4, error_messages={"required": _("Choose what it is about.")})

    def clean_category(self) -> str:
        code = self.cleaned_data["category"]
        if category_by_code(code) is None:
            raise ValidationError(_("Choose what it is about."))
        return code


class DangerForm(forms.Form):
    """The one question that makes a category urgent."""

    danger = forms.ChoiceField(
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose yes or no."),
            "invalid_choice": _("Choose yes or no."),
        },
    )

    def __init__(self, *args: Any, question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["danger"].label = question

    def clean_danger(self) -> bool:
        return self.cleaned_data["danger"] == "yes"


class SeveralFilesInput(forms.FileInput):
    """A plain file input: the phone offers camera or album, and nothing forces the camera open."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else []


class PhotosField(forms.Field):
    """Up to some files of one input; what they contain is the photo service's business."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=SeveralFilesInput(attrs={"accept": "image/*"}), **kwargs)


def uploads_of(files: MultiValueDict[str, UploadedFile]) -> list[UploadedFile]:
    """The chosen files; an input left empty sends a file without name and content."""
    return [f for f in files.getlist("photo") if f.name or f.size]


class TextForm(forms.Form):
    """What is wrong."""

    text = PlainTextField(
        label=_("What has gone wrong?"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Where it is, what it looks like, since when. No names, phone or ID numbers are needed."),
        error_messages={
            "required": _("Write a few words about what is wrong."),
            "max_length": _("At most %(limit_value)d characters; you have written %(show_value)d."),
        },
    )
    photo = PhotosField(
        label=_("Photos (optional)"),
        help_text=_("Take one or choose from your album. Try not to show faces and number plates."),
    )

    def __init__(self, *args: Any, kept: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = kept
        self.uploads = uploads_of(self.files) if self.is_bound else []

    def clean_photo(self) -> list[UploadedFile]:
        if self.kept + len(self.uploads) > settings.PHOTO_MAX_COUNT:
            raise ValidationError(
                _("At most %(limit)d photos. Remove one or choose fewer.") % {"limit": settings.PHOTO_MAX_COUNT}
            )
        return self.uploads


class ContactForm(forms.Form):
    """How to reach whoever asks, and what neighbours may see. All of it is optional, nothing is chosen for anybody."""

    name = PlainTextField(
        label=_("What may we call you? (optional)"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(
        label=_("Phone (optional)"),
        max_length=30,
        required=False,
        help_text=_("Whoever works on it can ask and tell you. With its end you can look up your case by number."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )
    door = PlainTextField(
        label=_("Flat number (optional)"), max_length=40, required=False, help_text=_("If somebody has to come in.")
    )
    hide = forms.BooleanField(
        label=_("Do not tell whoever I complain about who I am"),
        required=False,
        help_text=_("When you complain about a company, a neighbour or staff. Only the community sees your name then."),
    )
    public = forms.ChoiceField(
        label=_("May neighbours read it?"),
        choices=[
            ("yes", _("Yes, with phone, ID and door numbers struck out")),
            ("no", _("No, only those who work on it")),
        ],
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Others with the same trouble can join yours then. Choose nothing, and it is not shown."),
    )

    def clean_public(self) -> bool:
        return self.cleaned_data["public"] == "yes"


class JoinForm(forms.Form):
    """How to reach somebody who has the same trouble. Optional, like everything about contact."""

    name = ContactForm.base_fields["name"]
    phone = ContactForm.base_fields["phone"]
