"""Fields that more than one form needs."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from core.tokens import digits_of

# Marks that turn the reading direction or are invisible: they can make a text look like another one.
# U+200D joins emoji and stays.
_INVISIBLE = re.compile(r"[\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Mobile numbers, and landlines with or without the area code. Only the form is checked, not the operators' ranges,
# which change more often than this file.
_PHONE = re.compile(r"1\d{10}|0\d{9,11}|[2-9]\d{6,7}")
_ABROAD = re.compile(r"(\+|00)\s?(?!86)")


def plain_text(value: str) -> str:
    """The text without marks nobody can see."""
    return _INVISIBLE.sub("", value).replace("\r\n", "\n").strip()


class PlainTextField(forms.CharField):
    """Words of a person: any script, emoji too, but no control characters and no direction marks."""

    default_error_messages = {"control": _("There are characters in it that cannot be stored. Type it again.")}

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text and _CONTROL.search(text):
            raise ValidationError(self.error_messages["control"], code="control")
        return plain_text(text) if text else text


class DayField(forms.DateField):
    """A day people can mean: nobody plans for the year 9999, and sums beyond it are errors."""

    def __init__(self, **kwargs: Any) -> None:
        said = _("Check the day: a year between 1900 and 2100.")
        bounds = [MinValueValidator(date(1900, 1, 1), said), MaxValueValidator(date(2100, 12, 31), said)]
        super().__init__(validators=[*kwargs.pop("validators", ()), *bounds], **kwargs)


class PhoneField(PlainTextField):
    """A Chinese mobile or landline number, kept as digits."""

    default_error_messages = {
        "phone": _("Check the number: 11 digits for a mobile phone, or a landline such as 0737-4221234.")
    }

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return ""
        digits = digits_of(text)
        if _ABROAD.match(text) or not _PHONE.fullmatch(digits) or re.search(r"[^\d\s+()（）\-－—.]", text):
            raise ValidationError(self.error_messages["phone"], code="phone")
        return digits
