"""Where a code goes that is sent by text message. The channel lives in a higher app, which registers itself here."""

import time
from typing import Protocol

from django.conf import settings


class Sender(Protocol):
    """Hands one text message to a provider and raises when nobody took it."""

    def __call__(self, *, phone: str, text: str) -> object: ...


def write_to_file(*, phone: str, text: str) -> None:
    """Until a channel has registered: a file, so that a code is never lost without a trace."""
    folder = settings.LOCAL_DIR / "sms"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{time.monotonic_ns()}.txt").write_text(
        f"{phone}\n\n{text}\n", encoding="utf-8"
    )


_senders: list[Sender] = [write_to_file]


def set_sender(sender: Sender) -> None:
    """Called once, when the app with the channels is ready."""
    _senders[:] = [sender]


def send(*, phone: str, text: str) -> None:
    """Send one message now. Codes are not domain events: an hour later they are worth nothing."""
    _senders[0](phone=phone, text=text)
