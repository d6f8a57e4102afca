"""Secrets that are derived and never stored: private links, and hashes that find equal values."""

import hashlib
import hmac
import re

from django.conf import settings

_PLAIN = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32


def _encode(raw: bytes, length: int) -> str:
    number = int.from_bytes(raw, "big")
    signs = []
    for _position in range(length):
        number, index = divmod(number, 32)
        signs.append(_PLAIN[index])
    return "".join(signs)


def token_of(seed: str) -> str:
    """Three groups of four signs that nobody can guess (60 bits of an HMAC); the same for the same seed."""
    signs = _encode(hmac.digest(settings.SECRET_KEY.encode(), seed.encode(), "sha256")[:16], 12)
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def digest_of(token: str) -> str:
    """What the database stores of a token. Read aloud or typed, O and I and L mean 0, 1 and 1."""
    plain = re.sub(r"[^0-9A-Z]", "", token.upper()).translate(str.maketrans("OIL", "011"))
    return hashlib.sha256(plain.encode()).hexdigest()


def keyed_hash(kind: str, value: str) -> str:
    """Finds equal values (phone numbers, codes) without storing one; empty for nothing."""
    return hmac.new(settings.LOOKUP_KEY.encode(), f"{kind}:{value}".encode(), "sha256").hexdigest() if value else ""


def digits_of(phone: str) -> str:
    """Only the digits of a number, without the country code of a mobile number."""
    digits = re.sub(r"\D", "", phone)
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
