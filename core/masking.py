"""What strangers may see of a person: 张*, 138****5678, and text with numbers struck out."""

import re
from dataclasses import dataclass

# Mainland mobile numbers with the separators people type, landlines with area code, and 18- or 15-digit ID numbers.
_SEPARATED = r"[\s\-－—.·]?"
_MOBILE = rf"(?<!\d)1{_SEPARATED}(?:\d{_SEPARATED}){{9}}\d(?!\d)"
_ID_NUMBER = rf"(?<!\d)[1-9](?:{_SEPARATED}\d){{16}}{_SEPARATED}[\dXx](?!\d)"
_LANDLINE = rf"(?<!\d)0\d{{2,3}}{_SEPARATED}\d{{3,4}}{_SEPARATED}\d{{4}}(?!\d)"
PATTERNS = (("id", re.compile(_ID_NUMBER)), ("phone", re.compile(_MOBILE)), ("phone", re.compile(_LANDLINE)))
# Full-width digits are digits to a reader, so they are to us.
_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")
BLOCK = "▇▇▇▇▇▇"


@dataclass(frozen=True)
class Finding:
    """A stretch of text that looks like personal data."""

    kind: str
    start: int
    end: int


def find_personal(text: str) -> list[Finding]:
    """Phone and ID numbers in a text, in order, without overlaps."""
    plain = text.translate(_FULL_WIDTH)
    found: list[Finding] = []
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(plain):
            if all(match.end() <= f.start or match.start() >= f.end for f in found):
                found.append(Finding(kind, match.start(), match.end()))
    return sorted(found, key=lambda f: f.start)


def mask_text(text: str) -> str:
    """The text with every phone and ID number struck out."""
    parts, last = [], 0
    for finding in find_personal(text):
        parts += [text[last : finding.start], BLOCK]
        last = finding.end
    return "".join([*parts, text[last:]])


def mask_name(name: str) -> str:
    """张某 becomes 张*, 张小明 becomes 张*明; other scripts keep the first letter."""
    name = name.strip()
    if len(name) <= 1:
        return "*" if name else ""
    return f"{name[0]}*{name[-1]}" if len(name) >= 3 else f"{name[0]}*"


def mask_phone(phone: str) -> str:
    """13812345678 becomes 138****5678."""
    digits = re.sub(r"\D", "", phone)
    digits = digits.removeprefix("86") if len(digits) > 11 else digits
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"
