"""How allauth meets our accounts: found by phone or e-mail, told in plain sentences, held to our limits."""

import base64
import hashlib
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.forms import BaseForm, ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sms
from accounts.models import User
from accounts.phones import PhoneField, normalised
from accounts.services.contacts import forget_strangers_ways_in
from accounts.services.phones import set_phone
from accounts.staff import is_at_work
from core.limits import client_address

logger = logging.getLogger(__name__)

WRONG_PASSWORD = gettext_lazy(
    "The number, the address or the password is not right. After 5 wrong tries signing in is locked for 15 minutes."
)
SENTENCES = {
    "account_inactive": gettext_lazy("This account is not in use any more. Please ask your administrator."),
    "email_password_mismatch": WRONG_PASSWORD,
    "phone_password_mismatch": WRONG_PASSWORD,
    "username_password_mismatch": WRONG_PASSWORD,
    "invalid_login": WRONG_PASSWORD,
    "incorrect_password": gettext_lazy("That is not your password."),
    "enter_current_password": gettext_lazy("That is not your present password."),
    "incorrect_code": gettext_lazy("That code is not right. Please look at the newest message and type it again."),
    "too_many_login_attempts": gettext_lazy(
        "Too many wrong tries. To protect the account, signing in is locked for 15 minutes. "
        "Please try again after that, or call the number below."
    ),
    "email_taken": gettext_lazy("Another account uses this e-mail address."),
    "phone_taken": gettext_lazy("Another account uses this number."),
    "same_as_current": gettext_lazy("That is what the account has already."),
    "rate_limited": gettext_lazy("A message was just sent. Please wait a moment before asking for another."),
}


def forget_after_code_sign_in(request: HttpRequest, user: User) -> None:
    """A contact was proved. When that happened by a sign-in code, earlier ways into the account may be a stranger's.

    Not of people at work: nobody is appointed to an account a stranger may have opened, and their second step must hold
    against whoever reads their mail.
    """
    match = request.resolver_match
    if match and match.url_name == "account_confirm_login_code" and not is_at_work(user):
        forget_strangers_ways_in(user)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are found by phone or e-mail."""

    error_messages = {**DefaultAccountAdapter.error_messages, **SENTENCES}

    # ---- who may come in, and where they go ----
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.ALLOW_PUBLIC_SIGNUP

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """People at work go to the desk, residents to their own page."""
        return settings.LOGIN_REDIRECT_URL if is_at_work(request.user) else settings.OWN_PAGE_URL

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return settings.OWN_PAGE_URL

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return settings.OWN_PAGE_URL

    def get_client_ip(self, request: HttpRequest) -> str:
        """As everywhere in the portal; without an address (a unix socket) it is our own machine."""
        return client_address(request) or "127.0.0.1"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One account tried from one address. allauth's key would put all phone numbers into one pot."""
        account = next((str(credentials[k]) for k in ("email", "phone", "username") if credentials.get(k)), "")
        return f"{self.get_client_ip(request)}:{account.lower()}"

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - allauth's signature
        """Name, phone and e-mail in one insert: an account that nobody can reach is refused by the database."""
        user.name = form.cleaned_data["name"]
        user.phone = form.cleaned_data.get("phone") or None
        user.phone_verified = False
        super().save_user(request, user, form, commit=False)
        user.email = user.email or None
        if commit:
            user.save()
        return user

    def format_email_subject(self, subject: str) -> str:
        return _("[Mulin] %(subject)s") % {"subject": subject}

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.account.stages.EmailVerificationStage": "accounts.stages.ProveEmailStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    # ---- phones ----
    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def clean_phone(self, phone: str) -> str:
        number = normalised(phone)
        if number is None:
            raise ValidationError(_("This does not look like a phone number. Please check the digits."))
        return number

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone.as_e164, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:  # noqa: FBT001 - allauth's signature
        if user.pk:  # at sign-up save_user has put it there already
            set_phone(user=user, phone=phone, is_verified=verified)

    def set_phone_verified(self, user: User, phone: str) -> None:
        if not user.phone_verified:
            forget_after_code_sign_in(self.request, user)
        set_phone(user=user, phone=phone, is_verified=True)

    def get_user_by_phone(self, phone: str) -> User | None:
        number = normalised(phone)
        return User.objects.filter(phone=number).first() if number else None

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        self._text(
            phone,
            _("%(code)s is your Mulin code, good for %(minutes)d minutes. Give it to nobody.")
            % {
                "code": code,
                "minutes": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60,
            },
        )

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Silence: a stranger's number must not be sent messages by whoever types it."""

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._text(
            phone,
            _("This number has a Mulin account already. Sign in with it: %(address)s")
            % {
                "address": settings.PUBLIC_URL + reverse("account_login"),
            },
        )

    def _text(self, phone: str, text: str) -> None:
        """A provider that fails is no reason for an error page: there are other ways in, and they are named."""
        try:
            sms.send(phone=phone, text=text)
        except Exception:  # whatever a provider raises
            logger.exception("a code could not be sent to …%s", phone[-4:])
            messages.error(
                self.request,
                _("The text message could not be sent. Please use your password, or call %(phone)s.")
                % {"phone": settings.SERVICE_PHONE},
            )


class SecondStepAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are encrypted at rest; a copy of the database signs nobody in."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("That code is not right. Is the clock of your phone set automatically?"),
        "cannot_generate_recovery_codes": gettext_lazy("Set up an authenticator app or a key first."),
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    key = hashlib.sha256(b"second step" + settings.LOOKUP_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
