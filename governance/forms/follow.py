"""What residents may do with their own case."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.fields import PlainTextField
from governance.forms.report import PhotosField, uploads_of
from governance.services.submit import TEXT_LIMIT

_NUMBER = re.compile(r"[A-Z]{1,6}-?\d{4}-?\d{1,9}")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９－—–", "0123456789---")
_TOO_LONG = {"max_length": _("At most %(limit_value)d characters; you have written %(show_value)d.")}


class FindForm(forms.Form):
    """Number of the receipt and the last four digits of the phone left with it."""

    number = PlainTextField(
        label=_("Number on the receipt"),
        max_length=20,
        help_text=_("For example ZY-2026-001234"),
        error_messages={"required": _("Enter the number on the receipt.")},
    )
    tail = PlainTextField(
        label=_("Last four digits of your phone"),
        max_length=20,
        help_text=_("Of the number you left when you reported it."),
        error_messages={"required": _("Enter the last four digits of your phone.")},
    )

    def clean_number(self) -> str:
        number = self.cleaned_data["number"].upper().translate(_FULL_WIDTH).replace(" ", "")
        if re.fullmatch(r"[0-9]{1,6}", number):  # only the last part, of this year
            return f"{settings.NUMBER_PREFIX}-{timezone.localdate().year}-{int(number):06d}"
        if not _NUMBER.fullmatch(number):
            raise ValidationError(_("The number looks like ZY-2026-001234."))
        letters = re.match(r"[A-Z]+", number)
        digits = re.sub(r"\D", "", number)
        return f"{letters.group() if letters else ''}-{digits[:4]}-{int(digits[4:]):06d}"

    def clean_tail(self) -> str:
        tail = re.sub(r"[\s-]", "", self.cleaned_data["tail"].translate(_FULL_WIDTH))
        if re.fullmatch(r"(\+?86)?1[0-9]{10}", tail):  # the whole number is as good
            return tail[-4:]
        if not re.fullmatch(r"[0-9]{4}", tail):
            raise ValidationError(_("Four digits, please."))
        return tail


class CodeForm(forms.Form):
    """The code from the text message."""

    code = PlainTextField(
        label=_("Code"),
        max_length=12,
        help_text=_("The 6 digits from the message."),
        error_messages={"required": _("Enter the code.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        code = re.sub(r"\s", "", self.cleaned_data["code"].translate(_FULL_WIDTH))
        if not re.fullmatch(r"[0-9]{6}", code):
            raise ValidationError(_("Six digits, please."))
        return code


class AnswerForm(forms.Form):
    """Solved or not. Two equal answers, none chosen beforehand."""

    solved = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[("yes", _("It is solved")), ("no", _("It is not solved, or only in part"))],
        error_messages={
            "required": _("Choose one of the two answers."),
            "invalid_choice": _("Choose one of the two answers."),
        },
    )
    words = PlainTextField(
        label=_("Anything to add (optional)"),
        max_length=TEXT_LIMIT,
        required=False,
        error_messages=_TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    satisfaction = forms.TypedChoiceField(
        label=_("How satisfied are you with how it went? (optional)"),
        widget=forms.RadioSelect,
        choices=[
            ("1", _("1, very dissatisfied")),
            ("2", _("2, dissatisfied")),
            ("3", _("3, so-so")),
            ("4", _("4, satisfied")),
            ("5", _("5, very satisfied")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("Choose a number from 1 to 5, or leave it open.")},
    )

    def clean_solved(self) -> bool:
        return self.cleaned_data["solved"] == "yes"


class QuestionForm(forms.Form):
    """The answer to what the holder asks."""

    text = PlainTextField(
        label=_("Your answer"),
        max_length=TEXT_LIMIT,
        error_messages={"required": _("Write your answer."), **_TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AddForm(forms.Form):
    """More words, more photos."""

    text = PlainTextField(
        label=_("What do you want to add?"),
        max_length=TEXT_LIMIT,
        required=False,
        error_messages=_TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    photo = PhotosField(
        label=_("Photos (optional)"),
        help_text=_("Take one or choose from your album. Try not to show faces and number plates."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uploads = uploads_of(self.files) if self.is_bound else []

    def clean_photo(self) -> list[UploadedFile]:
        return self.uploads


class ReasonForm(forms.Form):
    """Why it is opened again."""

    reason = PlainTextField(
        label=_("What is still not right?"),
        max_length=TEXT_LIMIT,
        error_messages={"required": _("Say what is still not right."), **_TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AppealForm(forms.Form):
    """Why whoever asked disagrees with what was decided."""

    reason = PlainTextField(
        label=_("Why do you disagree?"),
        help_text=_("What was overlooked, or what is new. Whoever decides reads this and everything said before."),
        max_length=TEXT_LIMIT,
        error_messages={"required": _("Say why you disagree."), **_TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class WithdrawForm(forms.Form):
    """Taking it back; the reason is nobody's business unless given."""

    reason = PlainTextField(
        label=_("Why? (optional)"),
        max_length=TEXT_LIMIT,
        required=False,
        error_messages=_TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
