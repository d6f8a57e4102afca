"""Webhooks: a signed JSON POST for other systems of the district (docs/outbox.md shows how to check the signature)."""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from notifications.channels.base import ChannelDownError, Outgoing, RefusedError


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer we do not follow: the signed body is for one address only."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def signature(body: bytes) -> str:
    """What the header carries: an HMAC-SHA256 over the body with the shared secret."""
    return "sha256=" + hmac.new(settings.WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()


class WebhookChannel:
    """One POST to one address."""

    disturbs = False

    def line(self, address: str) -> str:
        return address

    def send(self, message: Outgoing) -> str:
        address = urlsplit(message.address)
        if address.scheme not in {"http", "https"}:
            raise RefusedError("only http and https")
        body = json.dumps(message.facts, ensure_ascii=False, sort_keys=True).encode()
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked, the address is the administrator's
            message.address,
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json",
                "User-Agent": "Mulin",
                "X-Mulin-Delivery": str(message.reference),
                "X-Mulin-Signature": signature(body),
            },
        )
        try:
            with _opener.open(request, timeout=settings.WEBHOOK_TIMEOUT) as answer:
                answer.read(1024)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"HTTP {error.code}") from error
        except OSError as error:
            raise ChannelDownError(f"{type(error).__name__}: {error}") from error
        return address.hostname or ""

    def close(self) -> None:
        """Nothing is kept open."""
