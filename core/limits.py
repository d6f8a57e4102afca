"""How often one address may do a thing. Counted in the cache; without it, everybody is let through."""

import hashlib
from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from core.cache import PatientRedisCache


def client_address(request: HttpRequest) -> str:
    """The caller's address, believing exactly as many proxies as the operator declared."""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and len(forwarded) >= settings.TRUSTED_PROXIES:
        return forwarded[-settings.TRUSTED_PROXIES]
    return request.META.get("REMOTE_ADDR", "")


def too_many(what: str, who: str, *, limit: int, seconds: int) -> bool:
    """Count one more try of `who` at `what`; True once the limit within `seconds` is passed."""
    counter = cast("PatientRedisCache", cache)
    return counter.count(_key(what, who), seconds) > limit


def forget_tries(what: str, who: str) -> None:
    """Count from the beginning again."""
    cache.delete(_key(what, who))


def _key(what: str, who: str) -> str:
    return f"limit:{what}:{hashlib.sha256(who.encode()).hexdigest()[:24]}"
