"""Private links: derived from a secret, so the database never holds one."""

import hashlib
import hmac
import re

from django.conf import settings
from django.urls import reverse

from governance.models import Issue

_PLAIN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32


def _encode(raw: bytes, length: int) -> str:
    number = int.from_bytes(raw, "big")
    signs = []
    for _position in range(length):
        number, index = divmod(number, 32)
        signs.append(_PLAIN[index])
    return "".join(signs)


def follow_token(issue: Issue) -> str:
    """The token of the private link, `7KQ2-M9XD-4TRP`: 60 bits of an HMAC over the submission."""
    return token_of(f"follow:{issue.submission_key}:{issue.follow_version}")


def token_of(seed: str) -> str:
    """Three groups of four signs that nobody can guess; the same for the same seed."""
    signs = _encode(hmac.digest(settings.SECRET_KEY.encode(), seed.encode(), "sha256")[:16], 12)
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def digest_of(token: str) -> str:
    """What the database stores of a token. Read aloud or typed, O and I and L mean 0, 1 and 1."""
    plain = re.sub(r"[^0-9A-Z]", "", token.upper()).translate(str.maketrans("OIL", "011"))
    return hashlib.sha256(plain.encode()).hexdigest()


def follow_path(issue: Issue) -> str:
    """The path of the private link."""
    return reverse("governance:issue-follow", args=[follow_token(issue)])


def follow_url(issue: Issue) -> str:
    """The whole private link, as printed and sent."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{follow_path(issue)}"


def keyed_hash(kind: str, value: str) -> str:
    """Finds equal phone numbers without storing one."""
    return hmac.new(settings.LOOKUP_KEY.encode(), f"{kind}:{value}".encode(), "sha256").hexdigest() if value else ""
