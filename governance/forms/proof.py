"""Proof of work instead of picture puzzles: the browser computes for a second while the person reads the last page.

Browsers without JavaScript, or on plain HTTP without WebCrypto, cannot prove anything. They are never turned away for
that: fewer reports an hour from one address, and not within seconds of opening the form.
"""

import json
import secrets
import time

import altcha
from django.conf import settings

# The number the browser has to find; it tries from 0 upwards, so this is how long it takes.
_TRIES = (40, 160)
_LIFE_SECONDS = 2 * 3600


def challenge_for(key: str) -> str:
    """A task whose answer counts for this draft alone, so that one answer never serves two reports."""
    challenge = altcha.create_challenge(
        "PBKDF2/SHA-256",
        settings.ALTCHA_COST,
        counter=_TRIES[0] + secrets.randbelow(_TRIES[1] - _TRIES[0]),
        expires_at=int(time.time()) + _LIFE_SECONDS,
        data={"draft": key},
        hmac_secret=_secret("task"),
        hmac_key_secret=_secret("answer"),  # an answer is checked by its HMAC, without computing it again
    )
    return json.dumps(challenge.to_dict())


def is_proved(answer: str, key: str) -> bool:
    """Whether the browser did the work for this draft."""
    if not answer or len(answer) > 4000:
        return False
    try:
        payload = altcha.Payload.from_base64(answer)
        result = altcha.verify_solution(payload, _secret("task"), hmac_key_secret=_secret("answer"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
    data = payload.challenge.parameters.data
    return result.verified and isinstance(data, dict) and data.get("draft") == key


def _secret(purpose: str) -> str:
    return f"{settings.SECRET_KEY}:altcha:{purpose}"
