"""What happens when Django's own machinery signs people in or out."""

import logging
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from accounts.adapters import forget_after_code_sign_in
from accounts.middleware import start_clock
from core.limits import client_address

logger = logging.getLogger("mulin.sign_in")


def _signed_in(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    start_clock(request, user)
    logger.info("signed in: account %s from %s", user.pk, client_address(request))


def _signed_out(request: HttpRequest, user: Any, **_kwargs: Any) -> None:
    if user is not None:
        logger.info("signed out: account %s", user.pk)


def _refused(request: HttpRequest | None = None, **_kwargs: Any) -> None:
    """Without what was typed: people type passwords into the wrong field."""
    logger.warning("sign-in refused, from %s", client_address(request) if request else "a command")


def _email_proved(request: HttpRequest, email_address: EmailAddress, **_kwargs: Any) -> None:
    forget_after_code_sign_in(request, email_address.user)


def connect() -> None:
    """Called when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="mulin-signed-in")
    user_logged_out.connect(_signed_out, dispatch_uid="mulin-signed-out")
    user_login_failed.connect(_refused, dispatch_uid="mulin-refused")
    email_confirmed.connect(_email_proved, dispatch_uid="mulin-email-proved")
