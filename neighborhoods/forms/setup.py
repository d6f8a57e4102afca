"""First run and loading."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.models import User
from neighborhoods.services.setup import FirstAccount, is_set_up_code


class SetupForm(forms.Form):
    """The first administrator."""

    code = forms.CharField(
        label=_("Set-up code"),
        max_length=40,
        help_text=_("It stands beside the address that is printed when the portal starts."),
        error_messages={"required": _("Write the set-up code.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=60,
        error_messages={"required": _("Write your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={"required": _("Write your e-mail address. You sign in with it.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = PhoneNumberField(
        label=_("Mobile number (optional)"),
        region="CN",
        required=False,
        help_text=_("Codes for signing in can be sent there."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        error_messages={"required": _("Choose a password.")},
        strip=False,
        help_text=_("At least 10 characters of three kinds, or a phrase of 16 and more."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password once more"),
        max_length=128,
        error_messages={"required": _("Type the password once more.")},
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_set_up_code(code):
            raise ValidationError(_("That is not the set-up code of this portal."))
        return code

    @property
    def _has_code(self) -> bool:
        """Nobody else is told which addresses and numbers have accounts."""
        return "code" in self.cleaned_data

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        if self._has_code and User.objects.filter(email=email).exists():
            raise ValidationError(_("Another account uses this e-mail address."))
        return email

    def clean_phone(self) -> Any:
        phone = self.cleaned_data["phone"]
        if phone and self._has_code and User.objects.filter(phone=phone).exists():
            raise ValidationError(_("Another account uses this number."))
        return phone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords differ."))
        if password:
            self._check_password(password, cleaned)
        return cleaned

    def _check_password(self, password: str, cleaned: dict[str, Any]) -> None:
        person = User(name=cleaned.get("name", ""), email=cleaned.get("email") or None)
        try:
            password_validation.validate_password(password, person)
        except ValidationError as error:
            self.add_error("password", error)

    @property
    def account(self) -> FirstAccount:
        """What was filled in, the phone as +86…, empty without one."""
        cleaned = self.cleaned_data
        phone = cleaned["phone"].as_e164 if cleaned.get("phone") else ""
        return FirstAccount(cleaned["name"], cleaned["email"], phone, cleaned["password"])


class UploadForm(forms.Form):
    """A table with areas, compounds, units and posts."""

    file = forms.FileField(
        label=_("The filled table"),
        error_messages={"required": _("Choose a file first.")},
        help_text=_("Excel (.xlsx) or CSV, at most 5 MB. Nothing is written before you confirm."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        allow_empty_file=True,  # said in our own words by the reader
    )
