"""Password rules: ten characters of three kinds, or a longer phrase (graded protection practice, docs/security.md)."""

import re
from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

KINDS = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")
PHRASE_LENGTH = 16


class LengthValidator(MinimumLengthValidator):
    """Django's, whose sentence has no Chinese."""

    def get_error_message(self) -> str:
        return _("This password is too short: use %(n)d characters or more.") % {"n": self.min_length}


class VarietyValidator:
    """Three kinds of characters, unless it is a phrase of sixteen or more."""

    def validate(self, password: str, user: Any = None) -> None:
        kinds = sum(bool(re.search(kind, password)) for kind in KINDS)
        if len(password) < PHRASE_LENGTH and kinds < 3:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self) -> str:
        return _("Use three of: small letters, capitals, digits, signs – or a phrase of 16 characters and more.")
