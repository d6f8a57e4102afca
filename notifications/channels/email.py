"""E-mail through Django's mail backend, one connection for a batch."""

import smtplib

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels.base import ChannelDownError, Outgoing, RefusedError


class EmailChannel:
    """One plain-text mail to one person."""

    disturbs = True

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def line(self, _address: str) -> str:
        return "mail"

    def send(self, message: Outgoing) -> str:
        mail = EmailMessage(
            subject=message.subject,
            body=message.words,
            to=[message.address],
            headers={"Message-ID": f"<delivery-{message.reference}@mulin>"},
            connection=self._open(),
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise RefusedError(_codes(error)) from error
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, OSError) as error:
            raise ChannelDownError(f"{type(error).__name__}: {error}") from error
        return "mail"

    def _open(self) -> BaseEmailBackend:
        if self._connection is None:
            connection: BaseEmailBackend = get_connection()
            try:
                connection.open()
            except (smtplib.SMTPException, OSError) as error:
                raise ChannelDownError(f"{type(error).__name__}: {error}") from error
            self._connection = connection
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _codes(error: smtplib.SMTPRecipientsRefused) -> str:
    """The server's words without the address: reasons are shown on screen and logged."""
    return "; ".join(f"{code} {bytes(words).decode(errors='replace')}" for code, words in error.recipients.values())
