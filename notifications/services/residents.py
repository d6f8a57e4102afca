"""People without an account who were promised an answer: reached by text message, if a phone is known.

For whom there is none, staff have a line to call (volunteers.services.calls).
"""

from collections.abc import Iterable

from neighborhoods.models import Resident
from volunteers.policies.volunteers import accounts_of

RESIDENT = "resident:"


def recipient_of(resident: Resident) -> str:
    """As a delivery names them."""
    return f"{RESIDENT}{resident.pk}"


def reached_by_phone(people: Iterable[Resident]) -> list[Resident]:
    """Those for whom nobody signs in, and whose phone is known."""
    return [one for one in people if one.phone and not one.erased_at and not accounts_of(one)]


def phone_of(recipient: str) -> str:
    """Looked up when it is sent: whoever was joined to another record or forgotten is not written to."""
    pk = recipient.removeprefix(RESIDENT)
    found = Resident.objects.known().filter(pk=int(pk)).first() if pk.isdecimal() else None
    return (found.phone or "") if found else ""
