"""allauth's forms in our words: labels above fields, no placeholders, one field for phone or e-mail."""

import re
from typing import Any

from allauth.account import forms as account_forms
from allauth.account.internal.flows.login import derive_login_method, get_authentication_records
from allauth.core import context
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.phones import LONGEST, normalised

CONTACT_LABEL = gettext_lazy("Mobile number or e-mail")
CODE_HINT = gettext_lazy("The 6 digits from the message.")
PASSWORD_HINT = gettext_lazy(
    "At least 10 characters, with three of: small letters, capitals, digits, signs. "
    "Or a phrase of 16 characters and more."
)
DIRECTION_MARKS = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
NEW_PASSWORD_FOR = 15 * 60  # seconds after signing in with a code in which the old password is not asked


def _word(form: forms.BaseForm, name: str, label: Any, hint: Any = "", **attributes: str) -> None:
    """Label and hint of one field; what stood inside the input goes."""
    field = form.fields.get(name)
    if field is None:
        return
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)


def _word_new_passwords(form: forms.BaseForm) -> None:
    _word(form, "password1", _("New password"), PASSWORD_HINT)
    _word(form, "password2", _("New password once more"))


def _word_code(form: forms.BaseForm) -> None:
    _word(form, "code", _("Code"), CODE_HINT, inputmode="numeric", autocomplete="one-time-code", maxlength="20")


class ContactField(forms.CharField):
    """Where a person can be reached: a phone number or an e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", CONTACT_LABEL)
        kwargs.setdefault("max_length", 254)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}))
        super().__init__(**kwargs)


class LoginForm(account_forms.LoginForm):
    """Phone or e-mail, and the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = ContactField()
        self.order_fields(["login", "password"])
        _word(self, "password", _("Password"))

    def user_credentials(self) -> dict[str, Any]:
        """A number is one number however it was typed; so is its count of wrong tries."""
        credentials = super().user_credentials()
        if credentials.get("phone"):
            credentials["phone"] = normalised(credentials["phone"]) or credentials["phone"]
        return credentials


class RequestLoginCodeForm(account_forms.RequestLoginCodeForm):
    """One field; allauth's two are filled from it, so that its limits and its silence about accounts hold."""

    data: Any  # untyped in allauth
    contact = ContactField()
    field_order = ["contact"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["contact"])
        for name in ("phone", "email"):
            self.fields[name].widget = forms.HiddenInput()
            self.fields[name].required = False

    def clean_contact(self) -> str:
        """Runs first: the other two fields take their value from here."""
        contact = self.cleaned_data["contact"].strip()
        method = derive_login_method(contact)
        if method.value not in {"phone", "email"}:
            raise forms.ValidationError(_("Please type a mobile number or an e-mail address."))
        self.data = self.data.copy()
        self.data[self.add_prefix(method.value)] = contact
        return contact

    def clean(self) -> dict[str, Any]:
        """Errors of the hidden fields belong to the one that is seen."""
        cleaned = super().clean()
        for name in ("phone", "email"):
            for text in self.errors.pop(name, []):
                self.add_error("contact", text)
        return cleaned


class SignupForm(account_forms.SignupForm):
    """Residents may have an account; nobody needs one."""

    name = forms.CharField(
        label=gettext_lazy("How may we address you?"),
        help_text=gettext_lazy("For example 王阿姨. It need not be your full name."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "phone", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].max_length = LONGEST
        self.fields["email"].required = False
        _word(self, "phone", _("Mobile number"), _("We send a code there to see that it is yours."))
        _word(self, "email", _("E-mail, if you have no mobile number"))
        _word(self, "password1", _("Password"), PASSWORD_HINT)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if DIRECTION_MARKS.search(name):
            raise forms.ValidationError(_("There are invisible characters in it. Please type it again."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("phone") and not cleaned.get("email") and not {"phone", "email"} & set(self.errors):
            self.add_error("phone", _("Give a mobile number or an e-mail address: without one nobody can sign in."))
        if cleaned.get("phone") and cleaned.get("email"):
            # a code proves one of them, and the other might be somebody else's
            self.add_error("email", _("Give one of the two. You can add the other one under “My account”."))
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Sent twice at the same moment, the second one meets the constraint, and is answered like any known number."""
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            return super().try_save(request)


class ResetPasswordForm(account_forms.ResetPasswordForm):
    """A link by e-mail. Who has only a phone signs in with a code and then sets a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "email", _("Your e-mail address"))


class ResetPasswordKeyForm(account_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_new_passwords(self)


class SetPasswordForm(account_forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_new_passwords(self)


class ChangePasswordForm(account_forms.ChangePasswordForm):
    """The old password is asked, except from a person who has just proved themselves with a code: they forgot it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "oldpassword", _("Present password"))
        _word_new_passwords(self)
        if signed_in_with_code(context.request, self.user):
            del self.fields["oldpassword"]


def signed_in_with_code(request: HttpRequest, user: Any) -> bool:
    """Whether this session was opened with a code a few minutes ago."""
    oldest = timezone.now().timestamp() - NEW_PASSWORD_FOR
    records = get_authentication_records(request, user)
    return any(record["method"] == "code" and record["at"] >= oldest for record in records)


class ReauthenticateForm(account_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "password", _("Password"))


class ConfirmLoginCodeForm(account_forms.ConfirmLoginCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_code(self)


class VerifyPhoneForm(account_forms.VerifyPhoneForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_code(self)


class ConfirmEmailForm(account_forms.ConfirmEmailVerificationCodeForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_code(self)


class ChangePhoneForm(account_forms.ChangePhoneForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "phone", _("New mobile number"), _("We send a code there to see that it is yours."))


class AddEmailForm(account_forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "email", _("New e-mail address"), _("We send a code there to see that it is yours."))


# ---- second step ----
class AuthenticateForm(mfa_forms.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self,
            "code",
            _("Code from your authenticator app"),
            _("Phone not at hand? Type one of your recovery codes."),
            inputmode="numeric",
            autocomplete="one-time-code",
        )


class ReauthenticateSecondStepForm(mfa_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "code", _("Code from your authenticator app"), inputmode="numeric", autocomplete="one-time-code")


class ActivateTOTPForm(totp_forms.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(
            self,
            "code",
            _("Code that the app shows now"),
            _("6 digits; they change every 30 seconds."),
            inputmode="numeric",
            autocomplete="one-time-code",
        )


class AddWebAuthnForm(webauthn_forms.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "name", _("Name of this key"), _("For example: my phone, the office computer."))
        _word(
            self,
            "passwordless",
            _("Sign in with this key alone"),
            _("The device then asks for a fingerprint, a face or its PIN."),
        )


class EditWebAuthnForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self, "name", _("Name of this key"))
