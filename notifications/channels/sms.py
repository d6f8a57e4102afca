"""Text messages. Providers are tried in the order of settings.SMS_BACKENDS: the second takes over when the first fails.

A provider is a class without arguments that follows `SmsBackend`; name its dotted path in the setting.
"""

import logging
import os
import time
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.channels.base import ChannelDownError, Outgoing

logger = logging.getLogger(__name__)


class SmsBackend(Protocol):
    """A provider of text messages. It raises when it did not take the message."""

    name: str

    def send(self, *, phone: str, text: str) -> None:
        """Hand one message over."""


class FileSms:
    """Writes each message to a file, so that a set-up without a provider can read what would have been sent."""

    name = "file"

    def send(self, *, phone: str, text: str) -> None:
        folder = settings.LOCAL_DIR / "sms"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{time.monotonic_ns()}-{os.getpid()}.txt"
        path.write_text(f"{phone}\n\n{text}\n", encoding="utf-8")


class ConsoleSms:
    """Writes each message to the log."""

    name = "console"

    def send(self, *, phone: str, text: str) -> None:
        logger.info("text message to …%s: %s", phone[-4:], text)


def send_sms(*, phone: str, text: str) -> str:
    """Hand a message to the first provider that takes it; answer its name."""
    reasons = []
    for path in settings.SMS_BACKENDS:
        backend: SmsBackend = import_string(path)()
        try:
            backend.send(phone=phone, text=text)
        except Exception as error:  # a provider's library raises what it likes; the next one is tried for all of them
            logger.warning("text messages: %s failed: %s", backend.name, error)
            reasons.append(f"{backend.name}: {type(error).__name__}: {error}")
        else:
            return backend.name
    raise ChannelDownError("; ".join(reasons) or "no provider is configured")


class SmsChannel:
    """One text message to one phone."""

    disturbs = True

    def line(self, _address: str) -> str:
        return "sms"

    def send(self, message: Outgoing) -> str:
        return send_sms(phone=message.address, text=message.words)

    def close(self) -> None:
        """Nothing is kept open."""
